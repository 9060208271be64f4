// Fills a JSON schema with a value that the schema accepts, taken from the prompt where a
// property's name or format says what to look for, and drawn otherwise. It reads the part of JSON
// Schema that callers send to models; keywords outside of it are passed over. Bounded in depth and
// size, since the schema is the caller's.

import { pick } from '../hash.ts';
import type { JsonRecord } from '../json.ts';
import { isList, isRecord, listAt, numberAt, recordAt, textAt } from '../json.ts';
import { chooseLabel } from './classify.ts';
import { numberFor } from './schema-number.ts';
import { factsFor, stringFor } from './schema-string.ts';
import type { Source } from './source.ts';
import { stemsOf } from './words.ts';

const depthMax = 24;
/** Past this depth only what is required is filled, so that recursive schemas end. */
const generousDepth = 6;
const nodesMax = 2_000;
const itemsMax = 64;

type Walk = { readonly root: JsonRecord; readonly source: Source; nodes: number };

/** A value for the schema. */
export function fillSchema(schema: JsonRecord, source: Source): unknown {
  return fill(schema, '', 0, { root: schema, source, nodes: 0 });
}

function fill(given: unknown, name: string, depth: number, walk: Walk): unknown {
  walk.nodes += 1;
  if (given === false || depth > depthMax) return null;
  const schema = isRecord(given) ? resolved(given, walk) : {};
  if ('const' in schema) return schema['const'];
  const choices = listAt(schema, 'enum');
  if (choices && choices.length > 0) return chosen(choices, walk.source);
  switch (typeOf(schema)) {
    case 'object':
      return fillObject(schema, depth, walk);
    case 'array':
      return fillArray(schema, name, depth, walk);
    case 'integer':
      return numberFor(schema, name, true, walk.source);
    case 'number':
      return numberFor(schema, name, false, walk.source);
    case 'boolean':
      return booleanFor(name, walk.source);
    case 'null':
      return null;
    default:
      return stringFor(schema, name, walk.source);
  }
}

function fillObject(schema: JsonRecord, depth: number, walk: Walk): JsonRecord {
  const filled: Record<string, unknown> = {};
  const properties = recordAt(schema, 'properties') ?? {};
  const required = new Set(listAt(schema, 'required') ?? []);
  const room = (): boolean => depth < generousDepth && walk.nodes < nodesMax;
  for (const [name, property] of Object.entries(properties)) {
    // Own property, whatever its name: `__proto__` is a name like any other here.
    if (required.has(name) || (required.size === 0 && room()) || (room() && wanted(name, walk))) {
      define(filled, name, fill(property, name, depth + 1, walk));
    }
  }
  for (const name of required) {
    if (typeof name !== 'string' || Object.hasOwn(filled, name)) continue;
    define(filled, name, fill(schema['additionalProperties'] ?? {}, name, depth + 1, walk));
  }
  const more = recordAt(schema, 'additionalProperties');
  const least = Math.min(itemsMax, numberAt(schema, 'minProperties') ?? 0);
  const open = more !== undefined && Object.keys(properties).length === 0 && room() ? 1 : 0;
  for (let at = 1; Object.keys(filled).length < Math.max(least, open); at += 1) {
    define(filled, `key${at}`, fill(more ?? {}, `key${at}`, depth + 1, walk));
  }
  return filled;
}

function fillArray(schema: JsonRecord, name: string, depth: number, walk: Walk): unknown[] {
  const fixed = (listAt(schema, 'prefixItems') ?? []).slice(0, itemsMax);
  const filled = fixed.map((item) => fill(item, name, depth + 1, walk));
  const items = schema['items'];
  if (items === false) return filled;
  const count = Math.max(filled.length, itemCount(schema, name, depth, walk));
  const distinct = schema['uniqueItems'] === true;
  for (let tries = 0; filled.length < count && tries < count * 4; tries += 1) {
    const nth = walk.source.nth + (distinct ? tries : filled.length);
    const inner = { root: walk.root, source: { ...walk.source, nth }, nodes: walk.nodes };
    const item = fill(items ?? {}, singular(name), depth + 1, inner);
    walk.nodes = inner.nodes;
    const text = JSON.stringify(item);
    if (!distinct || !filled.some((one) => JSON.stringify(one) === text)) filled.push(item);
  }
  return filled;
}

