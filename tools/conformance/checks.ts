// What must hold of every recording.
import {
  type Answer,
  type AnswerContext,
  type AnswerEvent,
  fold,
  type Json,
  kindOf,
  listIn,
  member,
  Order,
  readUpstreamError,
  responses,
  type StreamReader,
  tryParse,
} from '@signalbox/dialect';
import { chunks, difference, same, told, withReturns } from './comparing.ts';
import { countsOf } from './counts.ts';
import type { Exchange } from './exchange.ts';
import { framed } from './lines.ts';
import { messagesOf, type Speaker } from './speakers.ts';

export const CHECKS = [
  'folds',
  'any chunks',
  'whole again',
  'stream again',
  'usage',
  'passes',
  'vectors',
  'error known',
] as const;
export type Check = (typeof CHECKS)[number];

/** `why`: undefined when it holds. */
export type Finding = { readonly check: Check; readonly why: string | undefined };

export type Judged = {
  readonly findings: readonly Finding[];
  readonly answer: Answer | undefined;
};

const MESSAGES_MAX = 1_000_000;
const EVENTS = 'text/event-stream';

/** Runs a check; what it throws is what is wrong. */
function judge(check: Check, run: () => string | undefined): Finding {
  try {
    return { check, why: run() };
  } catch (error) {
    return { check, why: error instanceof Error ? error.message : 'threw' };
  }
}

function decoded(speaker: Speaker, bytes: Uint8Array, size: number): readonly AnswerEvent[] {
  const decoder = speaker.codec.decoder();
  const order = new Order();
  const events = chunks(bytes, size).flatMap((chunk) => decoder.push(chunk));
  events.push(...decoder.end());
  for (const event of events) order.check(event);
  return events;
}

/** With the tools of the request, where the format repeats them: what a call is depends on them. */
function contextOf(answer: Answer, messages: readonly Json[]): AnswerContext {
  const { model = 'asked', id = 'made_1', created = 1_700_000_000 } = answer;
  const context = { model, id, created, usageWanted: true };
  const inside = (message: Json): Json => member(message, 'response') ?? message;
  const tools = messages
    .map((one) => listIn(inside(one), 'tools'))
    .find((one) => one !== undefined);
  if (tools === undefined) return context;
  const ask = responses.readAsk({ model: 'asked', input: '', tools });
  return ask.ok ? { ...context, ask: ask.value } : context;
}

export function judgeStream(exchange: Exchange, speaker: Speaker): Judged {
  const bytes = framed(exchange, speaker.caller?.streamType ?? EVENTS, speaker.end);
  const events = decoded(speaker, bytes, bytes.length);
  const answer = fold(events);
  const messages = messagesOf(new TextDecoder().decode(bytes), MESSAGES_MAX);
  const findings = [
    judge('folds', () => foldsWell(answer)),
    judge('any chunks', () => anyChunks(speaker, bytes, answer)),
    ...passing(speaker, bytes, answer),
    ...againAndUsage(speaker, answer, events, messages),
  ];
  return { findings, answer };
}

export function judgeWhole(exchange: Exchange, speaker: Speaker): Judged {
  const body = tryParse(exchange.answered) ?? null;
  const events = speaker.codec.readWhole(body);
  const order = new Order();
  for (const event of events) order.check(event);
  const answer = fold(events);
  const folds = judge('folds', () => foldsWell(answer));
  return { findings: [folds, ...againAndUsage(speaker, answer, events, [body])], answer };
}

/** An answer ends, or says what went wrong. */
function foldsWell({ ended, error, answers }: Answer): string | undefined {
  if (error !== undefined) return error.kind === 'unknown' ? 'an unknown error' : undefined;
  if (!ended) return 'has no end';
  const silent = answers.find((one) => one.stop === undefined);
  return silent === undefined ? undefined : 'an answer without a reason to stop';
}

function anyChunks(speaker: Speaker, bytes: Uint8Array, answer: Answer): string | undefined {
  const ways = [
    ['1 byte', bytes, 1],
    ['random', bytes, 0],
    ['CRLF', withReturns(bytes), 0],
  ] as const;
  for (const [name, some, size] of ways) {
    const other = fold(decoded(speaker, some, size));
    if (!same(other, answer)) return `${name}: ${difference(told(other), told(answer))}`;
  }
  return undefined;
}

