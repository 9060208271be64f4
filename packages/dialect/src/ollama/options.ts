// What chats and prompts have in common: sampling, format, thinking, log-probabilities, and how
// long the model stays loaded.
import type { Ask, Dropped, Extra, Format, Json, JsonObject, Reasoning } from '../canon/canon.ts';
import type { WriteQuirks, WriteTo } from '../canon/codec.ts';
import { isObject, member, restOf } from '../canon/exact.ts';
import {
  at,
  booleanAt,
  listAt,
  neededText,
  numberAt,
  objectAt,
  type Place,
  textAt,
  Wrong,
} from './fields.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
/** The fields of an ask that both requests say in the same way. */
export type Settings = Pick<
  Ask,
  | Numbers
  | 'model'
  | 'stream'
  | 'outputTokensMax'
  | 'stop'
  | 'logprobs'
  | 'format'
  | 'reasoning'
  | 'extra'
>;
type Numbers =
  | 'temperature'
  | 'topP'
  | 'topK'
  | 'minP'
  | 'seed'
  | 'frequencyPenalty'
  | 'presencePenalty';

/** Options that have a word of ours, and are numbers. */
const NUMBERS: readonly (readonly [option: string, field: Numbers])[] = [
  ['temperature', 'temperature'],
  ['top_p', 'topP'],
  ['top_k', 'topK'],
  ['min_p', 'minP'],
  ['seed', 'seed'],
  ['frequency_penalty', 'frequencyPenalty'],
  ['presence_penalty', 'presencePenalty'],
];

/**
 * What does not fit is cut, and nobody is told, unless the server is asked not to: then it answers
 * 400 (older ones do not know the word). Callers of other dialects count on being told, so it is
 * asked for them; said by a caller of this one, it goes without saying elsewhere.
 */
export const UNCUT = { truncate: false } as const;

/** Without what every other dialect means by itself. */
export const withoutUncut = (fields: JsonObject | undefined): JsonObject =>
  Object.fromEntries(
    Object.entries(fields ?? {}).filter(([key, value]) => key !== 'truncate' || value !== false),
  );

const KNOWN = new Set([
  ...['model', 'stream', 'options', 'format', 'think', 'logprobs', 'top_logprobs'],
  ...['messages', 'tools', 'prompt', 'system', 'images'],
]);

export function readSettings(body: Json): Settings {
  const logprobs = readLogprobs(body);
  const format = readFormat(at(body, 'format'));
  const reasoning = readThink(at(body, 'think'));
  const { said, rest } = readOptions(at(body, 'options'));
  const kept = {
    ...saying(withoutUncut(restOf(body, KNOWN))),
    ...(rest === undefined ? {} : { options: rest }),
  };
  return {
    model: neededText(at(body, 'model')),
    stream: booleanAt(at(body, 'stream')) ?? true,
    ...said,
    ...(logprobs === undefined ? {} : { logprobs }),
    ...(format === undefined ? {} : { format }),
    ...(reasoning === undefined ? {} : { reasoning }),
    ...(Object.keys(kept).length === 0 ? {} : { extra: { ollama: kept } }),
  };
}

/** Clients send empty texts and lists for what they do not say. */
function saying(fields: JsonObject | undefined): JsonObject {
  const said = Object.entries(fields ?? {}).filter(
    ([, value]) => value !== null && value !== '' && !(Array.isArray(value) && value.length === 0),
  );
  return Object.fromEntries(said);
}

type Options = {
  readonly said: Partial<Settings>;
  /** Options without a word of ours: `num_ctx`, `repeat_penalty`, ... */
  readonly rest: JsonObject | undefined;
};

function readOptions(place: Place): Options {
  const options = objectAt(place);
  const said: Mutable<Partial<Settings>> = {};
  const told = new Set<string>();
  for (const [option, field] of NUMBERS) {
    const value = numberAt(at(options, option, place.path));
    if (value === undefined) continue;
    said[field] = value;
    told.add(option);
  }
  // 0 and less: no bound, or as much as fits. Only this dialect says that.
  const bound = numberAt(at(options, 'num_predict', place.path));
  if (bound !== undefined && Number.isSafeInteger(bound) && bound > 0) {
    said.outputTokensMax = bound;
    told.add('num_predict');
  }
  const stop = readStop(at(options, 'stop', place.path));
  if (stop.length > 0) said.stop = stop;
  told.add('stop');
  const rest = saying(restOf(options, told));
  return { said, rest: Object.keys(rest).length === 0 ? undefined : rest };
}

function readStop(place: Place): readonly string[] {
  if (typeof place.value === 'string') return place.value === '' ? [] : [place.value];
  return listAt(place).map((one) => textAt(one) ?? '');
}

function readLogprobs(body: Json): number | undefined {
  const wanted = booleanAt(at(body, 'logprobs'));
  const top = numberAt(at(body, 'top_logprobs'));
  return wanted === true ? (top ?? 0) : undefined;
}

/** Older clients send an empty text for none. */
function readFormat({ value, path }: Place): Format | undefined {
  if (value === undefined || value === '') return undefined;
  if (value === 'json') return { kind: 'json' };
  if (isObject(value)) return { kind: 'schema', schema: value };
  throw new Wrong(path, `The field \`${path}\` must be "json" or a JSON schema.`);
}

