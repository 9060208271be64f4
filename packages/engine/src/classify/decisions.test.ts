import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type CallRecord, type RequestId, requestId, tenantName } from '@signalbox/contract';
import fc from 'fast-check';
import { ANSWER, ended } from '../dispatch/dispatching.fixture.ts';
import { type Built, build, HandClock, type Heads, HOUSE, seededRandom } from '../house.fixture.ts';
import type { Step } from '../session/step.ts';
import {
  type Alike,
  Decisions,
  EXPIRES_MS,
  type Judgement,
  KINDS_PER_TENANT_MAX,
} from './decisions.ts';
import { bandsOf } from './likeness.ts';

fc.configureGlobal({ seed: 4141 });

const random = seededRandom(5);
const newId = (): RequestId => requestId(0, random.bytes(10));
const STEP: Step = {
  ...{ class: 'extract', source: 'structure', node: 'n', usual: 'easy', goesOn: false },
  instruction: 'Extract the total of invoice 4711 as JSON.',
};
const alike = (more: Partial<Alike> = {}): Alike => ({
  ...{ id: newId(), tenant: tenantName('acme'), version: 'v1', label: 'internal', step: STEP },
  ...more,
});
const says = (failed: boolean, more: Partial<Judgement> = {}): Judgement => ({
  ...{ tier: 1, by: 'small', failed },
  ...more,
});

/** What most calls are told; one in twenty is told the same, and tries. */
const failuresIn = (decisions: Decisions, call: Alike = alike()): number =>
  decisions.look(call)?.failures ?? 0;

describe('what came of calls like this one', () => {
  it('counts from three failures in a row, of one model, for a day', () => {
    const verdict = fc.record({
      failed: fc.boolean(),
      by: fc.constantFrom('small', 'small', 'other'),
      waitMs: fc.constantFrom(0, 0, 0, 1_000, EXPIRES_MS),
    });
    fc.assert(
      fc.property(fc.array(verdict, { maxLength: 20 }), (verdicts) => {
        let now = 0;
        const clock = Object.assign(new HandClock(), { monotonic: () => now });
        const decisions = new Decisions(clock);
        let [row, by] = [0, ''];
        for (const one of verdicts) {
          now += one.waitMs;
          if (one.waitMs === EXPIRES_MS || one.by !== by) row = 0;
          row = one.failed ? row + 1 : 0;
          if (one.failed) by = one.by;
          decisions.learn(alike(), [says(one.failed, { by: one.by })]);
          assert.equal(failuresIn(decisions), row >= 3 ? row : 0);
        }
      }),
    );
  });

  it('is of nearly the same words, and of nothing else that differs', () => {
    const decisions = new Decisions(new HandClock());
    for (let at = 0; at < 3; at += 1) decisions.learn(alike(), [says(true)]);
    const other = (step: Partial<Step>): Alike => alike({ step: { ...STEP, ...step } });
    assert.equal(
      failuresIn(decisions, other({ instruction: STEP.instruction.replace('4711', '8') })),
      3,
    );
    const differing: readonly Alike[] = [
      alike({ tenant: tenantName('globex') }),
      alike({ version: 'v2' }),
      alike({ label: 'public' }),
      alike({ label: 'personal' }),
      other({ node: 'm' }),
      other({ node: undefined }),
      other({ class: 'classify' }),
      other({ instruction: 'Who wrote the letters that we found under the old roof?' }),
      other({ instruction: '' }),
    ];
    for (const one of differing) assert.equal(failuresIn(decisions, one), 0);
  });

  it('tries the tier all the same with one call in twenty, always the same ones', () => {
    const decisions = new Decisions(new HandClock());
    for (let at = 0; at < 3; at += 1) decisions.learn(alike(), [says(true)]);
    const calls = Array.from({ length: 4_000 }, () => alike());
    const tries = calls.filter((one) => decisions.look(one)?.explored === true);
    assert.ok(tries.length > 150 && tries.length < 250, `${tries.length}`);
    assert.deepEqual(
      calls.filter((one) => decisions.look(one)?.explored === true),
      tries,
    );
  });

  it('reads nothing of a call of which nothing was judged', () => {
    const unread = Object.defineProperty({ ...STEP }, 'instruction', {
      get: () => assert.fail('it was read'),
    });
    const decisions = new Decisions(new HandClock());
    decisions.learn(alike({ step: unread }), []);
    assert.throws(() => decisions.learn(alike({ step: unread }), [says(true)]), /it was read/);
  });

  it('is bounded', () => {
    const decisions = new Decisions(new HandClock());
    for (let at = 0; at < KINDS_PER_TENANT_MAX / 3; at += 1) {
      const step = { ...STEP, node: `n${at}` };
      decisions.learn(alike({ step }), [says(true)]);
    }
    assert.equal(decisions.size, KINDS_PER_TENANT_MAX);
  });
});

