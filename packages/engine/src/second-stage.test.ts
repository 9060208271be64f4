// Names and addresses are seen by a model of tier 1 where a tenant wants it: its word raises the
// label, and where it cannot be had the tenant's own setting decides.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CallRecord } from '@signalbox/contract';
import { ANSWER, atRest } from './dispatch/dispatching.fixture.ts';
import {
  type Built,
  build,
  chatOf,
  type Dialled,
  type Heads,
  HOUSE,
  settled,
} from './house.fixture.ts';
import { preview } from './preview.ts';

const withStage = (stage: string, more = ''): string =>
  HOUSE.replace('acme: {}', `acme: {${more}sensitive: {second_stage: {${stage}}}}`);
const STAGED = withStage('model: small');

const telling = (content: string): object => ({
  ...ANSWER,
  choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
});
const told = (names: boolean, addresses: boolean): string => JSON.stringify({ names, addresses });
const isReader = ({ request }: Dialled): boolean =>
  new TextDecoder().decode(request.body).includes('You look for personal data');

/** The reader says these, one after the other, then the last again; others answer. */
function says(built: Built, ...answers: readonly string[]): void {
  let at = 0;
  built.upstream.script = (dialled) => {
    if (!isReader(dialled)) dialled.answer(ANSWER);
    else dialled.answer(telling(answers[Math.min(at++, answers.length - 1)] ?? ''));
  };
}

async function recorded(built: Built, body: object, head: Heads = {}): Promise<CallRecord> {
  const { settlement, call } = built.serve(body, head);
  await settled();
  await built.clock.turn(70_000);
  await settlement;
  atRest(built);
  const record = built.store.records().find((one) => one.request === call.id);
  assert.ok(record !== undefined);
  return record;
}
const saying = (content: string): object => ({
  model: 'shared',
  messages: [{ role: 'user', content }],
});
const HELLO = saying('Anna Lindqvist moves out of Storgatan 5 next week.');
const readers = (built: Built): readonly Dialled[] => built.upstream.dials.filter(isReader);
const others = (built: Built): readonly string[] =>
  built.upstream.dials.filter((one) => !isReader(one)).map((one) => one.endpoint);
const PATIENT = 'model: small, timeout_ms: 60000';

describe('a tenant that asks for no second stage', () => {
  it('has nobody asked, and nothing of it in its records', async () => {
    const built = build();
    says(built, told(true, true));
    const record = await recorded(built, HELLO);
    assert.deepEqual([readers(built).length, record.label], [0, 'public']);
    assert.equal('secondStage' in record, false);
  });
});