const EFFORTS: readonly NonNullable<Reasoning['effort']>[] = ['low', 'medium', 'high', 'max'];

function readThink({ value, path }: Place): Reasoning | undefined {
  if (value === undefined) return undefined;
  if (value === false) return { effort: 'none' };
  if (value === true) return { shown: true };
  const effort = EFFORTS.find((one) => one === value);
  if (effort !== undefined) return { effort, shown: true };
  throw new Wrong(path, `The field \`${path}\` must be true, false, "low", "medium" or "high".`);
}

type Body = { [key: string]: Json };

/** Adds to `body` what `ask` says; what cannot be said goes into `dropped`. */
export function writeSettings(
  ask: Ask,
  body: Body,
  out: Pick<WriteTo, 'quirks' | 'contextTokens'> & { readonly dropped: Dropped },
): void {
  const { quirks, dropped, contextTokens } = out;
  const format = writeFormat(ask.format, quirks, dropped);
  if (format !== undefined) body['format'] = format;
  const options = writeOptions(ask, quirks);
  if (contextTokens !== undefined) options['num_ctx'] ??= contextTokens;
  if (Object.keys(options).length > 0) body['options'] = options;
  const think = writeThink(ask.reasoning, quirks, dropped);
  if (think !== undefined) body['think'] = think;
  if (ask.logprobs !== undefined) {
    body['logprobs'] = true;
    if (ask.logprobs > 0) body['top_logprobs'] = ask.logprobs;
  }
  if (ask.user !== undefined) dropped.add('user');
  if (ask.answers !== undefined && ask.answers > 1) dropped.add('answers');
}

function writeOptions(ask: Ask, quirks: WriteQuirks): Body {
  const kept = member(ask.extra?.ollama, 'options');
  const options: Body = isObject(kept) ? { ...kept } : {};
  const bound = ask.outputTokensMax ?? quirks.outputTokensDefault;
  if (bound !== undefined && options['num_predict'] === undefined) options['num_predict'] = bound;
  for (const [option, field] of NUMBERS) {
    const value = ask[field];
    if (value !== undefined) options[option] = value;
  }
  if (ask.stop !== undefined && ask.stop.length > 0) options['stop'] = ask.stop;
  return options;
}

function writeFormat(
  format: Format | undefined,
  quirks: WriteQuirks,
  dropped: Dropped,
): Json | undefined {
  if (format === undefined || format.kind === 'text') return undefined;
  if (quirks.schemaField === 'none') {
    dropped.add(`format.${format.kind}`);
    return undefined;
  }
  if (format.kind === 'json') return 'json';
  if (format.kind === 'schema') {
    if (format.description !== undefined) dropped.add('format.description');
    return format.schema;
  }
  dropped.add(`format.${format.kind}`);
  return undefined;
}

function writeThink(
  reasoning: Reasoning | undefined,
  quirks: WriteQuirks,
  dropped: Dropped,
): Json | undefined {
  if (reasoning === undefined) return undefined;
  const { effort, tokensMax, shown } = reasoning;
  if (quirks.effortField === 'none') {
    dropped.add('reasoning');
    return undefined;
  }
  if (tokensMax !== undefined) dropped.add('reasoning.tokensMax');
  switch (effort) {
    case undefined:
      return shown ?? (tokensMax === undefined ? undefined : true);
    case 'none':
      return false;
    case 'low':
    case 'medium':
    case 'high':
      return effort;
    case 'minimal':
      dropped.add('reasoning.effort');
      return 'low';
    case 'xhigh':
    case 'max':
      dropped.add('reasoning.effort');
      return 'high';
  }
}

/** Fields of this dialect without a word of ours go back as they came; those of others drop. */
export function writeExtra(
  ask: Ask,
  body: Body,
  { unfit, dropped }: { readonly unfit: ReadonlySet<string>; readonly dropped: Dropped },
): void {
  for (const [key, value] of Object.entries(ask.extra?.ollama ?? {})) {
    if (unfit.has(key)) dropped.add(`ollama.${key}`);
    else if (key !== 'options') body[key] = value;
  }
  dropForeign(ask.extra, dropped);
}

/** Names what other dialects alone can read. */
export function dropForeign(extra: Extra | undefined, dropped: Dropped): void {
  for (const [wire, fields] of Object.entries(extra ?? {})) {
    if (wire === 'ollama') continue;
    for (const key of Object.keys(fields)) dropped.add(`${wire}.${key}`);
  }
}

/** Takes out what this server refuses or ignores: `think`, `options.min_p`, ... */
export function withoutLacking(body: Body, quirks: WriteQuirks, dropped: Dropped): void {
  for (const name of quirks.lacks ?? []) {
    const [first = '', second] = name.split('.');
    const inner = body[first];
    if (second === undefined) {
      if (inner === undefined) continue;
      delete body[first];
    } else {
      if (!isObject(inner) || inner[second] === undefined) continue;
      const rest = restOf(inner, new Set([second]));
      if (rest === undefined) delete body[first];
      else body[first] = rest;
    }
    dropped.add(name);
  }
}
