// What the header of a GGUF file says of its model. The weights are never read, and nothing in the
// header is believed before it is measured: every length is checked against the bytes that are
// there. Source: docs/gguf.md of ggml-org/ggml, versions 2 and 3, little-endian.
import { FILE_TYPES, TENSOR_TYPES } from './gguf.table.ts';
import type { ModelFacts } from './model.ts';

export type GgufFacts = {
  readonly name: string | undefined;
  readonly architecture: string | undefined;
  /** Tokens that the model was made for. */
  readonly contextTokens: number | undefined;
  readonly parameters: number;
  readonly baseModel: string | undefined;
  readonly facts: Partial<ModelFacts>;
};

export type GgufReading =
  | { readonly kind: 'whole'; readonly facts: GgufFacts }
  /** The header goes on after these bytes. */
  | { readonly kind: 'more' }
  | { readonly kind: 'invalid'; readonly why: string };

const MAGIC = 0x46554747;
const VERSIONS: readonly number[] = [2, 3];
const FIELDS_MAX = 10_000;
const TENSORS_MAX = 1_000_000;
const DIMENSIONS_MAX = 8;
const DEPTH_MAX = 4;
const TEXT_KEPT_MAX = 256;
const LIST_KEPT_MAX = 64;

/** Bytes of each value type by its number; 8 is text, 9 a list. */
const SIZES: readonly (number | undefined)[] = [
  ...[1, 1, 2, 2, 4, 4, 4, 1, undefined, undefined, 8, 8, 8],
];
const TEXT = 8;
const LIST = 9;

class More extends Error {}
class Invalid extends Error {}

type Value = number | string | readonly string[] | undefined;

export function readGguf(bytes: Uint8Array): GgufReading {
  try {
    return { kind: 'whole', facts: headerOf(new Bytes(bytes)) };
  } catch (cause) {
    if (cause instanceof More) return { kind: 'more' };
    if (cause instanceof Invalid) return { kind: 'invalid', why: cause.message };
    throw cause;
  }
}

function headerOf(bytes: Bytes): GgufFacts {
  if (bytes.u32() !== MAGIC) throw new Invalid('it does not begin with `GGUF`');
  const version = bytes.u32();
  if (!VERSIONS.includes(version)) throw new Invalid(`its version is ${version}, not 2 or 3`);
  const tensors = bytes.count(TENSORS_MAX, 'tensors');
  const count = bytes.count(FIELDS_MAX, 'fields');
  const fields = new Map<string, Value>();
  for (let at = 0; at < count; at += 1) {
    const name = bytes.text();
    fields.set(name, readValue(bytes, bytes.u32(), 0));
  }
  return factsIn(fields, weightsIn(bytes, tensors));
}

function readValue(bytes: Bytes, type: number, depth: number): Value {
  const size = SIZES[type];
  if (size !== undefined) return bytes.number(type, size);
  if (type === TEXT) return bytes.text();
  if (type !== LIST || depth >= DEPTH_MAX) throw new Invalid(`a value has the type ${type}`);
  const inner = bytes.u32();
  const length = bytes.size();
  const innerSize = SIZES[inner];
  if (innerSize !== undefined) {
    bytes.skip(length * innerSize);
    return undefined;
  }
  const kept: string[] = [];
  for (let at = 0; at < length; at += 1) {
    const one = readValue(bytes, inner, depth + 1);
    if (typeof one === 'string' && kept.length < LIST_KEPT_MAX) kept.push(one);
  }
  return kept;
}

type Weights = { readonly parameters: number; readonly byType: ReadonlyMap<number, number> };

function weightsIn(bytes: Bytes, tensors: number): Weights {
  const byType = new Map<number, number>();
  let parameters = 0;
  for (let at = 0; at < tensors; at += 1) {
    bytes.text();
    const dimensions = bytes.u32();
    if (dimensions > DIMENSIONS_MAX) throw new Invalid(`a tensor has ${dimensions} dimensions`);
    let count = 1;
    for (let axis = 0; axis < dimensions; axis += 1) count *= bytes.size();
    const type = bytes.u32();
    bytes.skip(8);
    byType.set(type, (byType.get(type) ?? 0) + count);
    parameters += count;
  }
  return { parameters, byType };
}

function factsIn(fields: ReadonlyMap<string, Value>, weights: Weights): GgufFacts {
  const textAt = (name: string): string | undefined => {
    const value = fields.get(name);
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const numberAt = (name: string): number | undefined => {
    const value = fields.get(name);
    return typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined;
  };
  const architecture = textAt('general.architecture');
  const quantisation = quantisationOf(numberAt('general.file_type'), weights);
  const licence = textAt('general.license')?.toLowerCase();
  const languages = fields.get('general.languages');
  const known = Array.isArray(languages) ? languages.filter((one) => /^[a-z]{2,3}$/.test(one)) : [];
  const isLicence = licence !== undefined && /^[a-z0-9][a-z0-9.+-]{0,62}$/.test(licence);
  return {
    name: textAt('general.name'),
    architecture,
    contextTokens: numberAt(`${architecture}.context_length`),
    parameters: weights.parameters,
    baseModel: textAt('general.base_model.0.name'),
    facts: {
      ...(known.length === 0 ? {} : { languages: known }),
      ...(isLicence ? { licence } : {}),
      ...(quantisation === undefined ? {} : { quantisation }),
    },
  };
}

/** As the file calls itself, without the mark that this was guessed; else as most weights are. */
function quantisationOf(fileType: number | undefined, { byType }: Weights): string | undefined {
  const named = fileType === undefined ? undefined : FILE_TYPES.get(fileType % GUESSED);
  if (named !== undefined) return named;
  const [most] = [...byType].toSorted(([, a], [, b]) => b - a);
  return most === undefined ? undefined : TENSOR_TYPES.get(most[0]);
}

const GUESSED = 1_024;

/** A place in the bytes that goes forward. */
class Bytes {
  readonly #view: DataView;
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  skip(size: number): number {
    const at = this.#at;
    if (!Number.isSafeInteger(at + size)) throw new Invalid('a length is beyond every file');
    if (at + size > this.#bytes.length) throw new More();
    this.#at += size;
    return at;
  }

  u32(): number {
    return this.#view.getUint32(this.skip(4), true);
  }

  size(): number {
    const value = this.#view.getBigUint64(this.skip(8), true);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new Invalid('a length is beyond every file');
    return Number(value);
  }

  count(most: number, of: string): number {
    const count = this.size();
    if (count > most) throw new Invalid(`it names ${count} ${of}; at most ${most} are read`);
    return count;
  }

  /** Cut where it is longer than anything that is shown. */
  text(): string {
    const size = this.size();
    const at = this.skip(size);
    const end = at + Math.min(size, TEXT_KEPT_MAX);
    return new TextDecoder().decode(this.#bytes.subarray(at, end));
  }

  number(type: number, size: number): number {
    const at = this.skip(size);
    if (type === FLOAT_32) return this.#view.getFloat32(at, true);
    if (type === FLOAT_64) return this.#view.getFloat64(at, true);
    let value = 0;
    for (let byte = size - 1; byte >= 0; byte -= 1) {
      value = value * 256 + (this.#bytes[at + byte] ?? 0);
    }
    return value;
  }
}

const FLOAT_32 = 6;
const FLOAT_64 = 12;
