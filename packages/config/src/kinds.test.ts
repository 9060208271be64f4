import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kindOf, SERVER_KINDS } from '@signalbox/dialect';
import { ENDPOINT_KINDS } from '@signalbox/documents';
import { configurationOf, problemOf } from './read.fixture.ts';

const NAMES: readonly string[] = SERVER_KINDS.map(({ name }) => name);

test('a document may name every kind of server that is spoken to, and no other', () => {
  assert.deepEqual(Object.keys(ENDPOINT_KINDS).toSorted(), NAMES.toSorted());
});

for (const name of NAMES) {
  test(`\`kind: ${name}\` is read, with its usual address and key`, () => {
    const facts = Object.entries(ENDPOINT_KINDS).find(([kind]) => kind === name)?.[1];
    assert.ok(facts !== undefined);
    const own = name === 'embedded' ? 'model_path: /m.gguf' : 'url: https://models.example';
    const key =
      facts.environmentName === undefined
        ? ''
        : `, credentials: [{ secret: env:${facts.environmentName} }]`;
    const at = facts.url === undefined ? `, ${own}` : '';
    const text = `version: 1\nendpoints: { it: { kind: ${name}, models: [m]${at}${key} } }\n`;
    const endpoint = configurationOf(text).endpoints.get('it');
    assert.equal(endpoint?.kind, name);
    if (name === 'embedded') return;
    const url = facts.url ?? `https://models.example${facts.path ?? ''}`;
    assert.equal(endpoint?.url, url);
    // Where the document leaves a path out, it is the one that this kind is spoken to at.
    const [base] = kindOf(name)?.bases ?? [];
    assert.ok(url.endsWith(base ?? '?'), `${url} ${base}`);
    assert.equal(endpoint?.credentials[0]?.secret.value, facts.environmentName);
  });
}

test('a kind that is misspelt is proposed', () => {
  const text = 'version: 1\nendpoints: { it: { kind: mistrall, url: https://a.example } }\n';
  assert.match(problemOf(text).hint, /`mistral`/);
});
