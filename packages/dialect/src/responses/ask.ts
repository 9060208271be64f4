// A caller's request into ours. Fields that have no word of ours are kept for an upstream of the
// same wire; what refers to state that the provider holds (`previous_response_id`, `conversation`,
// references to items) is kept in the same way and cannot cross.
import { no, type Result, yes } from '@signalbox/contract';
import type { Ask, Format, Json, JsonObject, Reasoning, Tool, ToolChoice } from '../canon/canon.ts';
import type { BadAsk } from '../canon/codec.ts';
import { isObject, restOf, said } from '../canon/exact.ts';
import {
  booleanField,
  countField,
  fieldOf,
  listField,
  numberField,
  objectField,
  objectsIn,
  type Place,
  pathOf,
  textField,
  textNeeded,
  Unreadable,
} from './fields.ts';
import { readInput } from './input.ts';
import { EFFORTS } from './words.table.ts';

const KNOWN: ReadonlySet<string> = new Set([
  ...['model', 'input', 'instructions', 'stream', 'tools', 'tool_choice', 'parallel_tool_calls'],
  ...['text', 'reasoning', 'max_output_tokens', 'temperature', 'top_p', 'top_logprobs', 'include'],
  ...['user', 'top_k', 'min_p', 'seed', 'stop', 'frequency_penalty', 'presence_penalty'],
]);
/** Asks for log-probabilities. */
export const LOGPROBS = 'message.output_text.logprobs';

export function readAsk(body: Json): Result<Ask, BadAsk> {
  if (!isObject(body)) {
    return no({ param: undefined, message: 'The body must be a JSON object.' });
  }
  try {
    return yes(askOf({ value: body, path: '' }));
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return no({ param: error.param, message: error.message });
  }
}

function askOf(body: Place): Ask {
  const instructions = textField(body, 'instructions');
  const { system, turns } = readInput(body);
  const first = instructions === undefined ? [] : [{ kind: 'text', text: instructions } as const];
  const choice = readChoice(body);
  const text = readText(body);
  const reasoning = readReasoning(body);
  const include = (listField(body, 'include') ?? []).filter((one) => one !== LOGPROBS);
  const extra: JsonObject = {
    ...restOf(body.value, KNOWN),
    ...(choice.extra === undefined ? {} : { tool_choice: choice.extra }),
    ...(text.extra === undefined ? {} : { text: text.extra }),
    ...(reasoning.extra === undefined ? {} : { reasoning: reasoning.extra }),
    ...(include.length === 0 ? {} : { include }),
  };
  return {
    model: textNeeded(body, 'model'),
    stream: booleanField(body, 'stream') ?? false,
    usageWanted: true,
    system: [...first, ...system],
    turns,
    tools: objectsIn(listField(body, 'tools') ?? [], 'tools').map(readTool),
    ...(choice.known === undefined ? {} : { toolChoice: choice.known }),
    ...(text.format === undefined ? {} : { format: text.format }),
    ...(reasoning.known === undefined ? {} : { reasoning: reasoning.known }),
    ...plainFields(body),
    ...(Object.keys(extra).length === 0 ? {} : { extra: { responses: extra } }),
  };
}

/** Some servers of this wire take the last six, OpenAI does not. */
function plainFields(body: Place): Partial<Ask> {
  const logprobs = readLogprobs(body);
  return said({
    parallelTools: booleanField(body, 'parallel_tool_calls'),
    outputTokensMax: countField(body, 'max_output_tokens'),
    temperature: numberField(body, 'temperature'),
    topP: numberField(body, 'top_p'),
    logprobs,
    user: textField(body, 'user'),
    topK: countField(body, 'top_k'),
    minP: numberField(body, 'min_p'),
    seed: numberField(body, 'seed'),
    stop: readStops(body),
    frequencyPenalty: numberField(body, 'frequency_penalty'),
    presencePenalty: numberField(body, 'presence_penalty'),
  });
}

function readStops(body: Place): readonly string[] | undefined {
  const value = fieldOf(body, 'stop');
  if (typeof value === 'string') return [value];
  const stops = listField(body, 'stop');
  if (stops === undefined || stops.every((one) => typeof one === 'string')) return stops;
  throw new Unreadable('stop', 'The field `stop` must be a string or a list of strings.');
}

function readLogprobs(body: Place): number | undefined {
  const top = countField(body, 'top_logprobs');
  const wanted = listField(body, 'include')?.includes(LOGPROBS) === true;
  if (top !== undefined && top > 0) return top;
  return wanted ? 0 : undefined;
}

type Choice = { readonly known?: ToolChoice; readonly extra?: Json };

