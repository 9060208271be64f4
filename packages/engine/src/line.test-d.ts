// The mistakes that must not compile. `tsc` checks this file with the rest: a line below that
// compiles is an error there, because nothing is left to expect.
import {
  type Clearance,
  type DecisionId,
  decisionId,
  type KeyName,
  type Place,
  type Refusal,
  type Reply,
  type RequestId,
  type Result,
  requestOf,
  type TenantName,
  type Tier,
  within,
} from '@signalbox/contract';
import type { Classified } from './classify/classify.ts';
import { type OpenStream, release, type Withheld } from './dispatch/attempt.ts';
import { type DispatchPorts, dispatch } from './dispatch/dispatch.ts';
import { pipe } from './dispatch/pipe.ts';
import type { Offer } from './resolve/offer.ts';
import { type Resolved, type ResolveFacts, resolve } from './resolve/resolve.ts';
import { type Scheduled, type SchedulePorts, schedule } from './schedule/schedule.ts';
import type { Joined } from './session/session.ts';
import { type End, type SettlePorts, settle } from './settle/settle.ts';
import type { Admitted } from './tenant/tenant.ts';

type Given = {
  readonly admitted: Admitted;
  readonly joined: Joined;
  readonly classified: Classified;
  readonly resolved: Resolved;
  readonly scheduled: Scheduled;
  readonly reply: Reply;
  readonly schedulePorts: SchedulePorts;
  readonly dispatchPorts: DispatchPorts;
  readonly resolveFacts: ResolveFacts;
};

/** A call that was not resolved, or resolved and not scheduled, is not dispatched. */
export function dispatchingTooEarly(given: Given): void {
  const { reply, dispatchPorts } = given;
  // @ts-expect-error a classified call has no route and no permit
  void dispatch(given.classified, reply, dispatchPorts);
  // @ts-expect-error a resolved call has no permit: nothing is held for it
  void dispatch(given.resolved, reply, dispatchPorts);
  void dispatch(given.scheduled, reply, dispatchPorts);
}

/** No room can be left out, and a call that looks right is not right. */
export function skippingARoom(given: Given): void {
  const { reply, schedulePorts, resolveFacts } = given;
  // @ts-expect-error schedule takes what resolve made
  void schedule(given.classified, reply, schedulePorts);
  // @ts-expect-error resolve takes what classify made
  resolve(given.joined, resolveFacts);
  // @ts-expect-error resolve takes what classify made
  resolve(given.admitted, resolveFacts);
  // @ts-expect-error the route is there, and the brand of resolve is not
  void schedule({ ...given.classified, route: given.resolved.route }, reply, schedulePorts);
  resolve(given.classified, resolveFacts);
}

/** Only resolve makes a clearance. */
export function makingAClearance(place: Place, clearance: Clearance, tier: Tier): void {
  // @ts-expect-error a literal is no clearance
  within({ terms: clearance.terms }, place);
  // @ts-expect-error neither is a literal of that type
  const made: Clearance = { terms: clearance.terms };
  // @ts-expect-error nor a parsed one without a decoder
  const parsed: Clearance = JSON.parse('{}') as object;
  // @ts-expect-error its terms are not changed
  clearance.terms.ceiling = tier;
  within(made, place);
  within(parsed, place);
  within(clearance, place);
}

type Ids = {
  readonly request: RequestId;
  readonly decision: DecisionId;
  readonly tenant: TenantName;
  readonly key: KeyName;
};

/** Ids of different things are not exchanged. */
export function swappingIds({ request, decision, tenant, key }: Ids): void {
  // @ts-expect-error a decision is no request
  decisionId(decision, 1);
  // @ts-expect-error a request is no decision
  requestOf(request);
  // @ts-expect-error a key is no tenant
  const wrongTenant: TenantName = key;
  // @ts-expect-error a tenant is no key
  const wrongKey: KeyName = tenant;
  // @ts-expect-error a text is no tenant before a decoder has made it one
  const text: TenantName = 'acme';
  requestOf(decisionId(request, 1));
  void [wrongTenant, wrongKey, text];
}

type Judged = {
  readonly call: Scheduled;
  readonly offer: Offer;
  readonly reply: Reply;
  readonly withheld: Withheld & OpenStream;
  readonly ports: Parameters<typeof pipe>[2]['ports'];
};

/** What was not judged is not sent. */
export function sendingUnjudged({ call, offer, reply, withheld, ports }: Judged): void {
  // @ts-expect-error a withheld answer may still be thrown away for another attempt
  void pipe(call, offer, { answer: withheld, reply, ports });
  const released = release(withheld);
  // @ts-expect-error released is released: it is not judged again
  release(released);
  if (released.kind === 'stream') void pipe(call, offer, { answer: released, reply, ports });
}

/** A no is looked at before what would be there without it. */
export function overlookingARefusal(
  result: Result<Scheduled, Refusal>,
  end: End,
  ports: SettlePorts,
): void {
  // @ts-expect-error there is a value only after the result was asked
  settle(result.value, end, ports);
  // @ts-expect-error and no refusal in a yes
  void result.refusal;
  if (result.ok) settle(result.value, end, ports);
  else void result.refusal.code;
}
