import assert from 'node:assert/strict';
import { test } from 'node:test';
import { grammarForCall, grammarForSchema } from './grammar.ts';

const PARAM = 'response_format';

function written(schema: unknown, strict = true): string {
  const grammar = grammarForSchema({ schema, strict, param: PARAM });
  assert.ok(grammar.ok, 'the schema was refused');
  return grammar.value;
}

function refusedWith(schema: unknown, strict = true): string {
  const grammar = grammarForSchema({ schema, strict, param: PARAM });
  assert.ok(!grammar.ok, 'the schema was taken');
  assert.equal(grammar.refusal.status, 400);
  return grammar.refusal.code;
}

test('optional properties cost two rules each, not a rule for every combination', () => {
  const names = Array.from({ length: 40 }, (_, index) => `p${index}`);
  const properties = Object.fromEntries(names.map((name) => [name, { type: 'string' }]));
  assert.ok(written({ type: 'object', properties }).split('\n').length < 200);
});

test('a schema may refer to itself', () => {
  const grammar = written({
    type: 'object',
    properties: { next: { anyOf: [{ $ref: '#' }, { type: 'null' }] } },
    required: ['next'],
  });
  assert.match(grammar, /^root ::= r1$/m);
});

test('a strict schema with a keyword that cannot be kept is refused', () => {
  assert.equal(refusedWith({ type: 'string', pattern: '^a' }), 'schema_unsupported');
  assert.equal(refusedWith({ type: 'array', items: { minimum: 1 } }), 'schema_unsupported');
  assert.match(written({ type: 'string', pattern: '^a' }, false), /::= string$/m);
});

test('a strict schema that wants two shapes at one place is refused', () => {
  const both = { anyOf: [{ type: 'object' }], properties: { a: { type: 'string' } } };
  assert.equal(refusedWith(both), 'schema_unsupported');
  assert.match(written({ type: 'string', enum: ['a', 'b'] }), /::= "\\"a\\"" \| "\\"b\\""$/m);
});

test('a schema that contradicts itself or points outside is refused', () => {
  assert.equal(refusedWith({ type: 'array', minItems: 3, maxItems: 2 }), 'schema_unsupported');
  assert.equal(refusedWith({ $ref: 'https://example.com/s.json' }), 'schema_unsupported');
  assert.equal(refusedWith({ $ref: '#/$defs/none' }), 'schema_unsupported');
  assert.equal(
    refusedWith({ type: 'object', properties: {}, required: ['a'] }),
    'schema_unsupported',
  );
  assert.equal(refusedWith({ type: 'text' }), 'schema_unsupported');
  assert.equal(refusedWith('string'), 'schema_unsupported');
});

test('a schema of endless depth is refused, not followed', () => {
  let schema: unknown = { type: 'string' };
  for (let depth = 0; depth < 1_000; depth += 1) schema = { type: 'array', items: schema };
  assert.equal(refusedWith(schema), 'schema_too_large');
});

test('quotes and backslashes in names are escaped twice: for JSON and for the grammar', () => {
  const grammar = written({ type: 'object', properties: { 'a"\\b': { type: 'null' } } });
  assert.ok(grammar.includes('"\\"a\\\\\\"\\\\\\\\b\\""'), grammar);
});

test('a call is one of the tools, with the closing mark', () => {
  const grammar = grammarForCall(
    [{ name: 'find', parameters: { type: 'object', properties: {} }, strict: false }],
    '</tool_call>',
  );
  assert.ok(grammar.ok);
  assert.match(grammar.value, /^root ::= break .*\\"find\\".* break "<\/tool_call>"$/m);
});
