import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configurationJsonSchema, isObject, type JsonObject } from './json-schema.ts';
import { NOT_ACTIVE } from './not-active.table.ts';
import type { Json } from './origin.ts';
import { configurationReference } from './reference.ts';
import { NOUN_NAMES, NOUNS } from './schema/nouns.ts';

const schema = configurationJsonSchema();

test('the schema is one that editors read, and closed', () => {
  assert.equal(schema['$schema'], 'http://json-schema.org/draft-07/schema#');
  assert.equal(schema['additionalProperties'], false);
  assert.deepEqual(schema['required'], ['version']);
  assert.deepEqual(JSON.parse(JSON.stringify(schema)), schema);
});

test('the schema and the table have the same nouns', () => {
  const properties = schema['properties'];
  assert.ok(isObject(properties));
  assert.deepEqual(Object.keys(properties), ['version', ...NOUN_NAMES]);
  assert.deepEqual(Object.keys(NOUNS).toSorted(), NOUN_NAMES.toSorted());
});

test('every key says what it is for', () => {
  const silent: string[] = [];
  eachProperty(schema, [], (path, node) => {
    const plain = path.includes('capabilities') || typeof node['description'] === 'string';
    if (!plain) silent.push(path.join('.'));
  });
  assert.deepEqual(silent, []);
});

test('the reference page names every key and every default', () => {
  const page = configurationReference();
  eachProperty(schema, [], (path, node) => {
    const key = path.at(-1) ?? '';
    if (path.includes('capabilities') || path.length === 1) return;
    assert.match(page, new RegExp(`[\`.]${key}\``), path.join('.'));
    const given = node['default'];
    if (given !== undefined)
      assert.ok(page.includes(`\`${JSON.stringify(given)}\``), path.join('.'));
  });
  for (const noun of NOUN_NAMES) assert.ok(page.includes(`\n## ${noun}\n`));
});

test('every key that is not active exists, and the page says so', () => {
  const page = configurationReference();
  for (const { path } of NOT_ACTIVE) {
    let nodes: readonly JsonObject[] = [schema];
    for (const part of path) nodes = nodes.flatMap((node) => step(node, part));
    assert.ok(nodes.length > 0, path.join(' '));
  }
  assert.equal(page.match(/accepted, not active/gi)?.length, NOT_ACTIVE.length);
});

function step(node: JsonObject, part: string): readonly JsonObject[] {
  const inner = [node, ...branches(node)].flatMap((one): (Json | undefined)[] => {
    if (part === '*') return [one['additionalProperties'], one['items']];
    const properties = one['properties'];
    return isObject(properties) ? [properties[part]] : [];
  });
  return inner.filter(isObject);
}

function branches(node: JsonObject): readonly JsonObject[] {
  const anyOf = node['anyOf'];
  return Array.isArray(anyOf) ? anyOf.filter(isObject) : [];
}

function eachProperty(
  node: JsonObject,
  path: readonly string[],
  visit: (path: readonly string[], node: JsonObject) => void,
): void {
  for (const one of [node, ...branches(node)]) {
    const properties = one['properties'];
    for (const [key, inner] of Object.entries(isObject(properties) ? properties : {})) {
      if (!isObject(inner)) continue;
      visit([...path, key], inner);
      eachProperty(inner, [...path, key], visit);
    }
    for (const inner of [one['additionalProperties'], one['items']].filter(isObject)) {
      eachProperty(inner, path, visit);
    }
  }
}
