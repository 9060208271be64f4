import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { drawsFrom } from '../hash.ts';
import type { JsonRecord } from '../json.ts';
import { factsIn } from './facts.ts';
import { textMatching } from './pattern.ts';
import { fillSchema } from './schema.ts';

function filled(schema: JsonRecord, prompt = 'hello', seed = 1): unknown {
  const facts = factsIn(prompt);
  const skill = { sure: true, right: true };
  return fillSchema(schema, {
    prompt,
    facts,
    plain: 'plain',
    skill,
    draw: drawsFrom(seed),
    nth: 0,
  });
}

const person: JsonRecord = {
  type: 'object',
  required: ['name', 'email', 'born', 'priority', 'urgent'],
  additionalProperties: false,
  properties: {
    name: { type: 'string' },
    email: { type: 'string', format: 'email' },
    born: { type: 'string', format: 'date' },
    priority: { enum: ['low', 'high'] },
    urgent: { type: 'boolean' },
    nickname: { type: 'string' },
  },
};

test('properties are filled from what the prompt says about them', () => {
  const prompt = 'Anna Schmidt, anna@x.org, born 12 March 1980, it is urgent';
  assert.deepEqual(filled(person, prompt), {
    name: 'Anna Schmidt',
    email: 'anna@x.org',
    born: '1980-03-12',
    priority: 'high',
    urgent: true,
  });
});

test('a list takes every fact of its kind, and none when there is none', () => {
  const schema = {
    type: 'object',
    properties: { emails: { type: 'array', items: { type: 'string', format: 'email' } } },
  };
  const two = filled(schema, 'write to a@x.org and b@x.org');
  assert.deepEqual(two, { emails: ['a@x.org', 'b@x.org'] });
  assert.deepEqual(filled(schema, 'write to nobody'), { emails: [] });
});

test('references, joins and alternatives are followed, and recursion ends', () => {
  const schema = {
    $ref: '#/$defs/node',
    $defs: {
      node: {
        allOf: [
          { type: 'object', properties: { label: { type: 'string' } }, required: ['label'] },
          {
            properties: {
              next: { anyOf: [{ type: 'null' }, { $ref: '#/$defs/node' }] },
              all: { type: 'array', items: { $ref: '#/$defs/node' } },
            },
            required: ['next', 'all'],
          },
        ],
      },
    },
  };
  const value = filled(schema);
  assert.ok(JSON.stringify(value).length < 1_000_000);
  assert.deepEqual(Object.keys(Object(value)), ['label', 'next', 'all']);
  assert.equal(filled({ $ref: '#' }), 'hello');
  assert.equal(typeof filled({ $ref: 'https://example.com/other' }), 'string');
});

test('a property may have any name', () => {
  const schema: JsonRecord = JSON.parse(
    '{"type":"object","required":["__proto__","constructor"],' +
      '"properties":{"__proto__":{"const":1}}}',
  );
  const value = filled(schema);
  assert.equal(JSON.stringify(value), '{"__proto__":1,"constructor":"hello"}');
});

test('odd schemas still give JSON', () => {
  const odd = [
    {},
    { type: 'object', properties: { a: true, b: false } },
    { type: ['null', 'integer'] },
    { enum: [] },
    { type: 'array', items: false },
    { type: 'array', minItems: 1e9, items: { type: 'array', minItems: 1e9 } },
    { type: 'string', minLength: 1e9 },
    { type: 'nonsense' },
    { properties: null, required: 'x', type: 'object' },
    { type: 'object', minProperties: 3, additionalProperties: { type: 'integer' } },
  ];
  for (const schema of odd) {
    const text = JSON.stringify(filled(schema));
    assert.ok(text !== undefined && text.length < 2_000_000, JSON.stringify(schema));
  }
});

test('numbers keep to their bounds and steps', () => {
  const bound = fc.integer({ min: -1_000, max: 1_000 });
  fc.assert(
    fc.property(
      bound,
      fc.nat(500),
      fc.constantFrom(1, 2, 5, 0.5),
      fc.nat(),
      (low, span, step, seed) => {
        const high = low + span + step * 2;
        const schema = { type: 'number', minimum: low, maximum: high, multipleOf: step };
        const value = Number(filled(schema, 'the numbers are 3 and 4.5', seed));
        assert.ok(value >= low && value <= high, `${value} in ${low}..${high}`);
        assert.equal(Math.abs(value % step), 0, `${value} by ${step}`);
        const open = { type: 'integer', exclusiveMinimum: low, exclusiveMaximum: low + 2 };
        assert.equal(filled(open, 'x', seed), low + 1);
      },
    ),
  );
});

test('strings keep to their length, format and pattern', () => {
  assert.equal(String(filled({ type: 'string', minLength: 20 })).length, 20);
  assert.equal(String(filled({ type: 'string', maxLength: 3 }, 'wonderful day')).length, 3);
  assert.match(String(filled({ type: 'string', format: 'uuid' })), /^[\da-f-]{36}$/);
  assert.match(String(filled({ type: 'string', format: 'date-time' })), /^\d{4}-\d\d-\d\dT/);
});

test('a text made for a pattern matches it', () => {
  const patterns = [
    '^[A-Z]{3}-\\d{2,4}$',
    '^(foo|ba[rz])+\\.(?:js|ts)$',
    '^[^\\s@]+@[a-z]+\\.[a-z]{2,}$',
    '^\\+?[1-9]\\d{1,14}$',
    '^#?([a-f0-9]{6}|[a-f0-9]{3})$',
    '^$',
    'abc*',
    '^(?<year>\\d{4})-(0[1-9]|1[0-2])$',
  ];
  for (const pattern of patterns) {
    for (let seed = 0; seed < 50; seed += 1) {
      const text = textMatching(pattern, drawsFrom(seed));
      assert.ok(text !== undefined && new RegExp(pattern, 'u').test(text), `${pattern}: ${text}`);
    }
  }
});

test('a pattern that says too much is given up, not guessed at', () => {
  const hard = [
    '(?=a)b',
    '(a)\\1',
    '[a',
    '(',
    '+',
    '\\p{L}',
    '[]',
    '((((a{999}){999}){999}){999})',
  ];
  for (const pattern of hard) assert.equal(textMatching(pattern, drawsFrom(1)), undefined, pattern);
});
