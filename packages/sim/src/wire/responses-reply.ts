// Writes an Answer in the shape of the Responses API: one object, or typed events in a fixed order,
// each with the next sequence number.
import type { Answer, Choice } from '../answer.ts';
import { idFrom } from '../hash.ts';
import type { JsonRecord } from '../json.ts';
import { recordAt } from '../json.ts';
import type { TokenLogprob } from '../logprobs.ts';
import type { Problem } from '../problem.ts';
import { tokensOf } from '../tokens.ts';
import type { Frame, FrameKind } from './frame.ts';
import type { ResponsesRequest } from './responses-request.ts';
import { responsesUsage } from './usage.ts';

const idLength = 48;

export type ResponsesStream = {
  readonly frames: Iterable<Frame>;
  fault(problem: Problem): string;
};

export function responseId(answer: Answer): string {
  return `resp_${idFrom(answer.hash, idLength)}`;
}

export function responsesBody(answer: Answer, request: ResponsesRequest): string {
  return JSON.stringify(ended(answer, request));
}

export function responsesStream(answer: Answer, request: ResponsesRequest): ResponsesStream {
  let sequence = 0;
  const event = (type: string, fields: object): string => {
    const data = JSON.stringify({ type, sequence_number: sequence, ...fields });
    sequence += 1;
    return `event: ${type}\ndata: ${data}\n\n`;
  };
  return {
    frames: framesOf(answer, request, event),
    fault: (problem) => {
      const { type, code, message, param } = problem;
      const error = { code: code ?? 'server_error', message };
      const response = { ...shell(answer, request, 'failed', []), error };
      const first = event('error', { error: { type, code, message, param } });
      return first + event('response.failed', { response });
    },
  };
}

type Write = (type: string, fields: object) => string;

function* framesOf(
  answer: Answer,
  request: ResponsesRequest,
  write: Write,
): Generator<Frame, void, void> {
  const frame = (kind: FrameKind, type: string, fields: object): Frame => ({
    kind,
    text: write(type, fields),
  });
  const started = shell(answer, request, 'in_progress', []);
  yield frame('head', 'response.created', { response: started });
  yield frame('head', 'response.in_progress', { response: started });
  const choice = answer.choices[0];
  if (choice)
    yield* choice.calls.length > 0
      ? callFrames(answer, choice, frame)
      : textFrames(answer, choice, frame);
  const response = ended(answer, request);
  yield frame('finish', `response.${String(response['status'])}`, { response });
}

type MakeFrame = (kind: FrameKind, type: string, fields: object) => Frame;

function* textFrames(answer: Answer, choice: Choice, frame: MakeFrame): Generator<Frame> {
  const [done] = outputOf(answer, statusOf(answer));
  const item_id = messageId(answer);
  const at = { item_id, output_index: 0, content_index: 0 };
  const item = {
    id: item_id,
    type: 'message',
    status: 'in_progress',
    content: [],
    role: 'assistant',
  };
  yield frame('head', 'response.output_item.added', { output_index: 0, item });
  yield frame('head', 'response.content_part.added', { ...at, part: partOf('', []) });
  for (const [index, delta] of choice.tokens.entries()) {
    const entry = choice.logprobs?.[index];
    const logprobs = entry ? [entry] : [];
    yield frame('delta', 'response.output_text.delta', { ...at, delta, logprobs });
  }
  const text = choice.tokens.join('');
  const logprobs = choice.logprobs ?? [];
  yield frame('finish', 'response.output_text.done', { ...at, text, logprobs });
  yield frame('finish', 'response.content_part.done', { ...at, part: partOf(text, logprobs) });
  yield frame('finish', 'response.output_item.done', { output_index: 0, item: done });
}

function* callFrames(answer: Answer, choice: Choice, frame: MakeFrame): Generator<Frame> {
  const items = outputOf(answer, statusOf(answer));
  for (const [output_index, call] of choice.calls.entries()) {
    const item = items[output_index] ?? {};
    const item_id = callItemId(call.id);
    const empty = { ...item, status: 'in_progress', arguments: '' };
    yield frame('head', 'response.output_item.added', { output_index, item: empty });
    for (const delta of tokensOf(call.input)) {
      const fields = { item_id, output_index, delta };
      yield frame('delta', 'response.function_call_arguments.delta', fields);
    }
    const { input, name } = call;
    const whole = { item_id, output_index, name, arguments: input };
    yield frame('head', 'response.function_call_arguments.done', whole);
    yield frame('head', 'response.output_item.done', { output_index, item });
  }
}

function ended(answer: Answer, request: ResponsesRequest): JsonRecord {
  const status = statusOf(answer);
  const response = shell(answer, request, status, outputOf(answer, status));
  const details =
    status === 'incomplete' ? { incomplete_details: { reason: 'max_output_tokens' } } : {};
  const usage = answer.usageShown === 'none' ? {} : { usage: responsesUsage(answer.usage) };
  return { ...response, ...details, ...usage };
}

function statusOf(answer: Answer): 'completed' | 'incomplete' {
  return answer.choices[0]?.finish === 'length' ? 'incomplete' : 'completed';
}

function outputOf(answer: Answer, status: string): JsonRecord[] {
  const choice = answer.choices[0];
  if (!choice) return [];
  if (choice.calls.length === 0) {
    const content = [partOf(choice.tokens.join(''), choice.logprobs ?? [])];
    return [{ id: messageId(answer), type: 'message', status, content, role: 'assistant' }];
  }
  return choice.calls.map(({ id, name, input }) => ({
    id: callItemId(id),
    type: 'function_call',
    status: 'completed',
    arguments: input,
    call_id: id,
    name,
  }));
}

function partOf(text: string, logprobs: readonly TokenLogprob[]): object {
  return { type: 'output_text', annotations: [], logprobs, text };
}

function messageId(answer: Answer): string {
  return `msg_${idFrom(answer.hash + 1, idLength)}`;
}

function callItemId(callId: string): string {
  return callId.replace('call_', 'fc_');
}

/** The response object with the request's own fields repeated, as the real service does. */
function shell(
  answer: Answer,
  request: ResponsesRequest,
  status: string,
  output: readonly JsonRecord[],
): JsonRecord {
  const { body } = request;
  const reasoning = recordAt(body, 'reasoning');
  return {
    id: responseId(answer),
    object: 'response',
    created_at: answer.createdS,
    status,
    background: false,
    error: null,
    incomplete_details: null,
    instructions: body['instructions'] ?? null,
    max_output_tokens: body['max_output_tokens'] ?? null,
    max_tool_calls: null,
    model: answer.model,
    output,
    parallel_tool_calls: body['parallel_tool_calls'] !== false,
    previous_response_id: body['previous_response_id'] ?? null,
    reasoning: { effort: reasoning?.['effort'] ?? null, summary: null },
    service_tier: 'default',
    store: request.store,
    temperature: body['temperature'] ?? 1,
    text: { format: { type: 'text' }, verbosity: 'medium', ...recordAt(body, 'text') },
    tool_choice: body['tool_choice'] ?? 'auto',
    tools: body['tools'] ?? [],
    top_logprobs: body['top_logprobs'] ?? 0,
    top_p: body['top_p'] ?? 1,
    truncation: body['truncation'] ?? 'disabled',
    usage: null,
    user: body['user'] ?? null,
    metadata: body['metadata'] ?? {},
  };
}
