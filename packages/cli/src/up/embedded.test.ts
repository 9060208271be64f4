// A model file that cannot be served: the other endpoints serve meanwhile.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { folderFor, start, upIn } from '../testing.fixture.ts';

const WITH_OTHERS = `version: 1
endpoints:
  local: { kind: embedded, model_path: broken.gguf }
  away: { kind: ollama, url: http://127.0.0.1:9, private_address: true, models: [m] }
tenants: { acme: {} }
`;
const ALONE = `version: 1
endpoints:
  local: { kind: embedded, model_path: broken.gguf }
tenants: { acme: {} }
`;

test('a model that does not run is said in /readyz, and the others serve', async (context) => {
  const folder = folderFor(context);
  writeFileSync(join(folder, 'broken.gguf'), 'no model at all');
  writeFileSync(join(folder, 'signalbox.yaml'), WITH_OTHERS);
  const { url } = await upIn(context, folder);
  const ready = await fetch(`${url}/readyz`);
  assert.equal(ready.status, 200);
  const text = await ready.text();
  assert.match(text, /local: its model does not run here \(\w+\)/);
  assert.doesNotMatch(text, /broken\.gguf/);
});

test('who has nothing else is told why, and what to do', async (context) => {
  const folder = folderFor(context);
  writeFileSync(join(folder, 'broken.gguf'), 'no model at all');
  writeFileSync(join(folder, 'signalbox.yaml'), ALONE);
  const up = start(context, folder, ['up']);
  assert.equal(await up.ended, 2, up.err());
  assert.match(up.err(), /broken\.gguf/);
  assert.match(up.err(), /hint: /);
});
