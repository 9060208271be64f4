import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { CODES } from '@signalbox/contract';
import { errorsPage } from './errors.ts';

const page = readFileSync(new URL('../../docs/reference/errors.md', import.meta.url), 'utf8');

test('the page of errors says what the table of codes says', () => {
  assert.equal(page, errorsPage(), 'run: node tools/docs/errors.ts > docs/reference/errors.md');
});

test('every code has a heading that a doc_url leads to', () => {
  for (const code of Object.keys(CODES)) assert.match(page, new RegExp(`^## ${code}$`, 'm'));
});
