// Reads a request of the OpenAI dialect: finds the top-level fields that deciding needs and keeps
// the body as bytes. Keys that are escaped or stand twice are made plain first (the last value
// wins, every value keeps its bytes), so that no upstream can read another request than we did.
import {
  type Anatomy,
  type ByteRange,
  no,
  type Operation,
  type Question,
  type Refusal,
  type Result,
  refusal,
  type Splice,
  type SpokenOperation,
  yes,
} from '@signalbox/contract';
import { anatomyOf } from '../anatomy.ts';
import { splice } from '../bytes.ts';
import { contentOf } from '../content.ts';
import { type Field, innerElements, innerOf, integerAt, lastField, textOf } from '../json.ts';
import { type Fields, plainBody, wrongKind } from '../plain.ts';
import { type FilesOutline, outline } from './outline.ts';
import { isFilled } from './sealed.ts';

/** Names of models, aliases and needs are at most this long. */
const MODEL_CHARACTERS_MAX = 256;
const BYTES_PER_TOKEN = 4;
/** More answers at once than this are counted as this many; upstreams take 128 at most. */
const ANSWERS_MAX = 1_024;

/** @returns `body_invalid` with the byte offset or the field at fault. */
export function readQuestion(
  operation: SpokenOperation,
  received: Uint8Array,
): Result<Question, Refusal> {
  const plain = plainBody(received);
  if (!plain.ok) return plain;
  const { body, fields } = plain.value;
  const wrong = firstWrong(operation, fields);
  if (wrong !== undefined) return no(wrong);
  return fromFields(operation, body, fields);
}

/** The field that must be there beside the model, and the kinds it may have. */
const CONTENT: Readonly<Record<SpokenOperation, readonly [string, readonly string[]]>> = {
  chat: ['messages', ['array']],
  completion: ['prompt', ['string', 'array']],
  response: ['input', ['string', 'array']],
  embedding: ['input', ['string', 'array']],
  count: ['input', ['string', 'array']],
};

function firstWrong(operation: SpokenOperation, fields: Fields): Refusal | undefined {
  const invalid = (param: string, message: string): Refusal =>
    refusal('body_invalid', message, { param });
  const model = fields.get('model');
  if (model === undefined) return invalid('model', 'The field `model` is missing.');
  if (model.kind !== 'string') return invalid('model', 'The field `model` must be a string.');
  const [name, kinds] = CONTENT[operation];
  const content = fields.get(name);
  // A stored prompt may stand for the input.
  const optional = operation === 'response' || operation === 'count';
  if (content === undefined && !optional) return invalid(name, `The field \`${name}\` is missing.`);
  if (content !== undefined && !kinds.includes(content.kind)) {
    return wrongKind(name, kinds);
  }
  const stream = fields.get('stream')?.kind ?? 'null';
  if (stream !== 'true' && stream !== 'false' && stream !== 'null') {
    return invalid('stream', 'The field `stream` must be true or false.');
  }
  return undefined;
}

function fromFields(
  operation: SpokenOperation,
  body: Uint8Array,
  fields: Fields,
): Result<Question, Refusal> {
  const model = textOf(body, fields.get('model'));
  if (model === undefined || model === '' || model.length > MODEL_CHARACTERS_MAX) {
    const message = `The field \`model\` must have 1 to ${MODEL_CHARACTERS_MAX} characters.`;
    return no(refusal('body_invalid', message, { param: 'model' }));
  }
  return yes(new BodyQuestion(operation, body, fields, model));
}

/**
 * A class: a getter in a literal would be allocated in the old generation, and keep the body there
 * until that is collected.
 */
class BodyQuestion implements Question {
  readonly bytes: Uint8Array;
  readonly model: string;
  readonly stream: boolean;
  readonly usageWanted: boolean;
  readonly outputTokensMax: number | undefined;
  readonly answersWanted: number;
  readonly inputTokensEstimate: number;
  readonly toolsOffered: boolean;
  readonly statefulReference: string | undefined;
  readonly sessionHint: string | undefined;
  readonly stepHint: string | undefined;
  readonly #operation: SpokenOperation;
  readonly #fields: Fields;
  #outline: FilesOutline | undefined = undefined;

  constructor(operation: SpokenOperation, body: Uint8Array, fields: Fields, model: string) {
    const inner = innerOf(body, fields.get('metadata'));
    this.#operation = operation;
    this.#fields = fields;
    this.bytes = body;
    this.model = model;
    this.stream = fields.get('stream')?.kind === 'true' && operation !== 'count';
    this.usageWanted = includesUsage(body, fields.get('stream_options'));
    this.outputTokensMax = outputTokensMax(body, fields);
    this.answersWanted = answersWanted(operation, body, fields);
    this.inputTokensEstimate = Math.ceil(body.length / BYTES_PER_TOKEN);
    this.toolsOffered = isFilled(body, fields.get('tools'));
    this.statefulReference = statefulReference(body, fields);
    this.sessionHint = textOf(body, inner && lastField(inner, 'session_id'));
    this.stepHint = textOf(body, inner && lastField(inner, 'step'));
  }

  get unreadableParts(): boolean {
    return this.#seen().unreadableParts;
  }

