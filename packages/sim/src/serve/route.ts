// Which request gets which reply. Each wire shape is a decoder and a writer; the answer between
// them is the same.
import { answer } from '../answer.ts';
import type { JsonRecord } from '../json.ts';
import { isRecord, textAt } from '../json.ts';
import type { SimModel } from '../models.ts';
import type { Problem, Result } from '../problem.ts';
import { accept, invalid, refuse } from '../problem.ts';
import type { Script } from '../script.ts';
import { chatBody, chatFrames } from '../wire/chat-reply.ts';
import { decodeChat } from '../wire/chat-request.ts';
import type { Reply } from '../wire/frame.ts';

export type Stage = {
  readonly models: readonly SimModel[];
  readonly seed: number;
  now(): number;
};

export type Work = { readonly reply: Reply; readonly script: Script };

export function replyTo(
  path: string,
  body: JsonRecord,
  stage: Stage,
  script: Script,
): Result<Work> {
  if (path === '/v1/chat/completions') return chat(body, stage, script);
  return refuse(routeUnknown(path));
}

export function parseBody(bytes: Uint8Array): Result<JsonRecord> {
  const unparsable = 'We could not parse the JSON body of your request.';
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
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

export function modelNamed(body: JsonRecord, models: readonly SimModel[]): Result<SimModel> {
  const name = textAt(body, 'model') ?? '';
  const model = models.find((entry) => entry.id === name);
  if (model) return accept(model);
  const message = `The model '${name}' does not exist or you do not have access to it.`;
  return refuse({ ...invalid(message, null, 'model_not_found'), status: 404 });
}

function chat(body: JsonRecord, stage: Stage, script: Script): Result<Work> {
  const decoded = decodeChat(body);
  if (!decoded.ok) return decoded;
  const model = modelNamed(body, stage.models);
  if (!model.ok) return model;
  const request = decoded.value;
  const scene = { model: model.value, script, seed: stage.seed, nowMs: stage.now() };
  const made = answer(request.ask, scene);
  const reply: Reply = request.stream
    ? { kind: 'stream', frames: chatFrames(made, request) }
    : { kind: 'whole', body: chatBody(made), tokens: made.usage.completion };
  return accept({ reply, script });
}
