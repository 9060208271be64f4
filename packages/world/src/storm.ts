// When what happens: the weather, the callers, the operators, the disk, the clocks and the deaths
// of one world, drawn before it begins.
import type { Chance } from './chance.ts';
import type { Weather } from './upstream/script.ts';

export type Deed =
  | { readonly kind: 'call' }
  | { readonly kind: 'change' }
  | { readonly kind: 'weather'; readonly endpoint: string; readonly weather: Weather }
  | { readonly kind: 'kill' }
  | { readonly kind: 'power' }
  /** The next time something is written: in the middle of it. */
  | { readonly kind: 'kill-at-write' }
  | { readonly kind: 'power-at-write' }
  | { readonly kind: 'disk-full'; readonly bytesLeft: number }
  | { readonly kind: 'disk-free' }
  | { readonly kind: 'disk-bad'; readonly share: number }
  | { readonly kind: 'jump'; readonly ms: number };

export type Planned = { readonly atMs: number; readonly deed: Deed };

const HOUR_MS = 3_600_000;

/** How much happens in a world. */
export type Size = {
  readonly ms: number;
  /** Least and most. */
  readonly calls: readonly [number, number];
  /** Changes of documents, least and most; now and then there are many more. */
  readonly changes: readonly [number, number];
  /** Deaths, each number as likely as any other. */
  readonly deaths: readonly [number, ...number[]];
  /** The share of endpoints whose weather is bad. */
  readonly worst: number;
};

export const STORM_MS = 30_000;
export const FULL: Size = {
  ms: STORM_MS,
  calls: [24, 90],
  changes: [0, 6],
  deaths: [0, 0, 1, 1, 2, 3],
  worst: 0.25,
};

export function planStorm(
  chance: Chance,
  endpoints: readonly string[],
  size: Size,
): readonly Planned[] {
  const planned: Planned[] = [];
  const plan = (atMs: number, deed: Deed): void => void planned.push({ atMs, deed });
  const moment = (): number => chance.between(0, size.ms * 8) / 8;
  calls(chance, size, (atMs) => plan(atMs, { kind: 'call' }));
  const changes = chance.happens(0.2)
    ? chance.between(2 * size.changes[1], 5 * size.changes[1])
    : chance.between(...size.changes);
  for (let left = changes; left > 0; left -= 1) plan(moment(), { kind: 'change' });
  for (const endpoint of endpoints) weather(endpoint, chance, size, plan);
  for (let left = chance.pick(size.deaths); left > 0; left -= 1) {
    const kind = chance.pick(['kill', 'power', 'kill-at-write', 'power-at-write'] as const);
    const atMs = moment();
    plan(atMs, { kind });
    // Some die again while they start.
    if (chance.happens(0.3)) plan(atMs + 1, { kind: 'power-at-write' });
  }
  for (let left = chance.pick([0, 0, 0, 1, 2]); left > 0; left -= 1) {
    const atMs = moment();
    plan(atMs, { kind: 'disk-full', bytesLeft: chance.pick([0, 300, 4_000]) });
    plan(atMs + chance.between(200, 9_000), { kind: 'disk-free' });
  }
  if (chance.happens(0.15)) {
    const atMs = moment();
    plan(atMs, { kind: 'disk-bad', share: chance.pick([0.1, 0.4]) });
    plan(atMs + chance.between(500, 8_000), { kind: 'disk-bad', share: 0 });
  }
  for (let left = chance.pick([0, 0, 0, 1, 2, 5]); left > 0; left -= 1)
    jump(chance, moment(), plan);
  return planned.sort((a, b) => a.atMs - b.atMs);
}

/** Singly, and in bursts that fight for places. */
function calls(chance: Chance, size: Size, plan: (atMs: number) => void): void {
  let left = chance.between(...size.calls);
  while (left > 0) {
    const atMs = chance.between(0, size.ms);
    const burst = chance.happens(0.15) ? chance.between(3, 12) : 1;
    for (let one = 0; one < burst && left > 0; one += 1) {
      plan(atMs + chance.below(16) / 8);
      left -= 1;
    }
  }
}

/** A clock that is wrong, and often set right again. */
function jump(chance: Chance, atMs: number, plan: (atMs: number, deed: Deed) => void): void {
  const far = chance.pick([2_000, HOUR_MS, 25 * HOUR_MS, 40 * 24 * HOUR_MS]);
  const ms = chance.happens(0.6) ? far : -far;
  plan(atMs, { kind: 'jump', ms });
  if (chance.happens(0.6)) plan(atMs + chance.between(500, 8_000), { kind: 'jump', ms: -ms });
}

function weather(
  endpoint: string,
  chance: Chance,
  size: Size,
  plan: (atMs: number, deed: Deed) => void,
): void {
  const worst = chance.happens(size.worst);
  for (let atMs = 0; atMs < size.ms; atMs += chance.between(1_500, 12_000)) {
    const now = chance.weighted<Weather>([
      ['fair', worst ? 2 : 7],
      ['flaky', 3],
      ['refusing', worst ? 5 : 2],
      ['deaf', 1],
    ]);
    plan(atMs, { kind: 'weather', endpoint, weather: now });
  }
}
