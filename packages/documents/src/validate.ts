/**
 * Checks a value against a schema and says what is wrong in our words: one issue a mistake, with
 * the path to it. A message never repeats the value itself, since it may be a secret in the wrong
 * place.
 */
import { z } from 'zod';
import { closest } from './suggest.ts';

export type Path = readonly (string | number)[];

export interface Issue {
  readonly path: Path;
  /** Whether the key or what stands behind it is wrong. */
  readonly at: 'key' | 'value';
  readonly message: string;
  readonly hint: string | undefined;
  readonly missing?: boolean;
  /** The path of the key that was meant, as JSON. */
  readonly meant?: string;
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
function withoutEchoes(issues: readonly Issue[]): readonly Issue[] {
  const meant = new Set(issues.flatMap((one) => (one.meant === undefined ? [] : [one.meant])));
  return issues.filter((one) => !(one.missing && meant.has(JSON.stringify(one.path))));
}

interface Context {
  readonly schema: z.ZodType;
  readonly value: unknown;
}

type Raw = z.core.$ZodIssue;

function translate(raw: Raw, base: Path, context: Context): readonly Issue[] {
  const path = [...base, ...raw.path.map(plainKey)];
  const say = (message: string, hint?: string): readonly Issue[] => [
    { path, at: 'value', message, hint },
  ];
  switch (raw.code) {
    case 'unrecognized_keys':
      return raw.keys.map((key) => unknownKey([...path, key], keysAt(context.schema, path)));
    case 'invalid_type':
    case 'invalid_value':
      if (valueAt(context.value, path) === undefined) return [missing(path)];
      return say(
        ...(raw.code === 'invalid_type'
          ? wrongType(raw.expected, valueAt(context.value, path))
          : wrongValue(raw.values.map(String), valueAt(context.value, path))),
      );
    case 'too_small':
      return say(tooSmall(raw.origin, raw.minimum, raw.inclusive !== false));
    case 'too_big':
      return say(tooBig(raw.origin, raw.maximum));
    case 'invalid_key':
      return [{ path, at: 'key', message: raw.issues[0]?.message ?? raw.message, hint: undefined }];
    case 'invalid_union':
      return wrongUnion(raw, path, context);
    case 'custom':
      return say(raw.message, hintOf(raw.params));
    default:
      return say(raw.message);
  }
}

function hintOf(params: Readonly<Record<string, unknown>> | undefined): string | undefined {
  const hint = params?.['hint'];
  return typeof hint === 'string' ? hint : undefined;
}

/** The branch whose outer shape fits speaks; when none does, the shapes are listed. */
function wrongUnion(
  raw: z.core.$ZodIssueInvalidUnion,
  path: Path,
  context: Context,
): readonly Issue[] {
  const fitting = raw.errors.filter((issues) => !issues.some(isOuterShape));
  const nearest = fitting.toSorted((a, b) => a.length - b.length)[0];
  if (nearest !== undefined) return nearest.flatMap((one) => translate(one, path, context));
  const shapes = raw.errors.flatMap((issues) =>
    issues.flatMap((one) => (one.code === 'invalid_type' ? [shapeName(one.expected)] : [])),
  );
  const actual = shapeOf(valueAt(context.value, path));
  const message = `must be ${[...new Set(shapes)].join(' or ')}, not ${actual}`;
  return [{ path, at: 'value', message, hint: undefined }];
}

function isOuterShape(issue: Raw): boolean {
  return issue.path.length === 0 && issue.code === 'invalid_type';
}

function unknownKey(path: Path, known: readonly string[]): Issue {
  const key = String(path.at(-1));
  const near = closest(key, known);
  const message = `unknown key \`${clip(key)}\``;
  if (near === undefined) return { path, at: 'key', message, hint: listHint(known) };
  const meant = JSON.stringify([...path.slice(0, -1), near]);
  return { path, at: 'key', message, hint: `did you mean \`${near}\`?`, meant };
}

function missing(path: Path): Issue {
  const message = `\`${String(path.at(-1))}\` is missing`;
  return { path, at: 'value', message, hint: undefined, missing: true };
}

function listHint(known: readonly string[]): string | undefined {
  return known.length === 0 ? undefined : `known here: ${known.join(', ')}`;
}

function wrongType(expected: string, actual: unknown): readonly [message: string, hint?: string] {
  if (actual === null) return ['is empty', 'give it a value, or remove the key'];
  const message = `must be ${shapeName(expected)}, not ${shapeOf(actual)}`;
  const numeric = typeof actual === 'string' && /^\d+(\.\d+)?$/.test(actual);
  const wantsNumber = expected === 'number' || expected === 'int';
  if (wantsNumber && numeric) return [message, 'write it without quotes'];
  return expected === 'string' && typeof actual === 'number'
    ? [message, 'put it in quotes']
    : [message];
}

function wrongValue(
  values: readonly string[],
  actual: unknown,
): readonly [message: string, hint?: string] {
  const message = `must be one of ${values.join(', ')}`;
  const tiers = values.includes('1') && values.every((one) => /^[123]$/.test(one));
  if (tiers) return [message, 'tier 1 is the device, 2 a private network, 3 everywhere else'];
  const near = typeof actual === 'string' ? closest(actual, values) : undefined;
  return near === undefined ? [message] : [message, `did you mean \`${near}\`?`];
}

function tooSmall(origin: string, minimum: number | bigint, inclusive: boolean): string {
  if (origin === 'string' || origin === 'array') return 'must not be empty';
  return `must be ${inclusive ? 'at least' : 'more than'} ${minimum}`;
}

function tooBig(origin: string, maximum: number | bigint): string {
  if (origin === 'string') return `must have at most ${maximum} characters`;
  if (origin === 'array') return `must have at most ${maximum} entries`;
  return `must be at most ${maximum}`;
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
  const ends = path.reduce<readonly z.core.$ZodType[]>(
    (open, key) => open.flatMap((one) => step(one, key)),
    outer(schema),
  );
  return ends.flatMap((one) => (one instanceof z.ZodObject ? Object.keys(one.shape) : []));
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
