// A request in our words into one of this format. Conversations keep the same rules as in the
// Messages API (turns alternate, results come first, thoughts are signed), so they are ordered
// there and only their blocks are written anew.
import { writeConversation } from '../anthropic/write-messages.ts';
import { CallIds, type Out } from '../anthropic/write-parts.ts';
import { writeThinking } from '../anthropic/write-thinking.ts';
import { encode } from '../bytes.ts';
import type { Ask, Dropped, Json, JsonObject, Tool } from '../canon/canon.ts';
import type { WriteTo, Written } from '../canon/codec.ts';
import { isObject, listIn, member, textIn } from '../canon/exact.ts';
import { type Blocks, writeBlocks } from './write-blocks.ts';

/** Models that take fields of their own beside the common ones. */
const THINKS = /(?:^|[./])anthropic\.claude/;
/** The bound beside a budget for thoughts, where the caller has none. */
const OUTPUT_TOKENS = 4_096;

export function writeAsk(ask: Ask, { model, quirks }: WriteTo): Written {
  const dropped: Dropped = new Set();
  // A budget is what every model takes that thinks; words for effort differ.
  const out: Out = {
    quirks: { effortField: 'thinking', ...quirks },
    dropped,
    ids: new CallIds(),
  };
  const { system, messages } = writeConversation(ask, out);
  const blocks: Blocks = { dropped, documents: 0 };
  const conversation = messages.map((message) => ({
    role: textIn(message, 'role') ?? 'user',
    content: writeBlocks(member(message, 'content'), blocks),
  }));
  const { inference, more } = settings(ask, THINKS.test(model), out);
  const tools = toolConfig(ask, messages, dropped);
  const format = outputConfig(ask, dropped);
  const body: JsonObject = {
    ...(system === undefined ? {} : { system: writeBlocks(system, blocks) }),
    messages: conversation,
    ...(Object.keys(inference).length === 0 ? {} : { inferenceConfig: inference }),
    ...(tools === undefined ? {} : { toolConfig: tools }),
    ...(format === undefined ? {} : { outputConfig: format }),
    ...(Object.keys(more).length === 0 ? {} : { additionalModelRequestFields: more }),
    ...(inference['stopSequences'] !== undefined && THINKS.test(model) ? STOP_PATHS : {}),
  };
  dropUnsayable(ask, dropped);
  return { body: encode(JSON.stringify(body)), dropped };
}

/** Which sequence was met is told only where it is asked for; streams have it one level down. */
const STOP_PATHS: JsonObject = {
  additionalModelResponseFieldPaths: ['/stop_sequence', '/delta/stop_sequence'],
};

type Settings = { readonly inference: JsonObject; readonly more: JsonObject };

function settings(ask: Ask, thinks: boolean, out: Out): Settings {
  const { dropped } = out;
  const bound = ask.outputTokensMax ?? out.quirks.outputTokensDefault;
  const thinking =
    thinks && ask.reasoning !== undefined
      ? writeThinking(ask, { bound: bound ?? OUTPUT_TOKENS, own: {}, out })
      : undefined;
  if (!thinks && ask.reasoning !== undefined && ask.reasoning.effort !== 'none') {
    dropped.add('reasoning');
  }
  const isOn = thinking?.thinks === true;
  const outputTokensMax = isOn ? thinking.outputTokensMax : bound;
  const { temperature, topP, topK } = ask;
  if (isOn && temperature !== undefined && temperature !== 1) dropped.add('temperature');
  if ((isOn || !thinks) && topK !== undefined) dropped.add('topK');
  const isNarrow = thinks && topP !== undefined && (isOn || temperature !== undefined);
  if (isNarrow && topP !== 1) dropped.add('topP');
  const stop = ask.stop?.filter((one) => one.trim() !== '') ?? [];
  if (stop.length < (ask.stop?.length ?? 0)) dropped.add('stop');
  return {
    inference: {
      ...(outputTokensMax === undefined ? {} : { maxTokens: outputTokensMax }),
      ...(temperature === undefined || isOn ? {} : { temperature: bounded(temperature, dropped) }),
      ...(topP === undefined || isNarrow ? {} : { topP }),
      ...(stop.length === 0 ? {} : { stopSequences: stop }),
    },
    more: {
      ...(thinking?.thinking === undefined ? {} : { thinking: thinking.thinking }),
      ...(topK === undefined || isOn || !thinks ? {} : { top_k: topK }),
    },
  };
}

