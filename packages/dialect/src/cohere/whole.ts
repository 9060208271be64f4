// Whole answers of this format into events, and what they share with its streams: usage, the reason
// to stop, errors, citations.
import type { AnswerEvent, Json, UpstreamError } from '../canon/canon.ts';
import { countIn, isObject, listIn, member, textIn } from '../canon/exact.ts';
import { COHERE_FINISH } from '../kinds/finish.table.ts';

export function readWhole(body: Json): readonly AnswerEvent[] {
  const message = member(body, 'message');
  if (!isObject(message)) return [{ kind: 'error', error: readErrorIn(body) }];
  const events: AnswerEvent[] = [startOf(body)];
  let part = 0;
  const tell = (told: readonly AnswerEvent[]): void => {
    events.push(...told);
    if (told.length > 0) part += 1;
  };
  tell(piece('thought', textIn(message, 'tool_plan'), part));
  for (const block of contentOf(message)) tell(blockEvents(block, part));
  for (const call of listIn(message, 'tool_calls') ?? []) tell(callEvents(call, part));
  tell(citationEvents(listIn(message, 'citations') ?? [], part));
  return [...events, ...lastEvents(body)];
}

function contentOf(message: Json): readonly Json[] {
  const content = member(message, 'content');
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return Array.isArray(content) ? content : [];
}

export const startOf = (from: Json): AnswerEvent => ({
  kind: 'start',
  id: textIn(from, 'id'),
  model: undefined,
  created: undefined,
});

/** Of a content that is there as a whole, or a piece of one. What says nothing has none. */
export function blockEvents(block: Json | undefined, part: number): readonly AnswerEvent[] {
  const thought = textIn(block, 'thinking');
  if (thought !== undefined) return piece('thought', thought, part);
  return piece('text', textIn(block, 'text'), part);
}

export const piece = (
  kind: 'text' | 'thought',
  text: string | undefined,
  part: number,
): readonly AnswerEvent[] =>
  text === undefined || text === '' ? [] : [{ kind, answer: 0, part, text }];

function callEvents(call: Json, part: number): readonly AnswerEvent[] {
  const text = argumentsOf(call);
  // A call without arguments has none, or `null`.
  const json = text === '' ? '{}' : text;
  return [callEvent(call, part), { kind: 'arguments', answer: 0, part, text: json }];
}

export function callEvent(call: Json | undefined, part: number): AnswerEvent {
  const id = textIn(call, 'id') ?? `call_${part}`;
  return { kind: 'call', answer: 0, part, id, name: textIn(functionOf(call), 'name') ?? '' };
}

const functionOf = (call: Json | undefined): Json | undefined => member(call, 'function');

/** Also a fragment of them; some servers write the object itself. */
export function argumentsOf(call: Json | undefined): string {
  const said = member(functionOf(call), 'arguments');
  if (isObject(said)) return JSON.stringify(said);
  return typeof said !== 'string' || said === 'null' ? '' : said;
}

/** Which source which words came from. No other format has a place for that. */
export const citationEvents = (citations: readonly Json[], part: number): readonly AnswerEvent[] =>
  citations.length === 0
    ? []
    : [{ kind: 'opaque', answer: 0, part, wire: 'cohere', value: { citations } }];

const FAILED: ReadonlyMap<string, UpstreamError['kind']> = new Map<string, UpstreamError['kind']>([
  ['ERROR', 'internal'],
  ['TIMEOUT', 'timeout'],
]);

/** Usage, the reason to stop and the end, from a whole answer or from what ends a stream. */
export function lastEvents(from: Json | undefined): readonly AnswerEvent[] {
  const usage = readUsage(member(from, 'usage'));
  const word = textIn(from, 'finish_reason') ?? '';
  const failed = FAILED.get(word);
  if (failed !== undefined) {
    const message = (textIn(from, 'error') ?? `the model ended with ${word}`).slice(
      0,
      MESSAGE_CHARACTERS_MAX,
    );
    return [...usage, { kind: 'error', error: { kind: failed, message, type: word } }];
  }
  const known = Object.hasOwn(COHERE_FINISH, word) ? COHERE_FINISH[word] : undefined;
  const native = known === undefined && word !== '' ? { native: word } : {};
  const stop = { kind: 'stop', answer: 0, reason: known ?? 'end', ...native } as const;
  return [stop, ...usage, { kind: 'end' }];
}

/**
 * Billed units are what the provider charges for; `tokens` beside them count its own template too,
 * and `cached_tokens` is a part of those.
 */
function readUsage(usage: Json | undefined): readonly AnswerEvent[] {
  const billed = member(usage, 'billed_units');
  const tokens = member(usage, 'tokens');
  const count = (field: string): number | undefined =>
    countIn(billed, field) ?? countIn(tokens, field);
  const input = count('input_tokens');
  const output = count('output_tokens');
  if (input === undefined && output === undefined) return [];
  return [
    {
      kind: 'usage',
      usage: {
        inputTokens: input ?? 0,
        outputTokens: output ?? 0,
        cachedInputTokens: undefined,
        reasoningTokens: undefined,
        source: 'measured',
      },
    },
  ];
}

const MESSAGE_CHARACTERS_MAX = 2_000;

/** `{id, message}`: a body that is no answer. */
export function readErrorIn(value: Json): UpstreamError {
  const message = textIn(value, 'message') ?? 'an answer that is no message';
  return { kind: 'internal', message: message.slice(0, MESSAGE_CHARACTERS_MAX) };
}
