import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startSim } from '@signalbox/sim';
import { call, folderFor, parsed, serverIn, typed } from '../testing.fixture.ts';

/** One model of its own and one far away, an order between them, and a setting that is lost. */
const LITELLM = (near: string): string => `model_list:
  - model_name: agents
    litellm_params:
      model: openai/near-1
      api_base: ${near}/v1
      api_key: none
      order: 1
  - model_name: agents
    litellm_params:
      model: claude-sonnet-4-5
      order: 2
router_settings:
  cooldown_time: 30
  model_group_alias: { Old-Name: agents }
general_settings:
  max_request_size_mb: 4
`;

test('a dry run prints the file and what was left behind, and writes nothing', async (context) => {
  const folder = folderFor(context);
  writeFileSync(join(folder, 'litellm.yaml'), LITELLM('http://127.0.0.1:9'));
  const tried = await typed(folder, ['import', 'litellm', 'litellm.yaml', '--dry-run']);
  assert.equal(tried.exit, 0, tried.err);
  assert.match(tried.out, /^# yaml-language-server: \S+\n# Imported from litellm\.yaml\. /);
  const left = /litellm\.yaml:13 +router_settings\.cooldown_time:? +is not carried over: /;
  assert.match(tried.out, left);
  assert.match(tried.err, left);
  assert.match(tried.err, /litellm\.yaml:8 .*its key is read from ANTHROPIC_API_KEY/);
  assert.match(tried.err, /privacy: observe.*signalbox tenant set default --privacy enforce/);
  assert.equal(existsSync(join(folder, 'signalbox.yaml')), false);
  const document = parsed(
    await typed(folder, ['import', 'litellm', 'litellm.yaml', '--dry-run', '--json']),
  );
  assert.equal(document['text'], tried.out);
  assert.ok(Array.isArray(document['notices']) && document['notices'].length === 4);
});

test('what it prints is a configuration, once written it stays', async (context) => {
  const folder = folderFor(context);
  writeFileSync(join(folder, 'litellm.yaml'), LITELLM('http://127.0.0.1:9'));
  const written = await typed(folder, ['import', 'litellm', 'litellm.yaml']);
  assert.equal(written.exit, 0, written.err);
  assert.match(written.out, /litellm\.yaml:13 .*\n\n?signalbox\.yaml, from litellm\.yaml\n$/s);
  assert.ok(existsSync(join(folder, 'signalbox.schema.json')));
  const valid = await typed(folder, ['config', 'validate']);
  assert.equal(valid.exit, 0, valid.out);
  assert.match(valid.out, /valid: signalbox\.yaml: 2 endpoints, 1 tenant,/);
  assert.equal((await typed(folder, ['import', 'litellm', 'litellm.yaml'])).exit, 5);
  const enforced = ['--out', 'strict.yaml', '--privacy', 'enforce'];
  assert.equal((await typed(folder, ['import', 'litellm', 'litellm.yaml', ...enforced])).exit, 0);
  assert.match(readFileSync(join(folder, 'strict.yaml'), 'utf8'), /privacy: enforce/);
});

test('the same file starts as it is, and one command turns enforcement on', async (context) => {
  const sim = await startSim({
    models: [
      { id: 'near-1', tier: 1, skill: 1, contextTokensMax: 32_768, createdS: 1_750_000_000 },
    ],
  });
  context.after(() => sim.close());
  const folder = folderFor(context);
  writeFileSync(join(folder, 'litellm.yaml'), LITELLM(`http://127.0.0.1:${sim.port}`));
  const server = await serverIn(context, folder, { config: 'litellm.yaml' });
  assert.equal(server.demo?.tenant, 'default');
  const key = server.demo?.key.reveal() ?? '';
  for (const model of ['agents', 'Old-Name', 'old-name']) {
    const answer = await call(server.url, key, { body: { model } });
    assert.equal(answer.status, 200, model);
    assert.equal(answer.headers.get('x-signalbox-model'), 'near-1');
  }
  const privacy = async (): Promise<unknown> =>
    parsed(await typed(folder, ['tenant', 'show', 'default', '--json']))['privacy'];
  assert.equal(await privacy(), 'observe');
  const notes = await typed(folder, ['config', 'validate', 'litellm.yaml']);
  const [, command = ''] = /signalbox (tenant set .* enforce)/.exec(notes.out) ?? [];
  const set = await typed(folder, command.split(' '));
  assert.equal(set.exit, 0, set.err);
  assert.equal(await privacy(), 'enforce');
});

test('a key in the file stops it, and is never shown', async (context) => {
  const folder = folderFor(context);
  const secret = 'sk-q7Wn3ZtB9xLk2RvYc5Hd8MfGp4Js6Ae1';
  const text = LITELLM('http://127.0.0.1:9').replace('api_key: none', `api_key: ${secret}`);
  writeFileSync(join(folder, 'litellm.yaml'), text);
  for (const words of [
    ['import', 'litellm', 'litellm.yaml'],
    ['import', 'litellm', 'litellm.yaml', '--json'],
    ['config', 'validate', 'litellm.yaml'],
  ]) {
    const ended = await typed(folder, words);
    assert.equal(ended.exit, 2);
    assert.match(ended.out, /holds a secret by value/);
    assert.match(ended.out, /os\.environ\/OPENAI_API_KEY/);
    assert.ok(!(ended.out + ended.err).includes(secret.slice(3, 12)));
  }
  assert.equal(existsSync(join(folder, 'signalbox.yaml')), false);
});

test('a file of another program is named, and so is one that is not there', async (context) => {
  const folder = folderFor(context);
  writeFileSync(join(folder, 'own.yaml'), 'version: 1\n');
  writeFileSync(join(folder, 'tiers.yaml'), 'tiers: {}\nrouting: {}\n');
  const typedFor = (...words: readonly string[]) => typed(folder, ['import', 'litellm', ...words]);
  const own = await typedFor('own.yaml');
  assert.equal(own.exit, 2);
  assert.match(own.err, /is for Signalbox, not for a LiteLLM proxy.*\n.*config validate own\.yaml/);
  assert.match((await typedFor('tiers.yaml')).err, /import inference-config tiers\.yaml/);
  assert.equal((await typedFor('absent.yaml')).exit, 4);
  assert.equal((await typedFor('own.yaml', '--privacy', 'none')).exit, 2);
  const tiers = await typed(folder, ['import', 'inference-config', 'tiers.yaml', '--dry-run']);
  assert.equal(tiers.exit, 0, tiers.err);
});
