// Endpoints that tenants bring, through the admin API of a real gateway, in front of real servers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CANARY, everyByte, formsOf, house, played } from './brought.fixture.ts';

const at = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;

const listAt = (value: unknown, key: string): readonly unknown[] => {
  const found = at(value, key);
  return Array.isArray(found) ? found : [];
};

const check = (body: unknown, name: string): unknown =>
  listAt(body, 'checks').find((one) => at(one, 'check') === name);

test('it is quarantined, asked, activated, and serves its tenant alone', async (context) => {
  const own = await played(context, CANARY);
  const { admin, chat } = await house(context, { acme: [own.port] });
  const brought = { name: 'gpu', url: own.url, key: CANARY };
  const added = await admin('acme', 'POST', '/endpoints', brought);
  assert.equal(added.status, 201, added.text);
  assert.equal(at(added.body, 'name'), 'acme/gpu');
  assert.equal(at(added.body, 'quarantined'), true);
  assert.equal(at(added.body, 'fit'), true, added.text);
  for (const name of ['reachable', 'tls', 'key', 'models']) {
    assert.equal(at(check(added.body, name), 'state'), 'passed', name);
  }
  assert.match(String(at(check(added.body, 'tier'), 'says')), /^2: a private address/);

  const early = await chat('acme-caller', 'big-one');
  assert.equal(early.status, 403);
  assert.match(early.text, /is quarantined/);
  assert.equal((await chat('acme-caller', 'acme/gpu/big-one')).status, 403);
  assert.ok(!own.asked.some((one) => one.startsWith('POST')), 'no call before it is activated');

  const activated = await admin('acme', 'POST', '/endpoints/acme/gpu/activate');
  assert.equal(activated.status, 200, activated.text);
  assert.equal(at(activated.body, 'quarantined'), false);
  const answered = await chat('acme-caller', 'big-one');
  assert.match(answered.text, new RegExp(`from ${own.port}`));

  const before = own.asked.length;
  for (const model of ['big-one', 'acme/gpu/big-one', 'acme/gpu']) {
    const other = await chat('globex-caller', model);
    assert.equal(other.status, 404, other.text);
    assert.equal(at(at(other.body, 'error'), 'code'), 'model_unknown');
  }
  await chat('globex-caller', 'auto');
  assert.equal(own.asked.length, before, 'another tenant never reaches it');
});

test('after a restart it serves as before, and its key stands nowhere', async (context) => {
  const own = await played(context, CANARY);
  const { admin, chat, restart, folder, server } = await house(context, { acme: [own.port] });
  const texts: string[] = [];
  const told = async (...asked: Parameters<typeof admin>): Promise<void> => {
    const answer = await admin(...asked);
    assert.ok(answer.status < 300, answer.text);
    texts.push(answer.text);
  };
  await told('acme', 'POST', '/endpoints', { name: 'gpu', url: own.url, key: CANARY });
  await told('acme', 'POST', '/endpoints/acme/gpu/activate');
  await restart();
  assert.equal((await chat('acme-caller', 'big-one')).status, 200);
  own.key = 'sk-another-key-0123456789-abcdefgh';
  assert.notEqual((await chat('acme-caller', 'big-one')).status, 200);
  await told('acme', 'PUT', '/endpoints/acme/gpu/key', { key: own.key });
  await told('acme', 'GET', '/endpoints');
  await told('operator', 'GET', '/endpoints');
  await told('operator', 'GET', '/status');
  await told('operator', 'GET', '/requests');
  assert.match(texts.join(), /"has_key":true,"key_tail":"efgh"/);
  await told('acme', 'POST', '/tenants/acme/rotate-key');
  await restart();
  texts.push(server().documents.inForce.read.yaml());
  texts.push(JSON.stringify(server().documents.inForce.read.origins()));
  await server().stop();
  const all = [everyByte(folder), ...texts].join('\n');
  for (const act of ['brought', 'activated', 'key-changed']) {
    assert.ok(all.includes(`"act":"endpoint-${act}","by":"acme-admin","what":"acme/gpu"`), act);
  }
  for (const secret of [CANARY, own.key]) {
    for (const form of formsOf(secret)) assert.ok(!all.includes(form), form);
  }
});
