// Reads a request of this dialect for the way on which bytes stay bytes: finds the top-level fields
// that deciding needs. Keys that are escaped or stand twice are made plain first (the last value
// wins, every value keeps its bytes), so that no upstream can read another request than we did.
import {
  type Anatomy,
  type ByteRange,
  no,
  type Question,
  type Refusal,
  type Result,
  refusal,
  yes,
} from '@signalbox/contract';
import { anatomyOf } from '../anatomy.ts';
import { concat, encode, splice } from '../bytes.ts';
import { contentOf } from '../content.ts';
import {
  type Field,
  innerOf,
  integerAt,
  lastField,
  readObject,
  textOf,
  type ValueKind,
} from '../json.ts';
import type { Outline } from '../outline.ts';
import { type Fields, plainBody } from '../plain.ts';
import { outline } from './outline.ts';

/** Names of models, aliases and needs are at most this long. */
const MODEL_CHARACTERS_MAX = 256;
const BYTES_PER_TOKEN = 4;

/**
 * @param streams false: what is asked has no stream, whatever the body says.
 * @returns `body_invalid` with the byte offset or the field at fault.
 */
export function readQuestion(received: Uint8Array, streams = true): Result<Question, Refusal> {
  const plain = plainBody(received);
  if (!plain.ok) return plain;
  const { body, fields } = plain.value;
  const wrong = firstWrong(fields);
  if (wrong !== undefined) return no(wrong);
  const model = textOf(body, fields.get('model'));
  if (model === undefined || model === '' || model.length > MODEL_CHARACTERS_MAX) {
    const message = `The field \`model\` must have 1 to ${MODEL_CHARACTERS_MAX} characters.`;
    return no(refusal('body_invalid', message, { param: 'model' }));
  }
  return yes(new BodyQuestion(body, fields, { model, streams }));
}

/**
 * A body that was made plain, for a server with the model in its path: in place of the model it
 * names a version of the dialect. Every other value keeps its bytes.
 */
export function withVersion(body: Uint8Array, version: string): Uint8Array {
  const reading = readObject(body);
  if (reading.kind === 'invalid') return body;
  const pieces = [encode(`{"anthropic_version":${JSON.stringify(version)}`)];
  for (const { key, valueStart, valueEnd } of reading.fields) {
    if (key === 'model' || key === 'anthropic_version') continue;
    pieces.push(encode(`,${JSON.stringify(key)}:`), body.subarray(valueStart, valueEnd));
  }
  pieces.push(encode('}'));
  return concat(pieces);
}

type Rule = {
  readonly kinds: readonly ValueKind[];
  readonly isNeeded: boolean;
  readonly be: string;
};

const RULES: readonly (readonly [name: string, rule: Rule])[] = [
  ['model', { kinds: ['string'], isNeeded: true, be: 'a string' }],
  ['messages', { kinds: ['array'], isNeeded: true, be: 'an array' }],
  ['stream', { kinds: ['true', 'false', 'null'], isNeeded: false, be: 'true or false' }],
];

function firstWrong(fields: Fields): Refusal | undefined {
  for (const [param, { kinds, isNeeded, be }] of RULES) {
    const kind = fields.get(param)?.kind;
    if (kind === undefined ? !isNeeded : kinds.includes(kind)) continue;
    const message = kind === undefined ? 'is missing' : `must be ${be}`;
    return refusal('body_invalid', `The field \`${param}\` ${message}.`, { param });
  }
  return undefined;
}

type Named = { readonly model: string; readonly streams: boolean };

/**
 * A class: a getter in a literal would be allocated in the old generation, and keep the body there
 * until that is collected.
 */
class BodyQuestion implements Question {
  readonly bytes: Uint8Array;
  readonly model: string;
  readonly stream: boolean;
  /** The dialect always tells it. */
  readonly usageWanted = true;
  readonly outputTokensMax: number | undefined;
  readonly answersWanted = 1;
  readonly inputTokensEstimate: number;
  readonly toolsOffered: boolean;
  readonly statefulReference: string | undefined;
  readonly sessionHint: string | undefined;
  readonly stepHint: string | undefined;
  readonly #fields: Fields;
  #outline: Outline | undefined = undefined;

  constructor(body: Uint8Array, fields: Fields, { model, streams }: Named) {
    this.#fields = fields;
    this.bytes = body;
    this.model = model;
    this.stream = streams && fields.get('stream')?.kind === 'true';
    const bound = fields.get('max_tokens');
    const tokens = bound === undefined ? undefined : integerAt(body, bound);
    this.outputTokensMax = tokens !== undefined && tokens > 0 ? tokens : undefined;
    this.inputTokensEstimate = Math.ceil(body.length / BYTES_PER_TOKEN);
    const tools = fields.get('tools');
    this.toolsOffered = tools?.kind === 'array' && body[tools.valueStart + 1] !== 0x5d;
    // A container that the provider keeps files and processes in, by its id.
    const container = fields.get('container');
    this.statefulReference = textOf(body, container) ?? textIn(body, container, 'id');
    this.sessionHint = textIn(body, fields.get('metadata'), 'session_id');
    this.stepHint = textIn(body, fields.get('metadata'), 'step');
  }

  get unreadableParts(): boolean {
    return this.#seen().unreadableParts;
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

  /** Usage is always told, and nothing is stored: the name of the model alone may change. */
  render(name: string): Uint8Array {
    const field = this.#fields.get('model');
    if (name === this.model || field === undefined) return this.bytes;
    const { valueStart: start, valueEnd: end } = field;
    return splice(this.bytes, [{ start, end, text: JSON.stringify(name) }]);
  }

  #seen(): Outline {
    this.#outline ??= outline(this.bytes, this.#fields);
    return this.#outline;
  }
}

function textIn(body: Uint8Array, field: Field | undefined, key: string): string | undefined {
  const inner = innerOf(body, field);
  return inner === undefined ? undefined : textOf(body, lastField(inner, key));
}
