// The world failing around a call: callers that leave, upstreams that die, hang or are not there.
import assert from 'node:assert/strict';
import { type IncomingMessage, request } from 'node:http';
import { after, before, beforeEach, describe, it } from 'node:test';
import {
  type Answer,
  chat,
  documents,
  type Gateway,
  json,
  refused,
  startGateway,
  until,
} from './gateway.fixture.ts';

const CHAT = '/v1/chat/completions';
const LEAVE_MS_MAX = 250;
let gateway: Gateway;
before(async () => {
  gateway = await startGateway(documents);
});
beforeEach(() => gateway.sim.reset());

/** Faults open breakers: what the next test finds must not be what this one left behind. */
async function rested(): Promise<void> {
  await gateway.stop();
  gateway = await startGateway(documents);
}
after(async () => {
  await until('every place is free', () => gateway.node.house.live.pools.slots.total() === 0);
  assert.deepEqual(gateway.node.house.live.pools.budgets.open(), [], 'nothing is held');
  assert.equal(gateway.node.house.live.parking.waiting.size, 0);
  await gateway.stop();
});

const send = (model: string, more: object = {}, script = ''): Promise<Answer> =>
  gateway.ask(CHAT, {
    body: chat(model, 'hello', more),
    headers: script === '' ? {} : { 'x-sim': script },
  });
const record = async (answer: Answer): Promise<Record<string, unknown>> => {
  const decision = String(answer.headers['x-signalbox-decision-id']);
  return json(await gateway.ask(`/v1/decisions/${decision}`));
};

/** A caller hangs up when it has heard enough. @returns how long the upstream was open after it. */
async function leave(stream: boolean, script: string, heardMin: number): Promise<number> {
  const body = JSON.stringify(chat('sim-frontier', 'hello', { stream }));
  const headers = {
    authorization: `Bearer ${gateway.key('main')}`,
    'content-type': 'application/json',
    'x-sim': script,
  };
  const { port } = gateway;
  const sent = request({ port, path: CHAT, method: 'POST', headers, agent: false });
  sent.on('error', () => undefined);
  let heard = 0;
  sent.on('response', (got: IncomingMessage) => {
    got.on('error', () => undefined);
    got.on('data', (chunk: Buffer) => {
      heard += chunk.length;
    });
  });
  sent.end(body);
  await until('the upstream has the call', () => gateway.sim.requests().open === 1);
  await until('enough was heard', () => heard >= heardMin);
  const began = performance.now();
  sent.destroy();
  await until('the upstream is let go of', () => gateway.sim.requests().aborted === 1);
  return performance.now() - began;
}

describe('a caller that leaves', () => {
  const cases: readonly (readonly [
    name: string,
    stream: boolean,
    script: string,
    heard: number,
  ])[] = [
    ['before the first byte', false, 'hang', 0],
    ['before the first byte of a stream', true, 'hang', 0],
    ['in the middle of a stream', true, 'latency-token=20,tokens=500', 1],
    ['in the silence of a stream', true, 'silent-after=2,tokens=9', 1],
  ];
  for (const [name, stream, script, heard] of cases) {
    it(`${name} takes the upstream's connection with it`, async () => {
      const ms = await leave(stream, script, heard);
      assert.ok(ms <= LEAVE_MS_MAX, `${ms} ms`);
    });
  }

  it('while its answer is being collected takes the connection with it too', async () => {
    const ms = await leave(false, 'slow-bytes=20,tokens=50', 0);
    assert.ok(ms <= LEAVE_MS_MAX, `${ms} ms`);
  });
});

