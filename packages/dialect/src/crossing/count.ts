// The count of a request's tokens, where a server counts: a chat in its format becomes a question
// after its length, and the number goes back in the caller's words. Nothing is generated for it.
import { encode } from '../bytes.ts';
import type { Json, JsonObject, ServerWire, Wire } from '../canon/canon.ts';
import { countIn, isObject, tryParse } from '../canon/exact.ts';
import type { AnswerFacts } from '../openai/answer.ts';
import type { Carried } from './carry.ts';
import type { Lane } from './lane.ts';

type Counting = {
  /** Fields of a chat that its count takes; any other is refused. */
  readonly fields: ReadonlySet<string>;
  /** Where the answer has the number. */
  readonly told: string;
};

/** By the format that the server is asked in. */
const COUNTING: { readonly [W in ServerWire]?: Counting } = {
  anthropic: {
    fields: new Set([
      ...['model', 'messages', 'system', 'tools', 'tool_choice', 'thinking', 'output_config'],
      ...['mcp_servers', 'context_management', 'anthropic_version'],
    ]),
    told: 'input_tokens',
  },
  responses: {
    fields: new Set([
      ...['model', 'input', 'instructions', 'tools', 'tool_choice', 'parallel_tool_calls', 'text'],
      ...['reasoning', 'truncation', 'previous_response_id', 'conversation'],
    ]),
    told: 'input_tokens',
  },
  gemini: {
    fields: new Set(['contents', 'systemInstruction', 'tools', 'generationConfig']),
    told: 'totalTokens',
  },
  // No API of OpenAI: the tokenizer that some servers open, with the template of their model.
  openai: {
    fields: new Set(['model', 'messages', 'tools', 'chat_template_kwargs']),
    told: 'count',
  },
};

/** @param body a chat as the server reads it; a caller's own question passes as it is. */
export function countBody(body: Uint8Array, lane: Lane, model: string): Uint8Array {
  const { upstream, carried, quirks } = lane;
  const counting = COUNTING[upstream];
  const isWritten = carried || upstream === 'gemini';
  const chat = isWritten ? tryParse(body) : undefined;
  if (counting === undefined || !isObject(chat)) return body;
  const { countField: field } = quirks;
  if (field !== undefined) {
    const named = { model: `models/${model.replace(/^models\//, '')}`, ...withoutModel(chat) };
    return encode(JSON.stringify({ [field]: named }));
  }
  return encode(JSON.stringify(picked(chat, counting.fields)));
}

const withoutModel = ({ model: _, ...rest }: JsonObject): JsonObject => rest;

const picked = (chat: JsonObject, fields: ReadonlySet<string>): JsonObject =>
  Object.fromEntries(Object.entries(chat).filter(([key]) => fields.has(key)));

/** What a caller is told, by its format. */
const WRITTEN: { readonly [W in Wire]?: (tokens: number) => Json } = {
  anthropic: (tokens) => ({ input_tokens: tokens }),
  responses: (tokens) => ({ object: 'response.input_tokens', input_tokens: tokens }),
  gemini: (tokens) => ({ totalTokens: tokens }),
};

export function writeCount(caller: Wire, tokens: number): Uint8Array {
  const written = WRITTEN[caller]?.(tokens) ?? { input_tokens: tokens };
  return encode(JSON.stringify(written));
}

const FACTS: AnswerFacts = {
  model: undefined,
  usage: undefined,
  service: undefined,
  error: false,
  malformed: false,
};

/** Of a good status. Without a number it is no answer. */
export function carryCount(body: Uint8Array, lane: Lane): Carried {
  const parsed = tryParse(body);
  const tokens = countIn(parsed, COUNTING[lane.upstream]?.told ?? '');
  if (tokens === undefined) return { body, facts: { ...FACTS, malformed: true }, dropped: [] };
  const own = lane.carried ? writeCount(lane.caller, tokens) : body;
  return { body: own, facts: FACTS, dropped: [] };
}
