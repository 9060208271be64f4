// The faults that the worlds about residency must find, each within `RESIDENCY_SEEDS_MAX` worlds
// while nothing is asked at the far end; and how each is stopped and recorded when it is.
import type { BlockedTally } from '../residency/run.ts';
import { consentExpired, consentOfAnother, consentRevoked, consentWhole } from './consents.ts';
import type { Plant } from './plant.ts';
import { resolveIgnoresLabel, staleFallback, staleHedge, staleReplay } from './stale-routes.ts';
import { staleCache, staleLog, staleSecondStage, staleSpan, staleWebhook } from './stale-sinks.ts';

export const RESIDENCY_SEEDS_MAX = 1_000;

export type ResidencyPlant = Plant & {
  /**
   * What stands of it in records when the far end has stopped it. Undefined: no far end can tell,
   * and it has to be found there, too.
   */
  readonly blockedAs: keyof BlockedTally | undefined;
};

export const RESIDENCY_PLANTS: ReadonlyMap<string, ResidencyPlant> = new Map<
  string,
  ResidencyPlant
>([
  ['resolve-ignores-label', { ...resolveIgnoresLabel, blockedAs: 'attempts' }],
  ['stale-fallback', { ...staleFallback, blockedAs: 'attempts' }],
  ['stale-hedge', { ...staleHedge, blockedAs: 'attempts' }],
  ['stale-replay', { ...staleReplay, blockedAs: 'attempts' }],
  ['stale-cache', { ...staleCache, blockedAs: 'answers' }],
  ['stale-log', { ...staleLog, blockedAs: 'lines' }],
  ['stale-span', { ...staleSpan, blockedAs: 'acts' }],
  ['stale-webhook', { ...staleWebhook, blockedAs: 'acts' }],
  ['stale-second-stage', { ...staleSecondStage, blockedAs: 'acts' }],
  ['consent-expired', { ...consentExpired, blockedAs: undefined }],
  ['consent-of-another', { ...consentOfAnother, blockedAs: undefined }],
  ['consent-revoked', { ...consentRevoked, blockedAs: undefined }],
  ['consent-whole', { ...consentWhole, blockedAs: undefined }],
]);