it('texts share a band as often as they share words', () => {
  const words = Array.from({ length: 400 }, (_, at) =>
    `w${String.fromCharCode(97 + (at % 26))}${at}`.replace(
      /\d/g,
      (digit) => 'abcdefghij'[Number(digit)] ?? '',
    ),
  );
  const shareOf = (same: number): number => {
    let shared = 0;
    for (let seed = 0; seed < 300; seed += 1) {
      const one = bandsOf(words.slice(0, 20).join(' '), seed);
      const other = new Set(bandsOf(words.slice(20 - same, 40 - same).join(' '), seed));
      if (one.some((band) => other.has(band))) shared += 1;
    }
    return shared / 300;
  };
  assert.equal(shareOf(20), 1);
  // 18 of 22 words, 5 of 35, none.
  assert.ok(shareOf(18) > 0.9 && shareOf(5) < 0.1 && shareOf(0) === 0);
});

const DOCUMENTS = `${HOUSE.replace('acme: {}', 'acme: {policies: [p], plan: PLAN}')}
plans: {all: {}, low: {tiers: [1, 2]}, least: {tiers: [1]}}
policies: {p: {rules: [{name: strict, when: {agent: strict}, output: {json: true, escalate: 3}}]}}
`;

/** A model of tier 1 never writes JSON, one of tier 2 or 3 always does. */
function strict(plan: string): Built {
  const built = build(DOCUMENTS.replace('PLAN', plan));
  built.upstream.script = (dialled) => {
    const content = dialled.endpoint === 'near' ? 'no' : '{}';
    dialled.answer({
      ...ANSWER,
      choices: [{ index: 0, message: { content }, finish_reason: 'stop' }],
    });
  };
  return built;
}

async function ask(
  built: Built,
  at: number,
  head: Heads = { agent: 'strict' },
): Promise<CallRecord> {
  const messages = [{ role: 'user', content: `Extract the total of invoice ${at} as JSON.` }];
  const body = { model: 'auto', messages, response_format: { type: 'json_object' } };
  const served = built.serve(body, head);
  return ended(built, served);
}

const tiersIn = ({ attempts }: CallRecord): readonly number[] => attempts.map(({ tier }) => tier);

describe('on the line', () => {
  it('the tier that failed three times is passed over, and the record says why', async () => {
    const built = strict('all');
    for (let at = 0; at < 3; at += 1) {
      const record = await ask(built, at);
      assert.deepEqual([tiersIn(record), record.routed?.cache], [[1, 2], undefined]);
    }
    let explored = 0;
    for (let at = 0; at < 60; at += 1) {
      const record = await ask(built, at);
      const { cache } = record.routed ?? {};
      assert.equal(cache?.tier, 1);
      if (cache?.explored === true) explored += 1;
      assert.deepEqual(tiersIn(record), cache?.explored === true ? [1, 2] : [2]);
    }
    assert.ok(explored > 0 && explored < 12, `${explored}`);
    const action = (name: string): string =>
      `decision_cache_total {"action":"${name}","tier":"1","tenant":"acme"}`;
    assert.equal(built.counted.get(action('passed-over')), 60 - explored);
    assert.equal(built.counted.get(action('explored')), explored);
    assert.deepEqual(built.upstream.breaches, []);
    // Under other documents nothing of it holds.
    built.swap({ ...built.house.now(), version: 'other' });
    assert.deepEqual(tiersIn(await ask(built, 1)), [1, 2]);
  });

  it('it opens nothing that plan or label close', async () => {
    const low = strict('least');
    for (let at = 0; at < 6; at += 1) assert.deepEqual(tiersIn(await ask(low, at)), [1]);
    const all = strict('all');
    for (let at = 0; at < 4; at += 1) await ask(all, at);
    const sensitivity = { label: 'regulated', kinds: [] } as const;
    for (let at = 0; at < 4; at += 1) {
      const record = await ask(all, at, { agent: 'strict', sensitivity });
      assert.deepEqual([tiersIn(record), record.routed?.cache], [[1], undefined]);
    }
  });
});
