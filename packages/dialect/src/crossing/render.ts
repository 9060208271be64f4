// The request as an upstream reads it.
import { type Dialect, no, type Question, type Result, yes } from '@signalbox/contract';
import { withVersion } from '../anthropic/anthropic.ts';
import { encode, rareFinder } from '../bytes.ts';
import type { Ask, Json, JsonObject } from '../canon/canon.ts';
import type { BadAsk } from '../canon/codec.ts';
import { isObject, tryParse } from '../canon/exact.ts';
import { MARK } from '../canon/origin.ts';
import { type Mannered, mannered } from '../manners/manners.ts';
import { withLogprobs } from '../openai/hidden-logprobs.ts';
import { bounded, boundedAsk, isBounded } from './bounded.ts';
import { callerCodec, SERVER_CODECS } from './codecs.ts';
import { countBody } from './count.ts';
import { renderEmbed } from './embedding.ts';
import type { Lane } from './lane.ts';
import { questionIn } from './question.ts';
import type { Rendered, Rendering } from './rendered.ts';
import { type Owned, ownOf } from './signed.ts';

const NOTHING: readonly string[] = [];

/** Every body is searched: its capital is rare. */
const findMark = rareFinder(MARK);

export function render(question: Question, lane: Lane, how: Rendering): Result<Rendered, BadAsk> {
  if (lane.operation === 'embedding') return renderEmbed(question, lane, how);
  const rendered = lane.carried
    ? carried(question, lane, how)
    : yes(untouched(question, lane, how));
  if (lane.operation !== 'count' || !rendered.ok) return rendered;
  const { body } = rendered.value;
  return yes({ ...rendered.value, body: countBody(body, lane, how.model) });
}

function carried(question: Question, lane: Lane, how: Rendering): Result<Rendered, BadAsk> {
  const read = askOf(question, lane);
  if (!read.ok) return read;
  const { outputTokensMax: most } = how;
  const ask = isBounded(lane, most) ? boundedAsk(read.value, most) : read.value;
  const { ask: said, changed } = inManner(ask, lane, how);
  const own = ownOf(said, lane, how.signed);
  const { body, dropped } = written(own, lane, how);
  const sent = lane.caller === lane.upstream ? kept(question, lane, how, body) : body;
  return yes({
    body: sent,
    dropped,
    ask: read.value,
    rewritten: changed.length === 0 ? undefined : changed,
  });
}

/** What stands in the body beside its words, as bytes that pass untouched get it. */
function kept(question: Question, lane: Lane, how: Rendering, body: Uint8Array): Uint8Array {
  if (!how.storeNothing) return body;
  const again = questionIn(dialectOf(lane), lane.operation, body, question);
  return again.ok ? again.value.render(how.model, false, true) : body;
}

const dialectOf = ({ caller }: Lane): Dialect => (caller === 'responses' ? 'openai' : caller);

/** Only a conversation has a manner. */
function inManner(ask: Ask, lane: Lane, { manners, contextTokensMax }: Rendering): Mannered {
  const isTalk = lane.operation === 'chat' || lane.operation === 'response';
  if (manners === undefined || !isTalk) return { ask, changed: NOTHING };
  return mannered(ask, manners, contextTokensMax);
}

/** The same request in the model's manner, of the caller's format; undefined: it is so already. */
function saidAgain(question: Question, lane: Lane, how: Rendering): SaidAgain | undefined {
  if (how.manners === undefined) return undefined;
  const read = askOf(question, lane);
  // What cannot be read passes as ever, and the server says what is wrong with it.
  if (!read.ok) return undefined;
  const { ask, changed } = inManner(read.value, lane, how);
  if (changed.length === 0) return undefined;
  // Read again as a caller's, so with its model, and with none of what its server wants.
  const { versionInBody: _, ...quirks } = lane.quirks;
  const own = { ask, dropped: new Set<string>() };
  const plain = { ...how, askUsage: false, askLogprobs: false };
  const { body, dropped } = written(own, { ...lane, quirks }, plain);
  const again = questionIn(dialectOf(lane), lane.operation, body, question);
  return again.ok ? { question: again.value, dropped, changed } : undefined;
}

type SaidAgain = {
  readonly question: Question;
  readonly dropped: readonly string[];
  readonly changed: readonly string[];
};

/** A mark is of our making, and no server knows it: what bears one was signed elsewhere. */
function untouched(asked: Question, lane: Lane, how: Rendering): Rendered {
  const { outputTokensMax: most } = how;
  const said = saidAgain(asked, lane, how);
  const plainly = said?.question ?? asked;
  const question = isBounded(lane, most) ? bounded(plainly, lane, most) : plainly;
  const unsigned = findMark(question.bytes) < 0 ? undefined : withoutForeign(question, lane, how);
  const { model, askUsage, askLogprobs, storeNothing } = how;
  const plain = (unsigned?.question ?? question).render(model, askUsage, storeNothing);
  const body = askLogprobs === true ? withLogprobs(plain) : plain;
  const { versionInBody: version } = lane.quirks;
  const sent = version === undefined ? body : withVersion(body, version);
  const dropped = unsigned?.dropped ?? said?.dropped ?? NOTHING;
  return { body: sent, dropped, ask: undefined, rewritten: said?.changed };
}

type Unsigned = { readonly question: Question; readonly dropped: readonly string[] };

function withoutForeign(question: Question, lane: Lane, how: Rendering): Unsigned | undefined {
  const read = askOf(question, lane);
  const own = read.ok ? ownOf(read.value, lane, undefined) : undefined;
  if (own === undefined || own.dropped.size === 0) return undefined;
  // Read again as a caller's, so with its model.
  const { versionInBody: _, ...quirks } = lane.quirks;
  const { body: whole, dropped } = written(own, { ...lane, quirks }, how);
  const body = lane.operation === 'count' ? countOf(whole) : whole;
  const again = questionIn(dialectOf(lane), lane.operation, body, question);
  return again.ok ? { question: again.value, dropped } : undefined;
}

/** What is counted has no answer: a bound or a stream of one would be refused. */
function countOf(body: Uint8Array): Uint8Array {
  const parsed = tryParse(body);
  if (!isObject(parsed)) return body;
  const { max_tokens: _bound, stream: _stream, ...rest } = parsed;
  return encode(JSON.stringify(rest));
}

function written({ ask, dropped }: Owned, lane: Lane, how: Rendering): Omit<Rendered, 'ask'> {
  const { model, askUsage, askLogprobs, contextTokens } = how;
  const isDeveloper = how.manners?.system === 'developer';
  const quirks = isDeveloper ? { ...lane.quirks, systemRole: 'developer' as const } : lane.quirks;
  const to = { model, quirks, askUsage, contextTokens };
  const asked = askLogprobs === true && ask.logprobs === undefined ? { ...ask, logprobs: 0 } : ask;
  const { body, dropped: lost } = SERVER_CODECS[lane.upstream].writeAsk(asked, to);
  return { body, dropped: [...new Set([...dropped, ...lost])].sort() };
}

/** The request in our words; formats that name the model in the path get it back. */
export function askOf(
  question: Question,
  lane: Pick<Lane, 'caller' | 'operation'>,
): Result<Ask, BadAsk> {
  const { caller, operation } = lane;
  const parsed = tryParse(question.bytes);
  if (!isObject(parsed)) return no({ param: undefined, message: 'The body is not a JSON object.' });
  return callerCodec(caller, operation).readAsk(
    caller === 'gemini' ? withPath(parsed, question) : parsed,
  );
}

const withPath = (body: JsonObject, { model, stream }: Question): Json => ({
  ...body,
  model,
  stream,
});
