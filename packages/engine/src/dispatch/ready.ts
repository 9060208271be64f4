// What goes to an endpoint, made of what the caller sent: the lane of its format, the path, the
// bytes.
import {
  assert,
  type EndpointName,
  no,
  type Operation,
  type Refusal,
  type Result,
  refusal,
  yes,
} from '@signalbox/contract';
import {
  asksUsage,
  canAskLogprobs,
  isCarried,
  type Rendered,
  render,
  type ServerKind,
  toldLane,
} from '@signalbox/dialect';
import type { EndpointLane } from '../catalog/ways.ts';
import type { Offer } from '../resolve/offer.ts';
import type { Scheduled } from '../schedule/schedule.ts';
import type { Signer } from '../session/signatures.ts';
import { rulesOf } from './check.ts';
import { leastConfidence } from './evidence/judged.ts';
import type { DispatchPorts } from './outcome.ts';

export type Ready = {
  readonly lane: EndpointLane;
  readonly path: string;
  readonly rendered: Rendered;
  readonly hideUsage: boolean;
  readonly hideLogprobs: boolean;
};

type ReadyPorts = Pick<DispatchPorts, 'standings' | 'clock' | 'signatures'>;

/** A no is the caller's mistake, seen when its request is read for another format. */
export function readied(call: Scheduled, offer: Offer, ports: ReadyPorts): Result<Ready, Refusal> {
  const { question, head } = call;
  const { endpoint, upstream: model } = offer.offering;
  const usual = endpoint.lanes[head.dialect][head.operation];
  assert(usual !== undefined, 'resolve offers only what can carry the call');
  const { roomy, kind } = usual;
  const contextTokens = roomy === undefined ? undefined : roomFor(call, offer, { ports, kind });
  const native = contextTokens === undefined ? usual : (roomy ?? usual);
  const { manners } = offer.offering.facts;
  const isTold = manners?.tools === 'prompted' && question.toolsOffered && isTalk(head.operation);
  const lane = isTold ? toldLane(native) : native;
  const path = lane.path(model, question.stream);
  if (path === undefined) {
    return no(refusal('model_unknown', `The name of the model can stand in no path.`));
  }
  const askUsage = asksUsage(lane, question);
  const askLogprobs = asksConfidence(call, offer) && canAskLogprobs(lane, question);
  const storeNothing = keepsNothing(call, offer);
  const isOther = isCarried(lane);
  const signed = isOther ? ports.signatures.find(signerOf(call, endpoint.name)) : undefined;
  const outputTokensMax = call.route.verdict.cap?.outputTokens;
  const how = {
    model,
    askUsage,
    askLogprobs,
    storeNothing,
    signed,
    outputTokensMax,
    contextTokens,
    manners,
    contextTokensMax: offer.offering.contextTokens,
  };
  const rendered = render(question, lane, how);
  if (!rendered.ok) {
    const { message, param } = rendered.refusal;
    return no(refusal('body_invalid', message, param === undefined ? {} : { param }));
  }
  const hideUsage = askUsage && !isOther;
  const below = question.passing?.below ?? '';
  return yes({
    lane,
    path: path + below,
    rendered: rendered.value,
    hideUsage,
    hideLogprobs: askLogprobs && !wantsLogprobs(rendered.value),
  });
}

/** The caller's own wish, read from another format: the answer's log-probabilities are for it. */
const wantsLogprobs = ({ ask }: Rendered): boolean =>
  ask !== undefined && 'logprobs' in ask && ask.logprobs !== undefined;

const isTalk = (operation: Operation): boolean => operation === 'chat' || operation === 'response';

type Asked = { readonly ports: ReadyPorts; readonly kind: ServerKind };

/** Callers state far larger bounds than they use; an answer that ends at the context says so. */
const ANSWER_TOKENS_MAX = 1_024;

/**
 * Tokens to be asked for, where the call may not fit into what a model has when nobody asks. What
 * it runs with now may be what a call before this one asked for, and is no promise; to ask for as
 * much does not load it anew, as each other figure does: what would fit asks for it too, while
 * others need it. No more than it was made for, or a document says.
 */
function roomFor(
  { question }: Scheduled,
  { offering }: Offer,
  { ports: { standings, clock }, kind: { context } }: Asked,
): number | undefined {
  if (context === undefined) return undefined;
  const { inputTokensEstimate, outputTokensMax = ANSWER_TOKENS_MAX } = question;
  const wanted = inputTokensEstimate + Math.min(outputTokensMax, ANSWER_TOKENS_MAX);
  const now = offering.contextTokensNow ?? context.tokensUsual;
  const fits = wanted <= Math.min(now, context.tokensUsual);
  const { room } = standings.of(offering);
  const at = clock.monotonic();
  const kept = room.tokens(at);
  if (fits && kept === 0) return undefined;
  let tokens = Math.max(now, context.tokensUsual, kept);
  while (tokens < wanted) tokens *= 2;
  tokens = Math.min(tokens, offering.contextTokens ?? tokens);
  if (!fits) room.ask(tokens, at);
  return tokens;
}

/** A place that nobody is asked after is believed, and streams as ever. */
const asksConfidence = (call: Scheduled, offer: Offer): boolean =>
  leastConfidence(rulesOf(call), offer) !== undefined;

const signerOf = ({ tenant, session }: Scheduled, endpoint: EndpointName): Signer => ({
  tenant: tenant.name,
  session,
  endpoint,
});

/** On tier 1 what is stored stays where it is. */
const keepsNothing = ({ route }: Scheduled, { place }: Offer): boolean =>
  route.clearance.terms.retention === 'zero' && place.tier !== 1;
