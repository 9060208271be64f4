// A request in our words into one of this dialect.
import { encode } from '../bytes.ts';
import type { Ask, Dropped, Json, JsonObject, Tool } from '../canon/canon.ts';
import type { WriteQuirks, WriteTo, Written } from '../canon/codec.ts';
import { isObject } from '../canon/exact.ts';
import { writeConversation } from './write-messages.ts';
import { CallIds, type Out, ownExtra } from './write-parts.ts';
import { type Thinking, writeThinking } from './write-thinking.ts';

/** The wire demands a bound; this one is set where neither caller nor server kind has one. */
const OUTPUT_TOKENS = 4_096;

export function writeAsk(ask: Ask, { model, quirks }: WriteTo): Written {
  const dropped: Dropped = new Set();
  const out: Out = { quirks, dropped, ids: new CallIds() };
  const { system, messages } = writeConversation(ask, out);
  const own = ownExtra(ask.extra, out);
  const bound = ask.outputTokensMax ?? quirks.outputTokensDefault ?? OUTPUT_TOKENS;
  const thinking = writeThinking(ask, { bound, own, out });
  const tools = ask.tools.flatMap((tool) => writeTool(tool, out));
  const config = outputConfig(ask, thinking, own, out);
  const { output_config: _config, metadata, thinking: _thinking, ...rest } = own;
  const named = ask.user === undefined ? {} : { user_id: ask.user };
  const about = { ...object(metadata), ...named };
  const body: { [key: string]: Json } = {
    ...rest,
    ...(quirks.versionInBody === undefined
      ? { model }
      : { anthropic_version: quirks.versionInBody }),
    max_tokens: thinking.outputTokensMax,
    ...(system === undefined ? {} : { system }),
    messages,
    ...(ask.stream ? { stream: true } : {}),
    ...sampling(ask, thinking, dropped),
    ...(tools.length === 0 ? {} : { tools }),
    ...toolChoice(ask, tools.length > 0, dropped),
    ...(thinking.thinking === undefined ? {} : { thinking: thinking.thinking }),
    ...(Object.keys(config).length === 0 ? {} : { output_config: config }),
    ...(Object.keys(about).length === 0 ? {} : { metadata: about }),
  };
  dropUnsayable(ask, dropped);
  withoutLacking(body, quirks, dropped);
  return { body: encode(JSON.stringify(body)), dropped };
}

const object = (value: Json | undefined): JsonObject => (isObject(value) ? value : {});

function writeTool(tool: Tool, out: Out): readonly Json[] {
  if (tool.kind === 'hosted' && tool.extra?.anthropic === undefined) {
    out.dropped.add('tools.hosted');
    return [];
  }
  const own = ownExtra(tool.extra, out);
  if (tool.kind === 'hosted') return [own];
  const { name, description, parameters, strict } = tool;
  return [
    {
      name,
      ...(description === undefined ? {} : { description }),
      input_schema: schemaOf(parameters),
      ...(strict === undefined ? {} : { strict }),
      ...own,
    },
  ];
}

/** The wire wants an object's schema that says so. */
function schemaOf(parameters: Json | undefined): Json {
  if (!isObject(parameters)) return { type: 'object', properties: {} };
  return parameters['type'] === undefined ? { type: 'object', ...parameters } : parameters;
}

function toolChoice(ask: Ask, hasTools: boolean, dropped: Dropped): JsonObject {
  const { toolChoice: choice, parallelTools: parallel } = ask;
  if (choice === undefined && parallel === undefined) return {};
  if (!hasTools) {
    if (choice?.kind === 'any' || choice?.kind === 'tool') dropped.add('toolChoice');
    return {};
  }
  if (choice?.kind === 'none') {
    if (parallel !== undefined) dropped.add('parallelTools');
    return { tool_choice: { type: 'none' } };
  }
  return {
    tool_choice: {
      type: choice?.kind ?? 'auto',
      ...(choice?.kind === 'tool' ? { name: choice.name } : {}),
      ...(parallel === undefined ? {} : { disable_parallel_tool_use: !parallel }),
    },
  };
}

/** Bounds of the wire, beyond which it refuses the whole request. */
const TEMPERATURE_MAX = 1;
const THINKING_TOP_P_MIN = 0.95;

function sampling(ask: Ask, { thinks }: Thinking, dropped: Dropped): JsonObject {
  const { temperature, topP, topK } = ask;
  const fields: { [key: string]: Json } = {};
  if (temperature !== undefined) {
    // A model that thinks takes no temperature but 1, and no `top_k`.
    if (temperature > TEMPERATURE_MAX || (thinks && temperature !== 1)) dropped.add('temperature');
    if (!thinks) fields['temperature'] = Math.min(temperature, TEMPERATURE_MAX);
  }
  if (topP !== undefined) {
    // Models take one of the two; 1 says nothing.
    const isRefused = fields['temperature'] !== undefined || (thinks && topP < THINKING_TOP_P_MIN);
    if (!isRefused) fields['top_p'] = topP;
    else if (topP !== 1) dropped.add('topP');
  }
  if (topK !== undefined) {
    if (thinks) dropped.add('topK');
    else fields['top_k'] = topK;
  }
  // One that holds nothing but white space is refused.
  const stop = ask.stop?.filter((one) => one.trim() !== '') ?? [];
  if (stop.length < (ask.stop?.length ?? 0)) dropped.add('stop');
  if (stop.length > 0) fields['stop_sequences'] = stop;
  return fields;
}

function outputConfig(
  ask: Ask,
  thinking: Thinking,
  own: JsonObject,
  { quirks, dropped }: Out,
): JsonObject {
  const config: { [key: string]: Json } = { ...object(own['output_config']), ...thinking.config };
  const { format } = ask;
  if (format === undefined || format.kind === 'text') return config;
  if (format.kind !== 'schema' || quirks.schemaField === 'none') {
    dropped.add(`format.${format.kind}`);
    return config;
  }
  if (format.description !== undefined) dropped.add('format.description');
  config['format'] = { type: 'json_schema', schema: format.schema };
  return config;
}

function dropUnsayable(ask: Ask, dropped: Dropped): void {
  if (ask.minP !== undefined) dropped.add('minP');
  if (ask.seed !== undefined) dropped.add('seed');
  if (ask.logprobs !== undefined) dropped.add('logprobs');
  if (ask.answers !== undefined && ask.answers > 1) dropped.add('answers');
  // 0 is what the wire does anyway.
  if (ask.frequencyPenalty) dropped.add('frequencyPenalty');
  if (ask.presencePenalty) dropped.add('presencePenalty');
}

/** Our words for fields that a server may lack. */
const WORDS: ReadonlyMap<string, string> = new Map([
  ['metadata', 'user'],
  ['output_config', 'format'],
  ['stop_sequences', 'stop'],
  ['thinking', 'reasoning'],
  ['tool_choice', 'toolChoice'],
  ['top_k', 'topK'],
  ['top_p', 'topP'],
]);

function withoutLacking(
  body: { [key: string]: Json },
  { lacks = [] }: WriteQuirks,
  dropped: Dropped,
): void {
  for (const name of lacks) {
    if (body[name] === undefined) continue;
    delete body[name];
    dropped.add(WORDS.get(name) ?? `anthropic.${name}`);
  }
}