describe('a gateway that stops', () => {
  for (const [name, more, script, told] of [
    [
      'a stream',
      { stream: true },
      'latency-token=20,tokens=5000',
      /event: error\n.*"code":"shed".*\n\n$/,
    ],
    ['a caller without an answer yet', {}, 'hang', /^\{"error":\{.*"code":"shed"/],
  ] as const) {
    it(`tells ${name} so, and its record blames nobody else`, async () => {
      const waiting = send('sim-frontier', more, script);
      await until('the upstream has the call', () => gateway.sim.requests().open === 1);
      await gateway.node.listening.close(name === 'a stream' ? 600 : 10);
      const answer = await waiting;
      assert.match(answer.text, told);
      assert.doesNotMatch(answer.text, /\[DONE\]/);
      const record = [...(await gateway.settlements()).values()].flat().at(-1);
      const isStream = name === 'a stream';
      assert.equal(answer.end, isStream ? 'cut' : 'clean');
      assert.deepEqual(
        [record?.ending, record?.code, record?.attempts[0]?.outcome],
        [isStream ? 'cut' : 'refused', 'shed', 'aborted'],
      );
      await rested();
    });
  }
});

describe('an upstream that dies', () => {
  beforeEach(rested);

  it('in the middle of a stream: an error event, an unclean end, never [DONE]', async () => {
    for (const script of ['die-after=3,tokens=20', 'die-after=1,tokens=5']) {
      const answer = await send('sim-frontier', { stream: true }, script);
      assert.equal(answer.status, 200);
      assert.equal(answer.end, 'cut');
      assert.match(answer.text, /^data: /);
      assert.match(
        answer.text,
        /event: error\ndata: \{"error":.*"code":"upstream_failed".*\}\n\n$/,
      );
      assert.doesNotMatch(answer.text, /\[DONE\]/);
      const seen = await record(answer);
      assert.deepEqual([seen['ending'], seen['code']], ['cut', 'upstream_failed']);
    }
  });

  it('in the middle of a whole answer: 502, and nothing of the half answer', async () => {
    const answer = await send('sim-frontier', {}, 'die-after=20');
    refused(answer, 502, 'upstream_failed');
    assert.ok(answer.headers['x-signalbox-decision-id']);
  });

  it('before it answers: 502', async () => {
    refused(await send('sim-frontier', {}, 'down'), 502, 'upstream_failed');
    refused(await send('sim-frontier', { stream: true }, 'down'), 502, 'upstream_failed');
  });

  const broken: readonly (readonly [script: string, status: number, code: string])[] = [
    ['html-502', 502, 'upstream_failed'],
    ['status=500', 502, 'upstream_failed'],
    ['status=401', 502, 'upstream_failed'],
    ['truncate', 502, 'upstream_failed'],
    ['malformed-json', 502, 'upstream_failed'],
    ['error-in-stream', 502, 'upstream_failed'],
    ['endless-headers', 502, 'upstream_failed'],
    ['redirect=http://127.0.0.1:1/', 502, 'upstream_failed'],
    ['status=429,retry-after=1', 429, 'rate_limited'],
  ];
  for (const [script, status, code] of broken) {
    it(`or answers nonsense is our upstream's fault, not ours: ${script}`, async () => {
      refused(await send('sim-frontier', {}, script), status, code);
    });
  }

  it('with a bomb in its answer is stopped in time', async () => {
    const answer = await send('sim-frontier', {}, 'gzip-bomb=256');
    refused(answer, 502, 'upstream_failed');
  });

  it("and speaks of the caller's mistake is relayed word for word", async () => {
    const answer = await send('sim-frontier', {}, 'status=400,code=bad_thing');
    assert.equal(answer.status, 400);
    assert.equal(Reflect.get(Object(json(answer)['error']), 'code'), 'bad_thing');
    assert.equal(answer.headers['x-should-retry'], 'false');
  });
});

describe('an upstream that is silent', () => {
  beforeEach(rested);

  it('before its head is left after head_ms', async () => {
    refused(await send('sim-frontier', {}, 'hang'), 504, 'upstream_timeout');
  });

  it('in the middle of a stream is left after idle_ms', async () => {
    const answer = await send('sim-frontier', { stream: true }, 'silent-after=2,tokens=9');
    assert.equal(answer.end, 'cut');
    assert.match(answer.text, /"code":"upstream_timeout"/);
    assert.doesNotMatch(answer.text, /\[DONE\]/);
  });

  it('in the middle of a whole answer is left too', async () => {
    refused(await send('sim-frontier', {}, 'silent-after=10'), 504, 'upstream_timeout');
  });

  it('or slow for ever is left after total_ms', async () => {
    const script = 'latency-token=100,tokens=500';
    const answer = await send('sim-frontier', { stream: true }, script);
    assert.equal(answer.end, 'cut');
    assert.match(answer.text, /"code":"upstream_timeout"/);
    const seen = await record(answer);
    assert.equal(Reflect.get(Object(seen['attempts'])[0], 'fault'), 'total_timeout');
  });
});

describe('when all allowed routes are down', () => {
  it('a call waits, and then is told to come again', async () => {
    const began = performance.now();
    const answer = await send('unreachable');
    refused(answer, 503, 'upstream_unavailable');
    assert.ok(Number(answer.headers['retry-after-ms']) > 0);
    assert.equal(answer.headers['x-should-retry'], undefined);
    assert.ok(performance.now() - began >= 250, 'it waited');
  });

  /** Parks a call whose endpoint comes up right after; answers where its answer will be. */
  async function parked(model: string, more: object, key: string): Promise<string> {
    const answer = await gateway.ask(CHAT, {
      key,
      body: chat(model, 'x', more),
      headers: { 'x-signalbox-queue': 'allow' },
    });
    assert.equal(answer.status, 202, answer.text);
    assert.equal(json(answer)['status'], 'queued');
    assert.ok(Number(answer.headers['retry-after-ms']) > 0);
    const location = String(answer.headers['location']);
    assert.match(location, /^\/v1\/queued\/req_[0-9A-Z]{26}$/);
    const { url } = gateway.sim;
    await gateway.swap(documents(url).replaceAll('http://127.0.0.1:9/v1', `${url}/v1`));
    return location;
  }

  async function fetched(location: string, key: string): Promise<Answer> {
    for (;;) {
      const answer = await gateway.ask(location, { key });
      if (answer.status !== 202) return answer;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  it('a call that may be queued gets its answer later, once', async () => {
    const [key, stranger] = [gateway.key('main'), gateway.key('stranger')];
    const location = await parked('unreachable-1', {}, key);
    const polled = await gateway.ask(location);
    assert.ok(Number(polled.headers['retry-after-ms']) >= 1_000);
    const waiting = json(polled);
    assert.equal(waiting['position'], 1);
    assert.equal(typeof waiting['expected_wait_ms'], 'number');
    refused(await gateway.ask(location, { key: stranger }), 404, 'route_unknown');
    const answer = await fetched(location, key);
    assert.equal(answer.status, 200, answer.text);
    assert.ok(json(answer)['choices']);
    assert.match(String(answer.headers['x-signalbox-decision-id']), /-\d+$/);
    refused(await gateway.ask(location), 410, 'queued_expired');
    refused(await gateway.ask(location, { key: stranger }), 404, 'route_unknown');
    refused(await gateway.ask(`/v1/queued/req_${'0'.repeat(26)}`), 404, 'route_unknown');
    refused(await gateway.ask('/v1/queued/nonsense'), 404, 'route_unknown');
    await gateway.swap(documents(gateway.sim.url));
  });

  it('a queued stream is one answer, for a key that is bound to a network too', async () => {
    const key = gateway.key('bound');
    const location = await parked('unreachable-2', { stream: true }, key);
    const answer = await fetched(location, key);
    assert.match(String(answer.headers['content-type']), /^text\/event-stream/);
    assert.match(answer.text, /^data: .*data: \[DONE\]\n\n$/s);
    await gateway.swap(documents(gateway.sim.url));
  });
});

describe('a gateway that is told to stop', () => {
  it('says so, answers what is under way, and then takes nothing more', async () => {
    const own = await startGateway((url) =>
      documents(url).replace('drain_ms_max: 200', 'drain_ms_max: 3000, drain_delay_ms: 200'),
    );
    const running = own.ask(CHAT, {
      body: chat('sim-small', 'x'),
      headers: { 'x-sim': 'latency-first=400' },
    });
    await until('the call is under way', () => own.sim.requests().open === 1);
    const stopping = own.stop();
    const ready = await own.ask('/readyz');
    assert.equal(ready.status, 503);
    assert.equal(json(ready)['mode'], 'draining');
    const late = await own.ask('/healthz');
    assert.equal(late.status, 200, 'calls are still accepted');
    assert.equal((await running).status, 200);
    await stopping;
    await assert.rejects(own.ask('/healthz'), /ECONNREFUSED|ECONNRESET|socket hang up/);
  });

  it('logs how many calls it cut off, and not those that had their answer', async (context) => {
    const own = await startGateway(documents);
    const log = context.mock.method(own.node.house.ports.sink, 'log', () => undefined);
    const body = chat('sim-small', 'x', { stream: true });
    assert.equal((await own.ask(CHAT, { body })).end, 'clean');
    const cut = ['latency-token=20,tokens=5000', 'hang'].map((script) =>
      own.ask(CHAT, { body, headers: { 'x-sim': script } }),
    );
    await until('both are under way', () => own.sim.requests().open === 2);
    await own.stop();
    await Promise.all(cut);
    const [, , last] = log.mock.calls.map((call) => call.arguments).at(-1) ?? [];
    assert.deepEqual(last, { callsCutOff: 2 });
  });

  it('cuts off an audit, which is settled before the journal closes', async (context) => {
    const own = await startGateway((url) =>
      documents(url)
        .replace('headers: {forward: [x-sim]}', 'headers: {}')
        .replace('head_ms: 600, idle_ms: 600, total_ms: 4000', 'head_ms: 60000, idle_ms: 60000')
        .replace('  acme: {}', '  acme: {policies: [watched]}')
        .concat('policies: {watched: {cascade: {audit: 1}}}\n'),
    );
    const { live, ports } = own.node.house;
    const append = context.mock.method(ports.store, 'append');
    const asked = { body: chat('auto', 'Say hello.'), headers: { 'x-sim': 'hang' } };
    assert.equal((await own.ask(CHAT, asked)).status, 200);
    await until('the audit is under way', () => own.sim.requests().open === 1);
    await own.stop();
    const settled = append.mock.calls.flatMap(({ arguments: [draft], error }) =>
      draft.kind === 'settlement' ? [[draft.body.audit?.propensity, error]] : [],
    );
    assert.deepEqual(settled, [
      [undefined, undefined],
      [1, undefined],
    ]);
    assert.deepEqual(live.pools.budgets.open(), []);
  });

  it('leaves calls that wait for a route to its next start, with no money held', async () => {
    const own = await startGateway(documents);
    const asked = { body: chat('unreachable-1', 'x'), headers: { 'x-signalbox-queue': 'allow' } };
    assert.equal((await own.ask(CHAT, asked)).status, 202);
    const { live } = own.node.house;
    await until('it waits', () => live.parking.waiting.size === 1);
    await own.stop();
    assert.equal(live.parking.waiting.size, 0);
    const { budgets } = live.pools;
    const held = budgets.open().map((call) => budgets.holdOf(call)?.estimateNanoUsd);
    assert.deepEqual(held, ['0']);
  });
});
