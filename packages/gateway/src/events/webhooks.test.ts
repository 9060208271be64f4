import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { readConfiguration } from '@signalbox/config';
import {
  type Clock,
  type DialRequest,
  type FaultCode,
  fault,
  type Upstream,
} from '@signalbox/contract';
import { Outbox } from '@signalbox/ports';
import { nodeKeys } from '@signalbox/trust/node';
import { Webhook } from 'standardwebhooks';
import { compile } from '../compile.ts';
import { documents, type Gateway, startGateway, until } from '../gateway.fixture.ts';
import { ATTEMPTS_MAX, Webhooks } from './webhooks.ts';

const SECRET = `whsec_${Buffer.alloc(32, 5).toString('base64')}`;
const DAY_MS = 86_400_000;

const yaml = (endpoints: string, more = ''): string => `version: 1
endpoints:
  ${endpoints}
tenants:
  acme: {models: {hide: [secret-plan-*]}}
  quiet: {topology: sovereign, models: {hide: [x]}}
${more}registry:
  webhooks:
    ops: {url: "https://hooks.example/in", secret: "env:HOOK"}
    theirs: {url: "https://acme.example/", secret: "env:HOOK", tenant: acme}
    off: {url: "https://off.example/", secret: "env:HOOK", enabled: false}
`;
const ONE = yaml(
  'one: {url: "https://one.example/v1", models: [m], headers: {set: {x-team: canary}}}',
);
const MOVED = ONE.replace('models: [m]', 'models: [m], region: eu').replace(
  'hide: [x]',
  'hide: [y]',
);

type Sent = Pick<DialRequest, 'path' | 'headers' | 'label'> & {
  readonly origin: string;
  readonly body: string;
};

/** Webhooks over a file, an upstream that answers what a test says, and time by hand. */
class Bench {
  readonly folder: string = mkdtempSync(join(tmpdir(), 'signalbox-events-'));
  readonly sent: Sent[] = [];
  readonly acts: unknown[] = [];
  /** The next answers; then 204. */
  answers: (number | FaultCode)[] = [];
  now: number = Date.now();
  #drawn = 0;
  #timers: { readonly at: number; readonly then: () => void }[] = [];
  outbox: Outbox = new Outbox(join(this.folder, 'events.db'));
  hooks: Webhooks = this.#open();
  #snapshot: ReturnType<typeof compile> | undefined;

  constructor(test: TestContext) {
    test.after(() => {
      this.hooks.close();
      this.outbox.close();
      rmSync(this.folder, { recursive: true, force: true });
    });
  }

  async publish(text: string): Promise<void> {
    const read = readConfiguration([{ name: 'signalbox.yaml', text }]);
    assert.ok(read.ok, JSON.stringify(read));
    const { configuration } = read;
    this.#snapshot = compile({
      ...{ configuration, version: 'v', keys: KEYS, listed: undefined, at: this.now },
      secretOf: () => undefined,
    });
    await this.hooks.publish(configuration, 'digest-1');
    await this.idle();
  }

  /** The process ends, and another begins over the same file. */
  restart(): void {
    this.hooks.close();
    this.outbox.close();
    this.#timers = [];
    this.outbox = new Outbox(join(this.folder, 'events.db'));
    this.hooks = this.#open();
  }

  async turn(ms: number): Promise<void> {
    this.now += ms;
    const due = this.#timers.filter((one) => one.at <= this.now);
    this.#timers = this.#timers.filter((one) => one.at > this.now);
    for (const one of due) one.then();
    await this.idle();
  }

  /** How long until somebody is told again. */
  get wait(): number {
    return Math.min(...this.#timers.map((one) => one.at)) - this.now;
  }

  async idle(): Promise<void> {
    for (let turn = 0; turn < 20; turn += 1) await new Promise((done) => setImmediate(done));
  }

  subjects(origin: string): readonly string[] {
    return this.sent
      .filter((one) => one.origin === origin)
      .map(({ body }) => JSON.parse(body).subject);
  }

  #open(): Webhooks {
    const clock: Clock = {
      now: () => this.now,
      monotonic: () => this.now,
      after: (ms, then) => {
        const timer = { at: this.now + ms, then };
        this.#timers.push(timer);
        return () => {
          this.#timers = this.#timers.filter((one) => one !== timer);
        };
      },
    };
    const next = (): number => {
      this.#drawn += 1;
      return this.#drawn;
    };
    return new Webhooks({
      clock,
      random: { bytes: (count) => new Uint8Array(count).fill(next()) },
      keys: KEYS,
      sink: { log() {}, count() {}, observe() {}, guard() {} },
      store: { append: (draft) => void this.acts.push(draft.body) },
      upstream: this.#upstream(),
      outbox: this.outbox,
      secrets: { environment: { HOOK: SECRET }, folder: this.folder },
      now: () => {
        assert.ok(this.#snapshot !== undefined);
        return this.#snapshot;
      },
      node: 'n1',
    });
  }

  #upstream(): Upstream {
    return {
      dial: ({ place, path, headers, label, body }, sink) => {
        const text = new TextDecoder().decode(body);
        this.sent.push({ origin: place.origin, path, headers, label, body: text });
        const answer = this.answers.shift() ?? 204;
        queueMicrotask(() => {
          if (typeof answer === 'string') return sink.fault(fault(answer, 'upstream', 'same', ''));
          sink.head(answer, [], { pause() {}, resume() {} });
          sink.end();
        });
        return () => undefined;
      },
    };
  }
}

