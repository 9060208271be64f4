import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { higherLabel, LABELS, type Label, sessionId, tenantName } from '@signalbox/contract';
import fc from 'fast-check';
import { raisedOf } from '../classify/grounds.ts';
import { type Built, build, HandClock, type Heads } from '../house.fixture.ts';
import { preview } from '../preview.ts';
import { checkpoint, restore } from '../restore.ts';
import { createLive } from '../snapshot.ts';
import { SESSION_MS, SESSIONS_PER_TENANT_MAX, sessionLabels } from './labels.ts';

fc.configureGlobal({ seed: 4141 });

const acme = tenantName('acme');
const other = tenantName('other');
const session = sessionId('a');
const held = (label: Label, ...kinds: string[]) => raisedOf(label, kinds);

describe('what sessions have held', () => {
  it('only rises, whatever comes in whatever order', () => {
    const step = fc.tuple(fc.nat(2), fc.constantFrom(...LABELS), fc.nat(SESSION_MS / 4));
    fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const clock = new HandClock();
        const sessions = sessionLabels(clock);
        const known = new Map<number, Label>();
        for (const [which, label, ms] of steps) {
          await clock.turn(ms / 12);
          sessions.raise(acme, sessionId(`${which}`), held(label));
          known.set(which, higherLabel(known.get(which) ?? 'public', label));
        }
        for (const [which, label] of known) {
          const found = sessions.of(acme, sessionId(`${which}`));
          assert.equal(found?.label ?? 'public', label);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('is each tenant’s own, and known for a day after the last call', async () => {
    const clock = new HandClock();
    const sessions = sessionLabels(clock);
    sessions.raise(acme, session, held('personal', 'email'));
    assert.equal(sessions.of(other, session), undefined);
    await clock.turn(SESSION_MS - 1);
    sessions.raise(acme, session, held('personal', 'email'));
    await clock.turn(SESSION_MS - 1);
    assert.equal(sessions.of(acme, session)?.label, 'personal');
    await clock.turn(1);
    assert.equal(sessions.of(acme, session), undefined);
  });

  it('is bounded: those with lower labels, and idle longest, are forgotten first', () => {
    const sessions = sessionLabels(new HandClock());
    sessions.raise(acme, session, held('regulated'));
    for (let at = 0; at < SESSIONS_PER_TENANT_MAX; at += 1) {
      sessions.raise(acme, sessionId(`p${at}`), held('personal'));
    }
    assert.equal(sessions.of(acme, session)?.label, 'regulated');
    assert.equal(sessions.of(acme, sessionId('p0')), undefined);
    assert.equal(sessions.of(acme, sessionId('p1'))?.label, 'personal');
  });

  it('is known again from a checkpoint', () => {
    const [one, two] = [live(), live()];
    one.sessions.raise(acme, session, held('regulated', 'us-ssn'));
    const body = checkpoint(one);
    restore(two, entryOf('checkpoint', body));
    assert.deepEqual(two.sessions.of(acme, session)?.grounds, [
      { type: 'us-ssn', kind: 'government-id', label: 'regulated' },
    ]);
  });

  it('goes down by an act alone, and stays up where the act names something higher', () => {
    const sessions = sessionLabels(new HandClock());
    sessions.raise(acme, session, held('personal'));
    assert.equal(sessions.declassify(acme, session, 'regulated'), 'personal');
    assert.equal(sessions.of(acme, session)?.label, 'personal');
    assert.equal(sessions.declassify(acme, session, 'internal'), 'personal');
    assert.equal(sessions.of(acme, session)?.label, 'internal');
    assert.equal(sessions.declassify(acme, session, 'public'), 'internal');
    assert.equal(sessions.of(acme, session), undefined);
    assert.equal(sessions.declassify(other, session, 'public'), undefined);
  });
});

const live = () => {
  const { house } = build();
  return createLive(house.ports.clock, house.ports.store);
};

const entryOf = (kind: string, body: unknown, call?: string) => ({
  ...{ v: 1, kind, node: 'n', epoch: 'e', seq: 1, at: 1_760_000_000_000, prev: '' },
  ...{ tenant: 'acme', call, bodyDigest: '', body },
});

const SSN = 'my SSN is 219-09-9998';
const saying = (content: string): object => ({
  model: 'auto',
  messages: [{ role: 'user', content }],
});

async function recorded(built: Built, text: string, head: Heads = {}) {
  const { settlement } = built.serve(saying(text), { session: 's1', ...head });
  await built.clock.turn(1);
  for (const one of built.upstream.dials) one.answer({ choices: [], usage: {} });
  await settlement;
  const records = built.store.records();
  const last = records[records.length - 1];
  assert.ok(last !== undefined);
  return last;
}

describe('a session that has held something', () => {
  it('keeps its later calls where that was', async () => {
    const built = build();
    const first = await recorded(built, SSN);
    assert.deepEqual([first.label, first.kinds], ['regulated', ['us-ssn']]);
    const second = await recorded(built, 'thanks');
    assert.deepEqual([second.label, second.kinds], ['regulated', ['held-session']]);
    assert.equal(second.clearance?.ceiling, 1);
    const elsewhere = await recorded(built, 'thanks', { session: 's2' });
    assert.equal(elsewhere.label, 'public');
  });

  it('has held it also where the call itself was refused', async () => {
    const built = build();
    const first = await recorded(built, SSN, { consent: 'gone' });
    assert.equal(first.code, 'policy_denied');
    assert.equal((await recorded(built, 'thanks')).label, 'regulated');
  });

  it('that nobody named has not held what was only declared', async () => {
    const built = build();
    const declared = { label: 'regulated', kinds: ['email'] } as const;
    const bare = { session: undefined };
    const first = await recorded(built, 'hello', { ...bare, sensitivity: declared });
    assert.deepEqual([first.label, first.lasting], ['regulated', 'public']);
    assert.equal((await recorded(built, 'hello', bare)).label, 'public');
    const again = build();
    for (const { kind, body, call } of built.store.entries) {
      restore(again.house.live, entryOf(kind, JSON.parse(JSON.stringify(body)), call));
    }
    assert.equal((await recorded(again, 'hello', bare)).label, 'public');
    await recorded(built, 'hello', { sensitivity: declared });
    assert.deepEqual((await recorded(built, 'hello')).kinds, ['held-session']);
  });

  it('learns nothing from a dry run', async () => {
    const built = build();
    await preview(built.call(saying(SSN), { session: 's1' }), built.house);
    assert.equal((await recorded(built, 'thanks')).label, 'public');
  });

  it('is known again after a restart, by its records', async () => {
    const built = build();
    await recorded(built, SSN);
    const again = build();
    for (const { kind, body, call } of built.store.entries) {
      restore(again.house.live, entryOf(kind, JSON.parse(JSON.stringify(body)), call));
    }
    const record = await recorded(again, 'thanks');
    assert.deepEqual([record.label, record.kinds], ['regulated', ['held-session']]);
  });

  it('stays lowered over a restart, until a call of it holds something again', async () => {
    const built = build();
    const { session: id } = await recorded(built, SSN);
    const act = 'session-declassified';
    const detail = { from: 'regulated', to: 'public', reason: 'x' };
    const lowered = entryOf('act', { act, by: 'operator', what: id, detail });
    const again = build();
    for (const { kind, body, call } of built.store.entries) {
      restore(again.house.live, entryOf(kind, JSON.parse(JSON.stringify(body)), call));
    }
    restore(again.house.live, lowered);
    assert.equal((await recorded(again, 'thanks')).label, 'public');
    assert.equal((await recorded(again, SSN)).label, 'regulated');
    assert.equal((await recorded(again, 'thanks')).label, 'regulated');
  });

  it('is open to the consent that covers what it held', async () => {
    const built = build(`${HOUSE_WITH_CONSENTS}`);
    await recorded(built, SSN, { consent: 'ids' });
    const more = await recorded(built, 'thanks', { consent: 'ids' });
    assert.deepEqual([more.label, more.clearance?.ceiling], ['regulated', 3]);
    const less = await recorded(built, 'thanks', { consent: 'mails' });
    assert.equal(less.clearance?.ceiling, 1);
  });

  it('stays inside when it held what is internal, whoever consents to the rest', async () => {
    const built = build(`${HOUSE_WITH_CONSENTS}`);
    await recorded(built, 'our plan', { sensitivity: { label: 'internal', kinds: [] } });
    const more = await recorded(built, SSN, { consent: 'ids' });
    assert.deepEqual(
      [more.label, more.consentUse, more.clearance?.ceiling],
      [...['regulated', 'applied', 2]],
    );
  });

  it('never falls, whatever its calls say', async () => {
    const said = fc.constantFrom('hello', SSN, 'write to jo@mail.example.org');
    await fc.assert(
      fc.asyncProperty(fc.array(said, { minLength: 2, maxLength: 6 }), async (texts) => {
        const built = build();
        let before: Label = 'public';
        for (const text of texts) {
          const { label = 'public' } = await recorded(built, text);
          assert.equal(higherLabel(label, before), label);
          before = label;
        }
      }),
      { numRuns: 15 },
    );
  });
});

const TERMS = 'tiers: [2, 3], until: 2030-01-01, given_by: Ada, purpose: claims';
const HOUSE_WITH_CONSENTS = `
version: 1
endpoints:
  near: {url: "http://127.0.0.1:9001/v1", models: [small]}
  far: {url: "https://far.example/v1", models: [large]}
tenants: {acme: {}}
keys:
  main: {tenant: acme, secret: "env:MAIN"}
consents:
  ids: {tenant: acme, kinds: [government-id], ${TERMS}}
  mails: {tenant: acme, kinds: [email], ${TERMS}}
`;
