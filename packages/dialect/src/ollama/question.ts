// Reads a request whose bytes pass: finds the fields that deciding needs and keeps the body as
// bytes. Streams are the default; usage is always told, so nothing has to be asked for. Keys that
// are escaped or stand twice are made plain first (the last value wins, every value keeps its
// bytes), so that no upstream can read another request than we did.
import {
  type Anatomy,
  type ByteRange,
  no,
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
import { type Field, innerOf, integerAt, lastField, textOf } from '../json.ts';
import { type FilesOutline, outline } from '../openai/outline.ts';
import { isFilled } from '../openai/sealed.ts';
import { type Fields, plainBody, wrongKind } from '../plain.ts';

/** Names of models, aliases and needs are at most this long. */
const MODEL_CHARACTERS_MAX = 256;
const BYTES_PER_TOKEN = 4;

type Kinds = readonly Field['kind'][];

/** What may hold the content, and the kinds that it may have. All may be missing: that loads. */
const CONTENT: Readonly<Record<SpokenOperation, readonly (readonly [string, Kinds])[]>> = {
  chat: [['messages', ['array', 'null']]],
  count: [['messages', ['array', 'null']]],
  completion: [['prompt', ['string', 'null']]],
  response: [],
  embedding: [
    ['input', ['string', 'array', 'null']],
    ['prompt', ['string', 'null']],
  ],
};

/** @returns `body_invalid` with the byte offset or the field at fault. */
export function readQuestion(
  operation: SpokenOperation,
  received: Uint8Array,
): Result<Question, Refusal> {
  const plain = plainBody(received);
  if (!plain.ok) return plain;
  const { body, fields } = plain.value;
  const model = textOf(body, fields.get('model'));
  const wrong = firstWrong(operation, fields, model);
  return model === undefined || wrong !== undefined
    ? no(wrong ?? invalid('model', 'The field `model` must be a string.'))
    : yes(new BodyQuestion(operation, body, fields, model));
}

const invalid = (param: string, message: string): Refusal =>
  refusal('body_invalid', message, { param });

function firstWrong(
  operation: SpokenOperation,
  fields: Fields,
  model: string | undefined,
): Refusal | undefined {
  if (!fields.has('model')) return invalid('model', 'The field `model` is missing.');
  if (model === '' || (model?.length ?? 0) > MODEL_CHARACTERS_MAX) {
    const message = `The field \`model\` must have 1 to ${MODEL_CHARACTERS_MAX} characters.`;
    return invalid('model', message);
  }
  for (const [name, kinds] of CONTENT[operation]) {
    const kind = fields.get(name)?.kind ?? 'null';
    if (!kinds.includes(kind)) return wrongKind(name, kinds);
  }
  const stream = fields.get('stream')?.kind ?? 'null';
  if (stream !== 'true' && stream !== 'false' && stream !== 'null') {
    return invalid('stream', 'The field `stream` must be true or false.');
  }
  return undefined;
}

/**
 * A class: a getter in a literal would be allocated in the old generation, and keep the body there
 * until that is collected.
 */
class BodyQuestion implements Question {
  readonly bytes: Uint8Array;
  readonly model: string;
  readonly stream: boolean;
  readonly usageWanted: boolean = true;
  readonly outputTokensMax: number | undefined;
  readonly answersWanted: number = 1;
  readonly inputTokensEstimate: number;
  readonly toolsOffered: boolean;
  readonly statefulReference: string | undefined = undefined;
  readonly sessionHint: string | undefined;
  readonly stepHint: string | undefined;
  readonly #operation: SpokenOperation;
  readonly #fields: Fields;
  #outline: FilesOutline | undefined = undefined;

  constructor(operation: SpokenOperation, body: Uint8Array, fields: Fields, model: string) {
    this.#operation = operation;
    this.#fields = fields;
    this.bytes = body;
    this.model = model;
    this.stream = operation !== 'embedding' && fields.get('stream')?.kind !== 'false';
    this.outputTokensMax = outputTokensMax(body, fields);
    this.inputTokensEstimate = Math.ceil(body.length / BYTES_PER_TOKEN);
    this.toolsOffered = isFilled(body, fields.get('tools'));
    const metadata = fields.get('metadata');
    this.sessionHint = textOf(body, innerField(body, metadata, 'session_id'));
    this.stepHint = textOf(body, innerField(body, metadata, 'step'));
  }

  get unreadableParts(): boolean {
    return this.#seen().unreadableParts || holdsUnreadable(this.bytes, this.#fields);
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

  render(name: string): Uint8Array {
    const field = this.#fields.get('model');
    if (name === this.model || field === undefined) return this.bytes;
    const { valueStart: start, valueEnd: end } = field;
    const change: Splice = { start, end, text: JSON.stringify(name) };
    return splice(this.bytes, [change]);
  }

  #seen(): FilesOutline {
    this.#outline ??= outline(this.#operation, this.bytes, inSharedWords(this.#fields));
    return this.#outline;
  }
}

/** Fields under the names that the outline of a conversation knows. */
function inSharedWords(fields: Fields): Fields {
  const system = fields.get('system');
  const prompt = fields.get('prompt');
  const named = new Map(fields);
  if (system !== undefined) named.set('instructions', system);
  if (prompt !== undefined && !named.has('input')) named.set('input', prompt);
  return named;
}

/** Images beside a prompt, and tokens of an earlier answer: what no scanner of text can read. */
const holdsUnreadable = (body: Uint8Array, fields: Fields): boolean =>
  isFilled(body, fields.get('images')) || isFilled(body, fields.get('context'));

/** 0 and less stand for no bound. */
function outputTokensMax(body: Uint8Array, fields: Fields): number | undefined {
  const field = innerField(body, fields.get('options'), 'num_predict');
  const value = field === undefined ? undefined : integerAt(body, field);
  return value !== undefined && value > 0 ? value : undefined;
}

function innerField(body: Uint8Array, field: Field | undefined, key: string): Field | undefined {
  const inner = innerOf(body, field);
  return inner === undefined ? undefined : lastField(inner, key);
}
