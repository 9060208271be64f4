import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Clearance, LABELS, TIERS, type Tier, within } from '@signalbox/contract';
import fc from 'fast-check';
import { build, type Heads, settled } from '../house.fixture.ts';
import { resolution } from './resolving.fixture.ts';

fc.configureGlobal({ seed: 4141 });

const ENDS = 'until: 2030-01-01, given_by: "Ada, data protection", purpose: claims';
const yaml = (consent: string, tenant = '{}'): string => `
version: 1
endpoints:
  near: {url: "http://127.0.0.1:9001/v1", models: [small]}
  rack: {url: "https://rack.example/v1", tier: 2, region: eu, models: [middle]}
  far: {url: "https://far.example/v1", region: us, models: [large]}
tenants:
  acme: ${tenant}
  globex: {}
keys:
  main: {tenant: acme, secret: "env:MAIN", scopes: [call]}
  other: {tenant: globex, secret: "env:OTHER"}
  child: {tenant: acme, secret: "env:CHILD", subject: child-7}
consents:
  open: {tenant: acme, ${ENDS}, ${consent}}
`;

const SSN = 'my SSN is 219-09-9998';
const SSN_AND_MAIL = `${SSN}, write to jo@mail.example.org`;
const saying = (content: string): object => ({
  model: 'auto',
  messages: [{ role: 'user', content }],
});

/** The tiers that a clearance opens. */
const open = (clearance: Clearance | undefined): readonly Tier[] =>
  TIERS.filter((tier) => {
    if (clearance === undefined) return false;
    const { residency } = clearance.terms;
    const place = { name: 'x', origin: 'https://x.example', own: true, privateAddress: undefined };
    const where = { region: residency?.[0], retention: 'zero' as const, tenant: undefined };
    return within(clearance, { ...place, ...where, tier }) === undefined;
  });

async function cleared(
  consent: string,
  { text = SSN, tenant = '{}', ...head }: Heads & { text?: string; tenant?: string } = {},
) {
  const built = build(yaml(consent, tenant));
  const found = await resolution(built, saying(text), { consent: 'open', ...head });
  const seen = found.resolved?.route ?? surveyedOf(found.call);
  return { ...found, open: open(seen?.clearance), used: seen?.consent };
}

/** What was looked at of a call that goes nowhere. */
const surveyedOf = (call: object): { clearance: Clearance; consent: unknown } | undefined =>
  Reflect.get(call, 'surveyed');

