// What calls meet at a place changes where the next calls go: through the whole line, under a clock
// that is turned by hand.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type CallRecord, endpointName, modelName } from '@signalbox/contract';
import {
  type Built,
  build,
  chatOf,
  type Dialled,
  HOUSE,
  type Served,
  settled,
} from '../house.fixture.ts';
import { gateNames } from '../resolve/gates.table.ts';
import { ANSWER, CHAIN, ended } from './dispatching.fixture.ts';
import { STANDS_MAX, Standings } from './standing.ts';

const REFUSE = 'policies: {q: {fallback: {all_unavailable: refuse}}}\n';
const refusing = (yaml: string): string =>
  yaml.replace('acme: {}', 'acme: {policies: [q]}') + REFUSE;

/** Serves one call to its end; the upstream says `say` to every dial. */
async function one(
  built: Built,
  model: string,
  say: (dialled: Dialled) => void,
  more: object = {},
): Promise<{ readonly record: CallRecord; readonly dialled: readonly string[] }> {
  const before = built.upstream.dials.length;
  built.upstream.script = say;
  const served = built.serve(chatOf(model, more));
  let record: CallRecord | undefined;
  served.settlement.then((settlement) => {
    record = settlement?.record;
  });
  for (let turns = 0; turns < 10 && record === undefined; turns += 1) await settled();
  assert.ok(record !== undefined, 'a call is settled');
  const dialled = built.upstream.dials.slice(before).map(({ endpoint }) => endpoint);
  return { record, dialled };
}

const well = (dialled: Dialled): void => void dialled.answer(ANSWER);
const broken = (dialled: Dialled): void => void dialled.answer({ error: {} }, 500);
const limited =
  (ms: string) =>
  (dialled: Dialled): void =>
    void dialled.answer({ error: {} }, 429, [['retry-after-ms', ms]]);

const gatesOf = ({ candidates }: CallRecord, endpoint: string): readonly string[] =>
  gateNames(candidates.find((candidate) => candidate.endpoint === endpoint)?.gates ?? 0);

async function times(count: number, deed: () => Promise<unknown>): Promise<void> {
  for (let i = 0; i < count; i += 1) await deed();
}

