import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type Sim, startSim } from '@signalbox/sim';
import { type Answer, ask, askAdmin, signalbox, startGateway } from '../example.fixture.ts';

const FILE = fileURLToPath(new URL('agent-inference-config.yaml', import.meta.url));
const PORT = 11_434;

const model = (id: string) => ({
  id,
  tier: 1 as const,
  skill: 1 as const,
  contextTokensMax: 32_768,
  createdS: 1_750_000_000,
});
const MODELS = ['qwen3:4b', 'qwen3:8b', 'codellama:13b'].map(model);

/** Stands in for Ollama at its own port, or at another one when somebody has that. */
async function standIn(context: TestContext): Promise<Sim> {
  const sim = await startSim({ port: PORT, models: MODELS }).catch(() =>
    startSim({ models: MODELS }),
  );
  context.after(() => sim.close());
  return sim;
}

/** The file itself, or a copy that names the other port. */
function fileFor(context: TestContext, sim: Sim): string {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-inference-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const copy = join(folder, 'agent-inference-config.yaml');
  copyFileSync(FILE, copy);
  if (sim.port === PORT) return FILE;
  writeFileSync(copy, readFileSync(FILE, 'utf8').replace(String(PORT), String(sim.port)));
  return copy;
}

test('the file that others have starts the gateway as it is', async (context) => {
  const sim = await standIn(context);
  const gateway = await startGateway(context, { words: ['--config', fileFor(context, sim)] });
  const step = (name: string, more = {}): Promise<Answer> =>
    ask(gateway, { headers: { 'x-signalbox-step': name, ...more } });
  // Its rules by task type.
  const sorted = await step('message_classification');
  assert.deepEqual([sorted.said('endpoint'), sorted.said('model')], ['ollama', 'qwen3:4b']);
  assert.equal((await step('entity_extraction')).said('model'), 'qwen3:8b');
  // Its names for models.
  const code = await ask(gateway, { body: { model: 'code' } });
  assert.equal(code.said('model'), 'codellama:13b');
  // Its override: sensitive data never leaves the device, whatever the step asks for.
  const sensitive = await step('code_review', { 'x-signalbox-sensitivity': 'regulated' });
  assert.deepEqual([sensitive.said('tier'), sensitive.said('endpoint')], ['1', 'ollama']);
  // Without its key the cloud is shown as unavailable; that is no error.
  const endpoints = JSON.stringify(await askAdmin(gateway, 'endpoints'));
  assert.match(endpoints, /"name":"anthropic"[^}]*"tier":3[^}]*"state":"unavailable"/);
  // What to do next is told with its line.
  const told = await signalbox(gateway, ['config', 'validate', FILE]);
  assert.match(told, /agent-inference-config\.yaml:\d+ .*ANTHROPIC_API_KEY/);
  assert.doesNotMatch(told, /not active/);
  assert.match(told, /privacy: observe.*tenant set default --privacy enforce/);
});
