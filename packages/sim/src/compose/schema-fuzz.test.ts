// Random schemas, filled, held against a checker that shares no line with the filler.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { drawsFrom } from '../hash.ts';
import type { JsonRecord } from '../json.ts';
import { isList, isRecord, listAt, numberAt, recordAt } from '../json.ts';
import { factsIn } from './facts.ts';
import { fillSchema } from './schema.ts';

const text = fc
  .tuple(fc.nat(6), fc.nat(30), fc.boolean())
  .map(([least, more, bare]) =>
    bare ? { type: 'string' } : { type: 'string', minLength: least, maxLength: least + more },
  );
const number = fc
  .tuple(fc.integer({ min: -50, max: 50 }), fc.nat(40), fc.constantFrom('integer', 'number'))
  .map(([low, span, type]) => ({ type, minimum: low, maximum: low + span }));
const choice = fc
  .uniqueArray(fc.constantFrom('low', 'high', 'billing', 3, null, true), { minLength: 1 })
  .map((values) => ({ enum: values }));
const name = fc.constantFrom('email', 'name', 'city', 'total', 'tags', 'due_date', 'x', 'id');

const schemas = fc.letrec<{ any: JsonRecord; list: JsonRecord; object: JsonRecord }>((tie) => ({
  any: fc.oneof({ maxDepth: 4 }, text, number, choice, tie('list'), tie('object')),
  list: fc.tuple(tie('any'), fc.nat(3), fc.nat(4)).map(([items, least, more]) => ({
    type: 'array',
    items,
    minItems: least,
    maxItems: least + more,
  })),
  object: fc
    .tuple(fc.dictionary(name, tie('any'), { maxKeys: 5 }), fc.nat(5))
    .map(([properties, count]) => ({
      type: 'object',
      properties,
      required: Object.keys(properties).slice(0, count),
      additionalProperties: false,
    })),
})).any;

const prompts = [
  'hello',
  'Anna Schmidt (anna@x.org) in Paris owes €40 for 3 items of 12 March 2026, urgent 🚂',
  '',
  '🚂🚃🚃',
];

test('what is filled is what the schema accepts, from a right model and from a wrong one', () => {
  const skills = fc.record({ sure: fc.boolean(), right: fc.boolean() });
  const inputs = [schemas, fc.constantFrom(...prompts), skills, fc.nat()] as const;
  fc.assert(
    fc.property(...inputs, (schema, prompt, skill, seed) => {
      const draw = drawsFrom(seed);
      const source = { prompt, facts: factsIn(prompt), plain: 'plain', skill, draw, nth: 0 };
      const value: unknown = JSON.parse(JSON.stringify(fillSchema(schema, source)));
      assert.equal(complaint(schema, value, '$'), undefined);
    }),
    { numRuns: 500 },
  );
});

/** What is wrong with the value, and where. */
function complaint(schema: JsonRecord, value: unknown, at: string): string | undefined {
  const choices = listAt(schema, 'enum');
  if (choices) return choices.includes(value) ? undefined : `${at} is none of the choices`;
  const min = numberAt(schema, 'minimum') ?? numberAt(schema, 'minLength');
  const max = numberAt(schema, 'maximum') ?? numberAt(schema, 'maxLength');
  const within = (size: number): boolean => size >= (min ?? size) && size <= (max ?? size);
  switch (schema['type']) {
    case 'string':
      return typeof value === 'string' && within([...value].length) ? undefined : `${at} text`;
    case 'integer':
      return Number.isInteger(value) && within(Number(value)) ? undefined : `${at} integer`;
    case 'number':
      return typeof value === 'number' && within(value) ? undefined : `${at} number`;
    case 'array':
      return listComplaint(schema, value, at);
    default:
      return objectComplaint(schema, value, at);
  }
}

function listComplaint(schema: JsonRecord, value: unknown, at: string): string | undefined {
  const items = recordAt(schema, 'items');
  if (!isList(value) || !items) return `${at} is no list`;
  const [least, most] = [numberAt(schema, 'minItems') ?? 0, numberAt(schema, 'maxItems') ?? 0];
  if (value.length < least || value.length > most) return `${at} has ${value.length} items`;
  for (const [index, item] of value.entries()) {
    const found = complaint(items, item, `${at}[${index}]`);
    if (found !== undefined) return found;
  }
  return undefined;
}

function objectComplaint(schema: JsonRecord, value: unknown, at: string): string | undefined {
  const properties = recordAt(schema, 'properties') ?? {};
  if (!isRecord(value)) return `${at} is no object`;
  for (const required of listAt(schema, 'required') ?? []) {
    if (typeof required === 'string' && !Object.hasOwn(value, required)) {
      return `${at}.${required} is missing`;
    }
  }
  for (const [key, entry] of Object.entries(value)) {
    const property = recordAt(properties, key);
    if (!property) return `${at}.${key} is unexpected`;
    const found = complaint(property, entry, `${at}.${key}`);
    if (found !== undefined) return found;
  }
  return undefined;
}
