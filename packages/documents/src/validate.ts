/**
 * Checks a value against a schema and says what is wrong in our words: one issue a mistake, with
 * the path to it and what to do. A message never repeats the value itself, since it may be a secret
 * in the wrong place.
 */
import { z } from 'zod';
import { closest } from './suggest.ts';

export type Path = readonly (string | number)[];

export interface Issue {
  readonly path: Path;
  /** Whether the key or what stands behind it is wrong. */
  readonly at: 'key' | 'value';
  readonly message: string;
  /** What to do about it. */
  readonly hint: string;
}

interface Found extends Issue {
  /** The path of the key that was meant, as JSON. */
  readonly meant?: string;
  /** Keys, as JSON of their paths, of which one may be there under a misspelt name. */
  readonly about?: readonly string[];
}

export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly issues: readonly Issue[] };

export function validate<T>(schema: z.ZodType<T>, value: unknown): Checked<T> {
  const result = schema.safeParse(value);
  if (result.success) return { ok: true, value: result.data };
  const context = { schema, value };
  const issues = result.error.issues.flatMap((one) => translate(one, [], context));
  return { ok: false, issues: withoutEchoes(issues) };
}

/** A key that is missing because it is misspelt is one mistake: the misspelling. */
function withoutEchoes(found: readonly Found[]): readonly Issue[] {
  const meant = new Set(found.flatMap((one) => (one.meant === undefined ? [] : [one.meant])));
  const real = found.filter(({ about = [] }) => !about.some((key) => meant.has(key)));
  return real.map(({ path, at, message, hint }) => ({ path, at, message, hint }));
}

interface Context {
  readonly schema: z.ZodType;
  readonly value: unknown;
}

type Raw = z.core.$ZodIssue;

function translate(raw: Raw, base: Path, context: Context): readonly Found[] {
  const path = [...base, ...raw.path.map(plainKey)];
  const actual = valueAt(context.value, path);
  const say = ([message, hint]: Words): readonly Found[] => [{ path, at: 'value', message, hint }];
  switch (raw.code) {
    case 'unrecognized_keys':
      return raw.keys.map((key) => unknownKey([...path, key], keysAt(context.schema, path)));
    case 'invalid_type':
      if (actual === undefined) return [missing(path, context)];
      return say(wrongType(raw.expected, actual, keysAt(context.schema, path)));
    case 'invalid_value':
      if (actual === undefined) return [missing(path, context)];
      return say(wrongValue(raw.values.map(String), actual));
    case 'too_small':
      return say(tooSmall(raw.origin, raw.minimum, raw.inclusive !== false));
    case 'too_big':
      return say(tooBig(raw.origin, raw.maximum));
    case 'invalid_key':
      return raw.issues.flatMap((one) =>
        translate(one, path, context).map((issue) => ({ ...issue, path, at: 'key' as const })),
      );
    case 'invalid_union':
      return wrongUnion(raw, path, context);
    case 'custom':
      return [{ path, at: 'value', message: raw.message, ...adviceIn(raw.params, path) }];
    default:
      return say([raw.message, LOOK_UP]);
  }
}

type Words = readonly [message: string, hint: string];

/** For a mistake about which its schema says nothing of its own. */
const LOOK_UP = 'docs/reference/configuration.md lists what it takes';

function adviceIn(
  params: Readonly<Record<string, unknown>> | undefined,
  path: Path,
): Pick<Found, 'hint' | 'about'> {
  const hint = params?.['hint'];
  const about = params?.['about'];
  const keys = Array.isArray(about) ? about.map((key) => JSON.stringify([...path, key])) : [];
  return { hint: typeof hint === 'string' ? hint : LOOK_UP, about: keys };
}

/** The branch whose outer shape fits speaks; when none does, the shapes are listed. */
function wrongUnion(
  raw: z.core.$ZodIssueInvalidUnion,
  path: Path,
  context: Context,
): readonly Found[] {
  const fitting = raw.errors.filter((issues) => !issues.some(isOuterShape));
  const nearest = fitting.toSorted((a, b) => a.length - b.length)[0];
  if (nearest !== undefined) return nearest.flatMap((one) => translate(one, path, context));
  const expected = raw.errors.flatMap((issues) =>
    issues.flatMap((one) => (one.code === 'invalid_type' ? [one.expected] : [])),
  );
  const shapes = [...new Set(expected)];
  const actual = valueAt(context.value, path);
  if (actual === null) return [{ path, at: 'value', message: EMPTY[0], hint: EMPTY[1] }];
  const names = shapes.map(shapeName);
  const allowed = [names.slice(0, -1).join(', '), ...names.slice(-1)].filter(Boolean).join(' or ');
  const message = `must be ${allowed}, not ${shapeOf(actual)}`;
  const hint = shapeHint(shapes[0] ?? '', actual, keysAt(context.schema, path));
  return [{ path, at: 'value', message, hint }];
}

function isOuterShape(issue: Raw): boolean {
  return issue.path.length === 0 && issue.code === 'invalid_type';
}

function unknownKey(path: Path, known: readonly string[]): Found {
  const key = String(path.at(-1));
  const near = closest(key, known);
  const message = `unknown key \`${clip(key)}\``;
  if (near === undefined) return { path, at: 'key', message, hint: listHint(known) };
  const meant = JSON.stringify([...path.slice(0, -1), near]);
  return { path, at: 'key', message, hint: `did you mean \`${near}\`?`, meant };
}

