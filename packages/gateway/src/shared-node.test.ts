// A node that tenants share, and a tenant whose content must not come to it: refused by its head.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { chat, type Gateway, json, raw, refused, startGateway } from './gateway.fixture.ts';

const written =
  (node: string) =>
  (sim: string): string =>
    `
version: 1
server: {host: 127.0.0.1, port: 0, headers_ms_max: 5000, body_ms_max: 5000, drain_ms_max: 200}
node: ${node}
endpoints:
  near: {kind: sim, url: ${sim}/v1, models: {sim-small: {}}}
tenants:
  crypt: {topology: sovereign, own: {endpoints: [near], networks: [vault]}}
  lent: {topology: sovereign, shared_nodes: allow, own: {endpoints: [near]}}
  shop: {topology: hybrid}
keys:
  main: {tenant: crypt, secret: "env:MAIN", scopes: [call, explain]}
  lent: {tenant: lent, secret: "env:LENT"}
  shop: {tenant: shop, secret: "env:SHOP"}
`;

const SHARED = '{name: hall, tier: 2}';
const MINE = '{name: hall, tier: 2, network: vault}';
const CHAT = '/v1/chat/completions';
const LENGTH = 9_000_000;

let gateway: Gateway;
before(async () => {
  gateway = await startGateway(written(SHARED));
});
after(() => gateway.stop());

/** A head that declares nine megabytes, asks whether to send them, and sends none. */
const declared = (path: string, key: string): Promise<{ readonly text: string }> =>
  raw(
    gateway.port,
    [
      [
        `POST ${path} HTTP/1.1`,
        'host: x',
        `authorization: Bearer ${gateway.key(key)}`,
        'content-type: application/json',
        `content-length: ${LENGTH}`,
        'expect: 100-continue',
        '\r\n',
      ].join('\r\n'),
    ],
    (text) => /policy_denied|permission|PERMISSION|sovereign|100 Continue/.test(text),
  );

const PATHS = [
  CHAT,
  '/v1/completions',
  '/v1/responses',
  '/v1/embeddings',
  '/v1/messages',
  '/v1/messages/count_tokens',
  '/v1beta/models/sim-small:generateContent',
  '/v1beta/models/sim-small:streamGenerateContent',
  '/api/chat',
  '/api/generate',
  '/api/embed',
  '/v1/moderations',
  '/v1/route/explain',
  '/v1/route/simulate',
];

describe('a sovereign tenant on a node that others share', () => {
  for (const path of PATHS) {
    it(`is refused by its head, and asked for no byte of a body: ${path}`, async () => {
      const { text } = await declared(path, 'main');
      assert.match(text, /^HTTP\/1\.1 403 /, text);
      assert.match(text, /sovereign/);
      assert.doesNotMatch(text, /100 Continue/);
      assert.match(text, /x-should-retry: false/);
    });
  }

  it('is told what, where and what to do, and its record says it', async () => {
    const answer = await gateway.ask(CHAT, { body: chat('sim-small', 'the secret of the vault') });
    const error = refused(answer, 403, 'policy_denied');
    assert.match(String(error['message']), /`crypt` is sovereign.*`hall` of tier 2.*shared/);
    assert.match(String(error['hint']), /own\.networks.*shared_nodes: allow.*tenants\.crypt/);
    assert.match(String(error['decision_id']), /^dec_/);
    const [record] = (await gateway.settlements()).get(String(error['request_id'])) ?? [];
    const { tenant, key, ending, code, attempts, label } = record ?? {};
    assert.deepEqual(
      { tenant, key, ending, code, attempts },
      { tenant: 'crypt', key: 'main', ending: 'refused', code: 'policy_denied', attempts: [] },
    );
    assert.equal(label, undefined, 'nobody has read it');
    assert.doesNotMatch(JSON.stringify(record), /secret of the vault/);
  });

  it('still sees what its key may do, which is none of its content', async () => {
    assert.equal((await gateway.ask('/v1/key')).status, 200);
  });

  it('is taken where its document says so', async () => {
    const { text } = await declared(CHAT, 'lent');
    assert.match(text, /^HTTP\/1\.1 100 Continue/);
    const body = chat('sim-small', 'hello');
    assert.equal((await gateway.ask(CHAT, { body, key: gateway.key('lent') })).status, 200);
  });

  it('stands in nobody’s way who is not sovereign', async () => {
    assert.match((await declared(CHAT, 'shop')).text, /^HTTP\/1\.1 100 Continue/);
  });

  it('is taken by a node in a network of its own, and by the device itself', async () => {
    for (const node of [MINE, '{name: hall, tier: 1}']) {
      await gateway.swap(written(node)(gateway.sim.url));
      assert.match((await declared(CHAT, 'main')).text, /^HTTP\/1\.1 100 Continue/, node);
      const answer = await gateway.ask(CHAT, { body: chat('sim-small', 'hello') });
      assert.equal(answer.status, 200, answer.text);
      assert.equal(json(answer)['object'], 'chat.completion');
    }
    await gateway.swap(written('{name: hall, tier: 3, network: elsewhere}')(gateway.sim.url));
    assert.match((await declared(CHAT, 'main')).text, /^HTTP\/1\.1 403 /);
  });
});
