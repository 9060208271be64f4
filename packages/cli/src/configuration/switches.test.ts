import assert from 'node:assert/strict';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { folderFor } from '../testing.fixture.ts';
import { NO_SWITCHES, readSwitches, writeSwitches } from './switches.ts';

test('what is switched is found again, in a file of its owner’s', async (context) => {
  const folder = folderFor(context);
  assert.deepEqual(await readSwitches(folder), NO_SWITCHES);
  const switches = { drained: ['a', 'b/c'], importedPrivacy: 'enforce' as const };
  await writeSwitches(folder, switches);
  assert.deepEqual(await readSwitches(folder), switches);
  assert.equal(statSync(join(folder, 'switches.json')).mode & 0o777, 0o600);
});

test('an unreadable file is an error: what was drained must not come back', async (context) => {
  const folder = folderFor(context);
  for (const text of ['', '{', 'null', '{"v":2,"drained":[]}', '{"v":1,"drained":[7]}']) {
    writeFileSync(join(folder, 'switches.json'), text);
    await assert.rejects(readSwitches(folder), /cannot be read; remove it/);
  }
});
