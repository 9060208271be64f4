// The sim as a server: bytes, counts, bad input, leaving callers, scripts.
import assert from 'node:assert/strict';
import { createConnection } from 'node:net';
import { after, beforeEach, test } from 'node:test';
import { startSim } from './sim.ts';
import { chatWith, post, until } from './talk.fixture.ts';

const sim = await startSim({ bodyBytesMax: 1_000_000 });
after(() => sim.close());
beforeEach(() => sim.reset());

const path = '/v1/chat/completions';
const streamed = { stream: true };

test('the same request gets the same bytes, from another sim too', async () => {
  const other = await startSim();
  const ask = async (url: string, body: string): Promise<string> =>
    (await fetch(url + path, { method: 'POST', body })).text();
  for (const body of [chatWith('Explain tides'), chatWith('Explain tides', streamed)]) {
    const first = await ask(sim.url, body);
    assert.equal(await ask(sim.url, body), first);
    assert.equal(await ask(other.url, body), first);
  }
  await other.close();
  const seeded = await startSim({ seed: 2, now: () => 86_400_000 });
  const changed = JSON.parse(await ask(seeded.url, chatWith('Explain tides')));
  assert.equal(changed.created, 86_400);
  assert.notEqual(JSON.stringify(changed), await ask(sim.url, chatWith('Explain tides')));
  await seeded.close();
});

test('what arrived is kept byte for byte, and counted', async () => {
  const messages = '[{"role":"user","content":"h\\u0069"}]';
  const body = `{ "model" : "sim-small", "x":1e400,\t"messages":${messages} }`;
  await fetch(sim.url + path, { method: 'POST', body, headers: { 'x-a': 'b' } });
  await fetch(`${sim.url}/health`);
  const { received, completed, byModel, last } = sim.requests();
  assert.deepEqual(
    { received, completed, byModel },
    { received: 2, completed: 2, byModel: { 'sim-small': 1 } },
  );
  assert.equal(Buffer.from(last[0]?.body ?? []).toString(), body);
  assert.equal(last[0]?.headers['x-a'], 'b');
  assert.ok(last[0]?.rawHeaders.includes('x-a'));
});

test('bad requests get the error envelope and the status they deserve', async () => {
  const send = async (at: string, body: string): Promise<[number, { error: { code: string } }]> => {
    const answer = await fetch(sim.url + at, { method: 'POST', body });
    return [answer.status, JSON.parse(await answer.text())];
  };
  const cases: [string, string, number][] = [
    [path, '{"model":', 400],
    [path, '[]', 400],
    [path, '{}', 400],
    [path, '[['.repeat(50_000), 400],
    [path, '{"model":"sim-small"}', 400],
    [path, chatWith('x', { n: 0 }), 400],
    [path, chatWith('x', { max_tokens: 'many' }), 400],
    [path, chatWith('x', { tools: [{}] }), 400],
    [path, chatWith('x', { response_format: { type: 'xml' } }), 400],
    [path, chatWith('x', { model: 'other' }), 404],
    [path, chatWith('[[sim: nonsense]] hi'), 400],
    [path, '{"model":"sim-small","messages":[{"role":"king","content":"x"}]}', 400],
    [path, '{"model":"sim-small","messages":[{"role":"user","content":7}]}', 400],
    [path, 'x'.repeat(1_000_001), 413],
    ['/v1/embeddings', '{"model":"sim-small","input":""}', 400],
    ['/v1/responses', '{"model":"sim-small","input":7}', 400],
    ['/v1/responses', '{"model":"sim-small","input":"x","previous_response_id":"no"}', 400],
    ['/v1/completions', '{"model":"sim-small","prompt":{}}', 400],
    ['/v1/images/generations', '{}', 404],
  ];
  for (const [at, body, status] of cases) {
    const [got, { error }] = await send(at, body);
    assert.equal(got, status, `${at} ${body.slice(0, 80)}`);
    assert.ok('code' in error && 'message' in error && 'param' in error && 'type' in error);
  }
  assert.equal((await fetch(sim.url + path)).status, 405);
  assert.equal((await fetch(sim.url + path, { method: 'DELETE' })).status, 405);
  assert.equal((await fetch(`${sim.url}/v1/models/none`)).status, 404);
});

