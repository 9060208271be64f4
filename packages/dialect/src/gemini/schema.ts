// Two ways to say a shape to Google: its own `Schema` (OpenAPI 3.0 in part; an unknown field is an
// error) and a part of JSON Schema (`parametersJsonSchema`, `responseJsonSchema`). Read: the first
// becomes plain JSON Schema. Written: the first where it says all, else the second, and what both
// refuse is removed and named. Facts: ai.google.dev/api/caching#Schema and
// ai.google.dev/gemini-api/docs/structured-output.
import type { Dropped, Json, JsonObject } from '../canon/canon.ts';
import { isObject, listIn, member, numberOf, textIn } from '../canon/exact.ts';
import { either, snakeOf } from './fields.ts';

type Building = { [key: string]: Json };

const COUNTS: ReadonlySet<string> = new Set([
  ...['minItems', 'maxItems', 'minLength', 'maxLength', 'minProperties', 'maxProperties'],
]);
const SAME: ReadonlySet<string> = new Set([
  ...['title', 'description', 'format', 'pattern', 'minimum', 'maximum', 'default'],
]);

/** Google's `Schema` as JSON Schema. */
export function readSchema(schema: Json): Json {
  if (!isObject(schema)) return schema;
  const out: Building = {};
  const type = textIn(schema, 'type')?.toLowerCase();
  const nullable = either(schema, 'nullable') === true;
  if (type !== undefined && type !== 'type_unspecified') {
    out['type'] = nullable && type !== 'null' ? [type, 'null'] : type;
  }
  for (const key in schema) {
    const name = NAMES.get(key);
    if (name === undefined) out[key] = schema[key] ?? null;
    else readWord(name, either(schema, name), schema, out);
  }
  const choices = out['anyOf'];
  if (nullable && type === undefined && Array.isArray(choices)) {
    out['anyOf'] = [...choices, { type: 'null' }];
  }
  const words = out['enum'];
  if (nullable && Array.isArray(words) && !words.includes(null)) out['enum'] = [...words, null];
  return out;
}

/** Words of Google's, by each of their spellings. */
const NAMES: ReadonlyMap<string, string> = new Map(
  [
    ...['type', 'nullable', 'enum', 'example', 'properties', 'propertyOrdering', 'required'],
    ...['items', 'anyOf', ...SAME, ...COUNTS],
  ].flatMap((name) => [
    [snakeOf(name), name],
    [name, name],
  ]),
);

function readWord(name: string, value: Json | undefined, schema: JsonObject, out: Building): void {
  if (value === undefined) return;
  switch (name) {
    case 'type':
    case 'nullable':
    case 'propertyOrdering':
      return;
    case 'enum':
      if (Array.isArray(value)) out[name] = value;
      return;
    case 'example':
      out['examples'] = [value];
      return;
    case 'properties':
      if (isObject(value)) out[name] = mapped(inOrder(value, schema), readSchema);
      return;
    case 'items':
      out[name] = readSchema(value);
      return;
    case 'anyOf':
      if (Array.isArray(value)) out[name] = value.map(readSchema);
      return;
    default:
      out[name] = COUNTS.has(name) ? countOf(value) : value;
  }
}

function copy(out: Building, key: string, value: Json | undefined): void {
  if (value !== undefined) out[key] = value;
}

/** 64-bit counts are written as text. */
function countOf(value: Json): Json {
  return typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
}

/** In the order that is asked for: elsewhere the order of the keys says it. */
function inOrder(properties: JsonObject, schema: JsonObject): JsonObject {
  const wanted = either(schema, 'propertyOrdering');
  if (!Array.isArray(wanted)) return properties;
  const first: [string, Json][] = [];
  for (const name of wanted) {
    const one = typeof name === 'string' ? member(properties, name) : undefined;
    if (typeof name === 'string' && one !== undefined) first.push([name, one]);
  }
  return { ...Object.fromEntries(first), ...properties };
}

export type WrittenSchema = { readonly kind: 'openapi' | 'json'; readonly schema: Json };

/** `plainOnly`: the server knows Google's `Schema` alone. */
export function writeSchema(schema: Json, dropped: Dropped, plainOnly: boolean): WrittenSchema {
  const lost: Dropped = new Set();
  const openapi = toOpenApi(schema, lost);
  if (lost.size === 0 || plainOnly) {
    for (const one of lost) dropped.add(one);
    return { kind: 'openapi', schema: openapi };
  }
  return { kind: 'json', schema: toJsonSchema(schema, dropped) };
}

const SILENT = new Set(['$schema', '$comment', '$id']);
const OPENAPI_TYPES = new Set(['string', 'number', 'integer', 'boolean', 'array', 'object']);
const OPENAPI_FORMATS: Readonly<Record<string, readonly string[]>> = {
  string: ['date-time', 'enum'],
  number: ['float', 'double'],
  integer: ['int32', 'int64'],
};

/** What cannot be said goes into `lost`. */
function toOpenApi(schema: Json, lost: Dropped): Json {
  if (!isObject(schema)) {
    if (schema !== true) lost.add('schema.false');
    return {};
  }
  const out: Building = {};
  const type = openApiType(schema, out, lost);
  for (const key in schema) {
    if (SILENT.has(key) || key === 'type') continue;
    const value = schema[key] ?? null;
    if (key === 'properties' && isObject(value))
      out[key] = mapped(value, (one) => toOpenApi(one, lost));
    else if (key === 'items' && isObject(value)) out[key] = toOpenApi(value, lost);
    else if (key === 'anyOf' && Array.isArray(value)) openApiChoices(value, out, lost);
    else if (key === 'enum' && Array.isArray(value)) openApiEnum(value, type, out, lost);
    else if (key === 'const' && typeof value === 'string') out['enum'] = [value];
    else if (key === 'examples' && Array.isArray(value) && value.length === 1) {
      copy(out, 'example', value[0]);
    } else if (isOpenApi(key, value, type)) out[key] = value;
    else lost.add(`schema.${key}`);
  }
  openApiDemands(out, type, lost);
  return out;
}

