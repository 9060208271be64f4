// Reads a price list, field by field and without copying it: a schema library takes ten times as
// long for two thousand rows, at every start. Everything that is not named here is refused, so that
// a field which a later version adds is never silently priced at nothing.
import { no, type Result, yes } from '@signalbox/contract';
import { type PriceSnapshot, SNAPSHOT_VERSION } from './prices-snapshot.ts';

/** A list is bounded like everything that is read. */
const ROWS_MAX = 50_000;
const TEXT_MAX = 200;
const STEPS_MAX = 10;
const PICO_MAX = 1e15;
const PROBLEMS_MAX = 20;

type Fields = Readonly<Record<string, unknown>>;
type Check = (value: unknown) => boolean;

/** Reads a list from outside. A refusal names what is wrong and where, the first twenty of it. */
export function readSnapshot(value: unknown): Result<PriceSnapshot, readonly string[]> {
  const problems: string[] = [];
  if (isSnapshot(value, problems)) return yes(value);
  return no(problems.slice(0, PROBLEMS_MAX));
}

/**
 * The list that comes with Signalbox. It is read when first asked for, so that importing this
 * package stays cheap, and then kept by the module system.
 */
export async function loadSnapshot(): Promise<Result<PriceSnapshot, readonly string[]>> {
  const module: { default: unknown } = await import('./prices.snapshot.json', {
    with: { type: 'json' },
  });
  return readSnapshot(module.default);
}

/** Says what is wrong by adding to `problems`; each begins with the place. */
function isSnapshot(value: unknown, problems: string[]): value is PriceSnapshot {
  if (!isFields(value)) {
    problems.push('the list is no object');
    return false;
  }
  checkFields(value, SNAPSHOT, '', problems);
  checkList(value['sources'], SOURCE, 'sources', problems);
  checkList(value['disagreements'], DISAGREEMENT, 'disagreements', problems);
  checkList(value['rounded'], ROUNDED, 'rounded', problems);
  checkList(value['doubts'], DOUBT, 'doubts', problems);
  checkRows(value['prices'], problems);
  return problems.length === 0;
}

const isText: Check = (value) =>
  typeof value === 'string' && value.length > 0 && value.length <= TEXT_MAX;
