import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Blocked } from './border.ts';
import type { Lookup } from './connect.ts';
import { createUpstream, type OpenUpstream } from './dial.ts';
import { dial, json, placeAt, requestTo, type Scripted, scripted } from './dialling.fixture.ts';
import { breachOf, targetOf } from './guard.ts';

const server: Scripted = await scripted((socket) => socket.end(json('{"secret":1}')));
const opened: OpenUpstream[] = [];
after(() => {
  server.close();
  for (const upstream of opened) upstream.close();
});

function guarded(lookup?: Lookup): { upstream: OpenUpstream; blocked: Blocked[] } {
  const blocked: Blocked[] = [];
  const upstream = createUpstream({
    onBlocked: (stopped) => blocked.push(stopped),
    ...(lookup === undefined ? {} : { lookup }),
  });
  opened.push(upstream);
  return { upstream, blocked };
}

/** A name server that gives the next answer each time; the last one stays. */
function answers(...lists: readonly (readonly string[])[]): Lookup & { asked: number } {
  const lookup = Object.assign(
    (_: string, then: Parameters<Lookup>[1]): void => {
      const list = lists[Math.min(lookup.asked, lists.length - 1)] ?? [];
      lookup.asked += 1;
      const found = list.map((address) => ({
        address,
        family: address.includes(':') ? (6 as const) : (4 as const),
      }));
      setImmediate(() => then(null, found));
    },
    { asked: 0 },
  );
  return lookup;
}

const { port } = server;
const undeclared = { privateAddress: undefined };

const LITERALS = [
  `http://127.0.0.1:${port}`,
  `http://localhost:${port}`,
  `http://127.1:${port}`,
  `http://2130706433:${port}`,
  `http://0x7f000001:${port}`,
  `http://0x7f.1:${port}`,
  `http://0177.0.0.1:${port}`,
  `http://127.0.0.1.:${port}`,
  `http://①②⑦.0.0.1:${port}`,
  `http://0:${port}`,
  `http://0.0.0.0:${port}`,
  `http://[::1]:${port}`,
  `http://[::]:${port}`,
  `http://[::ffff:127.0.0.1]:${port}`,
  `http://[::ffff:7f00:1]:${port}`,
  `http://[::127.0.0.1]:${port}`,
  `http://[64:ff9b::7f00:1]:${port}`,
  'http://169.254.169.254',
  'http://[fd00:ec2::254]',
  'http://[::ffff:a9fe:a9fe]',
  'http://168.63.129.16',
  'http://100.100.100.200',
  'http://10.0.0.1',
  'http://192.168.0.1:8080',
  `http://user@127.0.0.1:${port}`,
  `http://127.0.0.1:${port}/`,
  `http://127.0.0.1:${port}#@8.8.8.8`,
  `http://8.8.8.8\\@127.0.0.1:${port}`,
  'file:///etc/passwd',
  'ftp://127.0.0.1',
  'not a url',
  '',
];

for (const origin of LITERALS) {
  test(`without a declaration nothing opens ${origin || 'an empty origin'}`, async () => {
    const { upstream, blocked } = guarded();
    const before = server.sockets.length;
    const place = { ...placeAt(server.origin), ...undeclared, origin };
    const { fault } = await dial(upstream, requestTo(place)).over;
    assert.equal(fault?.code, 'address_denied');
    assert.equal(blocked.length, 1);
    assert.equal(blocked[0]?.kind, 'address');
    assert.equal(server.sockets.length, before);
  });
}

test('a declaration of another host or port opens nothing', async () => {
  const { upstream } = guarded();
  for (const privateAddress of [`127.0.0.1:${port + 1}`, '127.0.0.1', `localhost:${port}`, '']) {
    const place = placeAt(server.origin, { privateAddress });
    assert.equal((await dial(upstream, requestTo(place)).over).fault?.code, 'address_denied');
  }
});

test('metadata addresses stay closed even when they are declared', async () => {
  const { upstream } = guarded();
  for (const host of ['169.254.169.254', '[fd00:ec2::254]', '[::ffff:a9fe:a9fe]']) {
    const place = placeAt(`http://${host}`, { privateAddress: `${host}:80` });
    const { fault } = await dial(upstream, requestTo(place)).over;
    assert.equal(fault?.code, 'address_denied', host);
  }
});

test('a name that resolves to a private address is denied unless declared', async () => {
  const { upstream, blocked } = guarded(answers(['127.0.0.1']));
  const origin = `http://model.example:${port}`;
  const open = placeAt(origin, undeclared);
  assert.equal((await dial(upstream, requestTo(open)).over).fault?.code, 'address_denied');
  assert.equal(blocked[0]?.reason, 'private');
  const declared = await dial(upstream, requestTo(placeAt(origin))).over;
  assert.equal(declared.text, '{"secret":1}');
});

