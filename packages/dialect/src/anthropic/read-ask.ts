// A request of this dialect into our words.
import { no, type Result, yes } from '@signalbox/contract';
import type {
  Ask,
  Extra,
  Format,
  Json,
  JsonObject,
  Part,
  Reasoning,
  Tool,
  ToolChoice,
  Turn,
} from '../canon/canon.ts';
import type { BadAsk } from '../canon/codec.ts';
import { isObject, member, textIn } from '../canon/exact.ts';
import {
  count,
  extraOf,
  flag,
  list,
  neededText,
  number,
  object,
  restOf,
  text,
  Wrong,
} from './fields.ts';
import { readParts } from './read-parts.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export function readAsk(body: Json): Result<Ask, BadAsk> {
  if (!isObject(body)) return no({ param: undefined, message: 'The body must be a JSON object.' });
  try {
    return yes(read(body));
  } catch (error) {
    if (error instanceof Wrong) return no({ param: error.param, message: error.message });
    throw error;
  }
}

const KNOWN = new Set([
  ...['model', 'messages', 'system', 'stream', 'max_tokens', 'temperature', 'top_p', 'top_k'],
  ...['stop_sequences', 'tools', 'tool_choice', 'thinking', 'output_config', 'output_format'],
  'metadata',
]);

function read(body: JsonObject): Ask {
  const model = neededText(body, 'model');
  if (model === '') throw new Wrong('model', 'must not be empty');
  const messages = list(body, 'messages');
  if (messages === undefined) throw new Wrong('messages', 'is missing');
  const ask: Mutable<Ask> = {
    model,
    stream: flag(body, 'stream') ?? false,
    usageWanted: true,
    system: readParts(body['system'], 'system'),
    turns: messages.flatMap((one, at) => readMessage(one, `messages.${at}`)),
    tools: (list(body, 'tools') ?? []).map((one, at) => readTool(one, `tools.${at}`)),
  };
  readSampling(body, ask);
  readToolChoice(body, ask);
  const reasoning = readReasoning(body);
  if (reasoning !== undefined) ask.reasoning = reasoning;
  const format = readFormat(body);
  if (format !== undefined) ask.format = format;
  const user = text(object(body, 'metadata') ?? {}, 'user_id', 'metadata');
  if (user !== undefined) ask.user = user;
  const extra = readExtra(body, reasoning);
  if (extra !== undefined) ask.extra = extra;
  return ask;
}

function readSampling(body: JsonObject, ask: Mutable<Ask>): void {
  const bound = count(body, 'max_tokens');
  if (bound !== undefined) ask.outputTokensMax = bound;
  const temperature = number(body, 'temperature');
  if (temperature !== undefined) ask.temperature = temperature;
  const topP = number(body, 'top_p');
  if (topP !== undefined) ask.topP = topP;
  const topK = count(body, 'top_k');
  if (topK !== undefined) ask.topK = topK;
  const stop = list(body, 'stop_sequences')?.map((one, at) => {
    if (typeof one === 'string') return one;
    throw new Wrong(`stop_sequences.${at}`, 'must be a string');
  });
  if (stop !== undefined && stop.length > 0) ask.stop = stop;
}

const MESSAGE = new Set(['role', 'content']);

/** Results of tools, which stand in a user's message here, are a turn of their own. */
function readMessage(message: Json, path: string): readonly Turn[] {
  if (!isObject(message)) throw new Wrong(path, 'must be an object');
  const role = neededText(message, 'role', path);
  if (role !== 'user' && role !== 'assistant' && role !== 'system') {
    throw new Wrong(`${path}.role`, 'must be "user", "assistant" or "system"');
  }
  if (message['content'] === undefined) throw new Wrong(`${path}.content`, 'is missing');
  const parts = readParts(message['content'], `${path}.content`);
  const extra = extraOf(restOf(message, MESSAGE));
  if (role !== 'user') return [{ role, parts, ...extra }];
  const runs: { role: 'user' | 'tool'; parts: Part[] }[] = [];
  for (const part of parts) {
    const of = part.kind === 'result' ? 'tool' : 'user';
    const last = runs.at(-1);
    if (last?.role === of) last.parts.push(part);
    else runs.push({ role: of, parts: [part] });
  }
  if (runs.length === 0) runs.push({ role: 'user', parts: [] });
  return runs.map((run, at) => (at === 0 ? { ...run, ...extra } : run));
}

const TOOL = new Set(['type', 'name', 'description', 'input_schema', 'strict']);

