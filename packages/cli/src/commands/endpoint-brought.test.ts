// `signalbox endpoint` as people type it: an endpoint for all on the gateway's own machine, and one
// of a tenant, from quarantine to its end.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { tenantFile } from '../configuration/gather.ts';
import { folderFor, parsed, serverIn, start, typed } from '../testing.fixture.ts';
import { CANARY, everyByte, formsOf, house, played } from '../up/brought.fixture.ts';

test('a tenant’s endpoint goes from quarantine to its end', async (context) => {
  const own = await played(context, CANARY);
  const { folder, chat, server, keys } = await house(context, { acme: [own.port] });
  const said: string[] = [];
  const sb = async (...words: string[]) => {
    const ended = await typed(folder, words, { LLM_KEY: CANARY, WRONG: 'sk-not-it-0123456789abc' });
    said.push(ended.out, ended.err);
    return ended;
  };
  const add = ['endpoint', 'add', own.url, '--tenant', 'acme', '--name', 'gpu'];
  const tried = await sb(...add, '--key', 'env:LLM_KEY', '--dry-run', '--json');
  assert.equal(parsed(tried)['dry_run'], true);
  const wrong = await sb(...add, '--key', 'env:WRONG');
  assert.equal(wrong.exit, 1, wrong.err);
  assert.match(wrong.out, /^no +key +refused at `GET \/models` \(replace the key\)$/m);
  assert.match(
    wrong.err,
    /acme\/gpu is quarantined: no call goes there\.\nnext: .*probe acme\/gpu/,
  );
  assert.equal((await sb('endpoint', 'activate', 'acme/gpu')).exit, 5);
  const fixed = await sb('endpoint', 'key', 'acme/gpu', '--key', 'env:LLM_KEY');
  assert.equal(fixed.exit, 0, fixed.err);
  assert.match(fixed.out, /^ok +reachable +answered `GET \/models`$/m);
  assert.match((await sb('endpoint', 'show', 'acme/gpu')).err, /next: signalbox endpoint activate/);
  const listed = await sb('endpoint', 'list');
  assert.match(listed.out, /^acme\/gpu +2 +quarantined/m);
  assert.match((await sb('endpoint', 'activate', 'acme/gpu')).out, /^acme\/gpu: active$/m);
  assert.equal((await chat('acme-caller', 'big-one')).status, 200);
  assert.equal((await sb('endpoint', 'probe', 'acme/gpu', '--json')).exit, 0);
  const shown = parsed(await sb('endpoint', 'show', 'acme/gpu', '--json'));
  assert.deepEqual([shown['has_key'], shown['key_tail']], [true, 'TAIL']);
  assert.match((await sb('endpoint', 'drain', 'acme/gpu', '--yes')).out, /acme\/gpu: drained/);
  assert.equal((await chat('acme-caller', 'big-one')).status, 403);
  assert.equal((await sb('endpoint', 'enable', 'acme/gpu')).exit, 0);
  assert.match((await sb('tenant', 'rotate-key', 'acme')).out, /acme: data key 2/);
  assert.equal((await chat('acme-caller', 'big-one')).status, 200);
  assert.equal((await sb('endpoint', 'key', 'acme/gpu', '--remove', '--yes')).exit, 0);
  assert.notEqual((await chat('acme-caller', 'big-one')).status, 200);

  const url = server().url;
  const asAdmin = (...words: string[]) =>
    typed(folderFor(context), words, { SIGNALBOX_URL: url, SIGNALBOX_ADMIN_KEY: keys.acme });
  assert.match((await asAdmin('endpoint', 'list')).out, /acme\/gpu/);
  assert.doesNotMatch((await asAdmin('endpoint', 'list')).out, /sim-local/);
  const piped = start(
    context,
    folder,
    ['endpoint', 'key', 'acme/gpu', '--key-stdin', '--url', url],
    {
      SIGNALBOX_ADMIN_KEY: keys.acme,
    },
  );
  piped.child.stdin?.end(`${CANARY}\n`);
  assert.equal(await piped.ended, 0, piped.err());
  assert.equal((await asAdmin('endpoint', 'remove', 'acme/gpu', '--yes')).exit, 0);
  assert.equal((await asAdmin('endpoint', 'remove', 'acme/gpu', '--yes')).exit, 4);
  const all = `${everyByte(folder)}${said.join('')}${piped.out()}${piped.err()}`;
  for (const form of formsOf(CANARY)) assert.ok(!all.includes(form), form);
});