test('what one place was allowed is not reused for another with the same origin', async () => {
  const { upstream } = guarded(answers(['127.0.0.1']));
  const origin = `http://model.example:${port}`;
  assert.equal((await dial(upstream, requestTo(placeAt(origin))).over).ended, true);
  const other = placeAt(origin, undeclared);
  assert.equal((await dial(upstream, requestTo(other)).over).fault?.code, 'address_denied');
});

test('one private answer among public ones condemns the name', async () => {
  const { upstream, blocked } = guarded(answers(['93.184.216.34', '127.0.0.1']));
  const origin = `http://model.example:${port}`;
  const open = await dial(upstream, requestTo(placeAt(origin, undeclared))).over;
  const declared = await dial(upstream, requestTo(placeAt(origin))).over;
  assert.equal(open.fault?.code, 'address_denied');
  assert.equal(declared.fault?.code, 'address_denied');
  assert.deepEqual(
    blocked.map(({ reason }) => reason),
    ['mixed', 'mixed'],
  );
});

test('each connection asks the name server once and dials exactly what was judged', async () => {
  const lookup = answers(['127.0.0.1'], ['169.254.169.254'], ['127.0.0.1']);
  const { upstream, blocked } = guarded(lookup);
  const request = requestTo(placeAt(`http://model.example:${port}`));
  assert.equal((await dial(upstream, request).over).ended, true);
  assert.equal(lookup.asked, 1);
  assert.equal((await dial(upstream, request).over).fault?.code, 'address_denied');
  assert.equal(lookup.asked, 2);
  assert.equal(blocked[0]?.reason, 'never');
  assert.equal((await dial(upstream, request).over).ended, true);
});

test('on tier 1 a declared private name with a public address is denied', async () => {
  const { upstream, blocked } = guarded(answers(['93.184.216.34']));
  const place = placeAt('http://model.example:8000', { tier: 1 });
  assert.equal((await dial(upstream, requestTo(place)).over).fault?.code, 'address_denied');
  assert.equal(blocked[0]?.reason, 'public');
});

test('a name that is not found fails to connect, an empty answer is denied', async () => {
  const failing: Lookup = (_, then) =>
    setImmediate(() => then(Object.assign(new Error('no'), { code: 'ENOTFOUND' }), []));
  const lost = await dial(
    guarded(failing).upstream,
    requestTo(placeAt('http://model.example:1', undeclared)),
  ).over;
  assert.equal(lost.fault?.code, 'connect_failed');
  assert.match(lost.fault?.detail ?? '', /ENOTFOUND/);
  const empty = await dial(
    guarded(answers([])).upstream,
    requestTo(placeAt('http://model.example:1', undeclared)),
  ).over;
  assert.equal(empty.fault?.code, 'address_denied');
});

test('a second address of a judged name is tried when the first refuses', async () => {
  const { upstream } = guarded(answers(['127.0.0.9', '127.0.0.1']));
  const outcome = await dial(upstream, requestTo(placeAt(`http://model.example:${port}`))).over;
  assert.equal(outcome.ended, true);
});

test('a target is what a canonical origin says, and allows what its place declares', () => {
  const place = placeAt('http://[::1]:8080');
  assert.deepEqual(targetOf(place), {
    origin: 'http://[::1]:8080',
    hostname: '::1',
    allowed: 'either',
    isTenants: false,
  });
  assert.equal(targetOf({ ...place, privateAddress: '::1:8080', tier: 1 })?.allowed, 'private');
  assert.equal(targetOf({ ...place, privateAddress: undefined })?.allowed, 'public');
  const https = placeAt('https://models.internal', { privateAddress: 'models.internal:443' });
  assert.equal(targetOf(https)?.allowed, 'either');
  assert.equal(targetOf({ ...https, origin: 'https://models.internal:443' }), undefined);
  assert.equal(targetOf({ ...https, origin: 'https://Models.internal' }), undefined);
});

test('addresses are judged together', () => {
  assert.equal(breachOf('public', ['8.8.8.8', '2606:4700::1']), undefined);
  assert.equal(breachOf('public', ['8.8.8.8', '10.0.0.1']), 'mixed');
  assert.equal(breachOf('either', ['127.0.0.1', '::1']), undefined);
  assert.equal(breachOf('either', ['8.8.8.8']), undefined);
  assert.equal(breachOf('private', ['8.8.8.8']), 'public');
  assert.equal(breachOf('either', ['127.0.0.1', '169.254.169.254']), 'never');
  assert.equal(breachOf('public', []), 'unresolved');
});
