import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import {
  clientOf,
  completion,
  EXPLAINED,
  HELLO,
  hands,
  json,
  refused,
  serve,
  until,
} from './client.fixture.ts';
import { createClient, GatewayError, LocalError, Unreachable } from './index.ts';

/** A port that nobody listens on any more. */
async function nobody(context: TestContext): Promise<{ readonly url: string }> {
  const server = await serve(context, '');
  await server.close();
  return server;
}

describe('a call while the gateway is there', () => {
  it('is answered by it, with what it says of the call', async (context) => {
    const [gateway, local] = [await serve(context, 'far'), await serve(context, 'near')];
    const client = clientOf(context, gateway, { to: local, session: 'ticket-1' });
    const answer = await client.chat({ ...HELLO, temperature: 0 }, { headers: { 'X-A': 'b' } });
    assert.equal(answer.via, 'gateway');
    assert.equal(answer.text, 'far');
    assert.deepEqual(answer.body, completion('far'));
    assert.deepEqual(answer.explained, {
      decision: 'dec_1',
      tier: 2,
      endpoint: 'dgx',
      model: 'large',
      costUsd: '0.001200',
    });
    const [asked] = gateway.asked;
    assert.equal(asked?.path, '/v1/chat/completions');
    assert.deepEqual(JSON.parse(asked.body), { ...HELLO, temperature: 0 });
    assert.equal(asked.headers['authorization'], 'Bearer sbx_secret');
    assert.equal(asked.headers['x-signalbox-session'], 'ticket-1');
    assert.equal(asked.headers['x-a'], 'b');
    assert.equal(local.asked.length, 0);
  });

  it('is refused for good: no no is asked for elsewhere', async (context) => {
    const [gateway, local] = [await serve(context, 'far'), await serve(context, 'near')];
    const client = clientOf(context, gateway, { to: local });
    const noes: readonly (readonly [number, string])[] = [
      [400, 'body_invalid'],
      [401, 'key_invalid'],
      [402, 'budget_exhausted'],
      [403, 'policy_denied'],
      [429, 'rate_limited'],
      [500, 'internal'],
      [502, 'upstream_failed'],
      [503, 'upstream_unavailable'],
      [504, 'upstream_timeout'],
    ];
    for (const [status, code] of noes) {
      gateway.answer = (_, response) =>
        json(response, status, refused(code, { decision_id: 'dec_2' }), { 'retry-after-ms': '70' });
      await assert.rejects(client.chat(HELLO), (error: unknown) => {
        assert.ok(error instanceof GatewayError);
        assert.deepEqual([error.status, error.code, error.hint], [status, code, 'Do so.']);
        assert.deepEqual([error.decision, error.retryAfterMs], ['dec_2', 70]);
        return true;
      });
    }
    gateway.answer = (_, response) => response.writeHead(404).end('<html>');
    await assert.rejects(client.chat(HELLO), { name: 'GatewayError', status: 404 });
    assert.equal(local.asked.length, 0);
    assert.equal(client.status().gateway, 'up');
  });

  it('is refused also when the refusal itself breaks off', async (context) => {
    const [gateway, local] = [await serve(context, 'far'), await serve(context, 'near')];
    gateway.answer = (_, response) => {
      response.writeHead(403, { 'content-type': 'application/json', 'content-length': '999' });
      response.write('{"error":');
      setImmediate(() => response.destroy());
    };
    const client = clientOf(context, gateway, { to: local });
    await assert.rejects(client.chat(HELLO), { name: 'GatewayError', status: 403 });
    assert.equal(local.asked.length, 0);
  });

  it('is asked for once more where only a pooled connection had died', async (context) => {
    const [gateway, local] = [await serve(context, 'far'), await serve(context, 'near')];
    const well = gateway.answer;
    gateway.answer = (_, response) => {
      gateway.answer = well;
      response.socket?.resetAndDestroy();
    };
    const client = clientOf(context, gateway, { to: local });
    assert.equal((await client.chat(HELLO)).via, 'gateway');
    assert.deepEqual([gateway.asked.length, gateway.probes, local.asked.length], [2, 1, 0]);
  });

  it('is given up by its caller, and by nobody else', async (context) => {
    const [gateway, local] = [await serve(context, 'far'), await serve(context, 'near')];
    let closed = false;
    gateway.answer = (_, response) => void response.on('close', () => (closed = true));
    const client = clientOf(context, gateway, { to: local });
    const stop = new AbortController();
    const asked = client.chat(HELLO, { signal: stop.signal });
    await until(() => gateway.asked.length === 1);
    stop.abort(new Error('enough'));
    await assert.rejects(asked, /enough/);
    await until(() => closed);
    assert.equal(local.asked.length, 0);
    assert.equal(client.status().gateway, 'up');
    await assert.rejects(client.chat(HELLO, { signal: stop.signal }), /enough/);
  });
});

