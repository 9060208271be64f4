// One call is a straight line. Each room adds one field to what the room before it made, so that
// leaving a room out, forging a clearance or overlooking a refusal does not compile. Whatever
// happens, the call is settled once: a refusal on the way out of a room, an answer, a caller that
// left, a bug of ours (which fails closed).
import {
  assert,
  type Call,
  type Refusal,
  type Reply,
  type Result,
  refusal,
  yes,
} from '@signalbox/contract';
import { errorEvent } from '@signalbox/dialect';
import { type Classified, classify } from './classify/classify.ts';
import { dispatch } from './dispatch/dispatch.ts';
import { finish, refuse, streamHead } from './finish.ts';
import type { House } from './house.ts';
import { type Resolved, resolve } from './resolve/resolve.ts';
import { leavePark, park } from './schedule/park.ts';
import { type Scheduled, schedule } from './schedule/schedule.ts';
import { type Joined, join } from './session/session.ts';
import type { Seen } from './settle/record.ts';
import type { Settlement } from './settle/settle.ts';
import { admit } from './tenant/tenant.ts';

/**
 * @returns undefined for what is counted and not recorded: nobody was known, or a limit was met
 * again and again.
 */
export async function serve(
  call: Call,
  reply: Reply,
  house: House,
): Promise<Settlement | undefined> {
  const walk: Walk = { seen: call, settled: false };
  try {
    const settlement = await walkThrough(call, reply, house, walk);
    walk.settled = true;
    return settlement;
  } catch (error) {
    const name = error instanceof Error ? error.name : 'unknown';
    house.ports.sink.log('error', 'call-failed-closed', {
      request: call.id,
      error: name,
      at: where(error),
    });
    assert(!walk.settled, 'a call is settled once');
    return refuse(
      walk.seen,
      refusal('internal', 'A fault of ours; the call failed closed.'),
      reply,
      house,
    );
  } finally {
    leavePark(call, house.live.parking, undefined);
  }
}

/** How far the call came: what a bug leaves behind is settled from here. */
type Walk = { seen: Seen; settled: boolean };

async function walkThrough(
  call: Call,
  reply: Reply,
  house: House,
  walk: Walk,
): Promise<Settlement | undefined> {
  const entered = await enter(call, house, walk);
  if (!entered.ok) return refuse(walk.seen, entered.refusal, reply, house);
  try {
    return await carry(entered.value, reply, house, walk);
  } finally {
    house.live.idempotency.end(entered.value);
  }
}

/** From the head to the profile: the part that a dry run shares. */
export async function enter(
  call: Call,
  house: House,
  walk: { seen: Seen },
): Promise<Result<Classified, Refusal>> {
  const now = house.now();
  const admitted = admit(call, now.tenants, house.ports);
  if (!admitted.ok) return admitted;
  walk.seen = admitted.value;
  const question = await call.body(now.bodyBytesMax);
  if (!question.ok) return question;
  const { keys } = house.ports;
  const joined: Result<Joined, Refusal> = join(admitted.value, question.value, {
    keys,
    idempotency: house.live.idempotency,
  });
  if (!joined.ok) return joined;
  walk.seen = joined.value;
  return yes(classify(joined.value));
}

/** From resolve on; a call that was parked comes through here again. */
async function carry(
  classified: Classified,
  reply: Reply,
  house: House,
  walk: Walk,
): Promise<Settlement | undefined> {
  const { clock, store, keys, upstream } = house.ports;
  const { pools, health, parking } = house.live;
  const errors = (call: Scheduled, no: Refusal): Uint8Array =>
    errorEvent(no, { request: call.id, decision: undefined });
  for (let entry = 1, parkedMs = 0; ; entry += 1) {
    const { catalog, policies, queue } = house.now();
    const again = Object.assign({}, classified, { entry, parkedMs });
    walk.seen = again;
    const resolved: Result<Resolved, Refusal> = resolve(again, { catalog, policies, health });
    if (!resolved.ok) return refuse(again, resolved.refusal, reply, house);
    walk.seen = resolved.value;
    const waitMsMax = queue.waitMsMax;
    const scheduled = await schedule(resolved.value, reply, { pools, clock, store, waitMsMax });
    if (!scheduled.ok) return refuse(resolved.value, scheduled.refusal, reply, house);
    walk.seen = scheduled.value;
    const ports = { upstream, clock, keys, health, streamHead, errorEvent: errors };
    const outcome = await dispatch(scheduled.value, reply, ports);
    if (outcome.kind !== 'unreached') return finish(scheduled.value, outcome, reply, house);
    const parked = await park({ ...scheduled.value, parkedMs }, reply, {
      clock,
      health,
      parking,
      limits: queue,
    });
    if (!parked.ok) return finish(scheduled.value, outcome, reply, house);
    scheduled.value.permit.close(0n);
    parkedMs = parked.value;
  }
}

/** The first line of our own in a stack: enough to find the bug, nothing of the call. */
function where(error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  return /\(?([^\s()]+:\d+:\d+)\)?/.exec(stack)?.[1]?.split('/').slice(-3).join('/') ?? '';
}
