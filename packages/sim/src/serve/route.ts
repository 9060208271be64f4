// Which request gets which reply. Each wire shape is a decoder and a writer; what lies between
// them, the answer, is the same.
import type { Answer } from '../answer.ts';
import { answer, promptTokens } from '../answer.ts';
import type { Ask } from '../ask.ts';
import { directed } from '../directive.ts';
import { hashOf } from '../hash.ts';
import type { JsonRecord } from '../json.ts';
import { isRecord, textAt } from '../json.ts';
import { heard } from '../manners.ts';
import type { Memory } from '../memory.ts';
import type { SimModel } from '../models.ts';
import type { Objects } from '../objects.ts';
import type { Problem, Result } from '../problem.ts';
import { accept, invalid, refuse } from '../problem.ts';
import type { Script } from '../script.ts';
import { chatBody, chatFault, chatFrames } from '../wire/chat-reply.ts';
import { decodeChat } from '../wire/chat-request.ts';
import { completionBody, completionFrames, joinAnswers } from '../wire/completion-reply.ts';
import { decodeCompletion } from '../wire/completion-request.ts';
import { embeddingsBody } from '../wire/embeddings.ts';
import type { Reply, WholeReply } from '../wire/frame.ts';
import { responseId, responsesBody, responsesStream } from '../wire/responses-reply.ts';
import { decodeResponses } from '../wire/responses-request.ts';

export type Stage = {
  readonly models: readonly SimModel[];
  readonly seed: number;
  readonly memory: Memory;
  readonly objects: Objects;
  now(): number;
};

export type Work = { readonly reply: Reply; readonly script: Script };

type Route = (body: JsonRecord, stage: Stage, script: Script) => Result<Work>;

const routes: ReadonlyMap<string, Route> = new Map([
  ['/v1/chat/completions', chat],
  ['/v1/completions', completions],
  ['/v1/responses', responses],
  ['/v1/embeddings', embeddings],
]);

export function routeKnown(path: string): boolean {
  return routes.has(path);
}

export function replyTo(
  path: string,
  body: JsonRecord,
  stage: Stage,
  script: Script,
): Result<Work> {
  const route = routes.get(path);
  return route ? route(body, stage, script) : refuse(routeUnknown(path));
}

const decoder = new TextDecoder('utf-8', { fatal: true });

export function parseBody(bytes: Uint8Array): Result<JsonRecord> {
  const unparsable = 'We could not parse the JSON body of your request.';
  let value: unknown;
  try {
    value = JSON.parse(decoder.decode(bytes));
  } catch {
    return refuse(invalid(`${unparsable} It must be valid JSON in UTF-8.`, null, null));
  }
  if (isRecord(value)) return accept(value);
  return refuse(invalid(`${unparsable} It must be a JSON object.`, null, null));
}

export function modelsBody(models: readonly SimModel[]): string {
  return JSON.stringify({ object: 'list', data: models.map(modelEntry) });
}

export function modelEntry(model: SimModel): object {
  const { id, createdS, contextTokensMax } = model;
  const entry = { id, object: 'model', created: createdS, owned_by: 'signalbox-sim' };
  return { ...entry, max_model_len: contextTokensMax };
}

export function routeUnknown(path: string): Problem {
  const message = `Unknown request URL: ${path}. This server speaks the OpenAI API under /v1/.`;
  return { ...invalid(message, null, 'unknown_url'), status: 404 };
}

export function modelNamed(name: string, models: readonly SimModel[]): Result<SimModel> {
  const model = models.find((entry) => entry.id === name);
  if (model) return accept(model);
  const message = `The model '${name}' does not exist or you do not have access to it.`;
  return refuse({ ...invalid(message, null, 'model_not_found'), status: 404 });
}

function chat(body: JsonRecord, stage: Stage, script: Script): Result<Work> {
  const decoded = decodeChat(body);
  if (!decoded.ok) return decoded;
  const request = decoded.value;
  const made = make(request.ask, 'messages', stage, script);
  if (!made.ok) return made;
  const { answer: answered, script: said } = made.value;
  const { hash } = answered;
  if (!request.stream) return accept({ reply: whole(chatBody(answered), answered), script: said });
  const frames = chatFrames(answered, request);
  return accept({ reply: { kind: 'stream', frames, hash, fault: chatFault }, script: said });
}

