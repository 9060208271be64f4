import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kindOf, SERVER_KINDS } from '@signalbox/dialect';
import { ENDPOINT_KINDS } from '@signalbox/documents';
import { between } from './marks.ts';
import { readmeTable, serversPage } from './servers.ts';

test('documents and dialects know the same kinds of servers', () => {
  const written = Object.keys(ENDPOINT_KINDS).toSorted();
  assert.deepEqual(SERVER_KINDS.map(({ name }) => String(name)).toSorted(), written);
});

test('the URL that a document leaves out ends with the usual base of its kind', () => {
  for (const [name, { url, path }] of Object.entries(ENDPOINT_KINDS)) {
    const bases = kindOf(name)?.bases ?? [];
    if (url !== undefined) assert.ok(url.endsWith(bases[0] ?? '?'), name);
    if (path !== undefined) assert.equal(path, bases[0], name);
  }
});

test('every kind stands in the table of the README and has a section on the page', () => {
  const [table, page] = [readmeTable(), serversPage()];
  for (const { name } of SERVER_KINDS) {
    assert.ok(table.includes(`| \`${name}\` |`), name);
    assert.match(page, new RegExp(`^## ${name}$`, 'm'));
  }
});

test('only what stands between the marks is replaced', () => {
  const page = 'a\n<!-- x -->\nold\n<!-- /x -->\nb\n';
  assert.equal(between(page, 'x', 'new'), 'a\n<!-- x -->\nnew\n<!-- /x -->\nb\n');
  assert.throws(() => between('a', 'x', 'new'), /no single/);
  assert.throws(() => between(page + page, 'x', 'new'), /no single/);
});
