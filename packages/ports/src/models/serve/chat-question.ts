// Decodes the body of `/v1/chat/completions` key by key. Keys that are not known are ignored, as
// every server of this dialect does; known ones that are wrong are refused with their name.
import { type Fields, fieldsOf } from './fields.ts';
import type { ToolShape } from './grammar.ts';
import { isList, isObject, isText, type JsonObject, parseJson } from './json.ts';
import type { Conversation, Turn, TurnCall } from './prompt.ts';
import { badRequest, no, type Result, yes } from './refusal.ts';
import { type Manner, readManner, readTokensMax } from './sampling.ts';

const TURNS_MAX = 4_096;
const TOOLS_MAX = 256;
const TOP_LOGPROBS_MAX = 20;
const NAME = /^[a-zA-Z0-9_.-]{1,64}$/;

export type AnswerShape =
  | { readonly kind: 'free' }
  | { readonly kind: 'object' }
  | { readonly kind: 'schema'; readonly schema: unknown; readonly strict: boolean };

export type ToolChoice = {
  /** Those that may be called, by the caller's choice. */
  readonly tools: readonly ToolShape[];
  readonly required: boolean;
  readonly several: boolean;
};

export type ChatQuestion = {
  readonly model: string | undefined;
  readonly conversation: Conversation;
  readonly toolChoice: ToolChoice;
  readonly shape: AnswerShape;
  readonly notesTop: number | undefined;
  readonly manner: Manner;
};

export function readChatQuestion(body: JsonObject): Result<ChatQuestion> {
  const fields = fieldsOf(body);
  const model = fields.text('model');
  const turns = readTurns(fields);
  const toolChoice = readToolChoice(fields);
  const variables = fields.raw('chat_template_kwargs');
  const question: ChatQuestion = {
    model,
    conversation: {
      turns,
      tools: toolChoice.tools.length === 0 ? [] : readTools(fields),
      variables: isObject(variables) ? variables : {},
    },
    toolChoice,
    shape: readShape(fields),
    notesTop: readNotesTop(fields),
    manner: readManner(fields, readTokensMax(fields, ['max_completion_tokens', 'max_tokens'])),
  };
  if (question.shape.kind !== 'free' && toolChoice.tools.length > 0) {
    const message = 'tools and a response_format cannot be had at once here';
    fields.refuse(badRequest('parameter_unsupported', message, 'response_format'));
  }
  const refusal = fields.refusal();
  return refusal === undefined ? yes(question) : no(refusal);
}

function readTurns(fields: Fields): readonly Turn[] {
  const messages = fields.raw('messages');
  if (!isList(messages) || messages.length === 0 || messages.length > TURNS_MAX) {
    const message = `messages must be a list of 1 to ${TURNS_MAX}`;
    fields.refuse(badRequest('body_invalid', message, 'messages'));
    return [];
  }
  return messages.flatMap((message, index) => readTurn(fields, message, `messages.${index}`));
}

function readTurn(fields: Fields, message: unknown, at: string): readonly Turn[] {
  if (!isObject(message)) return refuse(at, 'an object');
  const role = roleOf(message['role']);
  if (role === undefined) return refuse(`${at}.role`, 'system, developer, user, assistant or tool');
  const content = readContent(message['content']);
  if (content === undefined) return refuse(`${at}.content`, 'text; this model reads nothing else');
  const calls = role === 'assistant' ? readCalls(message['tool_calls']) : [];
  if (calls === undefined) return refuse(`${at}.tool_calls`, 'calls with id, name and arguments');
  const callId = message['tool_call_id'];
  const name = message['name'];
  return [
    {
      role,
      content,
      calls,
      callId: role === 'tool' && isText(callId) ? callId : undefined,
      name: isText(name) ? name : undefined,
    },
  ];

  function refuse(param: string, wanted: string): readonly Turn[] {
    fields.refuse(badRequest('body_invalid', `${param} must be ${wanted}`, param));
    return [];
  }
}

function roleOf(role: unknown): Turn['role'] | undefined {
  if (role === 'developer') return 'system';
  const roles = ['system', 'user', 'assistant', 'tool'] as const;
  return roles.find((known) => known === role);
}