test('of one without a path the usual one is tried for tenants, too', async (context) => {
  const own = await played(context, CANARY);
  const { folder, chat } = await house(context, { acme: [own.port] });
  const sb = (...words: string[]) => typed(folder, words, { LLM_KEY: CANARY, WRONG: 'sk-not-it' });
  const { origin } = new URL(own.url);
  const written = (): readonly (string | undefined)[] => {
    const text = readFileSync(join(folder, '.signalbox', tenantFile('acme')), 'utf8');
    return [...text.matchAll(/url: "?([^"\n]+)/g)].map(([, url]) => url);
  };
  const add = ['endpoint', 'add', origin, '--tenant', 'acme', '--name'];
  const wrong = await sb(...add, 'gpu', '--key', 'env:WRONG');
  assert.equal(wrong.exit, 1, wrong.out);
  assert.deepEqual(written(), [origin]);
  const fixed = await sb('endpoint', 'key', 'acme/gpu', '--key', 'env:LLM_KEY');
  assert.equal(fixed.exit, 0, fixed.err);
  assert.deepEqual(written(), [own.url]);
  assert.equal((await sb('endpoint', 'activate', 'acme/gpu')).exit, 0);
  assert.equal((await chat('acme-caller', 'big-one')).status, 200);
  // Who names its models has said where it is.
  await sb(...add, 'own', '--key', 'env:LLM_KEY', '--model', 'big-one');
  assert.deepEqual(written().toSorted(), [origin, own.url]);
});

test('a key on the command line is refused as such, and not repeated', async (context) => {
  const folder = folderFor(context);
  await serverIn(context, folder);
  const add = ['endpoint', 'add', 'https://llm.example/v1', '--tenant', 'demo'];
  const refused = await typed(folder, [...add, '--key', CANARY]);
  assert.equal(refused.exit, 2);
  assert.match(refused.err, /by reference, never as a value/);
  assert.ok(!refused.err.includes('5up3r53cr3t'));
  const missing = await typed(folder, [...add, '--key', 'env:NOT_THERE']);
  assert.match(missing.err, /NOT_THERE is not set/);
  const tiered = await typed(folder, [...add, '--tier', '1']);
  assert.equal(tiered.exit, 2);
  const nobody = await typed(folder, [...add.slice(0, 3), '--tenant', 'nobody']);
  assert.match(nobody.err, /no tenant has this name/);
});

test('an endpoint for all is asked, and let in when its checks pass', async (context) => {
  const own = await played(context);
  const folder = folderFor(context);
  const server = await serverIn(context, folder);
  const sb = (...words: string[]) => typed(folder, words);
  const added = await sb('endpoint', 'add', own.url, '--name', 'lab');
  assert.equal(added.exit, 0, added.err);
  assert.match(added.out, /^ok +models +big-one$/m);
  assert.match(added.err, /lab is quarantined/);
  const stateOf = (name: string): string | undefined =>
    server.status().endpoints.find((one) => one.name === name)?.state;
  assert.equal(stateOf('lab'), 'quarantined');
  const activated = await sb('endpoint', 'activate', 'lab');
  assert.equal(activated.exit, 0, activated.err);
  assert.equal(stateOf('lab'), 'available');
  const kept = readFileSync(join(folder, '.signalbox', 'operator.yaml'), 'utf8');
  assert.doesNotMatch(kept, /quarantine/);
  const other = await sb('endpoint', 'add', own.url, '--activate');
  assert.equal(other.exit, 0, other.err);
  assert.equal(stateOf(`127-0-0-1-${own.port}`), 'available');
  const bare = await sb('endpoint', 'add', new URL(own.url).origin, '--name', 'bare', '--activate');
  assert.equal(bare.exit, 0, bare.err);
  assert.equal(stateOf('bare'), 'available');
});
