// Two attempts at once, or three: the first good answer is taken, and the others are let go of.
// Begun beside the first attempt are only places that the route holds, each at its moment, and only
// while nothing was released. Who failed is out of the race; it ends without a winner when nobody
// is left in it. How often anybody is asked beside another is decided elsewhere.
import type { Clock } from '@signalbox/contract';
import type { Tried } from './attempt.ts';
import type { Role, Trial } from './trial.ts';

export type Moment = { readonly afterMs: number; readonly role: Role };

export type RaceTools<Met> = {
  readonly clock: Clock;
  readonly moments: readonly Moment[];
  /** Undefined: nobody is asked now. */
  readonly second: (role: Role) => Trial | undefined;
  readonly dial: (trial: Trial) => Promise<Tried>;
  /** Told once for each that is not overtaken. */
  readonly meet: (trial: Trial, tried: Tried) => Met;
  readonly isGood: (met: Met) => boolean;
  readonly overtaken: (trial: Trial) => void;
};

export type Race<Met> = {
  readonly met: Promise<Met | 'left'>;
  /** The caller has gone. */
  readonly leave: () => void;
};

export function race<Met>(first: Trial, tools: RaceTools<Met>): Race<Met> {
  const { clock, moments, second, dial, meet, isGood, overtaken } = tools;
  const out = new Set<Trial>();
  const cancels: (() => void)[] = [];
  let end: (met: Met | 'left') => void = () => undefined;
  let fail: (why: unknown) => void = () => undefined;
  let isOver = false;
  const met = new Promise<Met | 'left'>((resolve, reject) => {
    end = resolve;
    fail = reject;
  });
  const finish = (how: Met | 'left'): void => {
    isOver = true;
    for (const cancel of cancels) cancel();
    end(how);
  };
  const begin = (trial: Trial): void => {
    out.add(trial);
    dial(trial).then((tried) => {
      if (isOver) return;
      out.delete(trial);
      const how = meet(trial, tried);
      if (isGood(how)) for (const other of out) overtaken(other);
      if (isGood(how) || out.size === 0) finish(how);
    }, fail);
  };
  begin(first);
  for (const { afterMs, role } of moments) {
    const ask = (): void => {
      const trial = isOver ? undefined : second(role);
      if (trial !== undefined) begin(trial);
    };
    cancels.push(clock.after(afterMs, ask));
  }
  const leave = (): void => {
    if (!isOver) finish('left');
  };
  return { met, leave };
}
