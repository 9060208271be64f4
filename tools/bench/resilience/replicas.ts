/**
 * Eight replicas of a server with sixteen places each, at 70 % of what they can do; for the middle
 * third of the time one of them is five times slower. Calls go round, to where the fewest wait, or
 * to where `pick.ts` sends them.
 */
import { Load } from '../../../packages/engine/src/dispatch/load.ts';
import { Draws, type Moment, NONE, pick } from '../../../packages/engine/src/dispatch/pick.ts';
import type { Chance } from './chance.ts';
import { Events } from './events.ts';

export type Balance = 'round' | 'least' | 'pick';

const REPLICAS = 8;
const PLACES = 16;
const UTILISATION = 0.7;
const MEDIAN_MS = 600;
const SIGMA = 0.5;
const MEAN_MS: number = MEDIAN_MS * Math.exp((SIGMA * SIGMA) / 2);
const SLOWER = 5;
const BETWEEN_MS: number = MEAN_MS / (REPLICAS * PLACES * UTILISATION);

class Replica {
  readonly load: Load = new Load();
  readonly weight = 1;
  busy = 0;
  readonly queue: (() => void)[] = [];
}

export function replicas(balance: Balance, spanMs: number, chance: Chance): readonly number[] {
  const events = new Events();
  const all = Array.from({ length: REPLICAS }, () => new Replica());
  const draws = new Draws(Math.floor(chance.next() * 1e9));
  const tookMs: number[] = [];
  let round = 0;
  const chosen = (): Replica | undefined => {
    round += 1;
    if (balance === 'round') return all[round % REPLICAS];
    return balance === 'least' ? least(all, chance) : all[pick(all, momentOf(events), draws)];
  };
  const call = (): void => {
    if (events.nowMs < spanMs) events.after(chance.exponential(BETWEEN_MS), call);
    const replica = chosen();
    if (replica === undefined) return;
    const began = events.nowMs;
    replica.load.pending += 1;
    const serve = (): void => {
      replica.busy += 1;
      const isSlow = replica === all[0] && isMiddle(events.nowMs, spanMs);
      events.after(chance.lognormal(MEDIAN_MS, SIGMA) * (isSlow ? SLOWER : 1), () => {
        const ms = events.nowMs - began;
        replica.busy -= 1;
        replica.load.pending -= 1;
        replica.load.took(ms, events.nowMs, true);
        tookMs.push(ms);
        replica.queue.shift()?.();
      });
    };
    if (replica.busy < PLACES) serve();
    else replica.queue.push(serve);
  };
  call();
  events.run();
  return tookMs;
}

const momentOf = ({ nowMs }: Events): Moment => ({ now: nowMs, isStream: true, warm: NONE });

const isMiddle = (now: number, spanMs: number): boolean =>
  now > spanMs / 3 && now < (spanMs * 2) / 3;

function least(all: readonly Replica[], chance: Chance): Replica | undefined {
  const fewest = Math.min(...all.map(({ load }) => load.pending));
  const equal = all.filter(({ load }) => load.pending === fewest);
  return equal[Math.floor(chance.next() * equal.length)];
}
