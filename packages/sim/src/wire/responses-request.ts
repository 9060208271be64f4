// Decodes a request of the Responses API into an Ask. What came before (`previous_response_id`) is
// put in front by the caller of this, who remembers it.
import type { Ask, Format, Turn } from '../ask.ts';
import { logprobsMax } from '../ask.ts';
import type { JsonRecord } from '../json.ts';
import { isList, isRecord, listAt, numberAt, recordAt, textAt } from '../json.ts';
import type { Result } from '../problem.ts';
import { accept, invalid, refuse } from '../problem.ts';
import { roleFrom } from './chat-request.ts';
import { contentText } from './content.ts';
import { wholeNumberProblem } from './limits.ts';
import { toolChoiceFrom, toolsFrom } from './tools.ts';

export type ResponsesRequest = {
  readonly ask: Ask;
  /** What of the request the response repeats. */
  readonly body: JsonRecord;
  readonly stream: boolean;
  readonly store: boolean;
};

const bare = (entry: JsonRecord): JsonRecord => entry;

export function decodeResponses(
  body: JsonRecord,
  before: readonly Turn[],
): Result<ResponsesRequest> {
  if (typeof body['model'] !== 'string' || body['model'] === '') {
    return refuse(invalid('you must provide a model parameter', 'model', null));
  }
  const problem =
    wholeNumberProblem(body, 'max_output_tokens', 1) ??
    wholeNumberProblem(body, 'top_logprobs', 0, logprobsMax);
  if (problem) return refuse(problem);
  const turns = turnsFrom(body['input']);
  if (!turns.ok) return turns;
  const tools = toolsFrom(body['tools'], bare);
  if (!tools.ok) return tools;
  const toolChoice = toolChoiceFrom(body['tool_choice'], tools.value, bare);
  if (!toolChoice.ok) return toolChoice;
  const format = formatFrom(recordAt(body, 'text')?.['format']);
  if (!format.ok) return format;
  const said = textAt(body, 'instructions');
  const system: Turn[] = said === undefined ? [] : [{ role: 'system', text: said, called: [] }];
  const logprobs = listAt(body, 'include')?.includes('message.output_text.logprobs');
  const ask: Ask = {
    model: body['model'],
    turns: [...system, ...before, ...turns.value],
    tools: tools.value,
    toolChoice: toolChoice.value,
    parallel: body['parallel_tool_calls'] !== false,
    format: format.value,
    tokensMax: numberAt(body, 'max_output_tokens'),
    stop: [],
    choices: 1,
    seed: undefined,
    logprobs: logprobs ? (numberAt(body, 'top_logprobs') ?? 0) : undefined,
  };
  return accept({ ask, body, stream: body['stream'] === true, store: body['store'] !== false });
}

function turnsFrom(input: unknown): Result<Turn[]> {
  if (typeof input === 'string') return accept([{ role: 'user', text: input, called: [] }]);
  if (!isList(input)) {
    const code = input === undefined ? 'missing_required_parameter' : 'invalid_type';
    return refuse(invalid("Missing or invalid parameter: 'input'.", 'input', code));
  }
  const turns: Turn[] = [];
  for (const [at, item] of input.entries()) {
    const param = `input[${at}]`;
    if (!isRecord(item)) {
      const message = `Invalid type for '${param}': expected an object.`;
      return refuse(invalid(message, param, 'invalid_type'));
    }
    const turn = turnFrom(item);
    if (turn === 'invalid') {
      return refuse(invalid(`Invalid value for '${param}'.`, param, 'invalid_value'));
    }
    if (turn) turns.push(turn);
  }
  return accept(turns);
}

/** The item as a turn; undefined for kinds that say nothing to a reader of text. */
function turnFrom(item: JsonRecord): Turn | 'invalid' | undefined {
  switch (item['type'] ?? 'message') {
    case 'message': {
      const role = roleFrom(item['role']);
      const text = contentText(item['content']);
      return role === undefined || text === undefined ? 'invalid' : { role, text, called: [] };
    }
    case 'function_call':
      return { role: 'assistant', text: '', called: [textAt(item, 'name') ?? ''] };
    case 'function_call_output': {
      const text = contentText(item['output']);
      return text === undefined ? 'invalid' : { role: 'tool', text, called: [] };
    }
    default:
      return undefined;
  }
}

function formatFrom(format: unknown): Result<Format> {
  const kind = isRecord(format) ? format['type'] : 'text';
  if (kind === 'text') return accept({ kind: 'text' });
  if (kind === 'json_object') return accept({ kind: 'json-object' });
  const schema = isRecord(format) ? recordAt(format, 'schema') : undefined;
  if (kind === 'json_schema' && schema) return accept({ kind: 'json-schema', schema });
  return refuse(invalid("Invalid parameter: 'text.format'.", 'text.format', 'invalid_value'));
}
