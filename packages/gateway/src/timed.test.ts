// Every answer says how long it took, whoever gave it: a page, a refusal of a head, a call.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  ADMIN_KEY,
  type Answer,
  type Asked,
  chat,
  documents,
  type Gateway,
  startGateway,
} from './gateway.fixture.ts';

let gateway: Gateway;
before(async () => {
  gateway = await startGateway(documents);
});
after(() => gateway.stop());

/** Once, whole, and no longer than it was. */
function saysItsTime(answer: Answer): void {
  const timing = String(answer.headers['server-timing']);
  const named = timing.split(', ').map((entry) => entry.split(';dur='));
  const names = ['queue', 'decide', 'upstream', 'total', 'body'];
  assert.deepEqual(
    named.map(([name]) => name),
    names,
    timing,
  );
  const values = named.map(([, ms]) => Number(ms));
  assert.ok(
    values.every((ms) => ms >= 0),
    timing,
  );
  const [queue = 0, decide = 0, upstream = 0, total = 0, body = 0] = values;
  assert.ok(queue + decide + upstream + body <= total + 0.03, timing);
  assert.ok(total < 20_000, timing);
}

describe('the time that an answer took', () => {
  const body = chat('sim-small', 'x');
  const cases: readonly (readonly [path: string, status: number, asked?: Asked])[] = [
    ['/healthz', 200],
    ['/readyz', 200],
    ['/openapi.json', 200],
    ['/metrics', 200, { key: ADMIN_KEY }],
    ['/metrics', 401, { key: '' }],
    ['/v1/models', 200],
    ['/v1/models/sim-small', 200],
    ['/v1/models/nothing', 404],
    ['/v1/models', 401, { key: 'no' }],
    ['/v1/key', 200],
    ['/v1/route/explain', 200, { body }],
    ['/v1/route/explain', 400, { body: '{' }],
    ['/v1/route/simulate', 200, { body: { requests: [body] } }],
    ['/v1/decisions/nonsense', 404],
    ['/v1/queued/nonsense', 404],
    ['/v1/nothing', 404],
    ['/v1//models', 400],
    ['/v1/chat/completions', 405],
    ['/v1/chat/completions', 200, { body }],
    ['/v1/chat/completions', 200, { body: { ...body, stream: true } }],
    ['/v1/chat/completions', 401, { body, key: '' }],
    ['/v1/chat/completions', 400, { body, headers: { 'x-signalbox-queue': 'no' } }],
    ['/v1/route/explain', 400, { body, headers: { 'x-signalbox-queue': 'no' } }],
    ['/v1/chat/completions', 404, { body: chat('nothing', 'x') }],
  ];
  for (const [path, status, asked = {}] of cases) {
    it(`is said of ${status} from ${path}`, async () => {
      const answer = await gateway.ask(path, asked);
      assert.equal(answer.status, status, answer.text);
      saysItsTime(answer);
    });
  }

  it('is said once of an answer that was fetched later', async () => {
    const { sim } = gateway;
    const moved = documents(sim.url).replaceAll('http://127.0.0.1:9/v1', `${sim.url}/v1`);
    const asked = {
      body: { ...chat('sim-small', 'x', { stream: true }), model: 'unreachable-2' },
      headers: { 'x-signalbox-queue': 'allow' },
    };
    const queued = await gateway.ask('/v1/chat/completions', asked);
    assert.equal(queued.status, 202);
    saysItsTime(queued);
    const location = String(queued.headers.location);
    saysItsTime(await gateway.ask(location));
    await gateway.swap(moved);
    let answer = await gateway.ask(location);
    for (let tries = 0; answer.status === 202 && tries < 1_000; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      answer = await gateway.ask(location);
    }
    assert.equal(answer.status, 200, answer.text);
    saysItsTime(answer);
    await gateway.swap(documents(sim.url));
  });
});
