// Reads a request whose bytes pass: finds the fields that deciding needs and keeps the body as
// bytes. Streams are the default; usage is always told, so nothing has to be asked for. Keys that
// are escaped or stand twice are made plain first (the last value wins, every value keeps its
// bytes), so that no upstream can read another request than we did.
import {
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
import { splice } from '../bytes.ts';
import { contentOf } from '../content.ts';
import { type Field, innerElements, innerFields, integerAt, lastField, stringAt } from '../json.ts';
import { type Outline, outline } from '../openai/outline.ts';
import { type Fields, plainBody } from '../plain.ts';

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
  const model = stringOf(body, fields.get('model'));
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
    if (kinds.includes(kind)) continue;
    const allowed = kinds.filter((one) => one !== 'null').join(' or ');
    return invalid(name, `The field \`${name}\` must be ${allowed}.`);
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
  readonly #operation: SpokenOperation;
  readonly #fields: Fields;
  #outline: Outline | undefined = undefined;

  constructor(operation: SpokenOperation, body: Uint8Array, fields: Fields, model: string) {
    this.#operation = operation;
    this.#fields = fields;
    this.bytes = body;
    this.model = model;
    this.stream = operation !== 'embedding' && fields.get('stream')?.kind !== 'false';
    this.outputTokensMax = outputTokensMax(body, fields);
    this.inputTokensEstimate = Math.ceil(body.length / BYTES_PER_TOKEN);
    this.toolsOffered = isFilled(body, fields.get('tools'));
    this.sessionHint = stringOf(body, innerField(body, fields.get('metadata'), 'session_id'));
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

  #seen(): Outline {
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

/** Images, tokens of an earlier answer, and sealed thoughts: what no scanner of text can read. */
function holdsUnreadable(body: Uint8Array, fields: Fields): boolean {
  if (isFilled(body, fields.get('images')) || isFilled(body, fields.get('context'))) return true;
  const messages = fields.get('messages');
  if (messages?.kind !== 'array') return false;
  let unreadable = false;
  const whole = innerElements(body, messages.valueStart, ({ fields: message = [] }) => {
    // Where a field stands twice, each of them is looked at: parsers differ in which one counts.
    unreadable ||= message.some(
      (field) =>
        (field.key === 'images' && isFilled(body, field)) ||
        (field.key === 'reasoning_details' && isSealed(body, field)),
    );
  });
  return unreadable || !whole;
}

function isSealed(body: Uint8Array, details: Field): boolean {
  if (details.kind !== 'array') return details.kind !== 'null';
  let sealed = false;
  const whole = innerElements(body, details.valueStart, ({ fields = [] }) => {
    const type = lastField(fields, 'type');
    sealed ||= stringOf(body, type) !== 'reasoning.text';
  });
  return sealed || !whole;
}

/** 0 and less stand for no bound. */
function outputTokensMax(body: Uint8Array, fields: Fields): number | undefined {
  const field = innerField(body, fields.get('options'), 'num_predict');
  const value = field === undefined ? undefined : integerAt(body, field);
  return value !== undefined && value > 0 ? value : undefined;
}

function innerField(body: Uint8Array, field: Field | undefined, key: string): Field | undefined {
  const inner = field?.kind === 'object' ? innerFields(body, field.valueStart) : undefined;
  return inner === undefined ? undefined : lastField(inner, key);
}

/** Anything but an empty list or nothing: what has a wrong kind is not known to be empty. */
function isFilled(body: Uint8Array, field: Field | undefined): boolean {
  if (field === undefined || field.kind === 'null') return false;
  if (field.kind !== 'array') return true;
  let filled = false;
  const whole = innerElements(body, field.valueStart, () => {
    filled = true;
  });
  return filled || !whole;
}

function stringOf(body: Uint8Array, field: Field | undefined): string | undefined {
  if (field?.kind !== 'string') return undefined;
  return stringAt(body, field.valueStart, field.valueEnd);
}
