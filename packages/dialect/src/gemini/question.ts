// Reads a request of this dialect for the way on which bytes stay bytes: finds the top-level fields
// that deciding needs, in either spelling. Keys that are escaped or stand twice, in one spelling or
// in both, are made plain first (the last value wins, every value keeps its bytes), so that no
// upstream can read another request than we did. Model and stream stand in the path.
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
import { splice } from '../bytes.ts';
import { contentOf } from '../content.ts';
import { type Field, innerOf, integerAt, lastField, textOf } from '../json.ts';
import { isFilled } from '../openai/sealed.ts';
import type { Outline } from '../outline.ts';
import { type Fields, plainBody } from '../plain.ts';
import { snakeOf } from './fields.ts';
import { outline } from './outline.ts';

/** Names of models, aliases and needs are at most this long. */
const MODEL_CHARACTERS_MAX = 256;
const BYTES_PER_TOKEN = 4;
/** More answers at once than this are counted as this many. */
const ANSWERS_MAX = 1_024;

/** @returns `body_invalid` with the byte offset or the field at fault. */
export function readQuestion(
  received: Uint8Array,
  model: string,
  stream: boolean,
): Result<Question, Refusal> {
  if (model === '' || model.length > MODEL_CHARACTERS_MAX) {
    const message = `The model in the path must have 1 to ${MODEL_CHARACTERS_MAX} characters.`;
    return no(refusal('body_invalid', message, { param: 'model' }));
  }
  const plain = plainBody(received, (key) => NAMES.get(key) ?? key);
  if (!plain.ok) return plain;
  const { body, fields } = plain.value;
  const contents = fields.get('contents')?.kind;
  if (contents === undefined) return no(wrong('contents', 'is missing'));
  if (contents !== 'array' && contents !== 'object')
    return no(wrong('contents', 'must be an array'));
  return yes(new BodyQuestion(body, fields, { model, stream }));
}

const WHOLE = 'generateContentRequest';

/** Of a count: the contents themselves, or the whole request inside a field. */
export function readCountQuestion(received: Uint8Array, model: string): Result<Question, Refusal> {
  const plain = plainBody(received, (key) => (key === snakeOf(WHOLE) ? WHOLE : key));
  if (!plain.ok) return plain;
  const { body, fields } = plain.value;
  const whole = fields.get(WHOLE);
  if (whole === undefined || whole.kind === 'null') return readQuestion(received, model, false);
  if (whole.kind !== 'object') return no(wrong(WHOLE, 'must be an object'));
  return readQuestion(body.subarray(whole.valueStart, whole.valueEnd), model, false);
}

type InPath = { readonly model: string; readonly stream: boolean };

const wrong = (param: string, what: string): Refusal =>
  refusal('body_invalid', `The field \`${param}\` ${what}.`, { param });

/** Names with two spellings, by each of them. */
const NAMES: ReadonlyMap<string, string> = new Map(
  [
    ...['systemInstruction', 'generationConfig', 'toolConfig', 'safetySettings', 'cachedContent'],
    'serviceTier',
  ].flatMap((name) => [
    [name, name],
    [snakeOf(name), name],
  ]),
);

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
  readonly answersWanted: number;
  readonly inputTokensEstimate: number;
  readonly toolsOffered: boolean;
  readonly statefulReference: string | undefined;
  readonly sessionHint: string | undefined;
  readonly stepHint: string | undefined;
  readonly #fields: Fields;
  #outline: Outline | undefined = undefined;

  constructor(body: Uint8Array, fields: Fields, { model, stream }: InPath) {
    this.#fields = fields;
    this.bytes = body;
    this.model = model;
    this.stream = stream;
    const config = innerOf(body, fields.get('generationConfig'));
    this.outputTokensMax = countIn(body, config, 'maxOutputTokens');
    this.answersWanted = Math.min(ANSWERS_MAX, countIn(body, config, 'candidateCount') ?? 1);
    this.inputTokensEstimate = Math.ceil(body.length / BYTES_PER_TOKEN);
    this.toolsOffered = isFilled(body, fields.get('tools'));
    // Content that was stored before, by its name.
    this.statefulReference = textOf(body, fields.get('cachedContent'));
    const labels = innerOf(body, fields.get('labels'));
    this.sessionHint = labels && textOf(body, lastField(labels, 'session_id'));
    this.stepHint = labels && textOf(body, lastField(labels, 'step'));
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

  /** The model stands in the path; a body that names one too must name the same. */
  render(name: string, _askUsage: boolean, storeNothing = false): Uint8Array {
    const named = this.#fields.get('model');
    const store = this.#fields.get('store');
    const splices = [];
    if (named !== undefined && name !== this.model) {
      const text = JSON.stringify(`models/${name.replace(/^models\//, '')}`);
      splices.push({ start: named.valueStart, end: named.valueEnd, text });
    }
    if (storeNothing && store?.kind === 'true') {
      splices.push({ start: store.valueStart, end: store.valueEnd, text: 'false' });
    }
    return splice(
      this.bytes,
      splices.sort((a, b) => a.start - b.start),
    );
  }

  #seen(): Outline {
    this.#outline ??= outline(this.bytes, this.#fields);
    return this.#outline;
  }
}

/** Of both spellings the one that stands last; 0 is no bound. */
function countIn(
  body: Uint8Array,
  fields: readonly Field[] | undefined,
  name: string,
): number | undefined {
  const snake = snakeOf(name);
  const field = fields?.findLast(({ key }) => key === name || key === snake);
  const count = field === undefined ? undefined : integerAt(body, field);
  return count !== undefined && count > 0 ? count : undefined;
}
