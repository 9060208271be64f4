// A request of this dialect in our words. Wrong types are refused by the field's name; fields
// without a word of ours are kept for a server of the same dialect.
import { no, type Result, yes } from '@signalbox/contract';
import type { Ask, Json, JsonObject } from '../../canon/canon.ts';
import type { BadAsk } from '../../canon/codec.ts';
import { isObject, member, restOf } from '../../canon/exact.ts';
import { Fields } from './fields.ts';
import { readFormat } from './format.ts';
import { readMessages } from './read-turns.ts';
import { readReasoning } from './reasoning.ts';
import { readToolChoice, readTools } from './tools.ts';

export type AskDraft = { -readonly [K in keyof Ask]: Ask[K] };

export function readAsk(body: Json): Result<Ask, BadAsk> {
  if (!isObject(body)) return no({ param: undefined, message: 'The body must be a JSON object.' });
  const fields = new Fields();
  const messages = fields.list(body, 'messages');
  if (messages === undefined) fields.bad('messages', 'is missing');
  else if (messages.length === 0) fields.bad('messages', 'must hold one message at least');
  const ask: AskDraft = {
    model: readModel(body, fields),
    stream: fields.flag(body, 'stream') ?? false,
    usageWanted: readUsageWanted(body, fields),
    ...readMessages(messages ?? [], fields),
    tools: readTools(body, fields),
  };
  const read = new Set([...READ, ...readSettings(body, ask, fields)]);
  readTopLogprobs(body, ask, fields);
  readToolSettings(body, ask, read, fields);
  const format = readFormat(body, fields);
  if (format.format !== undefined) ask.format = format.format;
  const reasoning = readReasoning(body, fields);
  if (reasoning.reasoning !== undefined) ask.reasoning = reasoning.reasoning;
  for (const key of [...format.read, ...reasoning.read]) read.add(key);
  const rest = restOfBody(body, read);
  if (rest !== undefined) ask.extra = { openai: rest };
  return fields.wrong === undefined ? yes(ask) : no(fields.wrong);
}

const READ = ['model', 'messages', 'stream', 'tools', 'functions', 'logprobs', 'top_logprobs'];

export function readModel(body: JsonObject, fields: Fields): string {
  const model = fields.text(body, 'model');
  if (model === undefined || model === '') fields.bad('model', 'must name a model');
  return model ?? '';
}

export function readUsageWanted(body: JsonObject, fields: Fields): boolean {
  const options = fields.object(body, 'stream_options');
  return fields.flag(options, 'include_usage', 'stream_options') ?? false;
}

const NUMBERS = [
  ['temperature', 'temperature'],
  ['top_p', 'topP'],
  ['min_p', 'minP'],
  ['frequency_penalty', 'frequencyPenalty'],
  ['presence_penalty', 'presencePenalty'],
] as const;
const WHOLES = [
  ['top_k', 'topK'],
  ['seed', 'seed'],
  ['n', 'answers'],
] as const;

/** @returns the fields that were read. */
export function readSettings(body: JsonObject, ask: AskDraft, fields: Fields): readonly string[] {
  for (const [key, ours] of NUMBERS) {
    const value = fields.number(body, key);
    if (value !== undefined) ask[ours] = value;
  }
  for (const [key, ours] of WHOLES) {
    const value = fields.whole(body, key);
    // One answer is what everybody gives.
    const isSaid = value !== undefined && (ours !== 'answers' || value !== 1);
    if (isSaid) ask[ours] = value;
  }
  const bound =
    fields.whole(body, 'max_completion_tokens') ?? fields.whole(body, 'max_tokens') ?? -1;
  // Some take -1 for no bound at all.
  if (bound >= 0) ask.outputTokensMax = bound;
  const user = fields.text(body, 'user');
  if (user !== undefined) ask.user = user;
  const stop = readStopTexts(member(body, 'stop'), fields);
  if (stop.length > 0) ask.stop = stop;
  return SETTINGS;
}

const SETTINGS = [
  ...[...NUMBERS, ...WHOLES].map(([key]) => key),
  ...['max_completion_tokens', 'max_tokens', 'user', 'stop'],
];

function readStopTexts(value: Json | undefined, fields: Fields): readonly string[] {
  if (value === undefined || value === null) return [];
  if (typeof value === 'string') return [value];
  const texts = Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
  if (!Array.isArray(value) || texts.length < value.length) {
    fields.bad('stop', 'must be a string or a list of strings');
  }
  return texts;
}

function readTopLogprobs(body: JsonObject, ask: AskDraft, fields: Fields): void {
  const wanted = fields.flag(body, 'logprobs');
  const top = fields.whole(body, 'top_logprobs');
  if (wanted) ask.logprobs = top ?? 0;
}

function readToolSettings(
  body: JsonObject,
  ask: AskDraft,
  read: Set<string>,
  fields: Fields,
): void {
  const choice = readToolChoice(body, fields);
  if (choice !== undefined) {
    ask.toolChoice = choice;
    read.add('tool_choice');
    read.add('function_call');
  }
  const parallel = fields.flag(body, 'parallel_tool_calls');
  if (parallel !== undefined) ask.parallelTools = parallel;
  read.add('parallel_tool_calls');
}

const OPTION_KEYS = new Set(['include_usage']);

/** What was not read; of `stream_options` what is beside the usage. */
export function restOfBody(body: JsonObject, read: ReadonlySet<string>): JsonObject | undefined {
  const { stream_options: options, ...rest } = restOf(body, read) ?? {};
  const more = restOf(options, OPTION_KEYS);
  const all = { ...rest, ...(more === undefined ? {} : { stream_options: more }) };
  const said = Object.entries(all).filter(([, value]) => value !== null);
  return said.length === 0 ? undefined : Object.fromEntries(said);
}
