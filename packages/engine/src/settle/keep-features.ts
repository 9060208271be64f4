// What a router may learn from a call that was answered, beside its record: in an entry of its own,
// made with its batch. A call that names a model, is more sensitive than its tenant lets be learned
// from, or is not to be logged leaves none.
import {
  type Clock,
  type FeaturesBody,
  higherLabel,
  type RequestId,
  type Store,
  type TenantName,
} from '@signalbox/contract';
import type { FeatureKeeping } from '../classify/route/keeping.ts';
import type { Scheduled } from '../schedule/schedule.ts';
import type { Seen } from './record.ts';

export type KeepPorts = {
  readonly store: Store;
  readonly clock: Clock;
  readonly keeping: FeatureKeeping;
};

type Ended = Scheduled & Pick<Seen, 'audit'>;

export function keepFeatures(call: Ended, { store, clock, keeping }: KeepPorts): void {
  const { tenant, profile, route, stepSeen } = call;
  const { featuresUpTo } = tenant;
  // An audit asks again what is kept already.
  if (call.audit !== undefined) return;
  if (stepSeen?.class === undefined || featuresUpTo === undefined) return;
  if (higherLabel(profile.label, featuresUpTo) !== featuresUpTo) return;
  if (route.verdict.unlogged || !keeping.takes(stepSeen.instruction)) return;
  const { name } = tenant;
  const { instruction } = stepSeen;
  store.append(new Features({ call: call.id, tenant: name, instruction, keeping }, clock.now()));
}

type Kept = {
  readonly call: RequestId;
  readonly tenant: TenantName;
  readonly instruction: string;
  readonly keeping: FeatureKeeping;
};

/** A class, as the settlement's is: a getter in a literal would keep its call for long. */
class Features {
  readonly kind = 'features' as const;
  readonly later = true as const;
  readonly at: number;
  readonly tenant: TenantName;
  readonly call: RequestId;
  readonly #kept: Kept;

  constructor(kept: Kept, at: number) {
    this.at = at;
    this.tenant = kept.tenant;
    this.call = kept.call;
    this.#kept = kept;
  }

  /** Written a little later than it was taken: there may be no key any more. */
  get body(): FeaturesBody | undefined {
    const { keeping, tenant, instruction } = this.#kept;
    return keeping.bodyOf(tenant, instruction);
  }
}