describe('the second stage', () => {
  const cases: readonly (readonly [answer: string, label: string, kinds: readonly string[]])[] = [
    [told(true, false), 'personal', ['name']],
    [told(false, true), 'personal', ['address']],
    [told(true, true), 'personal', ['name', 'address']],
    [told(false, false), 'public', []],
    [`<think>{is it?}</think>\n\`\`\`json\n${told(true, false)}\n\`\`\``, 'personal', ['name']],
    ['No, nothing at all.', 'personal', ['unscanned']],
    ['{"names": "no", "addresses": "no"}', 'personal', ['unscanned']],
    ['', 'personal', ['unscanned']],
  ];
  for (const [answer, label, kinds] of cases) {
    it(`raises the label by its word: ${answer || 'none'}`, async () => {
      const built = build(STAGED);
      says(built, answer);
      const record = await recorded(built, HELLO);
      assert.deepEqual([record.label, record.kinds], [label, kinds]);
      assert.equal(record.clearance?.ceiling, label === 'public' ? 3 : 1);
      if (label === 'personal') assert.deepEqual(others(built), ['near']);
      const { outcome, endpoint, model, types, windows } = record.secondStage ?? {};
      const isRead = kinds[0] !== 'unscanned';
      assert.deepEqual([endpoint, model, outcome], ['near', 'small', isRead ? 'read' : 'unclear']);
      assert.deepEqual([types, windows], isRead ? [kinds, 1] : [[], 0]);
      assert.equal(JSON.stringify(record).includes('Lindqvist'), false);
      assert.equal(JSON.stringify(built.logs).includes('Lindqvist'), false);
    });
  }

  it('is asked on tier 1 alone, under a clearance for the worst', async () => {
    const built = build(STAGED);
    says(built, told(false, false));
    await recorded(built, HELLO);
    const [reader] = readers(built);
    assert.ok(reader !== undefined);
    const { clearance, label, place } = reader.request;
    assert.deepEqual([label, place.tier, place.name], ['regulated', 1, 'near']);
    assert.deepEqual([clearance.terms.ceiling, clearance.terms.tenant], [1, 'acme']);
    assert.match(JSON.stringify(reader.body()), /Storgatan 5/);
  });

  const beyond: readonly (readonly [model: string, privacy: string])[] = [
    ['large', 'enforce'],
    ['medium', 'enforce'],
    ['far/large', 'enforce'],
    ['far/large', 'observe'],
    ['middle/shared', 'observe'],
  ];
  for (const [model, privacy] of beyond) {
    it(`asks nobody beyond it: ${model}, ${privacy}`, async () => {
      const built = build(withStage(`model: "${model}"`, `privacy: ${privacy}, `));
      says(built, told(false, false));
      const record = await recorded(built, HELLO);
      assert.equal(readers(built).length, 0);
      assert.deepEqual([record.label, record.secondStage?.outcome], ['personal', 'nowhere']);
    });
  }

  it('is nobody on a node that many share, where nothing is of tier 1', async () => {
    const shared = (yaml: string): string => yaml.replace('name: n1, tier: 1', 'name: n1, tier: 2');
    for (const more of [
      '',
      'own: {endpoints: [near]}, ',
      'topology: sovereign, shared_nodes: allow, ',
    ]) {
      const built = build(shared(withStage('model: small', more)));
      says(built, told(false, false));
      const record = await recorded(built, HELLO);
      assert.deepEqual([readers(built).length, record.label], [0, 'personal'], more);
      assert.equal(record.secondStage?.outcome, 'nowhere');
    }
    const declared = withStage('model: small', 'own: {endpoints: [near]}, ');
    const named = declared.replace('near:\n', 'near:\n    tier: 1\n');
    const built = build(shared(named));
    says(built, told(false, false));
    assert.equal((await recorded(built, HELLO)).secondStage?.outcome, 'read');
  });

  it('of a model that stands on several tiers asks the one on tier 1', async () => {
    const built = build(withStage('model: shared'));
    says(built, told(false, false));
    assert.equal((await recorded(built, HELLO)).label, 'public');
    assert.deepEqual(
      readers(built).map((one) => one.endpoint),
      ['near'],
    );
  });

  it('lets no label fall, whatever it says', async () => {
    const built = build(withStage('model: small', 'default_label: internal, '));
    says(built, told(false, false));
    assert.equal((await recorded(built, HELLO)).label, 'internal');
  });

  it('is not asked about what is personal already, unless a consent is named', async () => {
    const consents = `
consents:
  mail: {tenant: acme, kinds: [email], tiers: [3], purpose: x, until: 2030-01-01, given_by: Ada}
`;
    const built = build(STAGED + consents);
    says(built, told(true, false));
    const mail = saying('Anna Lindqvist wrote from anna@example.org today.');
    const plain = await recorded(built, mail);
    assert.deepEqual([readers(built).length, plain.label], [0, 'personal']);
    const consented = await recorded(built, mail, { consent: 'mail' });
    assert.equal(readers(built).length, 1);
    assert.deepEqual(consented.kinds, ['email-address', 'name']);
    assert.equal(consented.clearance?.ceiling, 1, 'a name is not covered by consent to mail');
  });

  it('stays with the session that a name was in', async () => {
    const built = build(STAGED);
    says(built, told(true, false), told(false, false));
    await recorded(built, HELLO, { session: 's' });
    const next = await recorded(built, saying('thanks'), { session: 's' });
    assert.deepEqual([next.label, next.kinds], ['personal', ['held-session']]);
    assert.equal(readers(built).length, 1, 'it is personal already');
  });

  it('reads a long text in pieces, and says when there was more', async () => {
    const built = build(withStage('model: small, windows_max: 3'));
    says(built, told(false, false));
    const whole = await recorded(built, saying('lorem ipsum '.repeat(600)));
    assert.deepEqual([whole.secondStage?.windows, whole.secondStage?.outcome], [2, 'read']);
    assert.equal(whole.label, 'public');
    const more = await recorded(built, saying('lorem ipsum '.repeat(2_000)));
    assert.deepEqual([more.secondStage?.windows, more.secondStage?.outcome], [3, 'partly']);
    assert.deepEqual([more.label, more.kinds], ['personal', ['unscanned']]);
  });

  it('keeps what was found before it failed', async () => {
    const built = build(STAGED);
    says(built, told(true, false), 'what?');
    const record = await recorded(built, saying('lorem ipsum '.repeat(600)));
    assert.deepEqual(record.kinds, ['name', 'unscanned']);
  });
});