/** Text, or a list of parts that are all text; nothing at all beside tool calls. */
function readContent(content: unknown): string | undefined {
  if (content === undefined || content === null) return '';
  if (isText(content)) return content;
  if (!isList(content)) return undefined;
  const texts = content.map((part) => (isObject(part) ? part['text'] : undefined));
  return texts.every(isText) ? texts.join('') : undefined;
}

function readCalls(calls: unknown): readonly TurnCall[] | undefined {
  if (calls === undefined || calls === null) return [];
  if (!isList(calls)) return undefined;
  const read = calls.flatMap((call) => {
    if (!isObject(call) || !isText(call['id']) || !isObject(call['function'])) return [];
    const { name, arguments: given } = call['function'];
    if (!isText(name) || !NAME.test(name) || !isText(given)) return [];
    // Templates write an object; what is none was written so by some model, and stays text.
    return [{ id: call['id'], name, arguments: parseJson(given) ?? given }];
  });
  return read.length === calls.length ? read : undefined;
}

function readTools(fields: Fields): readonly JsonObject[] {
  const tools = fields.raw('tools');
  return isList(tools) ? tools.filter(isObject) : [];
}

function readToolChoice(fields: Fields): ToolChoice {
  const offered = readToolShapes(fields);
  const several = fields.flag('parallel_tool_calls') ?? true;
  const choice = fields.raw('tool_choice') ?? 'auto';
  if (choice === 'auto') return { tools: offered, required: false, several };
  if (choice === 'none') return { tools: [], required: false, several };
  if (choice === 'required' && offered.length > 0) {
    return { tools: offered, required: true, several };
  }
  const named = isObject(choice) && isObject(choice['function']) ? choice['function']['name'] : '';
  const chosen = offered.filter(({ name }) => name === named);
  if (chosen.length === 0) {
    const message = 'tool_choice must be auto, none, required or one of the tools';
    fields.refuse(badRequest('body_invalid', message, 'tool_choice'));
  }
  return { tools: chosen, required: true, several: false };
}

function readToolShapes(fields: Fields): readonly ToolShape[] {
  const tools = fields.raw('tools') ?? [];
  const shapes = isList(tools) ? tools.flatMap(readToolShape) : [];
  const fits = isList(tools) && shapes.length === tools.length && tools.length <= TOOLS_MAX;
  if (!fits) {
    const message = `tools must be up to ${TOOLS_MAX} functions with a name of letters and digits`;
    fields.refuse(badRequest('body_invalid', message, 'tools'));
  }
  return shapes;
}

function readToolShape(tool: unknown): readonly ToolShape[] {
  const described = isObject(tool) && tool['type'] === 'function' ? tool['function'] : undefined;
  if (!isObject(described)) return [];
  const { name, parameters, strict } = described;
  if (!isText(name) || !NAME.test(name)) return [];
  return [{ name, parameters: parameters ?? undefined, strict: strict === true }];
}

function readShape(fields: Fields): AnswerShape {
  const format = fields.raw('response_format');
  if (format === undefined) return { kind: 'free' };
  if (isObject(format)) {
    if (format['type'] === 'text') return { kind: 'free' };
    if (format['type'] === 'json_object') return { kind: 'object' };
    const given = format['type'] === 'json_schema' ? format['json_schema'] : undefined;
    if (isObject(given) && 'schema' in given) {
      return { kind: 'schema', schema: given['schema'], strict: given['strict'] === true };
    }
  }
  const message = 'response_format must be text, json_object, or json_schema with a schema';
  fields.refuse(badRequest('body_invalid', message, 'response_format'));
  return { kind: 'free' };
}

function readNotesTop(fields: Fields): number | undefined {
  const top = fields.integer('top_logprobs', { min: 0, max: TOP_LOGPROBS_MAX });
  if (fields.flag('logprobs') === true) return top ?? 0;
  if (top !== undefined && top > 0) {
    const message = 'top_logprobs needs logprobs: true';
    fields.refuse(badRequest('body_invalid', message, 'top_logprobs'));
  }
  return undefined;
}
