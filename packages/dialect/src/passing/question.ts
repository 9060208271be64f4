// Reads a request that only passes: the model's name, whether a stream is asked for, what nobody
// here can read, which object of an upstream it names. The bytes go on as they came but for the
// name of the model.
import {
  type ContentRange,
  no,
  type PassedOperation,
  type Passing,
  type Question,
  type Refusal,
  type Result,
  refusal,
  yes,
} from '@signalbox/contract';
import { splice } from '../bytes.ts';
import { contentOfBody } from '../content.ts';
import { type Field, innerElements, textOf } from '../json.ts';
import { type Fields, plainBody, wrongKind } from '../plain.ts';
import { boundaryOf, type FormField, readForm } from './form.ts';
import { contentOfForm } from './form-content.ts';
import { PASSED } from './operations.table.ts';

/** What the head of such a request tells beside its operation. */
export type PassedHead = {
  readonly method: Passing['method'];
  /** Of a file or a batch; undefined: all of them, or a new one. */
  readonly id: string | undefined;
  /** What is asked of it: `content`, `cancel`. */
  readonly deed: string | undefined;
  /** Goes on; without a question mark. */
  readonly query: string;
  /** The last object of the page before: the next page begins after it. */
  readonly after: string | undefined;
  /** Where an operation without a model may be told the endpoint: `endpoint/*`; '' else. */
  readonly model: string;
  readonly contentType: string | undefined;
};

/** As for every operation that names no model: whatever the caller may use. */
const ANY = 'auto';
const MODEL_CHARACTERS_MAX = 256;
/** Four bytes in UTF-8 each. */
const VALUE_BYTES_MAX = MODEL_CHARACTERS_MAX * 4;
/** Some servers take what was uploaded before in place of a file. */
const FILE_ID = 'file_id';
const BYTES_PER_TOKEN = 4;
const INSTRUCTION_BYTES_MAX = 4_096;
const SESSION_BYTES_MAX = 16_384;

const text = new TextDecoder();
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** What was found in a body, whatever its form. */
type Found = {
  readonly bytes: Uint8Array;
  readonly model: string;
  readonly stream: boolean;
  readonly unreadable: boolean;
  /** Undefined: the body is JSON, or there is none. */
  readonly content: readonly ContentRange[] | undefined;
  readonly reference: string | undefined;
  /** Where the model's name stands, with its quotes in JSON. */
  readonly named:
    | { readonly start: number; readonly end: number; readonly json: boolean }
    | undefined;
  /** Where the text stands that rules of thumb look at. */
  readonly said: { readonly start: number; readonly end: number } | undefined;
};

/** @returns `body_invalid` with the byte offset or the field at fault. */
export function readPassed(
  operation: PassedOperation,
  bytes: Uint8Array,
  head: PassedHead,
): Result<Question, Refusal> {
  const passing = passingOf(operation, head);
  const { contentType } = head;
  if (passing.contentType === undefined) return yes(new PassedQuestion(bare(bytes, head), passing));
  const found =
    PASSED[operation].body === 'form'
      ? inForm(bytes, boundaryOf(contentType ?? ''), passing, head)
      : inJson(operation, bytes, passing, head);
  return found.ok ? yes(new PassedQuestion(found.value, passing)) : found;
}

function passingOf(operation: PassedOperation, head: PassedHead): Passing {
  const { objects, answers } = PASSED[operation];
  const { method, id, deed, query } = head;
  const path = `${id === undefined ? '' : `/${id}`}${deed === undefined ? '' : `/${deed}`}`;
  const makes = method === 'POST' && id === undefined;
  return {
    method,
    below: query === '' ? path : `${path}?${query}`,
    contentType: makes ? (head.contentType ?? 'application/json') : undefined,
    answers: deed === 'content' ? 'bytes' : answers,
    modelless: objects,
    stores: objects && makes,
    works: !objects || (operation === 'batch' && makes),
    lists: objects && method === 'GET' && id === undefined,
  };
}

const bare = (bytes: Uint8Array, { id, after, model }: PassedHead): Found => ({
  bytes,
  model: model === '' ? ANY : model,
  stream: false,
  unreadable: false,
  content: undefined,
  reference: id ?? after,
  named: undefined,
  said: undefined,
});

const invalid = (param: string, message: string): Result<never, Refusal> =>
  no(refusal('body_invalid', message, { param }));

function inJson(
  operation: PassedOperation,
  received: Uint8Array,
  { modelless }: Passing,
  head: PassedHead,
): Result<Found, Refusal> {
  const plain = plainBody(received);
  if (!plain.ok) return plain;
  const { body, fields } = plain.value;
  const [name, kinds] = PASSED[operation].content;
  const content = fields.get(name);
  if (content === undefined) return invalid(name, `The field \`${name}\` is missing.`);
  if (!kinds.includes(content.kind)) {
    return no(wrongKind(name, kinds));
  }
  const model = modelless ? head.model || ANY : textOf(body, fields.get('model'));
  const wrong = wrongModel(model);
  if (model === undefined || wrong !== undefined) return invalid('model', wrong ?? MODEL_MISSING);
  const stream = streamIn(body, fields);
  if (stream === undefined) return invalid('stream', 'The field `stream` must be true or false.');
  const named = modelless ? undefined : fields.get('model');
  return yes({
    bytes: body,
    model,
    stream,
    unreadable: isUnreadable(body, fields, content),
    content: undefined,
    reference: modelless ? textOf(body, content) : undefined,
    named: named && { start: named.valueStart, end: named.valueEnd, json: true },
    said: { start: content.valueStart, end: content.valueEnd },
  });
}

const MODEL_MISSING = 'The field `model` is missing: name a model, an alias or `endpoint/model`.';