describe('a model that fails again and again', () => {
  it('is left alone after the fifth failure, and the record says so', async () => {
    const built = build(refusing(HOUSE));
    await times(5, () => one(built, 'large', broken));
    const { record, dialled } = await one(built, 'large', well);
    assert.deepEqual(dialled, []);
    assert.deepEqual([record.code, record.status], ['upstream_unavailable', 503]);
    assert.deepEqual(gatesOf(record, 'far'), ['tripped']);
    assert.deepEqual(record.attempts, []);
  });

  it('is closed for every tenant, and no other model of its endpoint is', async () => {
    const two = HOUSE.replace(
      'acme: {}',
      'acme: {policies: [q]}\n  other: {policies: [q]}',
    ).replace('keys:\n', 'keys:\n  second: {tenant: other, secret: "env:SECOND"}\n');
    const built = build(two + REFUSE);
    await times(5, () => one(built, 'far/large', broken));
    const served = built.serve(chatOf('far/large'), { key: 'second' });
    const record = (await served.settlement)?.record;
    assert.equal(record?.code, 'upstream_unavailable');
    assert.deepEqual((await one(built, 'far/shared', well)).dialled, ['far']);
  });

  it('gets one probe at a time when it may be asked again', async () => {
    const built = build(refusing(HOUSE));
    await times(5, () => one(built, 'large', broken));
    await built.clock.turn(5_000);
    built.upstream.script = undefined;
    const before = built.upstream.dials.length;
    const served = Array.from({ length: 10 }, () => built.serve(chatOf('large')));
    await settled();
    assert.equal(built.upstream.dials.length - before, 1);
    built.upstream.last.answer(ANSWER);
    const records = await Promise.all(served.map((each) => each.settlement));
    const codes = records.map((each) => each?.record.code);
    assert.equal(codes.filter((code) => code === undefined).length, 1);
    assert.deepEqual((await one(built, 'large', well)).dialled, ['far'], 'and is open again');
  });

  it('lets another probe go when the caller of the first one leaves', async () => {
    const built = build(refusing(HOUSE));
    await times(5, () => one(built, 'large', broken));
    await built.clock.turn(5_000);
    built.upstream.script = undefined;
    const first = built.serve(chatOf('large'));
    await settled();
    first.reply.leave();
    await ended(built, first);
    assert.deepEqual((await one(built, 'large', well)).dialled, ['far']);
  });

  it('leaves the call to the next of its chain, and the record says why', async () => {
    const built = build(CHAIN);
    const say = (dialled: Dialled): void => {
      if (dialled.endpoint === 'far') broken(dialled);
      else well(dialled);
    };
    await times(5, () => one(built, 'x', say));
    const { record, dialled } = await one(built, 'x', well);
    assert.deepEqual(dialled, ['middle']);
    assert.deepEqual(gatesOf(record, 'far'), ['tripped']);
    assert.deepEqual(gatesOf(record, 'middle'), []);
    assert.equal(record.fallback, false);
  });

  it('parks the call that has nowhere else to go until it may be asked again', async () => {
    const built = build();
    await times(5, () => one(built, 'large', broken));
    built.upstream.script = well;
    const served = built.serve(chatOf('large'));
    await built.clock.turn(5_100);
    const record = await ended(built, served);
    assert.equal(record.ending, 'answered');
    assert.ok(record.parkedMs >= 2_500 && record.parkedMs <= 5_000);
  });

  it('that breaks off its streams is left alone, too', async () => {
    const built = build(refusing(HOUSE));
    const breaks = (dialled: Dialled): void =>
      void dialled
        .stream()
        .event({ choices: [{ delta: { content: 'x' } }] })
        .fault('closed_early');
    await times(5, () => one(built, 'large', breaks, { stream: true }));
    assert.deepEqual((await one(built, 'large', well)).dialled, []);
  });
});

describe('an endpoint that takes no connections', () => {
  it('is closed for all its models', async () => {
    const built = build(refusing(HOUSE));
    await times(5, () =>
      one(built, 'far/large', (dialled) => void dialled.fault('connect_failed')),
    );
    const { record, dialled } = await one(built, 'far/shared', well);
    assert.deepEqual(dialled, []);
    assert.deepEqual(gatesOf(record, 'far'), ['down']);
    await built.clock.turn(1_000);
    assert.deepEqual((await one(built, 'far/shared', well)).dialled, ['far']);
  });
});

