// What a model server does beside talking: moderation, images, sound, rerank, files and batches.
import type { JsonRecord } from '../json.ts';
import { textAt } from '../json.ts';
import { moderationBody, rerankBody } from '../passed/judged.ts';
import { hearing, imageReply, speechReply } from '../passed/media.ts';
import { newBatch, newFile, stored } from '../passed/stored.ts';
import type { Result } from '../problem.ts';
import { accept, invalid, refuse } from '../problem.ts';
import type { Reply } from '../wire/frame.ts';
import type { Stage } from './route.ts';
import { modelNamed, parseBody } from './route.ts';
import type { SeenRequest } from './tally.ts';

/** What was asked, and the model that it was asked of. */
export type Passed = { readonly reply: Result<Reply>; readonly model: string | undefined };

const texts: ReadonlyMap<string, (body: JsonRecord, stage: Stage) => Result<Reply>> = new Map([
  ['/v1/moderations', (body, { seed }) => wholeOf(moderationBody(body, seed))],
  ['/v1/rerank', (body, { seed }) => wholeOf(rerankBody(body, seed))],
  ['/v1/images/generations', (body, { seed, now }) => imageReply(body, { seed, nowMs: now() })],
  ['/v1/audio/speech', (body, { seed }) => speechReply(body, seed)],
]);

/** Undefined: the path is about something else. */
export async function passed(
  seen: SeenRequest,
  query: URLSearchParams,
  stage: Stage,
): Promise<Passed | undefined> {
  const { method, path } = seen;
  const there = stored({ method, path, query }, stage);
  if (there !== undefined) return { reply: there, model: undefined };
  if (method !== 'POST') return undefined;
  const make = path === '/v1/batches' ? newBatch : texts.get(path);
  if (make !== undefined) {
    const body = parseBody(seen.body);
    if (!body.ok) return { reply: body, model: undefined };
    const model = textAt(body.value, 'model');
    const known = path === '/v1/batches' || modelNamed(model ?? '', stage.models);
    const reply = known === true || known.ok ? make(body.value, stage) : known;
    return { reply, model };
  }
  return forms.has(path) ? inForm(seen, stage) : undefined;
}

const forms: ReadonlySet<string> = new Set([
  '/v1/files',
  '/v1/images/edits',
  '/v1/images/variations',
  '/v1/audio/transcriptions',
  '/v1/audio/translations',
]);

async function inForm({ path, body, headers }: SeenRequest, stage: Stage): Promise<Passed> {
  const form = await formOf(body, headers['content-type'] ?? '');
  if (form === undefined) {
    const problem = invalid('We could not parse the form of your request.', null, null);
    return { reply: refuse(problem), model: undefined };
  }
  const file = form.get('file') ?? form.get('image') ?? form.get('image[]');
  const bytes = file instanceof File ? new Uint8Array(await file.arrayBuffer()) : undefined;
  if (bytes === undefined) {
    return { reply: refuse(invalid("Missing 'file'.", 'file', null)), model: undefined };
  }
  if (path === '/v1/files') return { reply: accept(newFile(form, bytes, stage)), model: undefined };
  const model = String(form.get('model') ?? '');
  const known = modelNamed(model, stage.models);
  if (!known.ok) return { reply: known, model };
  if (path.startsWith('/v1/audio/'))
    return { reply: accept(hearing(form, bytes, stage.seed)), model };
  const prompt = `${String(form.get('prompt') ?? '')}${bytes.byteLength}`;
  const asked = { prompt, n: Number(form.get('n') ?? 1) };
  return { reply: imageReply(asked, { seed: stage.seed, nowMs: stage.now() }), model };
}

async function formOf(body: Uint8Array, type: string): Promise<FormData | undefined> {
  try {
    const headers = { 'content-type': type };
    return await new Response(new Uint8Array(body), { headers }).formData();
  } catch {
    return undefined;
  }
}

function wholeOf(body: Result<string>): Result<Reply> {
  if (!body.ok) return body;
  return accept({ kind: 'whole', status: 200, body: body.value, tokens: 0 });
}