describe('when the reader is away', () => {
  it('a call takes the label of what nobody can read, as the tenant has it', async () => {
    for (const label of ['personal', 'regulated', 'public']) {
      const built = build(withStage('model: small', `unscanned_label: ${label}, `));
      built.upstream.script = (dialled) => {
        if (isReader(dialled)) dialled.fault('connect_failed');
        else dialled.answer(ANSWER);
      };
      const record = await recorded(built, HELLO);
      assert.deepEqual([record.label, record.kinds], [label, ['unscanned']]);
      assert.equal(record.secondStage?.outcome, 'away');
    }
  });

  it('timers of the dial that end before its own say that it is slow', async () => {
    for (const code of ['head_timeout', 'idle_timeout', 'total_timeout'] as const) {
      const built = build(STAGED);
      built.upstream.script = (dialled) => {
        if (isReader(dialled)) dialled.fault(code);
        else dialled.answer(ANSWER);
      };
      assert.equal((await recorded(built, HELLO)).secondStage?.outcome, 'slow');
    }
  });

  it('an answer that is an error is none', async () => {
    const built = build(STAGED);
    built.upstream.script = (dialled) =>
      dialled.answer(isReader(dialled) ? telling(told(false, false)) : ANSWER, 500);
    const { settlement } = built.serve(HELLO);
    await built.clock.turn(70_000);
    await settlement;
    assert.equal(built.store.records()[0]?.secondStage?.outcome, 'away');
  });

  it('it is waited for so long and no longer, and its socket is closed', async () => {
    const built = build(withStage('model: small, timeout_ms: 1500'));
    built.upstream.script = (dialled) => {
      if (!isReader(dialled)) dialled.answer(ANSWER);
    };
    const { reply, settlement } = built.serve(HELLO);
    await built.clock.turn(1_499);
    assert.deepEqual([others(built).length, reply.ending], [0, undefined]);
    await built.clock.turn(1);
    await settlement;
    assert.equal(readers(built)[0]?.aborted, true);
    const [record] = built.store.records();
    assert.deepEqual([record?.label, record?.secondStage?.outcome], ['personal', 'slow']);
    assert.equal(record?.secondStage?.tookMs, 1_500);
    atRest(built);
  });

  it('no more calls of a tenant are read at once than it says', async () => {
    const built = build(withStage(`${PATIENT}, at_once_max: 1`));
    built.upstream.script = (dialled) => {
      if (!isReader(dialled)) dialled.answer(ANSWER);
    };
    const first = built.serve(HELLO);
    await settled();
    const second = built.serve(saying('another'));
    await second.settlement;
    assert.equal(built.store.records()[0]?.secondStage?.outcome, 'busy');
    built.upstream.dials[0]?.answer(telling(told(false, false)));
    await first.settlement;
    assert.equal(built.store.records()[1]?.secondStage?.outcome, 'read');
    says(built, told(false, false));
    const third = await recorded(built, saying('one more'));
    assert.equal(third.secondStage?.outcome, 'read', 'it is given back');
  });

  it('no more texts a minute are read than it says', async () => {
    const built = build(withStage('model: small, per_minute_max: 2'));
    says(built, told(false, false));
    const outcomes: unknown[] = [];
    for (let at = 0; at < 3; at += 1) {
      const { settlement } = built.serve(saying(`the text ${at}`));
      outcomes.push((await settlement)?.record.secondStage?.outcome);
    }
    assert.deepEqual(outcomes, ['read', 'read', 'busy']);
    await built.clock.turn(60_000);
    assert.equal((await recorded(built, HELLO)).secondStage?.outcome, 'read');
  });

  it('a dry run asks nobody, and supposes what nobody has read', async () => {
    const built = build(STAGED);
    says(built, told(false, false));
    const dry = await preview(built.call(chatOf('shared')), built.house);
    assert.ok(dry.ok && dry.value.resolved.ok);
    const { profile } = dry.value.resolved.value;
    assert.deepEqual([profile.label, profile.kinds], ['personal', ['unscanned']]);
    assert.equal(built.upstream.dials.length, 0);
  });
});