/** Google refuses an empty object, a list of anything, and a need for what is not described. */
function openApiDemands(out: Building, type: string | undefined, lost: Dropped): void {
  const properties = member(out, 'properties');
  if (type === 'object' && Object.keys(properties ?? {}).length === 0)
    lost.add('schema.properties');
  if (type === 'array' && out['items'] === undefined) lost.add('schema.items');
  const needed = listIn(out, 'required') ?? [];
  const described = (name: Json): boolean =>
    typeof name === 'string' && member(properties, name) !== undefined;
  if (!needed.every(described)) lost.add('schema.required');
}

function isOpenApi(key: string, value: Json, type: string | undefined): boolean {
  if (key === 'format') return OPENAPI_FORMATS[type ?? '']?.includes(String(value)) ?? false;
  if (key === 'nullable') return typeof value === 'boolean';
  if (key === 'required') return Array.isArray(value);
  if (COUNTS.has(key) || key === 'minimum' || key === 'maximum') {
    return numberOf(value) !== undefined;
  }
  return SAME.has(key);
}

/** One type, or one and null. */
function openApiType(schema: JsonObject, out: Building, lost: Dropped): string | undefined {
  const given = schema['type'];
  const all = Array.isArray(given) ? given : given === undefined ? [] : [given];
  const types = all.filter((one) => one !== 'null');
  const [type, second] = types;
  if (all.length > types.length) out['nullable'] = true;
  if (type === undefined && all.length === 0) return undefined;
  if (typeof type !== 'string' || second !== undefined || !OPENAPI_TYPES.has(type)) {
    lost.add('schema.type');
    return undefined;
  }
  out['type'] = type.toUpperCase();
  return type;
}

function openApiChoices(choices: readonly Json[], out: Building, lost: Dropped): void {
  const rest = choices.filter((one) => textIn(one, 'type') !== 'null');
  if (rest.length < choices.length) out['nullable'] = true;
  out['anyOf'] = rest.map((one) => toOpenApi(one, lost));
}

/** Texts alone; the null of a nullable one is said elsewhere. */
function openApiEnum(
  words: readonly Json[],
  type: string | undefined,
  out: Building,
  lost: Dropped,
): void {
  const texts = words.filter((word) => word !== null);
  if (type !== 'string' || texts.some((word) => typeof word !== 'string')) lost.add('schema.enum');
  else out['enum'] = texts;
}

const JSON_KEYS = new Set([
  ...['$ref', '$anchor', 'type', 'format', 'title', 'description', 'enum', 'required'],
  ...['minItems', 'maxItems', 'minimum', 'maximum', 'propertyOrdering'],
]);
const JSON_LISTS = new Set(['anyOf', 'oneOf', 'prefixItems']);
const JSON_MAPS = new Set(['properties', '$defs']);
const JSON_ONE = new Set(['items', 'additionalProperties']);

/** The part of JSON Schema that Google reads. */
function toJsonSchema(schema: Json, dropped: Dropped): Json {
  if (!isObject(schema)) {
    if (schema === false) dropped.add('schema.false');
    return schema === false ? {} : schema;
  }
  const out: Building = {};
  for (const [key, value] of Object.entries(withPlainWords(schema))) {
    if (SILENT.has(key)) continue;
    if (JSON_KEYS.has(key)) out[key] = value;
    else if (JSON_LISTS.has(key) && Array.isArray(value)) {
      out[key] = value.map((one) => toJsonSchema(one, dropped));
    } else if (JSON_MAPS.has(key) && isObject(value))
      out[key] = mapped(value, (one) => toJsonSchema(one, dropped));
    else if (JSON_ONE.has(key)) {
      out[key] = typeof value === 'boolean' ? value : toJsonSchema(value, dropped);
    } else dropped.add(`schema.${key}`);
  }
  return withReferenceAlone(out, dropped);
}

/** Older and other words for the same. */
function withPlainWords(schema: JsonObject): JsonObject {
  const { definitions, const: constant, allOf, nullable, ...rest } = schema;
  const out: Building = { ...rest };
  if (definitions !== undefined) out['$defs'] = definitions;
  if (constant !== undefined) out['enum'] = [constant];
  const reference = textIn(rest, '$ref');
  if (reference?.startsWith('#/definitions/')) {
    out['$ref'] = `#/$defs/${reference.slice('#/definitions/'.length)}`;
  }
  if (nullable === true && typeof rest['type'] === 'string') out['type'] = [rest['type'], 'null'];
  const only = Array.isArray(allOf) && allOf.length === 1 ? allOf[0] : undefined;
  if (isObject(only)) return withPlainWords({ ...out, ...only });
  if (allOf !== undefined) out['allOf'] = allOf;
  return out;
}

/** Beside a reference nothing else may stand. */
function withReferenceAlone(schema: Building, dropped: Dropped): Building {
  if (schema['$ref'] === undefined) return schema;
  const out: Building = {};
  for (const [key, value] of Object.entries(schema)) {
    if (key.startsWith('$')) out[key] = value;
    else dropped.add(`schema.${key}`);
  }
  return out;
}

/** Each member by itself; a copy has all keys already, so that none can mean a prototype. */
function mapped(map: JsonObject, one: (schema: Json) => Json): JsonObject {
  const out: Building = { ...map };
  for (const key in out) out[key] = one(out[key] ?? null);
  return out;
}