const isPico: Check = (value) => isWhole(value, 0);
const isCount: Check = (value) => isWhole(value, 1);
const isDigest: Check = (value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
const isList: Check = (value) => Array.isArray(value) && value.length <= ROWS_MAX;
const isDay: Check = (value) =>
  typeof value === 'string' &&
  /^\d{4}-\d{2}-\d{2}$/.test(value) &&
  !Number.isNaN(Date.parse(`${value}T00:00:00Z`));
const isOmits: Check = (value) => Array.isArray(value) && value.every((one) => OMITTED.has(one));
const isProvenance: Check = (value) => isFields(value) && Object.values(value).every(isText);
const isSteps: Check = (value) =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.length <= STEPS_MAX &&
  value.every((step) => isFields(step) && holds(step, STEP)) &&
  isRising(value.map((step: Fields) => Number(step['above'])));
const isServices: Check = (value) =>
  isFields(value) &&
  Object.values(value).every((tariff) => isFields(tariff) && holds(tariff, TARIFF));

const OMITTED: ReadonlySet<unknown> = new Set([
  'audio',
  'image',
  'video',
  'search',
  'citation',
  'region',
]);
const WHY: ReadonlySet<unknown> = new Set(['unpriced', 'zero-unconfirmed', 'implausible']);

/** What a kind of object consists of. */
type Shape = {
  readonly must: Readonly<Record<string, Check>>;
  readonly may: Readonly<Record<string, Check>>;
};

const RATES: Shape = {
  must: { input: isPico, output: isPico },
  may: {
    cachedInput: isPico,
    cacheWrite: isPico,
    cacheWriteHour: isPico,
    reasoning: isPico,
    request: isPico,
  },
};
const STEP: Shape = { must: { ...RATES.must, above: isCount }, may: RATES.may };
const TARIFF: Shape = { must: RATES.must, may: { ...RATES.may, steps: isSteps } };
const HEAD = { provider: isText, model: isText, from: isDay };
const KNOWN: Shape = {
  must: { ...HEAD, ...RATES.must, by: isProvenance },
  may: { ...TARIFF.may, services: isServices, omits: isOmits },
};
const ZERO: Shape = {
  must: { ...HEAD, kind: (kind) => kind === 'known-zero', by: isProvenance },
  may: {},
};
const UNKNOWN: Shape = {
  must: { ...HEAD, kind: (kind) => kind === 'unknown', why: (why) => WHY.has(why) },
  may: {},
};

const NAMED = { provider: isText, model: isText, field: isText };
const SOURCE: Shape = {
  must: { name: isText, licence: isText, date: isDay, sha256: isDigest },
  may: {},
};
const DISAGREEMENT: Shape = { must: { ...NAMED, taken: isText, left: isText }, may: {} };
const ROUNDED: Shape = { must: { ...NAMED, text: isText, taken: isPico }, may: {} };
const DOUBT: Shape = { must: { ...NAMED, left: isText }, may: {} };
const SNAPSHOT: Shape = {
  must: {
    version: (version) => version === SNAPSHOT_VERSION,
    digest: isDigest,
    date: isDay,
    sources: isList,
    disagreements: isList,
    rounded: isList,
    doubts: isList,
    prices: isList,
  },
  may: {},
};

function checkRows(value: unknown, problems: string[]): void {
  if (!Array.isArray(value)) return;
  for (const [index, row] of value.entries()) {
    if (!isRow(row)) checkFields(row, shapeOf(row), `prices.${index}`, problems);
  }
}

function checkList(value: unknown, shape: Shape, at: string, problems: string[]): void {
  if (!Array.isArray(value)) return;
  for (const [index, one] of value.entries()) {
    if (!isFields(one) || !holds(one, shape)) checkFields(one, shape, `${at}.${index}`, problems);
  }
}

function isRow(value: unknown): boolean {
  return isFields(value) && holds(value, shapeOf(value));
}

function isRising(values: readonly number[]): boolean {
  return values.every((value, index) => index === 0 || (values[index - 1] ?? value) < value);
}

function shapeOf(row: unknown): Shape {
  const kind = isFields(row) ? row['kind'] : undefined;
  if (kind === undefined) return KNOWN;
  return kind === 'known-zero' ? ZERO : UNKNOWN;
}

/** The fast answer, for everything that is right. */
function holds(value: Fields, shape: Shape): boolean {
  let found = 0;
  for (const field in value) {
    if (Object.hasOwn(shape.must, field)) found += 1;
    const check = checkOf(shape, field);
    if (check === undefined || !check(value[field])) return false;
  }
  return found === Object.keys(shape.must).length;
}

/** The slow answer, for saying what is wrong. */
function checkFields(value: unknown, shape: Shape, at: string, problems: string[]): void {
  if (!isFields(value)) {
    problems.push(`${at}: is no object`);
    return;
  }
  const place = at === '' ? '' : `${at}.`;
  for (const field of Object.keys(shape.must)) {
    if (!Object.hasOwn(value, field)) problems.push(`${place}${field}: is missing`);
  }
  for (const field of Object.keys(value)) {
    const check = checkOf(shape, field);
    if (check === undefined) problems.push(`${place}${field}: is not a field we know`);
    else if (!check(value[field])) problems.push(`${place}${field}: cannot be read`);
  }
}

function checkOf(shape: Shape, field: string): Check | undefined {
  if (Object.hasOwn(shape.must, field)) return shape.must[field];
  return Object.hasOwn(shape.may, field) ? shape.may[field] : undefined;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isWhole(value: unknown, least: number): boolean {
  return (
    typeof value === 'number' && Number.isInteger(value) && value >= least && value <= PICO_MAX
  );
}
