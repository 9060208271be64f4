// The faults that the worlds about residency must find, each within `RESIDENCY_SEEDS_MAX` worlds
// while nothing is asked at the far end; and how each is stopped and recorded when it is.
import type { BlockedTally } from '../residency/run.ts';
import type { Plant } from './plant.ts';
import { resolveIgnoresLabel, staleFallback, staleHedge, staleReplay } from './stale-routes.ts';
import { staleCache, staleLog, staleSpan, staleWebhook } from './stale-sinks.ts';

export const RESIDENCY_SEEDS_MAX = 1_000;

export type ResidencyPlant = Plant & {
  /** What stands of it in records when the far end has stopped it. */
  readonly blockedAs: keyof BlockedTally;
};

export const RESIDENCY_PLANTS: ReadonlyMap<string, ResidencyPlant> = new Map([
  ['resolve-ignores-label', { ...resolveIgnoresLabel, blockedAs: 'attempts' }],
  ['stale-fallback', { ...staleFallback, blockedAs: 'attempts' }],
  ['stale-hedge', { ...staleHedge, blockedAs: 'attempts' }],
  ['stale-replay', { ...staleReplay, blockedAs: 'attempts' }],
  ['stale-cache', { ...staleCache, blockedAs: 'answers' }],
  ['stale-log', { ...staleLog, blockedAs: 'lines' }],
  ['stale-span', { ...staleSpan, blockedAs: 'acts' }],
  ['stale-webhook', { ...staleWebhook, blockedAs: 'acts' }],
]);
