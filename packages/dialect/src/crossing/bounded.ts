// A bound on output tokens, written into a request that allows more: the bytes around it stay.
import { assert, type Question, type Splice } from '@signalbox/contract';
import { splice } from '../bytes.ts';
import type { Ask } from '../canon/canon.ts';
import { type Field, innerFields, integerAt, readObject } from '../json.ts';
import type { Lane } from './lane.ts';
import { questionIn } from './question.ts';

type BoundField = {
  /** The object that holds it; undefined: the request itself. */
  readonly inside: readonly string[] | undefined;
  /** All its spellings, the one to write first. */
  readonly names: readonly [string, ...string[]];
};

const NUMBERED: Readonly<Record<'response' | 'anthropic' | 'gemini' | 'ollama', BoundField>> = {
  response: { inside: undefined, names: ['max_output_tokens'] },
  anthropic: { inside: undefined, names: ['max_tokens'] },
  gemini: {
    inside: ['generationConfig', 'generation_config'],
    names: ['maxOutputTokens', 'max_output_tokens'],
  },
  ollama: { inside: ['options'], names: ['num_predict'] },
};

/** Only these are answered with text that is counted. */
const ANSWERED: ReadonlySet<string> = new Set(['chat', 'completion', 'response']);

export const isBounded = ({ operation }: Lane, most: number | undefined): most is number =>
  most !== undefined && ANSWERED.has(operation);

/** The same request, with at most so many output tokens for one answer. */
export function bounded(question: Question, lane: Lane, most: number): Question {
  const { outputTokensMax } = question;
  if (outputTokensMax !== undefined && outputTokensMax <= most) return question;
  const { bytes } = question;
  const reading = readObject(bytes);
  assert(reading.kind === 'object', 'a question was read as an object');
  const { start, fields } = reading;
  const body = splice(bytes, splicesOf(bytes, { start, fields }, fieldOf(lane), most));
  const dialect = lane.caller === 'responses' ? 'openai' : lane.caller;
  const again = questionIn(dialect, lane.operation, body, question);
  assert(again.ok, 'a bound makes no request unreadable');
  return again.value;
}

export const boundedAsk = (ask: Ask, most: number): Ask =>
  ask.outputTokensMax !== undefined && ask.outputTokensMax <= most
    ? ask
    : { ...ask, outputTokensMax: most };

function fieldOf({ caller, operation, quirks }: Lane): BoundField {
  if (operation === 'response') return NUMBERED.response;
  if (caller === 'anthropic' || caller === 'gemini' || caller === 'ollama') return NUMBERED[caller];
  const old = ['max_tokens', 'max_completion_tokens'] as const;
  const written = operation === 'completion' ? 'max_tokens' : quirks.outputTokensField;
  const names = written === 'max_completion_tokens' ? ([old[1], old[0]] as const) : old;
  return { inside: undefined, names: [...names] };
}

type Object = { readonly start: number; readonly fields: readonly Field[] };

function splicesOf(
  bytes: Uint8Array,
  whole: Object,
  { inside, names }: BoundField,
  most: number,
): readonly Splice[] {
  if (inside === undefined) return inObject(bytes, whole, names, most);
  const holders = whole.fields.filter(({ key }) => inside.includes(key));
  const text = `{"${names[0]}":${most}}`;
  if (holders.length === 0) {
    const at = whole.start + 1;
    return [{ start: at, end: at, text: `"${inside[0]}":${text}${comma(whole)}` }];
  }
  return holders.flatMap((holder) => {
    const { valueStart: start, valueEnd: end } = holder;
    const fields = innerFields(bytes, start);
    if (fields === undefined) return [{ start, end, text }];
    return inObject(bytes, { start, fields }, names, most);
  });
}

function inObject(
  bytes: Uint8Array,
  { start, fields }: Object,
  names: BoundField['names'],
  most: number,
): readonly Splice[] {
  const stated = fields.filter(({ key }) => names.includes(key));
  if (stated.length === 0) {
    return [
      { start: start + 1, end: start + 1, text: `"${names[0]}":${most}${comma({ fields })}` },
    ];
  }
  return stated
    .filter((field) => {
      const value = integerAt(bytes, field);
      return value === undefined || value < 1 || value > most;
    })
    .map((field) => ({ start: field.valueStart, end: field.valueEnd, text: String(most) }));
}

const comma = ({ fields }: Pick<Object, 'fields'>): string => (fields.length === 0 ? '' : ',');
