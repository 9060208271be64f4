// The answer as the caller reads it: untouched where both sides speak one format, else carried
// over. Errors of a bad status are put into the caller's envelope.

import type { Headers, Passing, RequestId } from '@signalbox/contract';
import { refusal } from '@signalbox/contract';
import type { Ask, Wire } from '../canon/canon.ts';
import { codeOfError, readUpstreamError } from '../kinds/upstream-error.ts';
import type { AnswerFacts } from '../openai/answer.ts';
import { streamWithoutLogprobs, withoutLogprobs } from '../openai/hidden-logprobs.ts';
import type { StreamReader } from '../openai/stream.ts';
import { readPassedAnswer } from '../passing/answer.ts';
import { isPassed } from '../passing/operations.table.ts';
import {
  type Carried,
  type CarriedStream,
  type CarryContext,
  carryStream,
  carryWhole,
} from './carry.ts';
import { callerCodec } from './codecs.ts';
import { carryCount } from './count.ts';
import { carryEmbedded } from './embedding.ts';
import { errorBodyIn } from './envelope.ts';
import type { Lane } from './lane.ts';
import type { EmbedAsked } from './rendered.ts';
import { UNTOUCHED } from './untouched.ts';

/** What an answer's format repeats of its call. */
export type Asked = {
  readonly request: RequestId;
  /** Unix milliseconds. */
  readonly at: number;
  /** As the caller named it. */
  readonly model: string;
  readonly stream: boolean;
  readonly usageWanted: boolean;
  /** They were asked for by us, and are taken out again. */
  readonly hideLogprobs: boolean;
  /** Where the request was read for another format. */
  readonly ask: Ask | EmbedAsked | undefined;
  /** Of what only passes. */
  readonly passing?: Passing | undefined;
  /** Of a list: whether an object is the caller's; undefined: all of them are. */
  readonly isOwn?: ((id: string) => boolean) | undefined;
};

const NOTHING: readonly string[] = [];

export const isCarried = (lane: Lane): boolean => lane.carried;

export function streamOf(lane: Lane, hideUsage: boolean, asked: Asked): StreamReader {
  if (!isCarried(lane)) return UNTOUCHED[lane.caller].streamReader(lane.operation, hideUsage);
  return carryStream(lane, contextOf(lane, asked));
}

/** All events of a stream without the log-probabilities that we asked for. */
export const shownStream = (lane: Lane, events: Uint8Array): Uint8Array =>
  isCarried(lane) ? events : streamWithoutLogprobs(events);

/** What the caller's format could not say, up to now. */
export function droppedBy(reader: StreamReader): readonly string[] {
  return 'dropped' in reader ? [...(reader as CarriedStream).dropped].sort() : NOTHING;
}

export function wholeOf(
  lane: Lane,
  answer: { readonly status: number; readonly headers: Headers; readonly body: Uint8Array },
  asked: Asked,
): Carried {
  const { status, headers, body } = answer;
  const { passing, isOwn } = asked;
  if (passing !== undefined && isPassed(lane.operation)) {
    if (status >= 300) return { body, facts: NO_FACTS, dropped: NOTHING };
    const { body: own, ...told } = readPassedAnswer(lane.operation, body, passing, isOwn);
    return { body: own, facts: { ...NO_FACTS, ...told }, dropped: NOTHING };
  }
  if (lane.operation === 'count' && status < 300) return carryCount(body, lane);
  const embed = asked.ask !== undefined && 'embed' in asked.ask ? asked.ask : undefined;
  if (!isCarried(lane) && embed === undefined) {
    const facts = UNTOUCHED[lane.caller].readAnswer(lane.operation, body);
    const shown = asked.hideLogprobs ? withoutLogprobs(body) : body;
    return { body: shown, facts, dropped: NOTHING };
  }
  if (status < 300 && embed !== undefined) {
    return carryEmbedded(body, lane, { asked: embed, model: asked.model });
  }
  if (status < 300) {
    return carryWhole(body, lane, { ...contextOf(lane, asked), stream: asked.stream });
  }
  const error = readUpstreamError(lane.kind, { status, headers, body, nowMs: asked.at });
  const said = refusal(codeOfError(error), error.message);
  const ids = { request: asked.request, decision: undefined };
  return { body: errorBodyIn(lane.caller, said, ids), facts: NO_FACTS, dropped: NOTHING };
}

const NO_FACTS: AnswerFacts = {
  model: undefined,
  usage: undefined,
  service: undefined,
  error: false,
  malformed: false,
};

/** Undefined: as the upstream says. */
export function contentTypeOf(lane: Lane, stream: boolean): string | undefined {
  if (!isCarried(lane)) return undefined;
  return stream ? callerCodec(lane.caller, lane.operation).streamType : 'application/json';
}

const ID_PREFIXES: Readonly<Record<Wire, string>> = {
  openai: 'chatcmpl-',
  responses: 'resp_',
  anthropic: 'msg_',
  gemini: '',
  ollama: '',
};
const REQUEST_PREFIX_LENGTH = 'req_'.length;

function contextOf({ caller, operation }: Lane, asked: Asked): CarryContext {
  const { request, at, model, usageWanted, hideLogprobs, ask } = asked;
  const isPrompt = operation === 'completion' && caller === 'openai';
  const prefix = isPrompt ? 'cmpl-' : ID_PREFIXES[caller];
  return {
    model,
    id: `${prefix}${request.slice(REQUEST_PREFIX_LENGTH)}`,
    created: Math.floor(at / 1_000),
    usageWanted,
    hideLogprobs,
    ...(ask === undefined || 'embed' in ask ? {} : { ask }),
  };
}