describe('a limit', () => {
  it('is a pause as long as it says, and no failure', async () => {
    const built = build();
    const { record } = await one(built, 'large', limited('7000'));
    assert.equal(record.code, 'rate_limited');
    await built.clock.turn(3_000);
    const served = built.serve(chatOf('large'));
    await ended(built, served);
    assert.equal(built.upstream.dials.length, 1, 'nobody is asked meanwhile');
    assert.equal(served.reply.code, 'rate_limited');
    assert.equal(served.reply.header('retry-after-ms'), '4000');
    await built.clock.turn(4_000);
    assert.deepEqual((await one(built, 'large', well)).dialled, ['far']);
  });

  it('that says nothing lasts twice as long each time, and so says the refusal', async () => {
    const built = build();
    built.upstream.script = (dialled) => void dialled.answer({ error: {} }, 429);
    for (const ms of [1_000, 2_000, 4_000]) {
      const served = built.serve(chatOf('large'));
      await ended(built, served);
      assert.equal(served.reply.header('retry-after-ms'), String(ms));
      await built.clock.turn(ms);
    }
    assert.equal(built.upstream.dials.length, 3);
  });

  it('lets a lower tier of the chain serve meanwhile', async () => {
    const built = build(CHAIN);
    built.upstream.script = (dialled) => {
      if (dialled.endpoint === 'far') limited('7000')(dialled);
      else dialled.answer(ANSWER);
    };
    await built.serve(chatOf('x')).settlement;
    const { record, dialled } = await one(built, 'x', well);
    assert.deepEqual(dialled, ['middle']);
    assert.deepEqual(gatesOf(record, 'far'), ['limited']);
  });

  it('lets another tier serve where nobody wished for this one; the record says why', async () => {
    const alone = HOUSE.replace(
      'json_schema, reasoning]}, shared: {}}',
      'json_schema, reasoning]}}',
    );
    assert.notEqual(alone, HOUSE);
    const built = build(alone);
    const hard = { step: 'complex_reasoning' };
    const first = built.serve(chatOf('auto'), hard);
    await settled();
    assert.equal(built.upstream.last.endpoint, 'far');
    limited('7000')(built.upstream.last);
    await first.settlement;
    built.upstream.script = well;
    const second = built.serve(chatOf('auto'), hard);
    const record = await ended(built, second);
    assert.deepEqual(
      record.attempts.map(({ endpoint }) => endpoint),
      ['middle'],
    );
    assert.deepEqual(gatesOf(record, 'far'), ['limited']);
    await built.clock.turn(7_000);
    const third = built.serve(chatOf('auto'), hard);
    assert.equal((await ended(built, third)).attempts[0]?.endpoint, 'far');
  });

  it('that is a long one is told as such', async () => {
    const built = build();
    await one(built, 'large', limited('3600000'));
    const { record } = await one(built, 'large', well);
    assert.equal(record.code, 'quota_exhausted');
  });

  it('however often it is met, trips nothing', async () => {
    const built = build();
    for (let i = 0; i < 20; i += 1) {
      await one(built, 'large', limited('100'));
      await built.clock.turn(100);
    }
    assert.deepEqual((await one(built, 'large', well)).dialled, ['far']);
  });
});

describe('a server of one’s own', () => {
  it('that takes too long is busy or cold, and asked all the same', async () => {
    const built = build();
    await times(20, () => one(built, 'small', (dialled) => void dialled.fault('head_timeout')));
    assert.deepEqual((await one(built, 'small', well)).dialled, ['near']);
  });

  it('that says it is not ready is no different', async () => {
    const built = build();
    await times(20, () => one(built, 'small', (dialled) => void dialled.answer({}, 503)));
    assert.deepEqual((await one(built, 'small', well)).dialled, ['near']);
  });

  it('that breaks is back within half a minute', async () => {
    const built = build(refusing(HOUSE));
    await times(5, () => one(built, 'small', broken));
    for (let i = 0; i < 10; i += 1) {
      assert.deepEqual((await one(built, 'small', well)).dialled, []);
      await built.clock.turn(30_000);
      assert.deepEqual((await one(built, 'small', broken)).dialled, ['near']);
    }
  });
});

const TWO_KEYS = HOUSE.replace(
  'credentials: [{secret: "env:FAR"}]',
  'credentials: [{name: a, secret: "env:A", weight: 3}, {name: b, secret: "env:B"}]',
);

