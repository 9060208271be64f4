import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Json } from '../canon/canon.ts';
import { readSchema, writeSchema } from './schema.ts';

describe("Google's own schema", () => {
  it('is read as JSON Schema', () => {
    const read = readSchema({
      type: 'OBJECT',
      property_ordering: ['b', 'a'],
      properties: {
        a: { type: 'STRING', nullable: true, enum: ['x'], example: 'x' },
        b: { type: 'ARRAY', minItems: '2', items: { type: 'INTEGER', format: 'int32' } },
        c: { anyOf: [{ type: 'NUMBER' }], nullable: true },
      },
      required: ['a'],
    });
    assert.deepEqual(read, {
      type: 'object',
      properties: {
        b: { type: 'array', minItems: 2, items: { type: 'integer', format: 'int32' } },
        a: { type: ['string', 'null'], enum: ['x', null], examples: ['x'] },
        c: { anyOf: [{ type: 'number' }, { type: 'null' }] },
      },
      required: ['a'],
    });
    const order = JSON.stringify(read);
    assert.ok(order.indexOf('"b"') < order.indexOf('"a"'));
  });

  it('is read in one spelling where both are said, and with whatever name a property has', () => {
    const text =
      '{"type":"OBJECT","min_properties":"2","minProperties":"1","anyOf":null,' +
      '"properties":{"__proto__":{"type":"STRING"},"a":{"type":"NULL","nullable":true}}}';
    assert.equal(
      JSON.stringify(readSchema(JSON.parse(text))),
      '{"type":"object","minProperties":1,' +
        '"properties":{"__proto__":{"type":"string"},"a":{"type":"null"}}}',
    );
  });

  it('is written where it says all', () => {
    const schema = {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      properties: {
        a: { type: ['string', 'null'], enum: ['x', null], description: 'An a.' },
        b: { type: 'array', items: { type: 'integer', minimum: 1 }, maxItems: 3 },
        c: { anyOf: [{ type: 'boolean' }, { type: 'null' }] },
      },
      required: ['a'],
    };
    const dropped = new Set<string>();
    const written = writeSchema(schema, dropped, false);
    assert.equal(written.kind, 'openapi');
    assert.deepEqual(written.schema, {
      type: 'OBJECT',
      properties: {
        a: { type: 'STRING', nullable: true, enum: ['x'], description: 'An a.' },
        b: { type: 'ARRAY', items: { type: 'INTEGER', minimum: 1 }, maxItems: 3 },
        c: { nullable: true, anyOf: [{ type: 'BOOLEAN' }] },
      },
      required: ['a'],
    });
    assert.deepEqual([...dropped], []);
  });

  const others: readonly Json[] = [
    { type: 'object', properties: {}, additionalProperties: false },
    { type: 'object' },
    { type: 'array' },
    { type: 'object', properties: { a: { $ref: '#/$defs/x' } }, $defs: { x: { type: 'string' } } },
    { type: 'object', properties: { a: { type: 'string' } }, required: ['b'] },
    { type: ['string', 'number'] },
    { type: 'integer', enum: [1, 2] },
    { oneOf: [{ type: 'string' }] },
    { type: 'string', format: 'date' },
  ];
  for (const schema of others) {
    it(`gives way to JSON Schema for ${JSON.stringify(schema)}`, () => {
      const dropped = new Set<string>();
      assert.deepEqual(writeSchema(schema, dropped, false), { kind: 'json', schema });
      assert.deepEqual([...dropped], []);
    });
  }

  it('is all there is for servers that know no other', () => {
    const dropped = new Set<string>();
    const properties = { a: { type: 'string' } };
    const schema = { type: 'object', properties, additionalProperties: false };
    const written = writeSchema(schema, dropped, true);
    assert.deepEqual(written, {
      kind: 'openapi',
      schema: { type: 'OBJECT', properties: { a: { type: 'STRING' } } },
    });
    assert.deepEqual([...dropped], ['schema.additionalProperties']);
  });
});

describe('the part of JSON Schema that Google reads', () => {
  it('has no words that it refuses, and names them', () => {
    const dropped = new Set<string>();
    const { schema } = writeSchema(
      {
        type: 'object',
        additionalProperties: false,
        definitions: { a: { type: 'string', pattern: '^a$' } },
        properties: {
          a: { $ref: '#/definitions/a', description: 'An a.' },
          b: { allOf: [{ type: 'integer', multipleOf: 2 }] },
          c: { const: 'x' },
          d: { not: {} },
          e: { type: 'string', nullable: true },
        },
      },
      dropped,
      false,
    );
    assert.deepEqual(schema, {
      type: 'object',
      additionalProperties: false,
      $defs: { a: { type: 'string' } },
      properties: {
        a: { $ref: '#/$defs/a' },
        b: { type: 'integer' },
        c: { enum: ['x'] },
        d: {},
        e: { type: ['string', 'null'] },
      },
    });
    assert.deepEqual([...dropped].sort(), [
      'schema.description',
      'schema.multipleOf',
      'schema.not',
      'schema.pattern',
    ]);
  });
});
