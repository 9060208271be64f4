// A request in our words for an upstream of this dialect. Model and stream stand in the path, which
// is not written here.
import { encode } from '../bytes.ts';
import type {
  Ask,
  Dropped,
  Format,
  Json,
  JsonObject,
  Part,
  ToolResult,
  Turn,
} from '../canon/canon.ts';
import { WIRES } from '../canon/canon.ts';
import type { WriteTo, Written } from '../canon/codec.ts';
import { isObject, said } from '../canon/exact.ts';

import { writeMedia } from './media.ts';
import { addPart, type PartsTo } from './parts.ts';
import { writeSchema } from './schema.ts';
import { wantsSignatures, writesBudgets, writeThinking } from './thinking.ts';
import { writeChoice, writeTools } from './tools.ts';
import { NO_SIGNATURE, resultObject } from './turns.ts';

const STOPS_MAX = 5;
const SEED_MAX = 2_147_483_647;

export function writeAsk(ask: Ask, to: WriteTo): Written {
  const dropped: Dropped = new Set();
  const lacks = new Set(to.quirks.lacks);
  for (const wire of WIRES) {
    if (wire === 'gemini') continue;
    for (const key of Object.keys(ask.extra?.[wire] ?? {})) dropped.add(`${wire}.${key}`);
  }
  const { generationConfig: _given, toolConfig: _config, ...more } = ask.extra?.gemini ?? {};
  const body = {
    ...more,
    ...writeTurns(ask, to, dropped),
    ...said({
      tools: ask.tools.length === 0 ? undefined : writeTools(ask.tools, dropped, lacks),
      toolConfig: writeChoice(ask.toolChoice, ask.extra),
      generationConfig: writeGeneration(ask, to, dropped),
    }),
  };
  if (ask.parallelTools === false) dropped.add('parallelTools');
  if (ask.minP !== undefined) dropped.add('minP');
  if (ask.user !== undefined) dropped.add('user');
  return { body: encode(JSON.stringify(body)), dropped };
}

type Content = { readonly role: 'user' | 'model'; readonly parts: JsonObject[] };

function writeTurns(ask: Ask, to: WriteTo, dropped: Dropped): JsonObject {
  const { quirks } = to;
  const lacks = new Set(quirks.lacks);
  const parts: PartsTo = {
    dropped,
    ids: !lacks.has('functionCall.id'),
    thoughts: quirks.thoughtField !== 'none',
    asked: true,
  };
  const signed = wantsSignatures(to.model) && !lacks.has('thoughtSignature');
  const calls: Calls = new Map();
  const contents: Content[] = [];
  const system: JsonObject[] = systemOf(ask.system, dropped);
  for (const turn of withResultsTogether(ask.turns)) {
    if (turn.name !== undefined) dropped.add('turn.name');
    if (turn.role === 'system' && contents.length === 0) {
      system.push(...systemOf(turn.parts, dropped));
      continue;
    }
    if (turn.role === 'system') dropped.add('turn.system');
    const written = writeParts(turn, { calls, parts, media: quirks.mediaInResults === true });
    if (written.length === 0) continue;
    contents.push({ role: turn.role === 'assistant' ? 'model' : 'user', parts: written });
  }
  if (signed) for (const { role, parts: own } of contents) if (role === 'model') signFirst(own);
  // Instructions alone are no conversation for Google.
  if (contents.length === 0) return { contents: [{ role: 'user', parts: system }] };
  return system.length === 0 ? { contents } : { systemInstruction: { parts: system }, contents };
}

/** Google wants the responses to all calls of a turn in one content. */
function withResultsTogether(turns: readonly Turn[]): readonly Turn[] {
  const out: Turn[] = [];
  let results: Part[] | undefined;
  for (const turn of turns) {
    if (turn.role !== 'tool') {
      results = undefined;
      out.push(turn);
    } else if (results === undefined) {
      results = [...turn.parts];
      out.push({ ...turn, parts: results });
    } else results.push(...turn.parts);
  }
  return out;
}

function systemOf(parts: readonly Part[], dropped: Dropped): JsonObject[] {
  const written: JsonObject[] = [];
  for (const part of parts) {
    if (part.kind === 'text') written.push({ ...part.extra?.gemini, text: part.text });
    else dropped.add('system.media');
  }
  return written;
}

/**
 * Newer models refuse a step whose first call is not signed, as it is when another model made it,
 * or a client dropped what it did not know. Google names this mark for such histories.
 */
function signFirst(parts: JsonObject[]): void {
  const at = parts.findIndex((part) => part['functionCall'] !== undefined);
  const first = parts[at];
  if (first === undefined || first['thoughtSignature'] !== undefined) return;
  parts[at] = { ...first, thoughtSignature: NO_SIGNATURE };
}

/** The calls so far by id, with their place: a response must name its call. */
type Calls = Map<string, { readonly name: string; readonly order: number }>;

type Writing = {
  readonly calls: Calls;
  readonly parts: PartsTo;
  /** Results may hold media. */
  readonly media: boolean;
};