describe('the credentials of an endpoint', () => {
  it('share the calls by their weights', async () => {
    const built = build(TWO_KEYS);
    let first = 0;
    await times(200, async () => {
      const { record } = await one(built, 'large', well);
      if (record.attempts[0]?.credential === 'a') first += 1;
    });
    assert.ok(first > 130 && first < 170, `${first} of 200`);
  });

  it('stand in for each other when one is refused or limited', async () => {
    for (const status of [401, 403, 429]) {
      const built = build(TWO_KEYS);
      const bad = built.keyText('a');
      const say = (dialled: Dialled): void => {
        const isBad = dialled.request.credential?.value.reveal() === bad;
        if (isBad) dialled.answer({ error: {} }, status);
        else dialled.answer(ANSWER);
      };
      await times(10, async () => {
        const { record } = await one(built, 'large', say);
        assert.equal(record.ending, 'answered');
        assert.equal(record.attempts.at(-1)?.credential, 'b');
      });
    }
  });

  it('are each asked once when all are refused', async () => {
    const built = build(TWO_KEYS);
    const { record } = await one(built, 'large', (dialled) => void dialled.answer({}, 401));
    const asked = record.attempts.map(({ credential }) => credential).sort();
    assert.deepEqual(asked, ['a', 'b']);
  });

  it('keep to their values when the documents list them otherwise, under a call too', async () => {
    const built = build(TWO_KEYS);
    const [before, after] = ['{name: a, secret: "env:A", weight: 3}', '{name: b, secret: "env:B"}'];
    const turned = TWO_KEYS.replace(`${before}, ${after}`, `${after}, ${before}`);
    assert.notEqual(turned, TWO_KEYS);
    const sent: (string | undefined)[] = [];
    const say = (dialled: Dialled): void => {
      sent.push(dialled.request.credential?.value.reveal());
      if (sent.length > 1) return void dialled.answer(ANSWER);
      built.swap(turned);
      for (const one of built.house.now().catalog.offerings) built.house.live.standings.of(one);
      dialled.answer({ error: {} }, 429);
    };
    const { record } = await one(built, 'large', say);
    const names = record.attempts.map(({ credential }) => credential ?? '');
    assert.deepEqual([...names].sort(), ['a', 'b']);
    const values = names.map((name) => built.keyText(name));
    assert.deepEqual(sent, values);
    const next = await one(built, 'large', well);
    assert.equal(next.record.attempts[0]?.credential, names[1]);
    assert.equal(built.upstream.last.request.credential?.value.reveal(), values[1]);
  });

  it('that are new are not judged by what the old ones met', async () => {
    const built = build(refusing(HOUSE));
    await times(5, () => one(built, 'large', (dialled) => void dialled.answer({}, 401)));
    built.swap(refusing(HOUSE));
    assert.deepEqual((await one(built, 'large', well)).dialled, [], 'the same one');
    built.swap(refusing(HOUSE.replace('env:FAR', 'env:FARTHER')));
    assert.deepEqual((await one(built, 'large', well)).dialled, ['far']);
  });
});

describe('a published limit', () => {
  const published = (limits: string, more = ''): string =>
    HOUSE.replace(
      'credentials: [{secret: "env:FAR"}]',
      `credentials: [{secret: "env:FAR", limits: {${limits}}}]${more}`,
    );

  it('is kept by us, with a fifth to spare', async () => {
    const built = build(published('requests_per_minute_max: 100'));
    await times(8, () => one(built, 'large', well));
    const { record, dialled } = await one(built, 'large', well);
    assert.deepEqual(dialled, []);
    assert.deepEqual([record.code, gatesOf(record, 'far')], ['rate_limited', ['limited']]);
    await built.clock.turn(1_000);
    assert.deepEqual((await one(built, 'large', well)).dialled, ['far']);
  });

  it('is used in the share that the documents say', async () => {
    const built = build(published('requests_per_minute_max: 100', '\n    rate_limit_buffer: 0.5'));
    await times(5, () => one(built, 'large', well));
    assert.deepEqual((await one(built, 'large', well)).dialled, []);
  });

  it('of tokens counts what was used in the end', async () => {
    const built = build(published('tokens_per_minute_max: 20000'));
    // Each is thought to need about a thousand, of which a burst has room for one.
    await times(10, () => one(built, 'large', well));
    assert.equal(built.upstream.dials.length, 10);
    const talks = (dialled: Dialled): void =>
      void dialled.answer({ ...ANSWER, usage: { prompt_tokens: 9_000, completion_tokens: 9_000 } });
    await one(built, 'large', talks);
    assert.deepEqual((await one(built, 'large', well)).dialled, []);
  });

  it('that the other side tells of leaves its share unused, where the documents ask', async () => {
    const told = (remaining: string) => (dialled: Dialled) =>
      void dialled.answer(ANSWER, 200, [
        ['x-ratelimit-limit-requests', '100'],
        ['x-ratelimit-remaining-requests', remaining],
        ['x-ratelimit-reset-requests', '10s'],
      ]);
    const text = HOUSE.replace('tier: 3\n', 'tier: 3\n    kind: openai\n');
    const asked = build(text.replace('tier: 3\n', 'tier: 3\n    rate_limit_buffer: 0.8\n'));
    await one(asked, 'large', told('21'));
    await one(asked, 'large', told('19'));
    assert.deepEqual((await one(asked, 'large', well)).dialled, []);
    await asked.clock.turn(300);
    assert.deepEqual((await one(asked, 'large', well)).dialled, ['far']);
    const unasked = build(text);
    await one(unasked, 'large', told('1'));
    assert.deepEqual((await one(unasked, 'large', well)).dialled, ['far']);
  });
});

