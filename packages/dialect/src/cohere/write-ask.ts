// A request in our words into one of this format. What the reference bounds is bounded here, since
// a value beyond is refused; what it has no field for is named.
import { encode } from '../bytes.ts';
import type { Ask, Dropped, Format, Json, JsonObject, Tool } from '../canon/canon.ts';
import type { WriteTo, Written } from '../canon/codec.ts';
import { countIn, isObject, said, textIn } from '../canon/exact.ts';
import type { Body } from '../openai/chat/body.ts';
import { droppedExtra } from '../openai/chat/extra.ts';
import { writeReasoning } from '../openai/chat/reasoning.ts';
import { writeTurns } from './write-turns.ts';

/** Bounds of the reference. */
const TOP_P = { from: 0.01, to: 0.99 };
const TOP_K_MAX = 500;
const PENALTY_MAX = 1;
const STOPS_MAX = 5;

export function writeAsk(ask: Ask, { model, quirks }: WriteTo): Written {
  const dropped: Dropped = new Set();
  droppedExtra(ask.extra, dropped, 'none');
  const tools = toolsOf(ask, dropped);
  const body: JsonObject = {
    model,
    messages: writeTurns(ask, { quirks, dropped }),
    ...(ask.stream ? { stream: true } : {}),
    ...settings(ask, dropped),
    ...tools,
    ...thinking(ask, dropped),
    ...format(ask.format, tools['tools'] !== undefined, dropped),
  };
  for (const name of ['minP', 'logprobs', 'user'] as const) {
    if (ask[name] !== undefined) dropped.add(name);
  }
  if (ask.answers !== undefined && ask.answers > 1) dropped.add('answers');
  return { body: encode(JSON.stringify(body)), dropped };
}

function settings(ask: Ask, dropped: Dropped): JsonObject {
  const within = (
    name: 'topP' | 'topK' | 'frequencyPenalty' | 'presencePenalty',
    from: number,
    to: number,
  ): number | undefined => {
    const value = ask[name];
    if (value !== undefined && (value < from || value > to)) dropped.add(name);
    return value === undefined ? undefined : Math.min(Math.max(value, from), to);
  };
  if (ask.stop !== undefined && ask.stop.length > STOPS_MAX) dropped.add('stop');
  return said({
    max_tokens: ask.outputTokensMax,
    temperature: ask.temperature,
    p: within('topP', TOP_P.from, TOP_P.to),
    k: within('topK', 0, TOP_K_MAX),
    seed: ask.seed,
    stop_sequences: ask.stop?.slice(0, STOPS_MAX),
    frequency_penalty: within('frequencyPenalty', 0, PENALTY_MAX),
    presence_penalty: within('presencePenalty', 0, PENALTY_MAX),
  });
}

/** One tool that must be called is the only one offered: there is no field for its name. */
function toolsOf({ tools, toolChoice, parallelTools }: Ask, dropped: Dropped): JsonObject {
  const name = toolChoice?.kind === 'tool' ? toolChoice.name : undefined;
  const offered = tools.filter((tool) => name === undefined || tool.name === name);
  const written = offered.flatMap((tool) => writeTool(tool, dropped));
  if (written.length === 0) {
    if (toolChoice?.kind === 'any' || toolChoice?.kind === 'tool') dropped.add('toolChoice');
    return {};
  }
  if (parallelTools === false) dropped.add('parallelTools');
  const isRequired = toolChoice?.kind === 'any' || toolChoice?.kind === 'tool';
  const choice = isRequired ? 'REQUIRED' : toolChoice?.kind === 'none' ? 'NONE' : undefined;
  return { tools: written, ...(choice === undefined ? {} : { tool_choice: choice }) };
}

function writeTool(tool: Tool, dropped: Dropped): readonly Json[] {
  if (tool.kind === 'hosted') {
    dropped.add('tools.hosted');
    return [];
  }
  const { name, description, parameters, strict, extra } = tool;
  // It is one switch for all tools there, with rules of its own.
  if (strict === true) dropped.add('tools.strict');
  droppedExtra(extra, dropped, 'none');
  const schema = isObject(parameters) ? parameters : { type: 'object', properties: {} };
  const own = { name, ...said({ description }), parameters: schema };
  return [{ type: 'function', function: own }];
}

/** On with a budget or without, or off: there are no degrees. */
function thinking({ reasoning }: Ask, dropped: Dropped): JsonObject {
  if (reasoning === undefined) return {};
  const body: Body = {};
  writeReasoning(reasoning, body, { quirks: { effortField: 'thinking' }, dropped });
  const written = body['thinking'];
  if (written === undefined) return {};
  const budget = countIn(written, 'budget_tokens');
  const type = textIn(written, 'type') ?? 'enabled';
  return { thinking: { type, ...(budget === undefined ? {} : { token_budget: budget }) } };
}

/** Refused beside tools. */
function format(wanted: Format | undefined, hasTools: boolean, dropped: Dropped): JsonObject {
  if (wanted === undefined || wanted.kind === 'text') return {};
  const isKnown = wanted.kind === 'json' || wanted.kind === 'schema';
  if (!isKnown || hasTools) {
    dropped.add(`format.${wanted.kind}`);
    return {};
  }
  const schema = wanted.kind === 'schema' ? { json_schema: wanted.schema } : {};
  return { response_format: { type: 'json_object', ...schema } };
}