function readTool(tool: Json, path: string): Tool {
  if (!isObject(tool)) throw new Wrong(path, 'must be an object');
  const type = text(tool, 'type', path);
  if (type !== undefined && type !== 'custom') {
    // The provider's own: it knows their arguments, also of those that the caller runs.
    const name = text(tool, 'name', path) ?? text(tool, 'mcp_server_name', path) ?? type;
    return { kind: 'hosted', name, extra: { anthropic: tool } };
  }
  const description = text(tool, 'description', path);
  const parameters = described(object(tool, 'input_schema', path));
  const strict = flag(tool, 'strict', path);
  return {
    kind: 'function',
    name: neededText(tool, 'name', path),
    ...(description === undefined ? {} : { description }),
    ...(parameters === undefined ? {} : { parameters }),
    ...(strict === undefined ? {} : { strict }),
    ...extraOf(restOf(tool, TOOL)),
  };
}

/** The wire demands a schema: one of any object describes nothing. */
function described(schema: JsonObject | undefined): JsonObject | undefined {
  const { type, properties } = schema ?? {};
  if (schema === undefined || type !== 'object' || !isObject(properties)) return schema;
  const isEmpty = Object.keys(schema).length === 2 && Object.keys(properties).length === 0;
  return isEmpty ? undefined : schema;
}

function readToolChoice(body: JsonObject, ask: Mutable<Ask>): void {
  const choice = object(body, 'tool_choice');
  if (choice === undefined) return;
  const alone = flag(choice, 'disable_parallel_tool_use', 'tool_choice');
  if (alone !== undefined) ask.parallelTools = !alone;
  ask.toolChoice = chosen(choice);
}

function chosen(choice: JsonObject): ToolChoice {
  const kind = neededText(choice, 'type', 'tool_choice');
  switch (kind) {
    case 'auto':
    case 'any':
    case 'none':
      return { kind };
    case 'tool':
      return { kind, name: neededText(choice, 'name', 'tool_choice') };
    default:
      throw new Wrong('tool_choice.type', 'must be "auto", "any", "tool" or "none"');
  }
}

const EFFORTS = ['low', 'medium', 'high', 'xhigh', 'max'] as const;
type Effort = (typeof EFFORTS)[number];

function effortIn(body: JsonObject): Effort | undefined {
  const effort = text(object(body, 'output_config') ?? {}, 'effort', 'output_config');
  return EFFORTS.find((one) => one === effort);
}

function readReasoning(body: JsonObject): Reasoning | undefined {
  const thinking = object(body, 'thinking');
  const effort = effortIn(body);
  const told = effort === undefined ? {} : { effort };
  const kind = thinking === undefined ? undefined : neededText(thinking, 'type', 'thinking');
  const display = textIn(thinking, 'display');
  const shown = display !== 'omitted';
  switch (kind) {
    case 'disabled':
      return { effort: 'none' };
    case 'adaptive':
      // Whether thoughts are shown unasked depends on the model.
      return display === undefined && effort !== undefined ? told : { ...told, shown };
    case 'enabled': {
      const budget = count(thinking ?? {}, 'budget_tokens', 'thinking');
      return { ...told, ...(budget === undefined ? {} : { tokensMax: budget }), shown };
    }
    default:
      return effort === undefined ? undefined : told;
  }
}

function readFormat(body: JsonObject): Format | undefined {
  const config = object(body, 'output_config') ?? {};
  const format = object(config, 'format', 'output_config') ?? object(body, 'output_format');
  if (format === undefined) return undefined;
  const type = neededText(format, 'type', 'output_config.format');
  if (type === 'text') return { kind: 'text' };
  if (type !== 'json_schema') throw new Wrong('output_config.format.type', 'must be "json_schema"');
  const schema = object(format, 'schema', 'output_config.format');
  if (schema === undefined) throw new Wrong('output_config.format.schema', 'is missing');
  return { kind: 'schema', schema };
}

/** Ways of thinking that our words tell. */
const THINKING = new Set(['disabled', 'adaptive', 'enabled']);
const METADATA = new Set(['user_id']);
const FORMAT = new Set(['format']);
const FORMAT_AND_EFFORT = new Set(['format', 'effort']);

function readExtra(body: JsonObject, reasoning: Reasoning | undefined): Extra | undefined {
  const metadata = restOf(body['metadata'] ?? null, METADATA);
  const isEffortTold = reasoning?.effort !== undefined && reasoning.effort !== 'none';
  const known = isEffortTold ? FORMAT_AND_EFFORT : FORMAT;
  const config = restOf(member(body, 'output_config') ?? null, known);
  const thinking = member(body, 'thinking') ?? undefined;
  const isThinkingTold = THINKING.has(textIn(thinking, 'type') ?? '');
  const extra = {
    ...restOf(body, KNOWN),
    ...(metadata === undefined ? {} : { metadata }),
    ...(config === undefined ? {} : { output_config: config }),
    ...(thinking === undefined || isThinkingTold ? {} : { thinking }),
  };
  return Object.keys(extra).length === 0 ? undefined : { anthropic: extra };
}