const KEYS = nodeKeys(new Uint8Array(32).fill(9));
const OPS = 'https://hooks.example';

describe('webhooks of the registry', () => {
  it('begin with what is there, and tell each change as a signed CloudEvent', async (test) => {
    const bench = new Bench(test);
    await bench.publish(ONE);
    assert.equal(bench.sent.length, 0);
    await bench.publish(MOVED);
    await bench.publish(yaml('two: {url: "https://two.example/v1", models: [m]}'));
    const first = bench.sent.at(0);
    assert.ok(first !== undefined);
    assert.equal(first.path, '/in');
    const headers = Object.fromEntries(first.headers);
    assert.equal(headers['content-type'], 'application/cloudevents+json');
    const event = new Webhook(SECRET).verify(first.body, headers);
    assert.deepEqual(event, {
      specversion: '1.0',
      id: headers['webhook-id'],
      source: '/signalbox/n1',
      type: 'signalbox.registry.endpoint.changed',
      subject: 'endpoint/one',
      time: new Date(bench.now).toISOString(),
      datacontenttype: 'application/json',
      data: {
        version: 1,
        configuration: 'digest-1',
        kind: 'endpoint',
        name: 'one',
        change: 'changed',
        tenant: null,
        fields: ['region'],
      },
    });
    assert.deepEqual(bench.subjects(OPS), ['endpoint/one', 'endpoint/two', 'endpoint/one']);
    const types = bench.sent
      .map(({ body }) => JSON.parse(body))
      .map((one) => [one.type, one.data.version]);
    assert.deepEqual(types.slice(1), [
      ['signalbox.registry.endpoint.created', 2],
      ['signalbox.registry.endpoint.removed', 2],
    ]);
    assert.equal(bench.acts.length, 5);
    assert.ok(!JSON.stringify([bench.sent, bench.acts]).includes('canary'));
  });

  it('tell a tenant what is its own, and nobody what a sovereign tenant keeps', async (test) => {
    const bench = new Bench(test);
    await bench.publish(ONE);
    await bench.publish(MOVED.replace('secret-plan-*', 'other-*'));
    assert.deepEqual(bench.subjects('https://acme.example'), ['override/acme']);
    assert.ok(!JSON.stringify(bench.sent).includes('quiet'));
    assert.ok(!JSON.stringify(bench.sent).includes('other-'));
    const blocked = bench.outbox
      .deliveries({ limit: 50 })
      .rows.filter((one) => one.outcome === 'blocked');
    assert.deepEqual(
      blocked.map((one) => [one.webhook, one.fault]),
      [['ops', 'tier']],
    );
  });

  it('come again with longer and longer waits, in order, under the same id', async (test) => {
    const bench = new Bench(test);
    await bench.publish(ONE);
    bench.answers = [500, 'connect_failed', 302];
    await bench.publish(ONE.replace('one:', 'one2:'));
    const waits: number[] = [];
    while (bench.wait < Number.POSITIVE_INFINITY) {
      waits.push(bench.wait);
      await bench.turn(bench.wait);
    }
    assert.equal(waits.length, 3);
    assert.ok(
      waits.every((one, at) => one >= 5_000 * 3 ** at && one <= 6_000 * 3 ** at),
      String(waits),
    );
    assert.deepEqual(bench.subjects(OPS), [
      ...Array.from({ length: 4 }, () => 'endpoint/one2'),
      'endpoint/one',
    ]);
    const ids = bench.sent.map(({ headers }) => Object.fromEntries(headers)['webhook-id']);
    assert.equal(new Set(ids).size, 2);
    const tried = bench.outbox
      .deliveries({ limit: 50 })
      .rows.map((one) => [one.attempt, one.outcome, one.status ?? one.fault]);
    assert.deepEqual(tried.reverse(), [
      [1, 'failed', 500],
      [2, 'failed', 'connect_failed'],
      [3, 'failed', 302],
      [4, 'delivered', 204],
      [1, 'delivered', 204],
    ]);
  });

  it('give up within four days, and go on with the next', async (test) => {
    const bench = new Bench(test);
    await bench.publish(ONE);
    bench.answers = Array.from({ length: ATTEMPTS_MAX }, () => 503);
    const began = bench.now;
    await bench.publish(ONE.replace('models: [m]', 'models: [m], retries: 1'));
    while (bench.wait < Number.POSITIVE_INFINITY) await bench.turn(bench.wait);
    assert.equal(bench.sent.length, ATTEMPTS_MAX);
    assert.equal(bench.outbox.deliveries({ limit: 1 }).rows[0]?.outcome, 'given-up');
    assert.ok(bench.now - began > 2 * DAY_MS && bench.now - began < 4 * DAY_MS);
    await bench.publish(ONE);
    assert.equal(bench.outbox.deliveries({ limit: 1 }).rows[0]?.outcome, 'delivered');
  });

  it('lose nothing over a restart, and find what changed while nobody was there', async (test) => {
    const bench = new Bench(test);
    await bench.publish(ONE);
    bench.answers = [503];
    await bench.publish(ONE.replace('models: [m]', 'models: [m], retries: 1'));
    bench.restart();
    await bench.publish(
      ONE.replace('models: [m]', 'models: [m], retries: 2').replace('acme: {', 'acme: {ring: 1, '),
    );
    await bench.turn(bench.wait);
    assert.deepEqual(bench.subjects(OPS), ['endpoint/one', 'endpoint/one', 'endpoint/one']);
    const versions = bench.sent.map(({ body }) => JSON.parse(body).data.version);
    assert.deepEqual(versions, [1, 1, 2]);
    assert.equal(
      bench.outbox.deliveries({ limit: 50 }).rows.filter((one) => one.outcome === 'delivered')
        .length,
      2,
    );
  });

  it('leave alone who is gone, until the documents are read again', async (test) => {
    const bench = new Bench(test);
    await bench.publish(ONE);
    bench.answers = [410];
    await bench.publish(ONE.replace('one:', 'two:'));
    assert.equal(bench.sent.length, 1);
    await bench.publish(ONE.replace('one:', 'two:'));
    assert.equal(bench.sent.length, 2);
  });

  it('tell an event once more to who may hear of it', async (test) => {
    const bench = new Bench(test);
    await bench.publish(ONE);
    await bench.publish(ONE.replace('secret-plan-*', 'z'));
    const [event] = bench.outbox.events({ limit: 10 }).rows;
    assert.ok(event !== undefined);
    assert.equal(bench.sent.length, 2);
    assert.deepEqual(bench.hooks.again(event.id, undefined), ['ops', 'theirs']);
    await bench.idle();
    assert.equal(bench.sent.length, 4);
    assert.deepEqual(bench.hooks.again(event.id, ['theirs', 'off']), ['theirs']);
    await bench.idle();
    assert.deepEqual(bench.subjects('https://acme.example').length, 3);
    assert.deepEqual(bench.hooks.again('evt_nothing', undefined), []);
  });

  it('tell at once what somebody asks for, and before it what waits', async (test) => {
    const bench = new Bench(test);
    await bench.publish(ONE);
    bench.answers = [500, 500];
    await bench.publish(ONE.replace('one:', 'one2:'));
    await bench.turn(bench.wait);
    const [newest, eldest] = bench.outbox.events({ limit: 10 }).rows;
    assert.ok(newest !== undefined && eldest !== undefined);
    assert.deepEqual(
      bench.outbox.waits([eldest.id]).map((one) => [one.webhook, one.tries]),
      [['ops', 2]],
    );
    assert.ok(bench.wait >= 15_000);
    bench.answers = [204, 410];
    bench.hooks.again(newest.id, ['ops']);
    await bench.idle();
    assert.deepEqual(bench.subjects(OPS).slice(2), ['endpoint/one2', 'endpoint/one']);
    assert.deepEqual(bench.outbox.waits([newest.id, eldest.id]), []);
    bench.hooks.again(newest.id, ['ops']);
    await bench.idle();
    assert.equal(bench.outbox.deliveries({ limit: 1 }).rows[0]?.outcome, 'delivered');
  });

  it('are listed page by page, of a tenant and its own webhooks alone', async (test) => {
    const bench = new Bench(test);
    await bench.publish(ONE);
    await bench.publish(MOVED.replace('secret-plan-*', 'z'));
    const { outbox } = bench;
    const all = outbox.events({ limit: 200 }).rows.map((one) => one.id);
    assert.equal(all.length, 3);
    const first = outbox.events({ limit: 2 });
    const second = outbox.events({ limit: 2, after: first.next });
    assert.deepEqual(
      [...first.rows, ...second.rows].map((one) => one.id),
      all,
    );
    assert.equal(second.next, undefined);
    const own = outbox.events({ limit: 200, tenant: 'acme' }).rows;
    assert.deepEqual(
      own.map((one) => JSON.parse(one.body).subject),
      ['override/acme'],
    );
    const told = outbox.deliveries({ limit: 200 });
    assert.equal(told.rows.length, 4);
    const late = outbox.deliveries({ limit: 200, after: outbox.deliveries({ limit: 3 }).next });
    assert.deepEqual(late.rows, told.rows.slice(3));
    const theirs = outbox.deliveries({ limit: 9, tenant: 'acme', webhooks: ['theirs'] }).rows;
    assert.deepEqual(
      theirs.map((one) => [one.webhook, one.event]),
      [['theirs', own[0]?.id]],
    );
    assert.equal(outbox.deliveries({ limit: 9, outcome: 'blocked' }).rows.length, 1);
    assert.equal(outbox.deliveries({ limit: 9, event: own[0]?.id }).rows.length, 2);
  });
});