function missing(path: Path, { schema }: Context): Found {
  const key = String(path.at(-1));
  const meaning = meaningAt(schema, path);
  const hint = `add \`${key}:\`${meaning === undefined ? '' : `. ${meaning}`}`;
  const about = [JSON.stringify(path)];
  return { path, at: 'value', message: `\`${key}\` is missing`, hint, about };
}

function listHint(known: readonly string[]): string {
  return known.length === 0 ? 'remove it' : `known here: ${known.join(', ')}`;
}

const EMPTY: Words = ['is empty', 'give it a value, or remove the key'];

function wrongType(expected: string, actual: unknown, known: readonly string[]): Words {
  if (actual === null) return EMPTY;
  const message = `must be ${shapeName(expected)}, not ${shapeOf(actual)}`;
  return [message, shapeHint(expected, actual, known)];
}

/** @param known the keys of the mapping that is expected. */
function shapeHint(expected: string, actual: unknown, known: readonly string[]): string {
  const numeric = typeof actual === 'string' && /^\d+(\.\d+)?$/.test(actual);
  switch (expected) {
    case 'number':
    case 'int':
      return numeric ? 'write it without quotes' : 'write digits alone, such as `10`';
    case 'boolean':
      return 'write `true` or `false`, without quotes';
    case 'string':
      return typeof actual === 'object' ? 'write one word or line of text' : 'put it in quotes';
    case 'array':
      return 'write `[first, second]`, or each on a line of its own after `- `';
    default:
      return known.length === 0
        ? 'write each name on a line of its own, with `:` behind it'
        : `write any of these keys: ${known.join(', ')}`;
  }
}

function wrongValue(values: readonly string[], actual: unknown): Words {
  const message = `must be one of ${values.join(', ')}`;
  const tiers = values.every((one) => /^[123]$/.test(one));
  if (tiers) return [message, 'tier 1 is the device, 2 a private network, 3 everywhere else'];
  const near = typeof actual === 'string' ? closest(actual, values) : undefined;
  return [message, near === undefined ? 'write one of them' : `did you mean \`${near}\`?`];
}

function tooSmall(origin: string, minimum: number | bigint, inclusive: boolean): Words {
  if (origin === 'string' || origin === 'array') {
    return ['must not be empty', 'write at least one, or remove the key'];
  }
  return [
    `must be ${inclusive ? 'at least' : 'more than'} ${minimum}`,
    `write a larger number, or remove the key`,
  ];
}

function tooBig(origin: string, maximum: number | bigint): Words {
  if (origin === 'string') return [`must have at most ${maximum} characters`, 'shorten it'];
  if (origin === 'array') return [`must have at most ${maximum} entries`, 'remove some'];
  return [`must be at most ${maximum}`, 'write a smaller number, or remove the key'];
}

function shapeName(expected: string): string {
  const names: ReadonlyMap<string, string> = new Map([
    ['string', 'text'],
    ['number', 'a number'],
    ['int', 'a whole number'],
    ['boolean', 'true or false'],
    ['array', 'a list'],
    ['object', 'a mapping'],
    ['record', 'a mapping'],
  ]);
  return names.get(expected) ?? expected;
}

function shapeOf(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  return typeof value === 'number' && !Number.isInteger(value)
    ? 'a fraction'
    : shapeName(typeof value);
}

function valueAt(value: unknown, path: Path): unknown {
  let at = value;
  for (const key of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined;
    at = Reflect.get(at, key);
  }
  return at;
}

function keysAt(schema: z.ZodType, path: Path): readonly string[] {
  return objectsAt(schema, path).flatMap((one) => Object.keys(one.shape));
}

/** What the field is for, in the words of its schema. */
function meaningAt(schema: z.ZodType, path: Path): string | undefined {
  const key = String(path.at(-1));
  for (const { shape } of objectsAt(schema, path.slice(0, -1))) {
    const field: unknown = Object.hasOwn(shape, key) ? Reflect.get(shape, key) : undefined;
    if (field instanceof z.ZodType) return field.description;
  }
  return undefined;
}

function objectsAt(schema: z.ZodType, path: Path): readonly z.ZodObject[] {
  const ends = path.reduce<readonly z.core.$ZodType[]>(
    (open, key) => open.flatMap((one) => step(one, key)),
    outer(schema),
  );
  return ends.filter((one) => one instanceof z.ZodObject);
}

function step(schema: z.core.$ZodType, key: string | number): readonly z.core.$ZodType[] {
  if (schema instanceof z.ZodArray) return outer(schema.element);
  if (schema instanceof z.ZodRecord) return outer(schema.valueType);
  if (!(schema instanceof z.ZodObject)) return [];
  const shape: Readonly<Record<string, z.core.$ZodType>> = schema.shape;
  const inner = Object.hasOwn(shape, key) ? shape[key] : undefined;
  return inner === undefined ? [] : outer(inner);
}

/** What is left when optionality, defaults, transforms and choices are taken off. */
function outer(schema: z.core.$ZodType): readonly z.core.$ZodType[] {
  if (schema instanceof z.ZodPipe) return outer(schema.in);
  if (schema instanceof z.ZodUnion) return schema.options.flatMap(outer);
  const wrapped =
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault;
  return wrapped ? outer(schema.def.innerType) : [schema];
}

const plainKey = (key: PropertyKey): string | number => (typeof key === 'symbol' ? '' : key);
const clip = (text: string): string => (text.length > 64 ? `${text.slice(0, 61)}...` : text);
