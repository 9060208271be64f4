// One call is a straight line. Each room adds one field to what the room before it made, so that
// leaving a room out, forging a clearance or overlooking a refusal does not compile. Whatever
// happens, the call is settled once; a bug of ours fails closed. The last two steps: `finish.ts`.
import { type Call, type Refusal, type Reply, type Result, yes } from '@signalbox/contract';
import { type Classified, classify } from './classify/classify.ts';
import { dispatch } from './dispatch/dispatch.ts';
import { depart, failClosed, finish, finishParked, refuse } from './finish.ts';
import { dispatchPorts, parkPorts, resolveFacts, schedulePorts, sessionPorts } from './handed.ts';
import type { House, Snapshot } from './house.ts';
import { beginning, bodyOf } from './passport.ts';
import { resolve } from './resolve/resolve.ts';
import { park } from './schedule/park.ts';
import { schedule } from './schedule/schedule.ts';
import { contentOf } from './second-stage.ts';
import { join, recall, remember } from './session/session.ts';
import { commitLarge } from './settle/commitment.ts';
import { observe } from './settle/observe.ts';
import type { Seen, Settlement } from './settle/settle.ts';
import { type Admitted, admit } from './tenant/tenant.ts';

/** How far a call came, which is what is settled, and the documents it was admitted under. */
export type Walk = { seen: Seen; under?: Snapshot; readonly isDry?: true };

/** @returns undefined for what is counted, or waits on disk over a stop of the node. */
export async function serve(
  call: Call,
  reply: Reply,
  house: House,
): Promise<Settlement | undefined> {
  const walk: Walk = { seen: beginning(call, house) };
  try {
    const classified = await enter(walk.seen, house, walk);
    return classified.ok
      ? await carry(classified.value, reply, house, walk)
      : await refuse(walk.seen, classified.refusal, reply, house);
  } catch (error) {
    return failClosed(walk.seen, error, reply, house);
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
  const admitted = admitNow(call, house, walk);
  if (!admitted.ok) return admitted;
  walk.seen = admitted.value;
  const question = await bodyOf(walk.seen, house);
  if (!question.ok) return question;
  const still = walk.under === house.now() ? admitted : admitNow(call, house, walk);
  if (!still.ok) return still;
  const joined = join(still.value, question.value, sessionPorts(house));
  if (!joined.ok) return joined;
  walk.seen = joined.value;
  const known = recall(joined.value, house.live, house.ports.keys);
  await commitLarge(known, house.ports);
  return yes(classify(known, await contentOf(known, house, walk.isDry), house));
}

/** Asked again when the documents were swapped while the call waited for its body or a route. */
function admitNow(call: Call, house: House, walk: Walk): Result<Admitted, Refusal> {
  const { tenants, version: snapshot } = house.now();
  walk.under = house.now();
  return admit(Object.assign(call, { snapshot }), tenants, house.ports);
}

/** From resolve on; a call that was parked comes through here again. */
async function carry(
  classified: Classified,
  reply: Reply,
  house: House,
  walk: Walk,
): Promise<Settlement | undefined> {
  remember(classified, house.live);
  for (let { entry = 1, parkedMs = 0 } = walk.seen; ; entry += 1) {
    const still = walk.under === house.now() ? yes(classified) : admitNow(classified, house, walk);
    if (!still.ok) return refuse(walk.seen, still.refusal, reply, house);
    const facts = resolveFacts(house, walk.seen);
    walk.seen = Object.assign(classified, { entry, parkedMs, route: undefined });
    const resolved = resolve(classified, facts);
    if (!resolved.ok) return refuse(walk.seen, resolved.refusal, reply, house);
    walk.seen = resolved.value;
    const scheduled = await schedule(resolved.value, reply, schedulePorts(house));
    if (!scheduled.ok) return refuse(resolved.value, scheduled.refusal, reply, house);
    walk.seen = scheduled.value;
    const outcome = await dispatch(scheduled.value, reply, dispatchPorts(house));
    observe(scheduled.value, outcome, house);
    if (outcome.kind !== 'unreached') return finish(scheduled.value, outcome, reply, house);
    scheduled.value.permit.rest();
    const parked = await park(scheduled.value, reply, parkPorts(house));
    if (typeof parked !== 'number') {
      return finishParked(scheduled.value, { outcome, parked }, reply, house);
    }
    parkedMs = parked;
  }
}