function readChoice(body: Place): Choice {
  const value = fieldOf(body, 'tool_choice');
  if (value === undefined) return {};
  if (value === 'required') return { known: { kind: 'any' } };
  if (value === 'auto' || value === 'none') return { known: { kind: value } };
  const choice = isObject(value) ? objectField(body, 'tool_choice') : undefined;
  if (choice === undefined) {
    const words = '`auto`, `none`, `required` or a tool';
    throw new Unreadable('tool_choice', `The field \`tool_choice\` must be ${words}.`);
  }
  switch (textNeeded(choice, 'type')) {
    case 'function':
    case 'custom': {
      const nested = objectField(choice, 'function');
      return { known: { kind: 'tool', name: textNeeded(nested ?? choice, 'name') } };
    }
    case 'allowed_tools': {
      const kind = textField(choice, 'mode') === 'required' ? 'any' : 'auto';
      return { known: { kind }, extra: choice.value };
    }
    default:
      return { extra: choice.value };
  }
}

type TextForm = { readonly format?: Format; readonly extra?: JsonObject };

function readText(body: Place): TextForm {
  const text = objectField(body, 'text');
  if (text === undefined) return {};
  const at = objectField(text, 'format');
  const format = at === undefined ? undefined : readFormat(at);
  const extra = restOf(text.value, FORMAT);
  return {
    ...(format === undefined ? {} : { format }),
    ...(extra === undefined ? {} : { extra }),
  };
}

const FORMAT = new Set(['format']);

function readFormat(at: Place): Format {
  const type = textNeeded(at, 'type');
  if (type === 'text') return { kind: 'text' };
  if (type === 'json_object') return { kind: 'json' };
  if (type !== 'json_schema') {
    const path = pathOf(at, 'type');
    throw new Unreadable(path, `The field \`${path}\` has a value that is not known.`);
  }
  // Some clients nest it as chat does.
  const inner = objectField(at, 'json_schema') ?? at;
  const schema = fieldOf(inner, 'schema');
  if (schema === undefined) {
    const path = pathOf(inner, 'schema');
    throw new Unreadable(path, `The field \`${path}\` is missing.`);
  }
  const rest = {
    name: textField(inner, 'name'),
    description: textField(inner, 'description'),
    strict: booleanField(inner, 'strict'),
  };
  return { kind: 'schema', schema, ...said(rest) };
}

type Thinking = { readonly known?: Reasoning; readonly extra?: JsonObject };

function readReasoning(body: Place): Thinking {
  const at = objectField(body, 'reasoning');
  if (at === undefined) return {};
  const word = textField(at, 'effort');
  const summary = textField(at, 'summary') ?? textField(at, 'generate_summary');
  const effort = isEffort(word) ? word : undefined;
  const extra: JsonObject = {
    ...restOf(at.value, REASONING),
    ...(word === undefined || effort !== undefined ? {} : { effort: word }),
    ...(summary === undefined || summary === 'auto' ? {} : { summary }),
  };
  const known = said({ effort, shown: summary === undefined ? undefined : true });
  return {
    ...(Object.keys(known).length === 0 ? {} : { known }),
    ...(Object.keys(extra).length === 0 ? {} : { extra }),
  };
}

const REASONING = new Set(['effort', 'summary', 'generate_summary']);

const isEffort = (word: string | undefined): word is NonNullable<Reasoning['effort']> =>
  word !== undefined && EFFORTS.has(word);

const FUNCTION = new Set(['type', 'name', 'description', 'parameters', 'strict', 'function']);
const CUSTOM = new Set(['name', 'description']);
/** What a custom tool is for other dialects. */
const CUSTOM_PARAMETERS: Json = {
  type: 'object',
  properties: { input: { type: 'string' } },
  required: ['input'],
  additionalProperties: false,
};

function readTool(at: Place): Tool {
  const type = textField(at, 'type') ?? 'function';
  if (type === 'custom') {
    return {
      kind: 'function',
      name: textNeeded(at, 'name'),
      ...said({ description: textField(at, 'description') }),
      parameters: CUSTOM_PARAMETERS,
      extra: { responses: restOf(at.value, CUSTOM) ?? {} },
    };
  }
  if (type !== 'function') return { kind: 'hosted', name: type, extra: { responses: at.value } };
  // Some clients nest it as chat does.
  const inner = objectField(at, 'function') ?? at;
  const strict = booleanField(inner, 'strict');
  const rest = restOf(at.value, FUNCTION);
  return {
    kind: 'function',
    name: textNeeded(inner, 'name'),
    ...said({
      description: textField(inner, 'description'),
      parameters: fieldOf(inner, 'parameters'),
    }),
    // Not strict is what every other wire means by saying nothing.
    ...(strict === true ? { strict } : {}),
    ...(rest === undefined ? {} : { extra: { responses: rest } }),
  };
}