function completions(body: JsonRecord, stage: Stage, script: Script): Result<Work> {
  const decoded = decodeCompletion(body);
  if (!decoded.ok) return decoded;
  const request = decoded.value;
  const answers: Answer[] = [];
  let said = script;
  for (const ask of request.asks) {
    const made = make(ask, 'prompt', stage, script);
    if (!made.ok) return made;
    answers.push(made.value.answer);
    said = made.value.script;
  }
  const [first, ...others] = answers;
  if (!first) return refuse(invalid("Missing required parameter: 'prompt'.", 'prompt', null));
  const joined = joinAnswers([first, ...others]);
  if (!request.stream) {
    return accept({ reply: whole(completionBody(joined, request), joined), script: said });
  }
  const frames = completionFrames(joined, request);
  const { hash } = joined;
  return accept({ reply: { kind: 'stream', frames, hash, fault: chatFault }, script: said });
}

function responses(body: JsonRecord, stage: Stage, script: Script): Result<Work> {
  const previous = textAt(body, 'previous_response_id');
  const before = previous === undefined ? [] : stage.memory.recall(previous);
  if (!before) {
    const message = `Previous response with id '${previous}' not found.`;
    return refuse(invalid(message, 'previous_response_id', 'previous_response_not_found'));
  }
  const decoded = decodeResponses(body, before);
  if (!decoded.ok) return decoded;
  const request = decoded.value;
  const made = make(request.ask, 'input', stage, script);
  if (!made.ok) return made;
  const { answer: answered, script: said } = made.value;
  if (request.store) {
    const text = answered.choices[0]?.tokens.join('') ?? '';
    const called = answered.choices[0]?.calls.map((call) => call.name) ?? [];
    const turns = request.ask.turns.filter((turn) => turn.role !== 'system');
    stage.memory.remember(responseId(answered), [...turns, { role: 'assistant', text, called }]);
  }
  if (!request.stream) {
    return accept({ reply: whole(responsesBody(answered, request), answered), script: said });
  }
  const stream = responsesStream(answered, request);
  return accept({ reply: { kind: 'stream', hash: answered.hash, ...stream }, script: said });
}

function embeddings(body: JsonRecord, stage: Stage, script: Script): Result<Work> {
  const model = modelNamed(textAt(body, 'model') ?? '', stage.models);
  if (!model.ok) return model;
  const made = embeddingsBody(body, stage.seed);
  if (!made.ok) return made;
  const hash = hashOf(made.value.slice(0, 1_000), stage.seed);
  const reply: Reply = { kind: 'whole', status: 200, body: made.value, tokens: 0, hash };
  return accept({ reply, script });
}

/** The answer to an ask, with the prompt's own directives obeyed. */
function make(
  asked: Ask,
  param: string,
  stage: Stage,
  given: Script,
): Result<{ answer: Answer; script: Script }> {
  const model = modelNamed(asked.model, stage.models);
  if (!model.ok) return model;
  const spent = promptTokens(asked);
  const most = Math.min(model.value.contextTokensMax, given.contextTokens ?? spent);
  if (spent > most) {
    const told = `This model's maximum context length is ${most} tokens.`;
    const message = `${told} However, your messages resulted in ${spent} tokens.`;
    return refuse(invalid(message, param, 'context_length_exceeded'));
  }
  const read = directed(asked, given);
  if (!read.ok) return read;
  const { script } = read.value;
  const mannered = heard(read.value.ask, script);
  if (!mannered.ok) return mannered;
  const ask = mannered.value;
  const scene = { model: model.value, script, seed: stage.seed, nowMs: stage.now() };
  return accept({ answer: answer(ask, spent, scene), script });
}

function whole(body: string, answered: Answer): WholeReply {
  const tokens = answered.usage.completion;
  return { kind: 'whole', status: 200, body, tokens, hash: answered.hash };
}