/** As many items as the prompt has facts for them, else one; within the schema's bounds. */
function itemCount(schema: JsonRecord, name: string, depth: number, walk: Walk): number {
  const least = Math.min(itemsMax, numberAt(schema, 'minItems') ?? 0);
  const most = Math.min(itemsMax, numberAt(schema, 'maxItems') ?? itemsMax);
  const roomy = depth < generousDepth && walk.nodes < nodesMax;
  const items = recordAt(schema, 'items') ?? {};
  const plain = typeOf(items) === 'string' && !('enum' in items) && !('$ref' in items);
  const facts = plain ? factsFor(items, name, walk.source.facts) : undefined;
  const lost = walk.source.skill.right ? 0 : 1;
  const wished = facts ? Math.max(0, facts.length - lost) : roomy ? 1 : 0;
  return Math.min(most, Math.max(least, wished));
}

/** The schema with its reference followed, its `allOf` joined and its first alternative taken. */
function resolved(schema: JsonRecord, walk: Walk): JsonRecord {
  let current = schema;
  for (let hops = 0; hops < depthMax; hops += 1) {
    const reference = textAt(current, '$ref');
    if (reference !== undefined) {
      const { $ref: _, ...beside } = current;
      current = { ...(pointed(walk.root, reference) ?? {}), ...beside };
      continue;
    }
    const all = listAt(current, 'allOf');
    if (all) {
      const { allOf: _, ...beside } = current;
      current = joined([beside, ...all.filter(isRecord).map((part) => resolved(part, walk))]);
      continue;
    }
    const any = listAt(current, 'anyOf') ?? listAt(current, 'oneOf');
    if (!any) return current;
    const records = any.filter(isRecord);
    const { anyOf: _, oneOf: __, ...beside } = current;
    const taken = records.find((part) => part['type'] !== 'null') ?? records[0] ?? {};
    current = joined([beside, taken]);
  }
  return current;
}

function joined(parts: readonly JsonRecord[]): JsonRecord {
  let whole: JsonRecord = {};
  for (const part of parts) {
    const properties = { ...recordAt(whole, 'properties'), ...recordAt(part, 'properties') };
    const required = [...(listAt(whole, 'required') ?? []), ...(listAt(part, 'required') ?? [])];
    whole = { ...whole, ...part };
    if (Object.keys(properties).length > 0) whole = { ...whole, properties };
    if (required.length > 0) whole = { ...whole, required };
  }
  return whole;
}

/** `#/$defs/Address`: only pointers into the schema itself; nothing is ever fetched. */
function pointed(root: JsonRecord, reference: string): JsonRecord | undefined {
  if (!reference.startsWith('#')) return undefined;
  let at: JsonRecord | undefined = root;
  for (const step of reference.slice(1).split('/').slice(1)) {
    at = at && recordAt(at, step.replaceAll('~1', '/').replaceAll('~0', '~'));
  }
  return at;
}

function typeOf(schema: JsonRecord): string {
  const type = schema['type'];
  if (typeof type === 'string') return type;
  if (isList(type)) {
    const named = type.find((entry) => entry !== 'null') ?? 'null';
    return typeof named === 'string' ? named : 'string';
  }
  if ('properties' in schema || 'required' in schema) return 'object';
  if ('items' in schema || 'prefixItems' in schema) return 'array';
  return 'minimum' in schema || 'maximum' in schema ? 'number' : 'string';
}

function chosen(choices: readonly unknown[], source: Source): unknown {
  const texts = choices.filter((choice) => typeof choice === 'string');
  if (texts.length === choices.length && texts.length > 0) {
    return chooseLabel(texts, source.prompt, source.skill, source.draw);
  }
  const [first, ...rest] = choices;
  return pick([first, ...rest], source.draw());
}

function booleanFor(name: string, source: Source): boolean {
  const said = stemsOf(source.prompt);
  const negated = /\b(not|no|never|without|false)\b/i.test(source.prompt);
  const truth = [...stemsOf(name.replaceAll('_', ' '))].some((word) => said.has(word)) && !negated;
  return source.skill.right ? truth : !truth;
}

/** An optional property is filled when the prompt speaks of it. */
function wanted(name: string, walk: Walk): boolean {
  const said = stemsOf(walk.source.prompt.slice(0, 4_000));
  return [...stemsOf(name.replaceAll(/[_-]/g, ' '))].some((word) => said.has(word));
}

function singular(name: string): string {
  return name.replace(/ies$/, 'y').replace(/s$/, '');
}

function define(target: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(target, name, {
    value,
    enumerable: true,
    writable: true,
    configurable: true,
  });
}
