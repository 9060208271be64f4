import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { tinyModel } from '../../tools/tiny-model/tiny-model.ts';
import { ask, askAdmin, signalbox, startGateway } from '../example.fixture.ts';

const ENGINE = new URL('../../tools/engines/node_modules/node-llama-cpp', import.meta.url);
const isInstalled = existsSync(fileURLToPath(ENGINE));
const isOptional = (process.env['CI'] ?? '') === '';
const skip = !isInstalled && isOptional ? 'skipped: npm run engines' : false;

const OPTIONS = { random: false, seed: 1, contextTokens: 8_192, sharpness: 1 };

test('a GGUF file is tier 1, before the sim', { skip }, async (context) => {
  assert.ok(isInstalled, 'npm run engines installs what this needs');
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-gguf-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const model = join(folder, 'tiny.gguf');
  const { bytes } = tinyModel({ ...OPTIONS, name: 'tiny' });
  writeFileSync(model, bytes);
  const gateway = await startGateway(context, { environment: { SIGNALBOX_GGUF: model } });
  const said = JSON.parse(await signalbox(gateway, ['ask', 'hello', '--json', '--explain']));
  assert.deepEqual([said.tier, said.endpoint, said.model], [1, 'embedded', 'tiny']);
  assert.ok(said.answer.length > 0);
  assert.match(said.cost_usd, /^0\.0/);
  // The sim stays beside it, and plays the private and the frontier tier.
  const endpoints = JSON.stringify(await askAdmin(gateway, 'endpoints'));
  assert.match(endpoints, /"name":"embedded"[^}]*"tier":1[^}]*"state":"available".*sim-frontier/);
  const streamed = await ask(gateway, { body: { model: 'tiny', stream: true } });
  assert.match(streamed.text, /data: \[DONE\]/);
});
