// One call is a straight line. Each room adds one field to what the room before it made, so that
// leaving a room out, forging a clearance or overlooking a refusal does not compile. Whatever
// happens, the call is settled once; a bug of ours fails closed. The last two steps: `finish.ts`.
import {
  assert,
  type Call,
  type Refusal,
  type Reply,
  type Result,
  refusal,
  yes,
} from '@signalbox/contract';

import { type Classified, classify } from './classify/classify.ts';
import { dispatch } from './dispatch/dispatch.ts';
import { depart, finish, refuse, report } from './finish.ts';
import { dispatchPorts, parkPorts, schedulePorts } from './handed.ts';
import type { House } from './house.ts';
import { passportOf } from './passport.ts';
import { resolve } from './resolve/resolve.ts';
import { park } from './schedule/park.ts';
import { schedule } from './schedule/schedule.ts';
import { join } from './session/session.ts';
import type { Seen } from './settle/record.ts';
import type { Settlement } from './settle/settle.ts';
import { admit } from './tenant/tenant.ts';

/** How far a call came: that is what is settled. */
export type Walk = { seen: Seen };

/** @returns undefined for what is counted, not recorded: an unknown caller, a limit met again. */
export async function serve(
  call: Call,
  reply: Reply,
  house: House,
): Promise<Settlement | undefined> {
  const walk: Walk = { seen: passportOf(call) };
  let settled = false;
  try {
    const classified = await enter(walk.seen, house, walk);
    const settlement = classified.ok
      ? await carry(classified.value, reply, house, walk)
      : refuse(walk.seen, classified.refusal, reply, house);
    settled = true;
    return settlement;
  } catch (error) {
    report(call, error, house);
    assert(!settled, 'a call is settled once');
    const failed = refusal('internal', 'A fault of ours; the call failed closed.');
    return refuse(walk.seen, failed, reply, house);
  } finally {
    depart(walk.seen, house);
  }
}

/** From the head to the profile: the part that a dry run shares. */
export async function enter(
  call: Call,
  house: House,
  walk: Walk,
): Promise<Result<Classified, Refusal>> {
  const now = house.now();
  const admitted = admit(call, now.tenants, house.ports);
  if (!admitted.ok) return admitted;
  walk.seen = admitted.value;
  const question = await call.body(now.bodyBytesMax);
  if (!question.ok) return question;
  const { keys } = house.ports;
  const { idempotency } = house.live;
  const joined = join(admitted.value, question.value, { keys, idempotency });
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
  const { health } = house.live;
  for (let entry = 1, parkedMs = 0; ; entry += 1) {
    const { catalog, policies } = house.now();
    walk.seen = Object.assign(classified, { entry, parkedMs, route: undefined, permit: undefined });
    const resolved = resolve(classified, { catalog, policies, health });
    if (!resolved.ok) return refuse(walk.seen, resolved.refusal, reply, house);
    walk.seen = resolved.value;
    const scheduled = await schedule(resolved.value, reply, schedulePorts(house));
    if (!scheduled.ok) return refuse(resolved.value, scheduled.refusal, reply, house);
    walk.seen = scheduled.value;
    const outcome = await dispatch(scheduled.value, reply, dispatchPorts(house));
    if (outcome.kind !== 'unreached') return finish(scheduled.value, outcome, reply, house);
    const parked = await park(scheduled.value, reply, parkPorts(house));
    if (!parked.ok) return finish(scheduled.value, outcome, reply, house);
    scheduled.value.permit.close(0n);
    parkedMs = parked.value;
  }
}
