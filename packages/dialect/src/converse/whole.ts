// Whole answers of this format into events, and what they share with its streams: blocks, the
// reason to stop, usage, errors.
import { readInput } from '../anthropic/input.ts';
import type { AnswerEvent, Json, StopReason, ToldUsage, UpstreamError } from '../canon/canon.ts';
import { countIn, isObject, listIn, member, textIn } from '../canon/exact.ts';
import { BEDROCK_FINISH } from '../kinds/finish.table.ts';

export function readWhole(body: Json): readonly AnswerEvent[] {
  const content = listIn(member(member(body, 'output'), 'message'), 'content');
  if (content === undefined) return [{ kind: 'error', error: readErrorIn(undefined, body) }];
  const events: AnswerEvent[] = [
    { kind: 'start', id: undefined, model: undefined, created: undefined },
  ];
  let part = 0;
  for (const block of content) {
    const told = blockEvents(block, part);
    events.push(...told);
    if (told.length > 0) part += 1;
  }
  const stop = readStop(body);
  if (stop !== undefined) events.push(stop);
  const usage = readUsage(member(body, 'usage'));
  if (usage !== undefined) events.push(usage);
  events.push({ kind: 'end' });
  return events;
}

/** The events of a block that is there as a whole. What says nothing has none. */
function blockEvents(block: Json, part: number): readonly AnswerEvent[] {
  const place = { answer: 0, part };
  const text = textIn(block, 'text') ?? cited(block);
  if (text !== undefined) return text === '' ? [] : [{ kind: 'text', ...place, text }];
  const call = member(block, 'toolUse');
  if (call !== undefined) {
    const json = readInput(member(call, 'input'));
    return [callEvent(call, part), { kind: 'arguments', ...place, text: json }];
  }
  const thought = member(block, 'reasoningContent');
  return thoughtEvents(member(thought, 'reasoningText') ?? thought, part);
}

/** A text with its sources stands in a block of its own; other formats have no place for those. */
function cited(block: Json): string | undefined {
  const texts = listIn(member(block, 'citationsContent'), 'content');
  return texts?.map((one) => textIn(one, 'text') ?? '').join('');
}

export function callEvent(call: Json, part: number): AnswerEvent {
  const id = textIn(call, 'toolUseId') ?? `call_${part}`;
  return { kind: 'call', answer: 0, part, id, name: textIn(call, 'name') ?? '' };
}

/** Words, the signature below them, or what is sealed; any of them, whole or a piece. */
export function thoughtEvents(thought: Json | undefined, part: number): readonly AnswerEvent[] {
  const place = { answer: 0, part };
  const events: AnswerEvent[] = [];
  const [text, signature] = [textIn(thought, 'text'), textIn(thought, 'signature')];
  const sealed = textIn(thought, 'redactedContent');
  if (text) events.push({ kind: 'thought', ...place, text });
  if (signature) events.push({ kind: 'signature', ...place, signature });
  if (sealed) events.push({ kind: 'signature', ...place, signature: sealed, sealed: true });
  return events;
}

/** Of a whole answer or of the event that stops one; undefined: it has not stopped. */
export function readStop(from: Json | undefined): AnswerEvent | undefined {
  const word = textIn(from, 'stopReason');
  if (word === undefined || word === '') return undefined;
  const known: StopReason | undefined = Object.hasOwn(BEDROCK_FINISH, word)
    ? BEDROCK_FINISH[word]
    : undefined;
  const more = member(from, 'additionalModelResponseFields');
  const sequence = textIn(more, 'stop_sequence') ?? textIn(member(more, 'delta'), 'stop_sequence');
  return {
    kind: 'stop',
    answer: 0,
    reason: known ?? 'end',
    ...(sequence === undefined ? {} : { sequence }),
    ...(SAME_WORD.has(word) ? {} : { native: word }),
  };
}

/** They say no more than ours. */
const SAME_WORD: ReadonlySet<string> = new Set([
  ...['end_turn', 'tool_use', 'max_tokens', 'stop_sequence', 'model_context_window_exceeded'],
]);

/** Input is told without what was read from the cache or written to it. */
export function readUsage(from: Json | undefined): AnswerEvent | undefined {
  const input = countIn(from, 'inputTokens');
  const output = countIn(from, 'outputTokens');
  if (input === undefined && output === undefined) return undefined;
  const read = countIn(from, 'cacheReadInputTokens');
  const wrote = countIn(from, 'cacheWriteInputTokens');
  const usage: ToldUsage = {
    inputTokens: (input ?? 0) + (read ?? 0) + (wrote ?? 0),
    outputTokens: output ?? 0,
    cachedInputTokens: read,
    reasoningTokens: undefined,
    source: 'measured',
    ...(wrote === undefined ? {} : { cacheWriteTokens: wrote }),
  };
  return { kind: 'usage', usage };
}

const ERRORS: ReadonlyMap<string, UpstreamError['kind']> = new Map<string, UpstreamError['kind']>([
  ['throttlingException', 'rate_limited'],
  ['serviceUnavailableException', 'overloaded'],
  ['modelNotReadyException', 'overloaded'],
  ['modelTimeoutException', 'timeout'],
  ['validationException', 'invalid'],
  ['accessDeniedException', 'auth'],
  ['resourceNotFoundException', 'not_found'],
  ['serviceQuotaExceededException', 'quota'],
  ['internalServerException', 'internal'],
  ['modelErrorException', 'internal'],
  ['modelStreamErrorException', 'internal'],
]);
const MESSAGE_CHARACTERS_MAX = 2_000;

/** @param type of the exception that a stream met; undefined: a body that is no answer. */
export function readErrorIn(type: string | undefined, value: Json): UpstreamError {
  const message = textIn(value, 'message') ?? textIn(value, 'Message');
  const said = isObject(value) ? message : undefined;
  return {
    kind: ERRORS.get(type ?? '') ?? 'internal',
    message: (said ?? 'an answer that is no message').slice(0, MESSAGE_CHARACTERS_MAX),
    ...(type === undefined ? {} : { type }),
  };
}
