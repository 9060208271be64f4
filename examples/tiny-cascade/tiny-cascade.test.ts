import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { tinyModel } from '../../tools/tiny-model/tiny-model.ts';
import { askAdmin, runProgram, startGateway } from '../example.fixture.ts';

const ENGINE = new URL('../../tools/engines/node_modules/node-llama-cpp', import.meta.url);
const isInstalled = existsSync(fileURLToPath(ENGINE));
const isOptional = (process.env['CI'] ?? '') === '';
const skip = !isInstalled && isOptional ? 'skipped: npm run engines' : false;

const OPTIONS = { random: false, seed: 1, contextTokens: 8_192, sharpness: 1, name: 'tiny' };
const HARD = /\b(?:prove|theorem|hard|derive|lemma)\b/;

test('a real model keeps what it is sure of, and nothing else', { skip }, async (context) => {
  assert.ok(isInstalled, 'npm run engines installs what this needs');
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-tiny-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const model = join(folder, 'tiny.gguf');
  writeFileSync(model, tinyModel(OPTIONS).bytes);
  const config = fileURLToPath(new URL('signalbox.yaml', import.meta.url));
  const gateway = await startGateway(context, {
    words: ['--config', config],
    environment: { SIGNALBOX_GGUF: model },
  });
  const said = await runProgram(new URL('questions.mjs', import.meta.url), gateway.environment);
  const lines = said.trimEnd().split('\n').slice(0, -1);
  assert.equal(lines.length, 12);
  for (const line of lines) {
    const right = HARD.test(line) ? /^carried 0\.0\d* sim-frontier:/ : /^kept +0\.[2-9]\d* tiny:/;
    assert.match(line, right);
  }

  const agent = new URL('../agent-session/agent.mjs', import.meta.url);
  const steps = await runProgram(agent, gateway.environment);
  const tiers = steps.split('\n').slice(0, 12);
  assert.deepEqual(
    tiers.map((line) => /tier (\d)/.exec(line)?.[1]).join(''),
    '311111113333',
    steps,
  );
  assert.match(tiers[9] ?? '', /^10\. rag_answer by header: tier 3, step, carried up$/);
  assert.ok(Number(/saved (\d+) %/.exec(steps)?.[1]) >= 40, steps);
  // What the page of the session is made of: one step was asked in both places.
  const id = /sessions\/(ses_\w+)/.exec(steps)?.[1];
  const page = JSON.stringify(await askAdmin(gateway, `requests?session=${id}&limit=100`));
  assert.equal(page.match(/"received_by":\["embedded","sim-frontier"\]/g)?.length, 1, page);
});