function writeParts(turn: Turn, writing: Writing): JsonObject[] {
  const { calls } = writing;
  const written: JsonObject[] = [];
  const beside: JsonObject[] = [];
  const results: { readonly part: JsonObject; readonly order: number }[] = [];
  for (const part of turn.parts) {
    if (part.kind === 'call') calls.set(part.id, { name: part.name, order: calls.size });
    if (part.kind !== 'result') {
      addPart(part, written, writing.parts);
      continue;
    }
    const { response, others } = writeResult(part, writing);
    results.push({ part: response, order: calls.get(part.id)?.order ?? calls.size });
    beside.push(...others);
  }
  if (results.length === 0) return written;
  // Without ids Google tells responses apart by their order.
  results.sort((a, b) => a.order - b.order);
  return [...results.map(({ part }) => part), ...beside, ...written];
}

function writeResult(
  result: ToolResult,
  { calls, parts: to, media: mediaInResults }: Writing,
): { response: JsonObject; others: readonly JsonObject[] } {
  const texts: string[] = [];
  const media: JsonObject[] = [];
  for (const part of result.parts) {
    if (part.kind === 'text') texts.push(part.text);
    else if (part.kind === 'media') {
      const one = writeMedia(part, to.dropped);
      if (one !== undefined) media.push(one);
    } else to.dropped.add('result.opaque');
  }
  const { id, extra } = result;
  const more = extra?.gemini?.['functionResponse'];
  const functionResponse = {
    ...(isObject(more) ? more : {}),
    ...(to.ids ? { id } : {}),
    name: result.name ?? calls.get(id)?.name ?? id,
    response: resultObject(texts.join('\n'), result.failed ?? false),
    ...(mediaInResults && media.length > 0 ? { parts: media } : {}),
  };
  return { response: { functionResponse }, others: mediaInResults ? [] : media };
}

function writeGeneration(ask: Ask, to: WriteTo, dropped: Dropped): JsonObject | undefined {
  const lacks = new Set(to.quirks.lacks);
  const given = ask.extra?.gemini?.['generationConfig'];
  const thinking = isObject(given) ? given['thinkingConfig'] : undefined;
  const config: { [key: string]: Json } = isObject(given) ? { ...given } : {};
  const put = (name: string, ours: string, value: Json | undefined): void => {
    if (value === undefined) return;
    if (lacks.has(name)) dropped.add(ours);
    else config[name] = value;
  };
  put('maxOutputTokens', 'outputTokensMax', ask.outputTokensMax ?? to.quirks.outputTokensDefault);
  put('temperature', 'temperature', ask.temperature);
  put('topP', 'topP', ask.topP);
  put('topK', 'topK', ask.topK);
  put('seed', 'seed', seedOf(ask, dropped));
  put('stopSequences', 'stop', stopsOf(ask, dropped));
  put('candidateCount', 'answers', ask.answers);
  put('responseLogprobs', 'logprobs', ask.logprobs === undefined ? undefined : true);
  put('logprobs', 'logprobs', ask.logprobs === 0 ? undefined : ask.logprobs);
  put('presencePenalty', 'presencePenalty', ask.presencePenalty);
  put('frequencyPenalty', 'frequencyPenalty', ask.frequencyPenalty);
  Object.assign(config, writeFormat(ask, to, dropped));
  const written = writeThinking(ask.reasoning, to, dropped);
  if (written !== undefined) {
    config['thinkingConfig'] = { ...(isObject(thinking) ? thinking : {}), ...written };
  }
  return Object.keys(config).length === 0 ? undefined : config;
}

/** Google keeps it in 32 bits. */
function seedOf({ seed }: Ask, dropped: Dropped): number | undefined {
  if (seed === undefined || Math.abs(seed) <= SEED_MAX) return seed;
  dropped.add('seed');
  return undefined;
}

function stopsOf({ stop }: Ask, dropped: Dropped): readonly string[] | undefined {
  if (stop === undefined || stop.length === 0) return undefined;
  if (stop.length > STOPS_MAX) dropped.add('stop');
  return stop.slice(0, STOPS_MAX);
}

function writeFormat(ask: Ask, to: WriteTo, dropped: Dropped): JsonObject {
  const { format } = ask;
  if (format === undefined) return {};
  // The older models refuse a shape beside functions.
  const called = ask.tools.some(({ kind }) => kind === 'function');
  if (called && format.kind !== 'text' && writesBudgets(to.model)) {
    dropped.add('format');
    return {};
  }
  return formatFields(format, to, dropped);
}

function formatFields(format: Format, to: WriteTo, dropped: Dropped): JsonObject {
  switch (format.kind) {
    case 'text':
      return { responseMimeType: 'text/plain' };
    case 'json':
      return { responseMimeType: 'application/json' };
    case 'choice': {
      const responseSchema = { type: 'STRING', enum: format.choices };
      return { responseMimeType: 'text/x.enum', responseSchema };
    }
    case 'schema': {
      if (format.description !== undefined) dropped.add('format.description');
      const plainOnly = to.quirks.lacks?.includes('responseJsonSchema') ?? false;
      if (to.quirks.schemaField === 'none') {
        dropped.add('format.schema');
        return { responseMimeType: 'application/json' };
      }
      const { kind, schema } = writeSchema(format.schema, dropped, plainOnly);
      const name = kind === 'openapi' ? 'responseSchema' : 'responseJsonSchema';
      return { responseMimeType: 'application/json', [name]: schema };
    }
    case 'grammar':
    case 'regex':
      dropped.add(`format.${format.kind}`);
      return {};
  }
}
