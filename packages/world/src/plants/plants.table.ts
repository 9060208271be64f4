// The planted faults by name. Each must be found within `PLANT_SEEDS_MAX` seeds.
import { answerTwice, deliverTwice, ignorePressure, synthesiseDone } from './answers.ts';
import {
  ignoreClearanceOnFallback,
  logBodies,
  loseAbort,
  staleClearanceAfterPark,
} from './egress.ts';
import {
  acknowledgeEarly,
  dropSettlement,
  keepDelivered,
  reuseTornTail,
  serveWhileFull,
  settleTwice,
  skipFsync,
} from './journal.ts';
import { admitUnchecked, extendUnchecked, forgetVoid, leakPlace } from './money.ts';
import type { Plant } from './plant.ts';

export const PLANT_SEEDS_MAX = 200;

export const PLANTS: ReadonlyMap<string, Plant> = new Map([
  ['settle-twice', settleTwice],
  ['drop-settlement', dropSettlement],
  ['keep-delivered', keepDelivered],
  ['deliver-twice', deliverTwice],
  ['forget-void', forgetVoid],
  ['admit-unchecked', admitUnchecked],
  ['extend-unchecked', extendUnchecked],
  ['leak-place', leakPlace],
  ['skip-fsync', skipFsync],
  ['reuse-torn-tail', reuseTornTail],
  ['acknowledge-early', acknowledgeEarly],
  ['serve-while-full', serveWhileFull],
  ['ignore-clearance-on-fallback', ignoreClearanceOnFallback],
  ['stale-clearance-after-park', staleClearanceAfterPark],
  ['lose-abort', loseAbort],
  ['log-bodies', logBodies],
  ['synthesise-done', synthesiseDone],
  ['answer-twice', answerTwice],
  ['ignore-pressure', ignorePressure],
]);