function wrongModel(model: string | undefined): string | undefined {
  if (model === undefined) return MODEL_MISSING;
  if (model !== '' && model.length <= MODEL_CHARACTERS_MAX) return undefined;
  return `The field \`model\` must have 1 to ${MODEL_CHARACTERS_MAX} characters.`;
}

/** Speech asks in its own words. Undefined: neither yes nor no. */
function streamIn(body: Uint8Array, fields: Fields): boolean | undefined {
  if (textOf(body, fields.get('stream_format')) === 'sse') return true;
  const kind = fields.get('stream')?.kind ?? 'null';
  if (kind === 'true') return true;
  return kind === 'false' || kind === 'null' ? false : undefined;
}

/** Texts can be read; of anything else only what says that it is text. */
function isUnreadable(body: Uint8Array, fields: Fields, content: Field): boolean {
  if (content.kind === 'object') return true;
  return [content, fields.get('documents')].some((field) => {
    if (field?.kind !== 'array') return false;
    let unreadable = false;
    const whole = innerElements(body, field.valueStart, ({ kind, fields: inner }) => {
      if (kind !== 'string' && inner?.every((one) => isText(body, one)) !== true) unreadable = true;
    });
    return unreadable || !whole;
  });
}

const isText = (body: Uint8Array, field: Field): boolean =>
  field.kind === 'string' &&
  (field.key === 'text' || (field.key === 'type' && textOf(body, field) === 'text'));

function inForm(
  body: Uint8Array,
  boundary: string | undefined,
  { modelless }: Passing,
  head: PassedHead,
): Result<Found, Refusal> {
  if (boundary === undefined) {
    const message = 'The content type names no boundary of the form.';
    return invalid('content-type', message);
  }
  const form = readForm(body, boundary);
  if (!form.ok) return form;
  const twice = ['model', 'stream', FILE_ID].find((name) => named(form.value, name).length > 1);
  if (twice !== undefined) return invalid(twice, `The field \`${twice}\` stands there twice.`);
  const [field] = named(form.value, 'model');
  const model = modelless ? head.model || ANY : field && shortText(body, field);
  const wrong = wrongModel(model);
  if (model === undefined || wrong !== undefined) return invalid('model', wrong ?? MODEL_MISSING);
  const [stream] = named(form.value, 'stream');
  const [file] = named(form.value, FILE_ID);
  const { ranges, unreadable } = contentOfForm(body, form.value);
  return yes({
    bytes: body,
    model,
    stream: stream !== undefined && shortText(body, stream)?.toLowerCase() === 'true',
    // The calls of a batch may hold anything, and are not taken apart.
    unreadable: unreadable || named(form.value, 'purpose').some((one) => isBatch(body, one)),
    content: ranges,
    reference: file && shortText(body, file),
    named: modelless ? undefined : field && { start: field.start, end: field.end, json: false },
    said: named(form.value, 'prompt')[0],
  });
}

const isBatch = (body: Uint8Array, field: FormField): boolean =>
  shortText(body, field).trim() === 'batch';

const named = (fields: readonly FormField[], name: string): readonly FormField[] =>
  fields.filter((one) => one.name === name);

/** '' for what is no short text; a model of that name is refused. */
function shortText(body: Uint8Array, { start, end, isFile }: FormField): string {
  if (isFile || end - start > VALUE_BYTES_MAX) return '';
  try {
    const value = strict.decode(body.subarray(start, end));
    return [...value].some((one) => one < ' ') ? '' : value;
  } catch {
    return '';
  }
}

/** A class, as all questions are: its body must not outlive the call. */
class PassedQuestion implements Question {
  readonly bytes: Uint8Array;
  readonly model: string;
  readonly stream: boolean;
  readonly usageWanted = false;
  readonly outputTokensMax = undefined;
  readonly answersWanted = 1;
  readonly inputTokensEstimate: number;
  readonly toolsOffered = false;
  readonly unreadableParts: boolean;
  readonly statefulReference: string | undefined;
  readonly sessionHint = undefined;
  readonly passing: Passing;
  readonly #found: Found;

  constructor(found: Found, passing: Passing) {
    const isText = found.named?.json === true;
    this.bytes = found.bytes;
    this.model = found.model;
    this.stream = found.stream;
    // What is no text has no tokens that could be counted by its length.
    this.inputTokensEstimate = isText ? Math.ceil(found.bytes.length / BYTES_PER_TOKEN) : 0;
    this.unreadableParts = found.unreadable;
    this.statefulReference = found.reference;
    this.passing = passing;
    this.#found = found;
  }

  content(): readonly ContentRange[] {
    return this.#found.content ?? contentOfBody(this.bytes);
  }

  lastInstruction(): string {
    const { said } = this.#found;
    if (said === undefined) return '';
    const end = Math.min(said.end, said.start + INSTRUCTION_BYTES_MAX);
    return text.decode(this.bytes.subarray(said.start, end));
  }

  sessionBytes(prefix: string): Uint8Array {
    const { start, end } = this.#found.said ?? { start: 0, end: 0 };
    const said = this.bytes.subarray(start, Math.min(end, start + SESSION_BYTES_MAX));
    const out = new Uint8Array(prefix.length + said.length);
    for (let at = 0; at < prefix.length; at += 1) out[at] = prefix.charCodeAt(at);
    out.set(said, prefix.length);
    return out;
  }

  render(model: string): Uint8Array {
    const { named: place } = this.#found;
    if (place === undefined || model === this.model) return this.bytes;
    const { start, end, json } = place;
    return splice(this.bytes, [{ start, end, text: json ? JSON.stringify(model) : model }]);
  }
}
