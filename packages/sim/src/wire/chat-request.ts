// Decodes a chat completion request into an Ask. It is as strict as the real API where callers
// stumble (no messages, unknown roles, n out of range) and ignores every field it does not know.
import type { Ask, Format, Role, Turn } from '../ask.ts';
import { choicesMax, logprobsMax } from '../ask.ts';
import type { JsonRecord } from '../json.ts';
import { isList, isRecord, listAt, numberAt, recordAt, textAt } from '../json.ts';
import type { Problem, Result } from '../problem.ts';
import { accept, invalid, refuse } from '../problem.ts';
import { contentText } from './content.ts';
import { stopsFrom, wholeNumberProblem } from './limits.ts';
import { toolChoiceFrom, toolsFrom } from './tools.ts';

export type ChatRequest = {
  readonly ask: Ask;
  readonly stream: boolean;
  readonly usageInStream: boolean;
};

export function decodeChat(body: JsonRecord): Result<ChatRequest> {
  const problem = shapeProblem(body);
  if (problem) return refuse(problem);
  const turns = turnsFrom(listAt(body, 'messages') ?? []);
  if (!turns.ok) return turns;
  const tools = toolsFrom(body['tools'], wrapped);
  if (!tools.ok) return tools;
  const toolChoice = toolChoiceFrom(body['tool_choice'], tools.value, wrapped);
  if (!toolChoice.ok) return toolChoice;
  const format = formatFrom(body['response_format']);
  if (!format.ok) return format;
  const ask: Ask = {
    model: textAt(body, 'model') ?? '',
    turns: turns.value,
    tools: tools.value,
    toolChoice: toolChoice.value,
    parallel: body['parallel_tool_calls'] !== false,
    format: format.value,
    tokensMax: numberAt(body, 'max_completion_tokens') ?? numberAt(body, 'max_tokens'),
    stop: stopsFrom(body['stop']),
    choices: numberAt(body, 'n') ?? 1,
    seed: numberAt(body, 'seed'),
    logprobs: body['logprobs'] === true ? (numberAt(body, 'top_logprobs') ?? 0) : undefined,
  };
  const usageInStream = recordAt(body, 'stream_options')?.['include_usage'] === true;
  return accept({ ask, stream: body['stream'] === true, usageInStream });
}

const wrapped = (entry: JsonRecord): JsonRecord | undefined => recordAt(entry, 'function');

function shapeProblem(body: JsonRecord): Problem | undefined {
  if (typeof body['model'] !== 'string' || body['model'] === '') {
    return invalid('you must provide a model parameter', 'model', null);
  }
  const messages = body['messages'];
  if (messages === undefined) {
    const message = "Missing required parameter: 'messages'.";
    return invalid(message, 'messages', 'missing_required_parameter');
  }
  if (!isList(messages)) {
    return invalid("Invalid type for 'messages': expected an array.", 'messages', 'invalid_type');
  }
  if (messages.length === 0) {
    const message = "Invalid 'messages': empty array. Expected at least one message.";
    return invalid(message, 'messages', 'empty_array');
  }
  if (body['top_logprobs'] !== undefined && body['top_logprobs'] !== null) {
    if (body['logprobs'] !== true) {
      return invalid("'top_logprobs' needs 'logprobs' to be true.", 'top_logprobs', null);
    }
  }
  return (
    wholeNumberProblem(body, 'max_completion_tokens', 1) ??
    wholeNumberProblem(body, 'max_tokens', 1) ??
    wholeNumberProblem(body, 'top_logprobs', 0, logprobsMax) ??
    wholeNumberProblem(body, 'n', 1, choicesMax)
  );
}

function turnsFrom(messages: readonly unknown[]): Result<Turn[]> {
  const turns: Turn[] = [];
  for (const [at, message] of messages.entries()) {
    const param = `messages[${at}]`;
    if (!isRecord(message)) {
      return refuse(invalid(`Invalid type for '${param}': expected an object.`, param, null));
    }
    const role = roleFrom(message['role']);
    if (role === undefined) {
      const supported = "'system', 'developer', 'user', 'assistant', 'tool' and 'function'";
      const text = `Invalid value for '${param}.role'. Supported values are ${supported}.`;
      return refuse(invalid(text, `${param}.role`, 'invalid_value'));
    }
    const called = calledFrom(message);
    const content = message['content'];
    if (content === undefined || content === null) {
      if (role !== 'assistant') {
        const text = `Invalid value for '${param}.content': expected a string or parts, got null.`;
        return refuse(invalid(text, `${param}.content`, null));
      }
      turns.push({ role, text: '', called });
      continue;
    }
    const text = contentText(content);
    if (text === undefined) {
      const problem = `Invalid type for '${param}.content': expected a string or parts.`;
      return refuse(invalid(problem, `${param}.content`, 'invalid_type'));
    }
    turns.push({ role, text, called });
  }
  return accept(turns);
}

export function roleFrom(role: unknown): Role | undefined {
  switch (role) {
    case 'system':
    case 'developer':
      return 'system';
    case 'user':
    case 'assistant':
    case 'tool':
      return role;
    case 'function':
      return 'tool';
    default:
      return undefined;
  }
}

function calledFrom(message: JsonRecord): string[] {
  const names: string[] = [];
  for (const call of listAt(message, 'tool_calls') ?? []) {
    if (!isRecord(call)) continue;
    const name = textAt(recordAt(call, 'function') ?? {}, 'name');
    if (name !== undefined) names.push(name);
  }
  return names;
}

function formatFrom(format: unknown): Result<Format> {
  const kind = isRecord(format) ? format['type'] : 'text';
  if (format === undefined || format === null || kind === 'text') return accept({ kind: 'text' });
  if (kind === 'json_object') return accept({ kind: 'json-object' });
  const named = isRecord(format) ? recordAt(format, 'json_schema') : undefined;
  const schema = named ? recordAt(named, 'schema') : undefined;
  if (kind !== 'json_schema' || schema === undefined) {
    const param = kind === 'json_schema' ? 'response_format.json_schema.schema' : 'response_format';
    return refuse(invalid(`Invalid or missing parameter: '${param}'.`, param, 'invalid_value'));
  }
  return accept({ kind: 'json-schema', schema });
}