describe('a call while the gateway is away', () => {
  it('is answered locally, without a key, a header or a model of the gateway', async (context) => {
    const local = await serve(context, 'near');
    const options = { to: local, session: 's', headers: { 'x-signalbox-agent': 'a' } };
    const client = clientOf(context, await nobody(context), { ...options, ...hands() });
    const answer = await client.chat(HELLO, { session: 't' });
    assert.ok(answer.via === 'local');
    assert.deepEqual([answer.text, answer.why], ['near', 'connection']);
    const [asked] = local.asked;
    assert.equal(asked?.path, '/v1/chat/completions');
    assert.deepEqual(JSON.parse(asked.body), { ...HELLO, model: 'tiny' });
    assert.equal(asked.headers['authorization'], undefined);
    assert.ok(!Object.keys(asked.headers).some((name) => name.startsWith('x-signalbox')));
    assert.ok(!JSON.stringify(local.asked).includes('sbx_'));
  });

  it('sends a local key to the local endpoint alone', async (context) => {
    const [gateway, local] = [await serve(context, 'far'), await serve(context, 'near')];
    gateway.answer = (_, response) => response.writeHead(503).end();
    const own = { url: local.url, model: 'tiny', key: 'mine' };
    await clientOf(context, gateway, { local: own, ...hands() }).chat(HELLO);
    assert.equal(local.asked[0]?.path, '/chat/completions');
    assert.equal(local.asked[0].headers['authorization'], 'Bearer mine');
    assert.ok(!JSON.stringify(gateway.asked).includes('mine'));
  });

  it('is one that the network, a stranger or a stopping gateway answered', async (context) => {
    const [gateway, local] = [await serve(context, 'far'), await serve(context, 'near')];
    const answers: readonly (readonly [string, number, object | string, object])[] = [
      ['network', 502, '<html>bad gateway</html>', {}],
      ['network', 503, { message: 'no healthy upstream' }, {}],
      ['network', 504, '', {}],
      ['stranger', 200, '<html>log in</html>', { 'content-type': 'text/html' }],
      ['stranger', 302, '', { location: `${local.url}/login` }],
      ['draining', 503, refused('draining'), {}],
    ];
    for (const [why, status, body, headers] of answers) {
      gateway.answer = (_, response) => {
        response.writeHead(status, { ...headers });
        response.end(typeof body === 'string' ? body : JSON.stringify(body));
      };
      const client = clientOf(context, gateway, { to: local, ...hands() });
      const answer = await client.chat(HELLO);
      assert.ok(answer.via === 'local', why);
      assert.equal(answer.why, why);
      assert.equal(client.status().gateway, 'away');
    }
    assert.ok(local.asked.every(({ path }) => path !== '/login'));
  });

  it('is one whose answer does not begin in time', async (context) => {
    const [gateway, local] = [await serve(context, 'far'), await serve(context, 'near')];
    let closed = false;
    gateway.answer = (_, response) => void response.on('close', () => (closed = true));
    const time = hands();
    const client = clientOf(context, gateway, { to: local, firstByteMsMax: 700, ...time });
    const asked = client.chat(HELLO);
    await until(() => gateway.asked.length === 1);
    await time.turn(700);
    const answer = await asked;
    assert.ok(answer.via === 'local');
    assert.equal(answer.why, 'timeout');
    await until(() => closed);
  });

  it('fails with both reasons where the local endpoint fails too', async (context) => {
    const local = await serve(context, 'near');
    local.answer = (_, response) => json(response, 404, { error: { message: 'pull it first' } });
    const client = clientOf(context, await nobody(context), { to: local, ...hands() });
    await assert.rejects(client.chat(HELLO), (error: unknown) => {
      assert.ok(error instanceof LocalError);
      assert.deepEqual([error.why, error.status], ['connection', 404]);
      assert.match(error.message, /no connection to the gateway.*answered 404: pull it first/);
      return true;
    });
    await local.close();
    await assert.rejects(client.chat(HELLO), { name: 'LocalError', status: undefined });
  });

  it('fails where nothing local may answer', async (context) => {
    const local = await serve(context, 'near');
    const alone = clientOf(context, await nobody(context), { ...hands() });
    await assert.rejects(alone.chat(HELLO), (error: unknown) => {
      assert.ok(error instanceof Unreachable);
      assert.match(error.message, /ECONNREFUSED/);
      return error.why === 'connection';
    });
    const strict = clientOf(context, await nobody(context), { to: local, ...hands() });
    await assert.rejects(strict.chat(HELLO, { fallback: false }), { name: 'Unreachable' });
    assert.equal(local.asked.length, 0);
  });
});

