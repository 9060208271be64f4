import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type CallRecord, tenantName } from '@signalbox/contract';
import { ANSWER, ended } from '../../dispatch/dispatching.fixture.ts';
import { type Built, build, HOUSE } from '../../house.fixture.ts';
import { KINDS_MAX, type RoutingAlarm, type Watched, Watches } from './watches.ts';

const DAY_MS = 86_400_000;
const WORDS = ['apples', 'letters', 'lamps', 'tickets', 'bolts', 'trains', 'maps', 'ships'];
/** Eight words that differ from call to call. */
const clean = (at: number): string =>
  [0, 3, 6, 9, 12, 15, 2, 5]
    .map((by) => WORDS[((at >> (by % 7)) % 8) ^ ((at * 5 + by) % 8)])
    .join(' ');
const call = (at: number, more: Partial<Watched> = {}): Watched => ({
  ...{ tenant: tenantName('acme'), step: 'rewrite', instruction: clean(at), isHard: at % 10 === 0 },
  ...{ isStrong: at % 10 === 0, isEscalated: at % 20 === 1, ...more },
});

/** @returns alarms by the place of the call at which they were told. */
function told(
  of: (at: number) => Watched,
  calls: number,
  everyMs = 1_000,
): [number, RoutingAlarm][] {
  const watches = new Watches();
  const alarms: [number, RoutingAlarm][] = [];
  for (let at = 0; at < calls; at += 1) {
    for (const one of watches.saw(of(at), at * everyMs)) alarms.push([at, one]);
  }
  return alarms;
}

describe('what a tenant says in every call all of a sudden', () => {
  const gadget = (at: number, text: string): Watched =>
    at < 1_000 ? call(at) : call(at, { instruction: text, isHard: true, isStrong: true });

  it('is noticed within 100 attacked calls, before or behind its own words', () => {
    const attacks = [
      (at: number) => `gaussian manifold quotient theorem ${clean(at)}`,
      (at: number) => `${clean(at)} gaussian manifold quotient theorem`,
    ];
    for (const attack of attacks) {
      const alarms = told((at) => gadget(at, attack(at)), 1_200);
      const [at = 9_999, alarm] = alarms[0] ?? [];
      assert.ok(at >= 1_000 && at < 1_100, `${at}`);
      assert.equal(alarm?.sign, 'affix');
      assert.ok(Math.abs((alarm?.share ?? 1) - 0.1) < 0.03, `${alarm?.share}`);
      // Once for the step and once for the tenant, and not again for an hour.
      assert.equal(alarms.length, 2);
    }
  });

  it('is nothing where calls are no harder for it, and of clean calls nothing is', () => {
    const template = (at: number): Watched =>
      at < 1_000 ? call(at) : call(at, { instruction: `Please be so kind and ${clean(at)}` });
    assert.deepEqual(told(template, 2_000), []);
    assert.deepEqual(
      told((at) => call(at), 10_000),
      [],
    );
  });
});

it('a share that moves from day to day is noticed, of the step and of the whole', () => {
  const perDay = 40;
  const of = (at: number): Watched => {
    const day = Math.floor(at / perDay);
    const share = day < 42 ? 10 : 2;
    const isHard = (at + day) % share === 0;
    return call(at, { isHard, isStrong: isHard });
  };
  const alarms = told(of, perDay * 56, DAY_MS / perDay);
  const [at = 0, first] = alarms[0] ?? [];
  const day = Math.floor(at / perDay);
  assert.ok(day > 42 && day <= 50, `${day}`);
  assert.ok(['strong', 'hard'].includes(first?.sign ?? ''));
  assert.ok(alarms.some(([, { step }]) => step === 'all'));
  assert.ok((first?.share ?? 1) < 0.2);
});

it('is bounded', () => {
  const watches = new Watches();
  for (let at = 0; at < KINDS_MAX + 50; at += 1) {
    watches.saw(call(at, { tenant: tenantName(`t${at >> 1}`), step: at % 2 ? 'plan' : 'code' }), 0);
  }
  assert.equal(watches.size, KINDS_MAX);
});

async function ask(built: Built, content: string): Promise<CallRecord> {
  const messages = [{ role: 'user', content }];
  return ended(built, built.serve({ model: 'auto', messages }));
}

it('on the line an alarm is told, and holds the tenant at what was usual', async () => {
  const built = build(HOUSE);
  built.upstream.script = (dialled) => dialled.answer(ANSWER);
  const strong = ({ attempts }: CallRecord): boolean => attempts.some(({ tier }) => tier === 3);
  for (let at = 0; at < 250; at += 1) {
    const record = await ask(built, at % 10 === 0 ? `Prove ${clean(at)}` : `Sort ${clean(at)}`);
    assert.equal(record.routed?.closed, undefined);
  }
  const attacked: CallRecord[] = [];
  for (let at = 0; at < 150; at += 1) {
    attacked.push(await ask(built, `Prove gaussian manifold theorem, then sort ${clean(at)}`));
  }
  const first = attacked.findIndex(({ routed }) => routed?.closed === 'alarm');
  assert.ok(first > 0 && first < 100, `${first}`);
  const after = attacked.slice(first);
  assert.ok(
    after.filter(strong).length <= 0.15 * after.length + 1,
    `${after.filter(strong).length}`,
  );
  assert.ok(after.some(({ routed }) => routed?.lowered === 'hard'));
  const [act] = built.store.of('act').map(({ tenant, body }) => ({ tenant, ...body }));
  assert.deepEqual(
    [act?.tenant, act?.act, act?.detail['change']],
    ['acme', 'routing-alarm', 'affix'],
  );
  assert.ok(built.logs.some(([level, event]) => level === 'warn' && event === 'routing-alarm'));
  assert.ok([...built.counted.keys()].some((name) => name.startsWith('routing_alarms_total')));
  await built.clock.turn(3_600_000);
  assert.equal((await ask(built, 'Prove that this is prime')).routed?.closed, undefined);
});