  get fileReferences(): readonly string[] {
    return this.#seen().files;
  }

  content(): readonly ByteRange[] {
    return contentOf(this.#fields.values());
  }

  lastInstruction(): string {
    return this.#seen().lastInstruction();
  }

  anatomy(): Anatomy {
    return anatomyOf(this.bytes, this.#fields);
  }

  sessionBytes(prefix: string): Uint8Array {
    return this.#seen().sessionBytes(prefix);
  }

  render(name: string, askUsage: boolean, storeNothing = false): Uint8Array {
    const { bytes } = this;
    const found = changes(bytes, this.#fields, {
      model: name === this.model ? undefined : name,
      usage: askUsage && this.stream && !this.usageWanted && asksForUsage(this.#operation),
      noStore: storeNothing ? noStore(this.#operation, bytes, this.#fields) : undefined,
    });
    return splice(bytes, found);
  }

  #seen(): FilesOutline {
    this.#outline ??= outline(this.#operation, this.bytes, this.#fields);
    return this.#outline;
  }
}

/** Responses and embeddings always tell their usage; the older two only when asked. */
export const asksForUsage = (operation: Operation): boolean =>
  operation === 'chat' || operation === 'completion';

type Wanted = {
  readonly model: string | undefined;
  readonly usage: boolean;
  readonly noStore: Splice | undefined;
};

function changes(
  body: Uint8Array,
  fields: Fields,
  { model, usage, noStore }: Wanted,
): readonly Splice[] {
  const found: Splice[] = [];
  if (noStore !== undefined) found.push(noStore);
  const named = fields.get('model');
  if (model !== undefined && named !== undefined) {
    found.push({ start: named.valueStart, end: named.valueEnd, text: JSON.stringify(model) });
  }
  const asking = usage
    ? usageChange(body, fields.get('stream_options'), body.indexOf(0x7b))
    : undefined;
  if (asking !== undefined) found.push(asking);
  return found.sort((a, b) => a.start - b.start);
}

/** Responses are stored unless the caller forbids it, chats only when the caller wants it. */
function noStore(operation: SpokenOperation, body: Uint8Array, fields: Fields): Splice | undefined {
  const store = fields.get('store');
  if (store !== undefined) {
    if (store.kind === 'false') return undefined;
    return { start: store.valueStart, end: store.valueEnd, text: 'false' };
  }
  const after = body.indexOf(0x7b) + 1;
  return operation === 'response'
    ? { start: after, end: after, text: '"store":false,' }
    : undefined;
}

function usageChange(
  body: Uint8Array,
  options: Field | undefined,
  open: number,
): Splice | undefined {
  if (options === undefined) {
    const text = '"stream_options":{"include_usage":true},';
    return { start: open + 1, end: open + 1, text };
  }
  if (options.kind === 'null') {
    return { start: options.valueStart, end: options.valueEnd, text: '{"include_usage":true}' };
  }
  const inner = innerOf(body, options);
  // What is no object, or a broken one, is the caller's mistake: the upstream says so.
  if (inner === undefined) return undefined;
  const asked = lastField(inner, 'include_usage');
  if (asked !== undefined) return { start: asked.valueStart, end: asked.valueEnd, text: 'true' };
  const text = inner.length === 0 ? '"include_usage":true' : '"include_usage":true,';
  return { start: options.valueStart + 1, end: options.valueStart + 1, text };
}

function includesUsage(body: Uint8Array, options: Field | undefined): boolean {
  const inner = innerOf(body, options);
  return inner !== undefined && lastField(inner, 'include_usage')?.kind === 'true';
}

function outputTokensMax(body: Uint8Array, fields: Fields): number | undefined {
  for (const name of ['max_completion_tokens', 'max_output_tokens', 'max_tokens']) {
    const field = fields.get(name);
    const value = field === undefined ? undefined : integerAt(body, field);
    if (value !== undefined && value > 0) return value;
  }
  return undefined;
}

/** Answers to one request: `n` (or `best_of`) for each prompt. */
function answersWanted(operation: SpokenOperation, body: Uint8Array, fields: Fields): number {
  if (operation !== 'chat' && operation !== 'completion') return 1;
  const counts = ['n', 'best_of'].map((name) => {
    const field = fields.get(name);
    return field === undefined ? 1 : (integerAt(body, field) ?? 1);
  });
  const each = Math.min(ANSWERS_MAX, Math.max(1, ...counts));
  const prompt = operation === 'completion' ? fields.get('prompt') : undefined;
  return each * (prompt?.kind === 'array' ? promptCount(body, prompt) : 1);
}

/** A list of numbers is one prompt in tokens. */
function promptCount(body: Uint8Array, prompt: Field): number {
  let count = 0;
  innerElements(body, prompt.valueStart, ({ kind }) => {
    if (kind !== 'number') count += 1;
  });
  return Math.max(1, count);
}

/** State that is held upstream: an earlier response, or a conversation. */
function statefulReference(body: Uint8Array, fields: Fields): string | undefined {
  const earlier = textOf(body, fields.get('previous_response_id'));
  const conversation = fields.get('conversation');
  const inner = innerOf(body, conversation);
  const named = inner === undefined ? conversation : lastField(inner, 'id');
  return earlier ?? textOf(body, named);
}
