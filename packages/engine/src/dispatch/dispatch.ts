// The calls themselves: attempt, judge, and the one-way door. Tries the offers of the route in
// order; an answer is withheld until it is judged, and once a part of it is released there is no
// other attempt. Adds the outcome: a whole answer still to be sent, a stream that has been sent, or
// why there is neither. It must never dial what the clearance does not allow (the dial function
// asks again), never invent an end that the upstream did not send, and never outlive its caller.
import type { Reply } from '@signalbox/contract';
import type { Scheduled } from '../schedule/schedule.ts';
import { besideOf } from './beside.ts';
import { type Sample, type Sampling, sampleOf } from './evidence/sample.ts';
import { beat } from './heartbeat.ts';
import { goneBy, isUnreached, refusalOf } from './nowhere.ts';
import type { DispatchPorts, Outcome } from './outcome.ts';
import { repairOf } from './repair.ts';
import { Run } from './run.ts';
import { Turns } from './turns.ts';

export type { DispatchPorts, Outcome } from './outcome.ts';

export function dispatch(
  call: Scheduled & Sampling,
  reply: Reply,
  ports: DispatchPorts,
): Promise<Outcome> {
  if (call.route.verdict.cascade === undefined) return tryAll(call, reply, ports);
  call.sample ??= sampleOf(call, ports.keys);
  const { sample } = call;
  return sample === undefined ? tryAll(call, reply, ports) : heard(call, sample, reply, ports);
}

async function heard(
  call: Scheduled,
  sample: Sample,
  reply: Reply,
  ports: DispatchPorts,
): Promise<Outcome> {
  const outcome = await tryAll(call, sample.listen(reply), ports, sample);
  sample.ended(outcome);
  return outcome;
}

async function tryAll(
  call: Scheduled,
  reply: Reply,
  ports: DispatchPorts,
  sample?: Sample,
): Promise<Outcome> {
  const turns = new Turns(call, ports);
  const repair = repairOf(call, ports, sample);
  const run = new Run(call, reply, ports, repair);
  const barred = repair?.barred();
  if (barred !== undefined) return { kind: 'failed', refusal: barred, ...run.common() };
  const beside = besideOf(call, ports);
  const hush = repair === undefined ? undefined : beat(call, reply, ports.clock);
  try {
    const offers = turns.inOrder();
    for (const offer of repair === undefined ? offers : repair.withBetter(offers)) {
      if (beside?.had(offer) === true || repair?.skips(offer) === true) continue;
      for (let tries = 0; ; tries += 1) {
        if (run.left) return goneBy(run);
        if (!run.affordsAgain(offer)) break;
        const line = turns.next(offer, tries);
        if (line === undefined) turns.passed(offer);
        if (line === undefined || !call.permit.enter(offer)) break;
        const ended = await run.tryOnce(offer, line, beside);
        if (ended.kind === 'over') {
          turns.ended(ended.outcome);
          return ended.outcome;
        }
        const mayRepeat =
          ended.kind === 'rejected'
            ? repair?.mayRetry(offer) === true
            : turns.mayRepeat(offer, tries, ended.fault, ended.status);
        if (!mayRepeat) break;
      }
    }
    const rejected = repair?.best;
    if (repair !== undefined && rejected !== undefined && !run.left) {
      return await run.unrepaired(rejected, repair);
    }
  } finally {
    hush?.();
    run.end();
  }
  if (run.left) return goneBy(run);
  const nowhere = run.nowhere(turns.leftOut);
  const kind = isUnreached(nowhere) ? 'unreached' : 'failed';
  return { kind, refusal: refusalOf(nowhere, turns.limitedMs()), ...run.common() };
}
