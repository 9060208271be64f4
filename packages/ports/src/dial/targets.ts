// The pools, found without parsing anything twice. A pool is keyed by origin and by what its guard
// allows; two places that differ in the declared private address, in tier, or in being a tenant's
// never share a line.
import type { Place } from '@signalbox/contract';
import type { ConnectorSettings } from './connect.ts';
import { type Target, targetOf } from './guard.ts';
import { Lines, type PoolSettings, type Shared } from './lines.ts';

type Known = {
  readonly privateAddress: string | undefined;
  readonly onDevice: boolean;
  readonly isTenants: boolean;
  readonly lines: Lines;
  /** Counts calls, so that the longest unused pool is known. */
  usedAt: number;
};

export class Targets {
  readonly #settings: PoolSettings;
  readonly #connecting: ConnectorSettings;
  readonly #shared: Shared;
  readonly #byOrigin = new Map<string, Known[]>();
  #count = 0;
  #uses = 0;

  constructor(settings: PoolSettings, connecting: ConnectorSettings, shared: Shared) {
    this.#settings = settings;
    this.#connecting = connecting;
    this.#shared = shared;
  }

  /** `origin`: not one in canonical form. `full`: more targets than are kept, all of them busy. */
  linesTo(place: Place): Lines | 'origin' | 'full' {
    const onDevice = place.tier === 1;
    const isTenants = place.tenant !== undefined;
    this.#uses += 1;
    for (const known of this.#byOrigin.get(place.origin) ?? []) {
      if (known.privateAddress !== place.privateAddress) continue;
      if (known.onDevice !== onDevice || known.isTenants !== isTenants) continue;
      known.usedAt = this.#uses;
      return known.lines;
    }
    const target = targetOf(place);
    return target === undefined ? 'origin' : this.#open(place, target);
  }

  #open(place: Place, target: Target): Lines | 'full' {
    if (this.#count >= this.#settings.targetsMax && !this.#closeOne()) return 'full';
    const lines = new Lines(target, this.#settings, this.#connecting, this.#shared);
    const known: Known = {
      privateAddress: place.privateAddress,
      onDevice: place.tier === 1,
      isTenants: place.tenant !== undefined,
      lines,
      usedAt: this.#uses,
    };
    this.#count += 1;
    const others = this.#byOrigin.get(place.origin);
    if (others === undefined) this.#byOrigin.set(place.origin, [known]);
    else others.push(known);
    return lines;
  }

  /** The longest unused pool without a call on the wire; false when there is none. */
  #closeOne(): boolean {
    let oldest: Known | undefined;
    for (const known of this.#all()) {
      if (known.lines.busy > 0) continue;
      if (oldest === undefined || known.usedAt < oldest.usedAt) oldest = known;
    }
    if (oldest === undefined) return false;
    const { lines } = oldest;
    const rest = (this.#byOrigin.get(lines.target.origin) ?? []).filter((one) => one !== oldest);
    if (rest.length === 0) this.#byOrigin.delete(lines.target.origin);
    else this.#byOrigin.set(lines.target.origin, rest);
    this.#count -= 1;
    lines.close();
    return true;
  }

  busy(): number {
    let busy = 0;
    for (const { lines } of this.#all()) busy += lines.busy;
    return busy;
  }

  close(): void {
    for (const { lines } of this.#all()) lines.close();
  }

  *#all(): Iterable<Known> {
    for (const known of this.#byOrigin.values()) yield* known;
  }
}