const passing = ({ reader }: Speaker, bytes: Uint8Array, answer: Answer): readonly Finding[] =>
  reader === undefined ? [] : [judge('passes', () => passes(reader, bytes, answer))];

function passes(
  readerOf: () => StreamReader,
  bytes: Uint8Array,
  answer: Answer,
): string | undefined {
  for (const [some, size] of [
    [bytes, 1],
    [bytes, 0],
    [withReturns(bytes), 0],
  ] as const) {
    const reader = readerOf();
    // What is answered is valid during the call alone.
    const out = chunks(some, size).map((chunk) => Buffer.from(reader.push(chunk)));
    out.push(Buffer.from(reader.rest()));
    if (!Buffer.concat(out).equals(some)) return 'other bytes came out';
    const { usage, error } = reader.facts();
    if (error !== (answer.error !== undefined) && answer.error?.kind !== 'internal') {
      return 'an error was seen by one reader alone';
    }
    if (answer.error !== undefined) continue;
    const counts = ({ inputTokens, outputTokens }: { inputTokens: number; outputTokens: number }) =>
      `${inputTokens}/${outputTokens}`;
    const [seen, read] = [usage && counts(usage), answer.usage && counts(answer.usage)];
    if (seen !== read) return `usage ${seen}, read as ${read}`;
  }
  return undefined;
}

function againAndUsage(
  speaker: Speaker,
  answer: Answer,
  events: readonly AnswerEvent[],
  messages: readonly Json[],
): readonly Finding[] {
  const { caller } = speaker;
  if (answer.error !== undefined) {
    const known = answer.error.kind !== 'unknown';
    return [{ check: 'error known', why: known ? undefined : 'its kind is unknown' }];
  }
  return [
    ...(caller === undefined ? [] : again(speaker, caller, { answer, events, messages })),
    judge('usage', () => {
      const counts = countsOf(messages);
      const { inputTokens = 0, outputTokens = 0 } = answer.usage ?? {};
      const { input = 0, output = 0 } = counts ?? {};
      if (inputTokens === input && outputTokens === output) return undefined;
      return `read ${inputTokens}/${outputTokens}, told ${input}/${output}`;
    }),
  ];
}

type Told = {
  readonly answer: Answer;
  readonly events: readonly AnswerEvent[];
  readonly messages: readonly Json[];
};

function again(
  speaker: Speaker,
  caller: NonNullable<Speaker['caller']>,
  { answer, events, messages }: Told,
): readonly Finding[] {
  const context = contextOf(answer, messages);
  return [
    judge('whole again', () => {
      const { body } = caller.writeWhole(answer, context);
      const back = fold(caller.readWhole(tryParse(body) ?? null));
      return same(back, answer) ? undefined : difference(told(back), told(answer));
    }),
    judge('stream again', () => {
      const encoder = caller.encoder(context);
      const bytes = Buffer.concat(events.map((event) => Buffer.from(encoder.push(event))));
      const back = fold(decoded(speaker, bytes, 0));
      return same(back, answer) ? undefined : difference(told(back), told(answer));
    }),
  ];
}

/** Whose table reads the errors of a provider. */
const KINDS: ReadonlyMap<string, string> = new Map([
  ['google', 'gemini'],
  ['google-vertex', 'vertex'],
  ['amazon-bedrock', 'bedrock'],
  ['llama', 'llama-server'],
  ['llama.cpp', 'llama-server'],
  ['mistralai', 'mistral'],
]);

/** @param message of a stream; undefined: the whole answer is the error. */
export function judgeError(exchange: Exchange, message: Json | undefined): Finding {
  const { provider, status, answered } = exchange;
  const kind = kindOf(KINDS.get(provider) ?? provider) ?? kindOf('openai-compatible');
  return judge('error known', () => {
    if (kind === undefined) return 'there is no kind for unknown servers';
    const body = message === undefined ? answered : Buffer.from(JSON.stringify(message));
    const answer = { status, headers: [], body, nowMs: 0 };
    const error = readUpstreamError(kind, answer);
    if (error.kind === 'unknown') return 'its kind is unknown';
    return error.message === '' ? 'it has no message' : undefined;
  });
}