test('a prototype name in a body is only a name', async () => {
  const body =
    '{"model":"sim-small","__proto__":{"stream":true},' +
    '"messages":[{"role":"user","content":"hello"}]}';
  const answer = await fetch(sim.url + path, { method: 'POST', body });
  assert.equal(answer.headers.get('content-type'), 'application/json');
});

test('a caller who leaves before the first byte is noticed', async () => {
  const socket = createConnection(sim.port, '127.0.0.1');
  socket.write(post(chatWith('x'), ['x-sim: hang']));
  await until(() => sim.requests().open === 1);
  socket.destroy();
  await until(() => sim.requests().aborted === 1);
  assert.equal(sim.requests().open, 0);
});

test('a caller who stops reading holds the stream back, and ends it by leaving', async () => {
  const socket = createConnection(sim.port, '127.0.0.1');
  socket.pause();
  socket.write(post(chatWith('x', streamed), ['x-sim: tokens=100000']));
  await until(() => sim.requests().open === 1);
  socket.destroy();
  await until(() => sim.requests().aborted === 1);
});

test('scripts come over HTTP too, only as JSON, for so many requests', async () => {
  const give = (body: object, type = 'application/json'): Promise<Response> =>
    fetch(`${sim.url}/sim/script`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': type },
    });
  assert.equal((await give({ script: 'status=503' }, 'text/plain')).status, 415);
  assert.equal((await give({ script: 'statsu=503' })).status, 400);
  assert.equal((await give({ script: 'status=503', times: 0 })).status, 400);
  assert.equal((await give({ script: 'status=503', times: 2, model: 'sim-small' })).status, 200);
  const ask = async (): Promise<number> =>
    (await fetch(sim.url + path, { method: 'POST', body: chatWith('hello') })).status;
  assert.deepEqual([await ask(), await ask(), await ask()], [503, 503, 200]);
  await give({ script: 'status=500' });
  assert.deepEqual([await ask(), await ask()], [500, 500]);
  await fetch(`${sim.url}/sim/script`, { method: 'DELETE' });
  assert.equal(await ask(), 200);
  const counts = await (await fetch(`${sim.url}/sim/requests`)).text();
  assert.ok(counts.includes('"received":6') && !counts.includes('hello'), counts);
});

test('a script of the program is for the next call, or for those that it matches', async () => {
  const ask = async (at: string, body?: string): Promise<number> =>
    (await fetch(sim.url + at, body === undefined ? {} : { method: 'POST', body })).status;
  sim.script('status=500');
  const remove = sim.script('status=503', { path: '/v1/models' });
  assert.deepEqual([await ask('/v1/models'), await ask('/v1/models')], [503, 503]);
  remove();
  assert.equal(await ask('/v1/models'), 200);
  assert.deepEqual([await ask(path, chatWith('x')), await ask(path, chatWith('x'))], [500, 200]);
  assert.throws(() => sim.script('nonsense'), TypeError);
});

test('the last to speak wins: directive, then header, then script', async () => {
  sim.script('text=script,model=claimed', {});
  const say = async (content: string, header: string): Promise<[string, string]> => {
    const headers = { 'x-sim': header };
    const answer = await fetch(sim.url + path, {
      method: 'POST',
      body: chatWith(content),
      headers,
    });
    const { model, choices } = JSON.parse(await answer.text());
    return [model, choices[0].message.content];
  };
  assert.deepEqual(await say('hi', ''), ['claimed', 'script']);
  assert.deepEqual(await say('hi', 'text=header'), ['claimed', 'header']);
  assert.deepEqual(await say('hi [[sim: text=prompt]]', 'text=header'), ['claimed', 'prompt']);
});