describe('an explanation', () => {
  it('is the record of the gateway, or says why it was not asked', async (context) => {
    const [gateway, local] = [await serve(context, 'far'), await serve(context, 'near')];
    const client = clientOf(context, gateway, { to: local, ...hands() });
    const answer = await client.chat(HELLO);
    gateway.answer = (_, response) => json(response, 200, { decision_id: 'dec_1' });
    const far = await client.explain(answer);
    assert.equal(gateway.asked.at(-1)?.path, '/v1/decisions/dec_1');
    assert.equal(gateway.asked.at(-1)?.headers.authorization, 'Bearer sbx_secret');
    assert.deepEqual(far, {
      via: 'gateway',
      says: 'large at dgx (tier 2) answered for $0.001200, decision dec_1',
      record: { decision_id: 'dec_1' },
    });
    assert.equal((await client.explain('dec_9')).says, 'decision dec_9');
    gateway.answer = (_, response) => json(response, 404, refused('route_unknown'));
    await assert.rejects(client.explain('dec_9'), { name: 'GatewayError', status: 404 });
    await gateway.close();
    const near = await client.explain(await client.chat(HELLO));
    assert.equal(near.via, 'local');
    assert.equal(near.says, `no connection to the gateway, so tiny at ${local.url}/v1 answered`);
    await assert.rejects(client.explain('dec_9'), { name: 'Unreachable' });
  });

  it('of how good it was goes to the gateway, and of a local answer nowhere', async (context) => {
    const [gateway, local] = [await serve(context, 'far'), await serve(context, 'near')];
    const client = clientOf(context, gateway, { to: local, ...hands() });
    const answer = await client.chat(HELLO);
    gateway.answer = (_, response) => json(response, 200, { object: 'feedback' });
    assert.equal(await client.feedback(answer, { ok: true }), true);
    const last = gateway.asked.at(-1);
    assert.equal(last?.path, '/v1/feedback');
    assert.equal(last?.body, '{"decision":"dec_1","ok":true}');
    gateway.answer = (_, response) => json(response, 404, refused('decision_unknown'));
    const wrong = client.feedback('dec_9', { score: 0.5, tier: 3 });
    await assert.rejects(wrong, { name: 'GatewayError', status: 404 });
    await gateway.close();
    assert.equal(await client.feedback(await client.chat(HELLO), { ok: false }), false);
    await assert.rejects(client.feedback('dec_9', { ok: true }), { name: 'Unreachable' });
  });

  it('has nothing to say of an answer without a decision', async (context) => {
    const gateway = await serve(context, 'far');
    gateway.answer = (_, response) => json(response, 200, completion('far'));
    const client = clientOf(context, gateway);
    const answer = await client.chat(HELLO);
    assert.ok(answer.via === 'gateway' && answer.explained === undefined);
    assert.equal((await client.explain(answer)).record, undefined);
    const unknown = { ...EXPLAINED, 'x-signalbox-cost-usd': 'unknown' };
    gateway.answer = (_, response) => json(response, 200, completion('far'), unknown);
    const priced = await client.chat(HELLO);
    assert.ok(priced.via === 'gateway');
    assert.equal(priced.explained?.costUsd, undefined);
  });
});

describe('options', () => {
  const GOOD = { gatewayUrl: 'http://127.0.0.1:4141/v1/', key: 'k' };
  const local = (url: string, more: object = {}) => ({
    ...GOOD,
    local: { url, model: 'm', ...more },
  });

  it('are judged when the client is made', () => {
    createClient(GOOD).close();
    const wrong: readonly (readonly [object, RegExp])[] = [
      [{ gatewayUrl: '127.0.0.1:4141' }, /^TypeError: gatewayUrl: /],
      [{ gatewayUrl: 'http://me@127.0.0.1' }, /gatewayUrl/],
      [{ key: '' }, /^TypeError: key: /],
      [{ session: 'ü' }, /^TypeError: session: /],
      [{ firstByteMsMax: 0 }, /firstByteMsMax/],
      [{ probeMsFirst: Number.NaN }, /probeMsFirst/],
      [{ local: { url: 'http://127.0.0.1', model: '' } }, /local\.model/],
      [{ local: { url: 'file:///x', model: 'm' } }, /local\.url/],
    ];
    for (const [one, said] of wrong) {
      assert.throws(
        () => createClient({ ...GOOD, ...one }),
        (error: unknown) => said.test(String(error)),
      );
    }
  });

  it('name a local endpoint that looks local, or is attested', () => {
    const near = ['localhost', '127.0.0.1', '[::1]', '10.1.2.3', '192.168.0.9', '172.20.0.1'];
    for (const host of [...near, 'ollama', 'box.local', '[fd00::1]', '100.100.1.1']) {
      createClient(local(`http://${host}:11434/v1`)).close();
    }
    const far = ['api.openai.com', '8.8.8.8', '172.32.0.1', '[2001:db8::1]', 'localhost.evil.com'];
    for (const host of far) {
      assert.throws(() => createClient(local(`https://${host}/v1`)), /attested/);
      createClient(local(`https://${host}/v1`, { attested: true })).close();
    }
  });
});
