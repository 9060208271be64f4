// Which of several places takes a call: through the whole line, under a clock that is turned by
// hand.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CallRecord } from '@signalbox/contract';
import {
  type Built,
  build,
  chatOf,
  type Dialled,
  type Heads,
  type Served,
  settled,
} from '../house.fixture.ts';
import { ANSWER, atRest, ended } from './dispatching.fixture.ts';

const endpoint = (name: string, more = ''): string => `
  ${name}:
    url: https://${name}.example/v1
    tier: 3
    models: [m, ${name}-only]
    price: {input_per_million_usd: "1", output_per_million_usd: "2"}${more}`;

/** Three endpoints that are equally good, and one that is a tier lower. */
const EQUALS = `
version: 1
node: {name: n1, tier: 1}
endpoints:${endpoint('a')}${endpoint('b')}${endpoint('c')}
  low:
    url: http://127.0.0.1:9001/v1
    models: [m, small]
tenants:
  acme: {policies: [p]}
keys:
  main: {tenant: acme, secret: "env:MAIN"}
policies:
  p: {default_tier: 3, rules: [], fallback: {all_unavailable: refuse}}
`;

const chained = (chain: string): string =>
  EQUALS.replace('rules: []', `rules: [{name: r, route: {chain: ${chain}}}]`);

async function one(
  built: Built,
  say: (dialled: Dialled) => void,
  head: Heads = {},
): Promise<CallRecord> {
  built.upstream.script = say;
  const served = built.serve(chatOf('m'), head);
  let record: CallRecord | undefined;
  served.settlement.then((settlement) => {
    record = settlement?.record;
  });
  for (let turns = 0; turns < 10 && record === undefined; turns += 1) await settled();
  assert.ok(record !== undefined, 'a call is settled');
  return record;
}

const well = (dialled: Dialled): void => void dialled.answer(ANSWER);
const answeredBy = ({ attempts }: CallRecord): string => attempts.at(-1)?.endpoint ?? 'nobody';

/** How often each endpoint answered; every call is a session of its own. */
async function answers(
  built: Built,
  count: number,
  say: (dialled: Dialled) => void = well,
): Promise<Readonly<Record<string, number>>> {
  const by: Record<string, number> = {};
  for (let i = 0; i < count; i += 1) {
    const record = await one(built, say, { session: `s${i}` });
    assert.equal(record.ending, 'answered');
    by[answeredBy(record)] = (by[answeredBy(record)] ?? 0) + 1;
  }
  return by;
}

describe('one model on one tier in several places', () => {
  it('is served by all of them, and by nobody on another tier', async () => {
    const by = await answers(build(EQUALS), 90);
    assert.deepEqual(Object.keys(by).sort(), ['a', 'b', 'c']);
    for (const count of Object.values(by)) assert.ok(count > 15, JSON.stringify(by));
  });

  it('goes to where the fewest calls are out', async () => {
    const built = build(EQUALS);
    await answers(built, 30);
    built.upstream.script = undefined;
    const before = built.upstream.dials.length;
    const calls: Served[] = [];
    for (let i = 0; i < 30; i += 1) {
      calls.push(built.serve(chatOf('m'), { session: `t${i}` }));
      await settled();
    }
    const open = built.upstream.dials.slice(before);
    for (const name of ['a', 'b', 'c']) {
      const count = open.filter((dialled) => dialled.endpoint === name).length;
      assert.ok(count >= 7 && count <= 13, `${name} has ${count}`);
    }
    for (const dialled of open) dialled.answer(ANSWER);
    await Promise.all(calls.map(({ settlement }) => settlement));
    atRest(built);
  });

  it('goes around the slow one', async () => {
    const built = build(EQUALS);
    built.upstream.script = undefined;
    const calls = Array.from({ length: 30 }, (_, i) =>
      built.serve(chatOf('m'), { session: `t${i}` }),
    );
    await settled();
    await built.clock.turn(100);
    const { dials } = built.upstream;
    for (const dialled of dials) if (dialled.endpoint !== 'b') dialled.answer(ANSWER);
    await built.clock.turn(900);
    for (const dialled of dials) if (dialled.endpoint === 'b') dialled.answer(ANSWER);
    await Promise.all(calls.map(({ settlement }) => settlement));
    const by = await answers(built, 60);
    assert.equal(by['b'], undefined);
  });

  it('loses no call when one of them is dead, and hardly asks it', async () => {
    const built = build(EQUALS);
    const dead = (dialled: Dialled): void => {
      if (dialled.endpoint === 'b') dialled.fault('connect_failed');
      else dialled.answer(ANSWER);
    };
    await answers(built, 200, dead);
    const asked = built.upstream.dials.filter((dialled) => dialled.endpoint === 'b').length;
    assert.ok(asked <= 5, `${asked} calls to the dead one`);
  });

  it('loses no call when one of them answers nonsense', async () => {
    const built = build(EQUALS);
    await answers(built, 200, (dialled) => {
      if (dialled.endpoint === 'b') dialled.answer({ error: {} }, 500);
      else dialled.answer(ANSWER);
    });
  });

  it('waits for a place where one is open, not where one is tripped', async () => {
    const built = build(EQUALS.replaceAll('models: [m, ', 'in_flight_max: 1\n    models: [m, '));
    built.upstream.script = (dialled) => dialled.fault('connect_failed');
    for (const model of ['b-only', 'c-only']) {
      for (let i = 0; i < 5; i += 1) await built.serve(chatOf(model)).settlement;
    }
    built.upstream.script = undefined;
    const first = built.serve(chatOf('m'));
    await settled();
    const second = built.serve(chatOf('m'));
    await settled();
    assert.equal(second.reply.ending, undefined);
    built.upstream.last.answer(ANSWER);
    await settled();
    built.upstream.last.answer(ANSWER);
    await first.settlement;
    assert.equal(answeredBy(await ended(built, second)), 'a');
  });
});

