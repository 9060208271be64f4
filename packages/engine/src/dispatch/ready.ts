// What goes to an endpoint, made of what the caller sent: the lane of its format, the path, the
// bytes.
import { assert, no, type Refusal, type Result, refusal, yes } from '@signalbox/contract';
import { asksUsage, isCarried, type Rendered, render } from '@signalbox/dialect';
import type { EndpointLane } from '../catalog/catalog.ts';
import type { Offer } from '../resolve/offer.ts';
import type { Scheduled } from '../schedule/schedule.ts';

export type Ready = {
  readonly lane: EndpointLane;
  readonly path: string;
  readonly rendered: Rendered;
  readonly hideUsage: boolean;
};

/** A no is the caller's mistake, seen when its request is read for another format. */
export function readied(call: Scheduled, offer: Offer): Result<Ready, Refusal> {
  const { question, head } = call;
  const { endpoint, upstream: model } = offer.offering;
  const lane = endpoint.lanes[head.dialect][head.operation];
  assert(lane !== undefined, 'resolve offers only what can carry the call');
  const path = lane.path(model, question.stream);
  if (path === undefined) {
    return no(refusal('model_unknown', `The name of the model can stand in no path.`));
  }
  const askUsage = asksUsage(lane, question);
  const storeNothing = keepsNothing(call, offer);
  const rendered = render(question, lane, { model, askUsage, storeNothing });
  if (!rendered.ok) {
    const { message, param } = rendered.refusal;
    return no(refusal('body_invalid', message, param === undefined ? {} : { param }));
  }
  return yes({ lane, path, rendered: rendered.value, hideUsage: askUsage && !isCarried(lane) });
}

/** On tier 1 what is stored stays where it is. */
const keepsNothing = ({ tenant }: Scheduled, { place }: Offer): boolean =>
  tenant.retention === 'zero' && place.tier !== 1;
