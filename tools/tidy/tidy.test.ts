import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readHouse, show, tidy } from './tidy.ts';

const SHOWN_MAX = 50;

test('the house is as agreed', () => {
  const house = readHouse(fileURLToPath(new URL('../..', import.meta.url)));
  assert.ok(house.files.size > 0, 'there are files to read');
  const found = tidy(house).map(show);
  const shown = found.slice(0, SHOWN_MAX).join('\n');
  assert.ok(found.length === 0, `${found.length} violations (npm run tidy):\n${shown}`);
});
