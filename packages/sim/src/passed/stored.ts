// Files and batches. A batch is worked off when it is made, line by line, as if each line had been
// asked by itself, and says that it is done when it is asked.

import type { JsonRecord } from '../json.ts';
import { isRecord, recordAt, textAt } from '../json.ts';
import type { StoredBatch, StoredFile } from '../objects.ts';
import type { Result } from '../problem.ts';
import { accept, envelopeOf, invalid, refuse } from '../problem.ts';
import type { Stage } from '../serve/route.ts';
import { parseBody, replyTo } from '../serve/route.ts';
import type { Reply } from '../wire/frame.ts';

const linesMax = 10_000;
const dayS = 86_400;

export function newFile(form: FormData, bytes: Uint8Array, stage: Stage): Reply {
  const file = form.get('file');
  const filename = file instanceof File ? file.name : 'file';
  const purpose = String(form.get('purpose') ?? '');
  const createdS = Math.floor(stage.now() / 1_000);
  return whole(
    fileEntry(stage.objects.addFile({ filename, purpose, createdS, bytes }, stage.seed)),
  );
}

export function newBatch(body: JsonRecord, stage: Stage): Result<Reply> {
  const inputFileId = textAt(body, 'input_file_id') ?? '';
  const endpoint = textAt(body, 'endpoint') ?? '';
  const input = stage.objects.files.get(inputFileId);
  if (input === undefined) return refuse(unknown('file', inputFileId));
  const lines = new TextDecoder().decode(input.bytes).split('\n').filter(Boolean);
  if (lines.length > linesMax) {
    return refuse(invalid(`More than ${linesMax} requests.`, 'input_file_id', null));
  }
  const done = lines.map((line) => answered(line, endpoint, stage));
  const createdS = Math.floor(stage.now() / 1_000);
  const bytes = Buffer.from(done.map((one) => `${JSON.stringify(one)}\n`).join(''));
  const written = { filename: 'output.jsonl', purpose: 'batch_output', createdS, bytes };
  const output = stage.objects.addFile(written, stage.seed);
  const batch: Omit<StoredBatch, 'id'> = {
    createdS,
    endpoint,
    inputFileId,
    outputFileId: output.id,
    requests: lines.length,
    failed: done.filter((one) => one.response.status_code !== 200).length,
    status: 'in_progress',
  };
  return accept(whole(batchEntry(stage.objects.addBatch(batch, stage.seed))));
}

type Line = { readonly custom_id: string; readonly response: { readonly status_code: number } };

function answered(line: string, endpoint: string, stage: Stage): Line {
  const read = parseBody(Buffer.from(line));
  const custom_id = (read.ok ? textAt(read.value, 'custom_id') : undefined) ?? '';
  const asked = read.ok ? recordAt(read.value, 'body') : undefined;
  const work = replyTo(endpoint, { ...asked, stream: false }, stage, {});
  const [status_code, text] =
    work.ok && work.value.reply.kind === 'whole'
      ? [200, work.value.reply.body]
      : [400, work.ok ? '{}' : envelopeOf(work.problem)];
  const body: unknown = JSON.parse(text);
  return { custom_id, response: { status_code, ...(isRecord(body) ? { body } : {}) } };
}

type Asked = { readonly method: string; readonly path: string; readonly query: URLSearchParams };

const paths = /^\/v1\/(files|batches)(?:\/([\w.-]+))?(?:\/(content|cancel))?$/;

/** Everything but making them. Undefined: the path is about something else. */
export function stored({ method, path, query }: Asked, stage: Stage): Result<Reply> | undefined {
  const [, noun, id, deed] = paths.exec(path) ?? [];
  if (noun === undefined || (id === undefined && method !== 'GET')) return undefined;
  const { files, batches } = stage.objects;
  if (id === undefined) {
    const entries =
      noun === 'files' ? [...files.values()].map(fileEntry) : [...batches.values()].map(batchEntry);
    return accept(whole(page(entries, query)));
  }
  return noun === 'files' ? ofFile(id, deed, method, stage) : ofBatch(id, deed, stage);
}

function ofFile(
  id: string,
  deed: string | undefined,
  method: string,
  { objects }: Stage,
): Result<Reply> {
  const file = objects.files.get(id);
  if (file === undefined) return refuse(unknown('file', id));
  if (method === 'DELETE') {
    objects.files.delete(id);
    return accept(whole({ id, object: 'file', deleted: true }));
  }
  if (deed === undefined) return accept(whole(fileEntry(file)));
  return accept({ kind: 'bytes', contentType: 'application/octet-stream', body: file.bytes });
}

function ofBatch(id: string, deed: string | undefined, { objects }: Stage): Result<Reply> {
  const batch = objects.batches.get(id);
  if (batch === undefined) return refuse(unknown('batch', id));
  if (batch.status === 'in_progress') {
    batch.status = deed === 'cancel' ? 'cancelled' : 'completed';
  }
  return accept(whole(batchEntry(batch)));
}

function page(entries: readonly { readonly id: string }[], query: URLSearchParams): object {
  const after = entries.findIndex(({ id }) => id === query.get('after'));
  const limit = Number(query.get('limit') ?? entries.length);
  const data = entries.slice(after + 1, after + 1 + limit);
  const [first_id, last_id] = [data[0]?.id ?? null, data.at(-1)?.id ?? null];
  const has_more = after + 1 + data.length < entries.length;
  return { object: 'list', data, first_id, last_id, has_more };
}

const fileEntry = ({ id, filename, purpose, createdS, bytes }: StoredFile) => ({
  id,
  object: 'file',
  bytes: bytes.byteLength,
  created_at: createdS,
  filename,
  purpose,
  status: 'processed',
});

function batchEntry(batch: StoredBatch): { readonly id: string } {
  const { id, createdS, endpoint, inputFileId, outputFileId, requests, failed, status } = batch;
  const isDone = status === 'completed';
  const completed = isDone ? requests - failed : 0;
  const entry = {
    id,
    object: 'batch',
    endpoint,
    errors: null,
    input_file_id: inputFileId,
    completion_window: '24h',
    status,
    output_file_id: isDone ? outputFileId : null,
    error_file_id: null,
    created_at: createdS,
    expires_at: createdS + dayS,
    request_counts: { total: requests, completed, failed: isDone ? failed : 0 },
  };
  return entry;
}

const whole = (body: object): Reply => ({
  kind: 'whole',
  status: 200,
  body: JSON.stringify(body),
  tokens: 0,
});

const unknown = (what: string, id: string) => ({
  ...invalid(`No such ${what} object: ${id}`, 'id', null),
  status: 404,
});
