// The request as an upstream reads it.
import { no, type Question, type Result, yes } from '@signalbox/contract';
import { withVersion } from '../anthropic/anthropic.ts';
import { encode, rareFinder } from '../bytes.ts';
import type { Ask, Json, JsonObject } from '../canon/canon.ts';
import type { BadAsk } from '../canon/codec.ts';
import { isObject, tryParse } from '../canon/exact.ts';
import { MARK } from '../canon/origin.ts';
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
  const own = ownOf(ask, lane, how.signed);
  return yes({ ...written(own, lane, how), ask: read.value });
}

/** A mark is of our making, and no server knows it: what bears one was signed elsewhere. */
function untouched(asked: Question, lane: Lane, how: Rendering): Rendered {
  const { outputTokensMax: most } = how;
  const question = isBounded(lane, most) ? bounded(asked, lane, most) : asked;
  const unsigned = findMark(question.bytes) < 0 ? undefined : withoutForeign(question, lane, how);
  const { model, askUsage, askLogprobs, storeNothing } = how;
  const plain = (unsigned?.question ?? question).render(model, askUsage, storeNothing);
  const body = askLogprobs === true ? withLogprobs(plain) : plain;
  const { versionInBody: version } = lane.quirks;
  const sent = version === undefined ? body : withVersion(body, version);
  return { body: sent, dropped: unsigned?.dropped ?? NOTHING, ask: undefined };
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
  const dialect = lane.caller === 'responses' ? 'openai' : lane.caller;
  const again = questionIn(dialect, lane.operation, body, question);
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
  const to = { model, quirks: lane.quirks, askUsage, contextTokens };
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
