// The request as an upstream reads it.
import { no, type Question, type Result, yes } from '@signalbox/contract';
import type { Ask, Json, JsonObject } from '../canon/canon.ts';
import type { BadAsk } from '../canon/codec.ts';
import { isObject, tryParse } from '../canon/exact.ts';
import { CODECS, callerCodec } from './codecs.ts';
import { renderEmbed } from './embedding.ts';
import type { Lane } from './lane.ts';
import type { Rendered, Rendering } from './rendered.ts';

const NOTHING: readonly string[] = [];

export function render(question: Question, lane: Lane, how: Rendering): Result<Rendered, BadAsk> {
  if (lane.operation === 'embedding') return renderEmbed(question, lane, how);
  if (!lane.carried) {
    const body = question.render(how.model, how.askUsage, how.storeNothing);
    return yes({ body, dropped: NOTHING, ask: undefined });
  }
  const read = askOf(question, lane);
  if (!read.ok) return read;
  const { model, askUsage } = how;
  const written = CODECS[lane.upstream].writeAsk(read.value, {
    model,
    quirks: lane.quirks,
    askUsage,
  });
  return yes({ body: written.body, dropped: [...written.dropped].sort(), ask: read.value });
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