describe('the steps of a session', () => {
  it('stay where the first one was answered', async () => {
    const built = build(EQUALS);
    await answers(built, 30);
    for (let session = 0; session < 20; session += 1) {
      const head = { session: `of ${session}` };
      const first = answeredBy(await one(built, well, head));
      for (let step = 0; step < 5; step += 1) {
        assert.equal(answeredBy(await one(built, well, head)), first);
      }
    }
  });

  it('move when that place fails, and stay at the new one', async () => {
    const built = build(EQUALS);
    const head = { session: 'mine' };
    const first = answeredBy(await one(built, well, head));
    const fails = (dialled: Dialled): void => {
      if (dialled.endpoint === first) dialled.answer({ error: {} }, 500);
      else dialled.answer(ANSWER);
    };
    const next = answeredBy(await one(built, fails, head));
    assert.notEqual(next, first);
    for (let step = 0; step < 5; step += 1) {
      assert.equal(answeredBy(await one(built, well, head)), next);
    }
  });
});

describe('a list of targets', () => {
  it('is tried in its order, whatever each of them is like', async () => {
    const built = build(chained('[c-only, a-only, b-only]'));
    assert.deepEqual(await answers(built, 20), { c: 20 });
  });

  it('shares the calls among neighbours that state a weight', async () => {
    const targets = '[{model: a-only, weight: 3}, {model: b-only, weight: 1}, c-only]';
    const built = build(chained(targets));
    const by = await answers(built, 200);
    assert.ok((by['a'] ?? 0) > 130 && (by['a'] ?? 0) < 170, JSON.stringify(by));
    assert.equal((by['a'] ?? 0) + (by['b'] ?? 0), 200);
  });

  it('goes on to the next when the neighbours fail', async () => {
    const targets = '[{model: a-only, weight: 3}, {model: b-only, weight: 1}, c-only]';
    const built = build(chained(targets));
    const record = await one(built, (dialled) => {
      if (dialled.endpoint === 'c') dialled.answer(ANSWER);
      else dialled.answer({ error: {} }, 500);
    });
    assert.deepEqual(record.attempts.map((attempt) => attempt.endpoint).sort(), ['a', 'b', 'c']);
    assert.equal(answeredBy(record), 'c');
  });

  it('asks a busy server of one’s own last for a while', async () => {
    const built = build(chained('[small, a-only]'));
    const slow = (dialled: Dialled): void => {
      if (dialled.endpoint === 'low') dialled.fault('head_timeout');
      else dialled.answer(ANSWER);
    };
    assert.equal((await one(built, slow)).attempts.length, 2);
    const record = await one(built, well);
    assert.equal(answeredBy(record), 'a');
    await built.clock.turn(15_000);
    assert.equal(answeredBy(await one(built, well)), 'low');
  });
});