const TEMPERATURE_MAX = 1;

function bounded(temperature: number, dropped: Dropped): number {
  if (temperature > TEMPERATURE_MAX) dropped.add('temperature');
  return Math.min(temperature, TEMPERATURE_MAX);
}

/** Where calls were made their tools must be named, also when none may be called any more. */
function toolConfig(ask: Ask, messages: readonly Json[], dropped: Dropped): JsonObject | undefined {
  const { toolChoice: choice } = ask;
  const isForbidden = choice?.kind === 'none';
  const offered = isForbidden ? [] : ask.tools;
  const tools = offered.flatMap((tool) => writeTool(tool, dropped));
  if (tools.length > 0) {
    if (ask.parallelTools === false) dropped.add('parallelTools');
    return { tools, ...toolChoice(choice) };
  }
  if (choice?.kind === 'any' || choice?.kind === 'tool') dropped.add('toolChoice');
  const called = new Set(messages.flatMap(callsIn));
  if (called.size === 0) return undefined;
  if (isForbidden) dropped.add('toolChoice');
  return { tools: [...called].map((name) => toolSpec({ kind: 'function', name })) };
}

const callsIn = (message: Json): readonly string[] =>
  (listIn(message, 'content') ?? []).flatMap((block) =>
    textIn(block, 'type') === 'tool_use' ? [textIn(block, 'name') ?? ''] : [],
  );

function toolChoice(choice: Ask['toolChoice']): JsonObject {
  if (choice === undefined || choice.kind === 'none') return {};
  if (choice.kind === 'tool') return { toolChoice: { tool: { name: choice.name } } };
  return { toolChoice: { [choice.kind]: {} } };
}

function writeTool(tool: Tool, dropped: Dropped): readonly Json[] {
  if (tool.kind === 'hosted') {
    dropped.add('tools.hosted');
    return [];
  }
  if (tool.strict === true) dropped.add('tools.strict');
  const caches = tool.extra?.anthropic?.['cache_control'] !== undefined;
  for (const [wire, fields] of Object.entries(tool.extra ?? {})) {
    for (const key of Object.keys(fields)) {
      if (key !== 'cache_control') dropped.add(`${wire}.${key}`);
    }
  }
  return [toolSpec(tool), ...(caches ? [{ cachePoint: { type: 'default' } }] : [])];
}

function toolSpec({ name, description, parameters }: Tool): JsonObject {
  const schema: JsonObject = isObject(parameters) ? parameters : { properties: {} };
  const json = schema['type'] === undefined ? { type: 'object', ...schema } : schema;
  // An empty description is refused.
  const said = description === undefined || description === '' ? {} : { description };
  return { toolSpec: { name, ...said, inputSchema: { json } } };
}

/** The schema is a text here. */
function outputConfig({ format }: Ask, dropped: Dropped): JsonObject | undefined {
  if (format === undefined || format.kind === 'text') return undefined;
  if (format.kind !== 'schema') {
    dropped.add(`format.${format.kind}`);
    return undefined;
  }
  const { schema, name, description } = format;
  const jsonSchema = {
    schema: JSON.stringify(schema),
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
  };
  return { textFormat: { type: 'json_schema', structure: { jsonSchema } } };
}

function dropUnsayable(ask: Ask, dropped: Dropped): void {
  for (const name of ['minP', 'seed', 'logprobs', 'user'] as const) {
    if (ask[name] !== undefined) dropped.add(name);
  }
  if (ask.answers !== undefined && ask.answers > 1) dropped.add('answers');
  // 0 is what the wire does anyway.
  if (ask.frequencyPenalty) dropped.add('frequencyPenalty');
  if (ask.presencePenalty) dropped.add('presencePenalty');
  for (const [wire, fields] of Object.entries(ask.extra ?? {})) {
    for (const key of Object.keys(fields)) dropped.add(`${wire}.${key}`);
  }
}