describe('the places of a server of one’s own', () => {
  const learning = HOUSE.replace('near:\n', 'near:\n    in_flight_max: auto\n');

  it('are learnt where the documents say so: fewer while first tokens take longer', async () => {
    const built = build(learning);
    const taken = async (ms: number): Promise<number> => {
      const before = built.upstream.dials.length;
      const calls: Served[] = [];
      for (let i = 0; i < 60; i += 1) {
        calls.push(built.serve(chatOf('small')));
        await settled();
      }
      const out = built.upstream.dials.length - before;
      while (built.upstream.dials.some(({ over }) => !over)) {
        await built.clock.turn(ms);
        for (const dialled of built.upstream.dials) if (!dialled.over) dialled.answer(ANSWER);
        await settled();
      }
      await Promise.all(calls.map(({ settlement }) => settlement));
      return out;
    };
    assert.equal(await taken(100), 20, 'where it begins');
    for (let i = 0; i < 3; i += 1) await taken(100);
    const quick = await taken(100);
    assert.ok(quick > 20, `${quick}`);
    await taken(2_000);
    const slow = await taken(2_000);
    assert.ok(slow < quick, `${slow} after ${quick}`);
  });
});

describe('further attempts', () => {
  const retrying = HOUSE.replace('tier: 3\n', 'tier: 3\n    retries: 5\n');

  it('come out of a budget of the tenant', async () => {
    const built = build(retrying);
    const busy = (dialled: Dialled): void => void dialled.answer({ error: {} }, 503);
    const calls = Array.from({ length: 60 }, () => built.serve(chatOf('large')));
    built.upstream.script = busy;
    await Promise.all(calls.map(({ settlement }) => settlement));
    // A fifth of sixty calls and a hundred.
    assert.equal(built.upstream.dials.length, 60 + 12 + 100);
  });

  it('end with the time that the caller has given', async () => {
    const built = build(retrying);
    const served = built.serve(chatOf('large'), { latencyBudgetMs: 500 });
    await settled();
    await built.clock.turn(501);
    built.upstream.last.answer({ error: {} }, 503);
    const record = await ended(built, served);
    assert.equal(record.attempts.length, 1);
  });
});

it('a bounded number of places is remembered', async () => {
  const { catalog } = build().house.now();
  const [offering] = catalog.offerings;
  assert.ok(offering !== undefined);
  const standings = new Standings(1);
  for (let i = 0; i <= STANDS_MAX; i += 1) {
    const endpoint = { ...offering.endpoint, name: endpointName(`e${i}`) };
    standings.of({ ...offering, endpoint, model: modelName('m') });
  }
  assert.equal(standings.size, STANDS_MAX);
});
