import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type Sim, startSim } from '@signalbox/sim';
import { ask, askAdmin, signalbox, startGateway } from '../example.fixture.ts';

const FILE = fileURLToPath(new URL('litellm.yaml', import.meta.url));
const PORT = 11_434;
const MODELS = [
  {
    id: 'qwen3-8b',
    tier: 1 as const,
    skill: 1 as const,
    contextTokensMax: 32_768,
    createdS: 1_750_000_000,
  },
];

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
  if (sim.port === PORT) return FILE;
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-litellm-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const copy = join(folder, 'litellm.yaml');
  writeFileSync(copy, readFileSync(FILE, 'utf8').replace(String(PORT), String(sim.port)));
  return copy;
}

test('the file of a LiteLLM proxy starts the gateway as it is', async (context) => {
  const sim = await standIn(context);
  const gateway = await startGateway(context, { words: ['--config', fileFor(context, sim)] });
  // The name that callers know goes to the first of the order.
  const answer = await ask(gateway, { body: { model: 'agent-router' } });
  assert.equal(answer.status, 200);
  assert.deepEqual(
    ['tier', 'endpoint', 'model'].map((name) => answer.said(name)),
    ['1', 'ollama', 'qwen3-8b'],
  );
  // Tiers follow from the addresses: this machine, a name of the own network, a provider.
  const endpoints = JSON.stringify(await askAdmin(gateway, 'endpoints'));
  assert.match(endpoints, /"name":"ollama"[^}]*"tier":1/);
  assert.match(endpoints, /"name":"vllm"[^}]*"tier":2/);
  assert.match(endpoints, /"name":"anthropic"[^}]*"tier":3[^}]*"state":"unavailable"/);
});

test('what is left behind is told with its line, and nothing is written', async (context) => {
  const gateway = await startGateway(context, { words: ['--config', FILE] });
  const told = await signalbox(gateway, ['config', 'validate', FILE]);
  assert.match(told, /litellm\.yaml:18 +router_settings\.routing_strategy +is not carried over/);
  assert.match(told, /litellm\.yaml:13 .*ANTHROPIC_API_KEY/);
  assert.match(told, /privacy: observe.*tenant set default --privacy enforce/);
  const written = await signalbox(gateway, ['import', 'litellm', FILE, '--dry-run']);
  assert.match(written, /^# yaml-language-server/);
  assert.match(written, /^aliases:\n {2}agent-router:\n {4}- model: qwen3-8b$/m);
});
