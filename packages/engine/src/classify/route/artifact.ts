// The trained router as bytes, for a file: one line of JSON (the data card and all that is small),
// then the large weights, one byte each. What is decided with a router that was read back is what
// is decided anywhere; the one just trained has finer weights, and is not to be measured.
import type { Calibration } from './calibration.ts';
import { SHAPE_LENGTH } from './features.ts';
import type { Residual } from './residual.ts';
import { type DataCard, FAMILIAR_BYTES, type RouteModel } from './route.ts';

const VERSION = 2;
const LINE_FEED = 10;
const LEVELS = 127;
const EDGE_UNIT = 1 / 1_024;
const LEAF_UNIT = 1 / 16_384;
/** Larger ones are nobody's: they are not read. */
export const ARTIFACT_BYTES_MAX = 1_000_000;

type Header = {
  readonly signalboxRoute: typeof VERSION;
  readonly bits: number;
  readonly card: DataCard;
  readonly families: readonly string[];
  readonly steps: readonly string[];
  readonly models: readonly {
    readonly name: string;
    readonly unit: number;
    readonly bias: number;
    readonly shape: readonly number[];
    /** Edges and leaves in whole units. */
    readonly forest: {
      readonly asked: readonly number[];
      readonly edges: readonly number[];
      readonly leaves: readonly number[];
    };
    readonly table: readonly number[];
    readonly price: readonly number[] | null;
    readonly calibration: Calibration;
  }[];
  readonly topics: {
    readonly bits: number;
    readonly unit: number;
    readonly biases: readonly number[];
  };
  readonly scale: { readonly means: readonly number[]; readonly deviations: readonly number[] };
  /** Places and shares in turn. */
  readonly common: readonly number[];
  readonly least: number;
  readonly most: number;
  readonly gain: Calibration;
  readonly residuals?: readonly (readonly [key: string, residual: Residual])[];
};

export function encodeRouter(model: RouteModel): Uint8Array {
  const heads = model.models.map(({ head }) => rounded(head.weights));
  const topics = rounded(model.topics.weights);
  const header: Header = {
    ...{ signalboxRoute: VERSION, bits: model.bits, card: model.card },
    ...{ families: model.families, steps: model.steps },
    models: model.models.map(({ name, head, forest, table, price, calibration }, at) => ({
      ...{ name, unit: heads[at]?.unit ?? 0, bias: head.bias, shape: [...head.shape] },
      forest: {
        asked: [...forest.asked],
        edges: Array.from(forest.edges, (edge) => Math.round(edge / EDGE_UNIT)),
        leaves: Array.from(forest.leaves, (leaf) => Math.round(leaf / LEAF_UNIT)),
      },
      ...{ table: [...table.means], price: price === undefined ? null : [...price.means] },
      calibration,
    })),
    topics: { bits: model.topics.bits, unit: topics.unit, biases: [...model.topics.biases] },
    scale: { means: [...model.scale.means], deviations: [...model.scale.deviations] },
    common: [...model.common].flat(),
    least: model.familiar.least,
    most: model.familiar.most,
    gain: model.gain,
    ...(model.residuals === undefined ? {} : { residuals: [...model.residuals] }),
  };
  const line = new TextEncoder().encode(`${JSON.stringify(header)}\n`);
  const large = [...heads.map(({ levels }) => levels), topics.levels];
  const parts = [line, ...large.map(({ buffer }) => new Uint8Array(buffer)), model.familiar.seen];
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function rounded(weights: Float32Array): { levels: Int8Array<ArrayBuffer>; unit: number } {
  let most = 0;
  for (const weight of weights) most = Math.max(most, Math.abs(weight));
  const unit = most / LEVELS;
  const levels = new Int8Array(weights.length);
  for (let at = 0; at < weights.length && unit > 0; at += 1) {
    levels[at] = Math.round((weights[at] ?? 0) / unit);
  }
  return { levels, unit };
}

/** Undefined where the bytes are no router of this version, or not whole. */
export function decodeRouter(bytes: Uint8Array): RouteModel | undefined {
  const end = bytes.indexOf(LINE_FEED);
  if (end < 0 || bytes.length > ARTIFACT_BYTES_MAX) return undefined;
  const header = headerOf(bytes.subarray(0, end));
  if (header === undefined) return undefined;
  const places = 2 ** header.bits;
  const steps = header.steps.length;
  const wanted = header.models.length * places + steps * 2 ** header.topics.bits + FAMILIAR_BYTES;
  if (bytes.length !== end + 1 + wanted) return undefined;
  let at = end + 1;
  const next = (length: number, unit: number): Float32Array => {
    const weights = Float32Array.from(bytes.subarray(at, at + length), (byte) => {
      return ((byte << 24) >> 24) * unit;
    });
    at += length;
    return weights;
  };
  const models = header.models.map(({ name, unit, bias, shape, forest, table, ...one }) => ({
    name,
    head: { weights: next(places, unit), shape: Float32Array.from(shape), bias },
    forest: {
      asked: Uint8Array.from(forest.asked),
      edges: Float32Array.from(forest.edges, (edge) => edge * EDGE_UNIT),
      leaves: Float32Array.from(forest.leaves, (leaf) => leaf * LEAF_UNIT),
    },
    table: { means: Float64Array.from(table) },
    price: one.price === null ? undefined : { means: Float64Array.from(one.price) },
    calibration: one.calibration,
  }));
  const { bits, unit, biases } = header.topics;
  const weights = next(steps * 2 ** bits, unit);
  return {
    ...{ version: VERSION, bits: header.bits, models, card: header.card },
    ...{ families: header.families, steps: header.steps, gain: header.gain },
    topics: { steps, bits, weights, biases: Float32Array.from(biases) },
    common: pairsOf(header.common),
    ...(header.residuals === undefined ? {} : { residuals: new Map(header.residuals) }),
    scale: {
      means: Float64Array.from(header.scale.means),
      deviations: Float64Array.from(header.scale.deviations),
    },
    familiar: { seen: bytes.slice(at), least: header.least, most: header.most },
  };
}

function pairsOf(flat: readonly number[]): Map<number, number> {
  const pairs = new Map<number, number>();
  for (let at = 0; at + 1 < flat.length; at += 2) pairs.set(flat[at] ?? 0, flat[at + 1] ?? 0);
  return pairs;
}

function headerOf(line: Uint8Array): Header | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(line));
    return isHeader(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Our own files: the version says the rest. What was cut or swapped fails at the lengths. */
function isHeader(value: unknown): value is Header {
  if (typeof value !== 'object' || value === null || !('signalboxRoute' in value)) return false;
  if (value.signalboxRoute !== VERSION || !('models' in value) || !('scale' in value)) return false;
  if (!('common' in value) || !Array.isArray(value.common)) return false;
  const { models, scale } = value;
  const isScale = typeof scale === 'object' && scale !== null && 'means' in scale;
  return (
    isScale &&
    Array.isArray(scale.means) &&
    scale.means.length === SHAPE_LENGTH &&
    Array.isArray(models)
  );
}
