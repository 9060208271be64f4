// What goes to an endpoint, made of what the caller sent: the lane of its format, the path, the
// bytes.
import {
  assert,
  type EndpointName,
  no,
  type Refusal,
  type Result,
  refusal,
  yes,
} from '@signalbox/contract';
import { asksUsage, isCarried, type Rendered, render } from '@signalbox/dialect';
import type { EndpointLane } from '../catalog/ways.ts';
import type { Offer } from '../resolve/offer.ts';
import type { Scheduled } from '../schedule/schedule.ts';
import type { Signatures, Signer } from '../session/signatures.ts';

export type Ready = {
  readonly lane: EndpointLane;
  readonly path: string;
  readonly rendered: Rendered;
  readonly hideUsage: boolean;
};

/** A no is the caller's mistake, seen when its request is read for another format. */
export function readied(
  call: Scheduled,
  offer: Offer,
  signatures: Pick<Signatures, 'find'>,
): Result<Ready, Refusal> {
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
  const isOther = isCarried(lane);
  const signed = isOther ? signatures.find(signerOf(call, endpoint.name)) : undefined;
  const outputTokensMax = call.route.verdict.cap?.outputTokens;
  const how = { model, askUsage, storeNothing, signed, outputTokensMax };
  const rendered = render(question, lane, how);
  if (!rendered.ok) {
    const { message, param } = rendered.refusal;
    return no(refusal('body_invalid', message, param === undefined ? {} : { param }));
  }
  const hideUsage = askUsage && !isOther;
  const below = question.passing?.below ?? '';
  return yes({ lane, path: path + below, rendered: rendered.value, hideUsage });
}

const signerOf = ({ tenant, session }: Scheduled, endpoint: EndpointName): Signer => ({
  tenant: tenant.name,
  session,
  endpoint,
});

/** On tier 1 what is stored stays where it is. */
const keepsNothing = ({ route }: Scheduled, { place }: Offer): boolean =>
  route.clearance.terms.retention === 'zero' && place.tier !== 1;