describe('a consent', () => {
  type Case = readonly [consent: string, more: Parameters<typeof cleared>[1], open: number[]];
  const cases: readonly Case[] = [
    ['kinds: [government-id], tiers: [2, 3]', {}, [1, 2, 3]],
    ['kinds: [government-id], tiers: [2]', {}, [1, 2]],
    // Exactly what it says: who consented to the one has not consented to the other.
    ['kinds: [government-id], tiers: [3]', {}, [1, 3]],
    ['kinds: [us-ssn], tiers: [2, 3]', {}, [1, 2, 3]],
    ['kinds: [health], tiers: [2, 3]', {}, [1]],
    ['kinds: [government-id], tiers: [2, 3]', { text: SSN_AND_MAIL }, [1]],
    ['kinds: [government-id, email], tiers: [2, 3]', { text: SSN_AND_MAIL }, [1, 2, 3]],
    ['kinds: [government-id], tiers: [2, 3]', { tenant: '{topology: sovereign}' }, [1, 2]],
    ['kinds: [government-id], tiers: [2, 3]', { tenant: '{default_label: internal}' }, [1, 2]],
    ['kinds: [government-id], tiers: [3]', { tenant: '{default_label: internal}' }, [1]],
    ['kinds: [government-id], tiers: [2, 3]', { tenant: '{default_label: personal}' }, [1]],
    [
      'kinds: [government-id, default], tiers: [2]',
      { tenant: '{default_label: personal}' },
      [1, 2],
    ],
    ['kinds: [declared], tiers: [2]', declared('hello', 'personal'), [1, 2]],
    ['kinds: [health], tiers: [2]', declared('hello', 'regulated'), [1]],
    ['kinds: [health], tiers: [2]', declared('hello', 'regulated', 'health'), [1, 2]],
    ['kinds: [health], tiers: [2]', declared('hello', 'regulated', 'email'), [1]],
    ['kinds: [email], tiers: [2]', declared('hello', 'internal', 'email'), [1, 2]],
  ];
  for (const [consent, more, expected] of cases) {
    it(`{${consent}} opens tiers ${expected} for ${JSON.stringify(more)}`, async () => {
      assert.deepEqual((await cleared(consent, more)).open, expected);
    });
  }

  it('of some regions opens no place elsewhere, nor outside the residency', async () => {
    const kinds = 'kinds: [government-id], tiers: [2, 3]';
    const eu = await cleared(`${kinds}, regions: [eu]`);
    assert.deepEqual(eu.gates['far/large'], ['residency']);
    assert.deepEqual(eu.gates['rack/middle'], []);
    const both = await cleared(`${kinds}, regions: [us]`, { tenant: '{residency: [eu]}' });
    assert.deepEqual(both.gates['far/large'], ['residency']);
    assert.deepEqual(both.gates['rack/middle'], ['residency']);
  });

  it('opens no tier that a rule closes', async () => {
    const low = '{rules: [{name: low, require: {tier_max: 1}}]}';
    const built = build(
      `${yaml('kinds: [us-ssn], tiers: [2, 3]', '{policies: [p]}')}policies: {p: ${low}}\n`,
    );
    const { resolved } = await resolution(built, saying(SSN), { consent: 'open' });
    assert.deepEqual(open(resolved?.route.clearance), [1]);
  });

  it('is recorded as applied, or as not needed', async () => {
    const consent = 'kinds: [government-id], tiers: [2, 3]';
    assert.deepEqual((await cleared(consent)).used, { id: 'open', use: 'applied' });
    const harmless = await cleared(consent, { text: 'hello' });
    assert.deepEqual(harmless.used, { id: 'open', use: 'unneeded' });
    assert.deepEqual(
      (await resolution(build(yaml(consent)), saying(SSN))).resolved?.route.consent,
      undefined,
    );
  });

  it('covers one subject where it says so', async () => {
    const consent = 'kinds: [government-id], tiers: [2, 3], subject: child-7';
    assert.deepEqual((await cleared(consent, { subject: 'child-7' })).open, [1, 2, 3]);
    assert.deepEqual((await cleared(consent, { key: 'child' })).open, [1, 2, 3]);
    // A key that fixes its subject speaks of nobody else.
    const other = consent.replace('child-7', 'child-8');
    const fixed = await cleared(other, { key: 'child', subject: 'child-8' });
    for (const wrong of [await cleared(consent), await cleared(consent, { subject: 'x' }), fixed]) {
      assert.equal(wrong.refusal?.code, 'policy_denied');
      assert.deepEqual(wrong.used, { id: 'open', use: 'refused' });
      assert.deepEqual(wrong.open, [1]);
    }
  });

  it('that is over, not begun, revoked or unknown refuses the call, harmless or not', async () => {
    const kinds = 'kinds: [us-ssn], tiers: [3]';
    const ended = kinds.concat(', revoked: true');
    const later = kinds.concat(', from: 2029-01-01');
    const says = async (consent: string, head: Heads = {}): Promise<string> => {
      const { refusal, open: tiers } = await cleared(consent, { text: 'hello', ...head });
      assert.deepEqual([refusal?.code, refusal?.param], ['policy_denied', 'x-signalbox-consent']);
      assert.deepEqual(tiers, [1, 2, 3]);
      return refusal?.message ?? '';
    };
    assert.match(await says(ended), /was revoked/);
    assert.match(await says(later), /has not begun/);
    assert.match(await says(kinds, { consent: 'gone' }), /No consent of this tenant/);
    const old = build(yaml(kinds).replace('2030', '2025'));
    const { refusal } = await resolution(old, saying(SSN), { consent: 'open' });
    assert.match(refusal?.message ?? '', /has ended/);
  });

  it('of another tenant looks exactly like one that is not there', async () => {
    const built = build(yaml('kinds: [us-ssn], tiers: [3]'));
    const ask = async (consent: string) => {
      const { refusal, call } = await resolution(built, saying(SSN), { key: 'other', consent });
      return JSON.stringify([refusal, surveyedOf(call)?.consent]).replaceAll(consent, 'ID');
    };
    assert.equal(await ask('open'), await ask('gone'));
  });

  for (const [what, change] of [
    ['was revoked', ', revoked: true'],
    ['has ended', ', until: 2025-10-09T08:53:21Z'],
  ] as const) {
    it(`that ${what} while a call waited for a route refuses it when it comes again`, async () => {
      const kinds = 'kinds: [us-ssn], tiers: [3]';
      const text = change.includes('until')
        ? yaml(kinds).replace('until: 2030-01-01', change.slice(2))
        : yaml(kinds);
      const built = build(text);
      const body = { ...saying(SSN), model: 'large' };
      const { settlement } = built.serve(body, { consent: 'open' });
      await settled();
      assert.equal(built.upstream.last.endpoint, 'far');
      built.upstream.last.fault('connect_failed');
      await settled();
      if (text === yaml(kinds)) built.swap(yaml(`${kinds}${change}`));
      await built.clock.turn(2_000);
      const record = (await settlement)?.record;
      assert.deepEqual(
        [record?.code, record?.consent, record?.consentUse, record?.clearance?.ceiling],
        ['policy_denied', 'open', 'refused', 1],
      );
      assert.equal(built.upstream.dials.length, 1);
    });
  }

  it('never opens more than its documents say, whatever they and the call are', async () => {
    const kind = fc.constantFrom(
      'government-id',
      'email',
      'us-ssn',
      'declared',
      'default',
      'health',
    );
    const documents = fc.record({
      kinds: fc.uniqueArray(kind, { minLength: 1, maxLength: 4 }),
      tiers: fc.uniqueArray(fc.constantFrom(...TIERS), { minLength: 1, maxLength: 3 }),
      topology: fc.constantFrom('cloud', 'sovereign'),
      label: fc.constantFrom(...LABELS),
    });
    const calls = fc.record({
      text: fc.constantFrom('hello', SSN, SSN_AND_MAIL),
      sensitivity: fc.option(
        fc.record({
          label: fc.constantFrom(...LABELS),
          kinds: fc.subarray(['health', 'email', 'x']),
        }),
        { nil: undefined },
      ),
    });
    await fc.assert(
      fc.asyncProperty(documents, calls, async (made, { text, sensitivity }) => {
        const tenant = `{topology: ${made.topology}, default_label: ${made.label}}`;
        const written = `kinds: [${made.kinds}], tiers: [${made.tiers}]`;
        const built = build(yaml(written, tenant));
        const head = { sensitivity };
        const bare = await resolution(built, saying(text), head);
        const with_ = await resolution(built, saying(text), { ...head, consent: 'open' });
        const before = open((bare.resolved?.route ?? surveyedOf(bare.call))?.clearance);
        const after = open((with_.resolved?.route ?? surveyedOf(with_.call))?.clearance);
        const most = made.topology === 'sovereign' ? 2 : 3;
        const { profile } = with_.call;
        const isCovered = profile.grounds
          .filter(({ label }) => label === 'personal' || label === 'regulated')
          .every((one) => [one.kind, one.type].some((word) => made.kinds.some((k) => k === word)));
        for (const tier of after) {
          assert.ok(tier <= most);
          assert.ok(before.includes(tier) || (isCovered && made.tiers.includes(tier)));
        }
        for (const tier of before) assert.ok(after.includes(tier));
      }),
      { numRuns: 60 },
    );
  });
});

function declared(text: string, label: (typeof LABELS)[number], ...kinds: string[]) {
  return { text, sensitivity: { label, kinds } };
}