describe('webhooks of a gateway', () => {
  const heard: { readonly headers: Record<string, string>; readonly body: string }[] = [];
  const receiver = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (part: string) => {
      body += part;
    });
    request.on('end', () => {
      heard.push({ headers: Object(request.headers), body });
      response.writeHead(204).end();
    });
  });
  let gateway: Gateway;
  let url = '';
  const withHooks = (text: string): string =>
    `${text}registry:
  webhooks:
    mine: {url: "${url}/hook", secret: "env:HOOK"}
    inside: {url: "http://169.254.169.254/latest", secret: "env:HOOK"}
    unsigned: {url: "${url}/never", secret: "env:BAD"}
`;
  before(async () => {
    await new Promise<void>((done) => receiver.listen(0, '127.0.0.1', done));
    url = `http://127.0.0.1:${Object(receiver.address()).port}`;
    const given = { hook: SECRET, bad: 'whsec_short' };
    gateway = await startGateway((sim) => withHooks(documents(sim)), given);
  });
  after(async () => {
    await gateway?.stop();
    receiver.close();
  });

  it('hear of a swap over the dial function, which keeps metadata addresses closed', async () => {
    const changed = documents(gateway.sim.url).replace('tier: 2', 'tier: 2\n    region: eu');
    await gateway.swap(withHooks(changed));
    const { events } = gateway.node;
    await until(
      'three webhooks were tried',
      () => events.deliveries({ limit: 10 }).rows.length >= 3,
    );
    assert.equal(heard.length, 1);
    const [{ headers, body } = { headers: {}, body: '' }] = heard;
    const event = Object(new Webhook(SECRET).verify(body, headers));
    assert.equal(event.subject, 'endpoint/middle');
    assert.deepEqual(event.data.fields, ['region']);
    const outcomes = events
      .deliveries({ limit: 10 })
      .rows.map((one) => [one.webhook, one.outcome, one.status ?? one.fault])
      .toSorted();
    assert.deepEqual(outcomes, [
      ['inside', 'failed', 'address_denied'],
      ['mine', 'delivered', 204],
      ['unsigned', 'failed', 'secret'],
    ]);
    assert.equal(events.events({ limit: 10 }).rows.length, 1);
  });
});
