// A real gateway whose way to the public network is a proxy, and a server that plays both.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { chat, json, startGateway } from './gateway.fixture.ts';

const ANSWER = {
  id: 'x',
  object: 'chat.completion',
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'far' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
};

const FILE = `version: 1
node: { name: n1, tier: 1 }
server: { host: 127.0.0.1, port: 0 }
endpoints:
  far: { kind: openai-compatible, url: http://far.example/v1, models: [m], credentials: [{ secret: env:FAR }] }
tenants: { acme: { topology: cloud, default_label: public } }
keys: { main: { tenant: acme, secret: env:MAIN, scopes: [call, explain] } }
`;

test('calls go by way of the proxy, and nobody is told its password', async (context) => {
  const seen: { url: string; proxied: string; key: string }[] = [];
  const state = { isOpen: true };
  const proxy = createServer(({ url = '', headers }, response) => {
    const proxied = headers['proxy-authorization'] ?? '';
    seen.push({ url, proxied, key: headers.authorization ?? '' });
    response.writeHead(state.isOpen ? 200 : 407, { 'content-type': 'application/json' });
    response.end(JSON.stringify(ANSWER));
  });
  await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done));
  context.after(() => {
    proxy.closeAllConnections();
    proxy.close();
  });
  const address = proxy.address();
  assert.ok(typeof address === 'object' && address !== null);
  const gateway = await startGateway(() => FILE, {
    http_proxy: `http://us:hidden@127.0.0.1:${address.port}`,
    signalbox_proxy_resolves: 'true',
    far: 'sk-far',
  });
  context.after(() => gateway.stop());
  const body = chat('m', 'hello');
  const answer = await gateway.ask('/v1/chat/completions', { body });
  assert.equal(answer.status, 200, answer.text);
  assert.equal(json(answer)['object'], 'chat.completion');
  const call = seen.find(({ url }) => url.endsWith('/chat/completions'));
  assert.deepEqual(call, {
    url: 'http://far.example/v1/chat/completions',
    proxied: `Basic ${Buffer.from('us:hidden').toString('base64')}`,
    key: 'Bearer sk-far',
  });
  state.isOpen = false;
  const headers = { 'x-signalbox-queue': 'allow' };
  const later = await gateway.ask('/v1/chat/completions', { body, headers });
  assert.equal(later.status, 202, later.text);
  assert.doesNotMatch(later.text + gateway.metrics(), /hidden|dXM6/);
});
