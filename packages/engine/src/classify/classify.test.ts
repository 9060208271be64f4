import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LABELS, type Label, readLabel } from '@signalbox/contract';
import { readQuestion } from '@signalbox/dialect';
import fc from 'fast-check';
import { type Built, build, chatOf, type Heads } from '../house.fixture.ts';
import { join, recall } from '../session/session.ts';
import { admit } from '../tenant/tenant.ts';
import { type Classified, classify } from './classify.ts';
import { labelOfType } from './kinds.table.ts';
import { Reading } from './reading.ts';

fc.configureGlobal({ seed: 4141 });

const yaml = (tenant: string): string => `
version: 1
endpoints:
  near: {url: "http://127.0.0.1:9001/v1", models: [small]}
tenants:
  acme: ${tenant}
keys:
  main: {tenant: acme, secret: "env:MAIN"}
`;

function classifyWith(built: Built, body: object, head: Heads = {}): Classified {
  const { house } = built;
  const admitted = admit(built.call(body, head), house.now().tenants, house.ports);
  assert.ok(admitted.ok);
  const operation = head.operation ?? 'chat';
  const question = readQuestion(operation, new TextEncoder().encode(JSON.stringify(body)));
  assert.ok(question.ok);
  const ports = { keys: house.ports.keys, idempotency: house.live.idempotency };
  const joined = join(admitted.value, question.value, ports);
  assert.ok(joined.ok);
  const { question: asked, tenant } = joined.value;
  const reading = new Reading(asked, tenant.sensitive);
  while (reading.step());
  return classify(recall(joined.value, house.live, house.ports.keys), reading.found());
}

const declared = (label: Label, ...kinds: string[]): Heads => ({ sensitivity: { label, kinds } });
const image = [{ type: 'image_url', image_url: { url: 'https://example.org/x' } }];
const withImage = { model: 'small', messages: [{ role: 'user', content: image }] };

const saying = (content: string): object => ({
  model: 'small',
  messages: [{ role: 'user', content }],
});

describe('the label of a call', () => {
  type Case = readonly [tenant: string, body: object, head: Heads, label: Label];
  const cases: readonly Case[] = [
    ['{}', chatOf('small'), {}, 'public'],
    ['{default_label: internal}', chatOf('small'), {}, 'internal'],
    ['{}', chatOf('small'), declared('personal'), 'personal'],
    ['{default_label: regulated}', chatOf('small'), declared('public'), 'regulated'],
    ['{}', withImage, {}, 'personal'],
    ['{unscanned_label: regulated}', withImage, {}, 'regulated'],
    ['{unscanned_label: public}', withImage, {}, 'public'],
    ['{default_label: regulated, unscanned_label: public}', withImage, {}, 'regulated'],
    ['{}', withImage, declared('regulated'), 'regulated'],
    ['{}', chatOf('small'), declared('public', 'health'), 'regulated'],
    ['{}', saying('my SSN is 219-09-9998'), {}, 'regulated'],
    ['{}', saying('my SSN is 219-09-9998'), declared('public'), 'regulated'],
    ['{}', saying('write to jo@mail.example.org'), {}, 'personal'],
    ['{default_label: regulated}', saying('write to jo@mail.example.org'), {}, 'regulated'],
    ['{}', chatOf('small'), declared('public', 'email'), 'personal'],
    ['{}', chatOf('small'), declared('internal', 'us_ssn', 'email'), 'regulated'],
    ['{}', chatOf('small'), declared('internal', 'favourite-colour'), 'internal'],
  ];
  for (const [tenant, body, head, label] of cases) {
    const said = JSON.stringify(head.sensitivity ?? null);
    const image = body === withImage ? ', an image' : '';
    it(`is ${label} for a tenant ${tenant}, ${said}${image}`, () => {
      assert.equal(classifyWith(build(yaml(tenant)), body, head).profile.label, label);
    });
  }

  it('takes state that is held upstream for something that nobody here can read', () => {
    const built = build(yaml('{}'));
    const body = { model: 'small', input: 'x', previous_response_id: 'resp_1' };
    const { profile } = classifyWith(built, body, { operation: 'response' });
    assert.equal(profile.label, 'personal');
    assert.deepEqual(profile.kinds, ['unscanned']);
  });

  it('keeps what was declared where it is less, and only there', () => {
    const built = build(yaml('{}'));
    const kept = (body: object, head: Heads): Label | undefined =>
      classifyWith(built, body, head).profile.declared;
    const ssn = saying('my SSN is 219-09-9998');
    assert.equal(kept(ssn, declared('public')), 'public');
    assert.equal(kept(ssn, declared('public', 'email')), 'personal');
    assert.equal(kept(ssn, declared('public', 'health')), undefined);
    assert.equal(kept(ssn, declared('regulated')), undefined);
    assert.equal(kept(ssn, {}), undefined);
    assert.equal(kept(chatOf('small'), declared('public')), undefined);
  });

  it('only ever rises, whatever a caller declares', () => {
    const types = fc.constantFrom('health', 'email', 'other', 'ip', 'secret');
    const head = fc.record({
      label: fc.constantFrom(...LABELS),
      kinds: fc.array(types, { maxLength: 3 }),
    });
    const bare = fc.constantFrom(...LABELS);
    const houses = new Map(LABELS.map((one) => [one, build(yaml(`{default_label: ${one}}`))]));
    fc.assert(
      fc.property(bare, fc.option(head), fc.boolean(), (start, sensitivity, unread) => {
        const built = houses.get(start);
        assert.ok(built !== undefined);
        const body = unread ? withImage : chatOf('small');
        const heads = sensitivity === null ? {} : { sensitivity };
        const { label } = classifyWith(built, body, heads).profile;
        assert.ok(LABELS.indexOf(label) >= LABELS.indexOf(start));
        if (sensitivity === null) return;
        assert.ok(LABELS.indexOf(label) >= LABELS.indexOf(sensitivity.label));
      }),
    );
  });

  it('takes a tenant’s word for its sources and types of documents, and lowers by none', () => {
    const rules = 'sources: [{name: hr-share, kind: financial}, {name: roster, kind: name}]';
    const built = build(yaml(`{sensitive: {${rules}}}`));
    const from = (...sources: string[]) =>
      classifyWith(built, saying('hello'), { sources }).profile;
    assert.deepEqual([from('hr-share').label, from('hr-share').kinds], ['regulated', ['hr-share']]);
    assert.equal(from('roster').label, 'personal');
    assert.equal(from('roster', 'hr-share').label, 'regulated');
    assert.equal(from('wiki').label, 'public');
    const card = classifyWith(built, saying('my SSN is 219-09-9998'), { sources: ['roster'] });
    assert.equal(card.profile.label, 'regulated');
    const elsewhere = classifyWith(build(yaml('{}')), saying('hello'), { sources: ['hr-share'] });
    assert.equal(elsewhere.profile.label, 'public');
  });

  it('knows a tenant’s own types, and what is public for it', () => {
    const rules = [
      'patterns: [{name: claim-number, pattern: "CL-[0-9]{6}", kind: health}]',
      'public: ["jo.sun@acme.example", "+49 30 1234567"]',
    ].join(', ');
    const built = build(yaml(`{sensitive: {${rules}}}`));
    const labelOf = (text: string) => classifyWith(built, saying(text)).profile;
    assert.deepEqual(labelOf('about CL-123456, please').kinds, ['claim-number']);
    assert.equal(labelOf('about CL-123456, please').label, 'regulated');
    assert.equal(labelOf('about XCL-1234567').label, 'public');
    assert.equal(labelOf('write to Help@acme.example or call +49 30 123-4567').label, 'public');
    assert.equal(labelOf('write to jo@acme.example').label, 'personal');
    const other = build(yaml('{}'));
    assert.equal(classifyWith(other, saying('about CL-123456')).profile.label, 'public');
    assert.equal(classifyWith(other, saying('jo.sun@acme.example')).profile.label, 'personal');
  });

  it('keeps the types that were found, each once, and never what was found', () => {
    const body = saying('SSN 219-09-9998, mail jo@mail.example.org and al@mail.example.org');
    const { profile } = classifyWith(build(yaml('{}')), body, declared('public', 'us-ssn'));
    assert.deepEqual(profile.kinds, ['us-ssn', 'email-address']);
    assert.doesNotMatch(JSON.stringify(profile), /219|jo@/);
  });

  it('keeps the types that were declared, and none that were not', () => {
    const { profile } = classifyWith(build(yaml('{}')), withImage, declared('personal', 'email'));
    assert.deepEqual(profile.kinds, ['unscanned', 'email']);
  });
});

describe('a type of data', () => {
  const cases: readonly (readonly [string, Label | undefined])[] = [
    ['health', 'regulated'],
    ['us-ssn', 'regulated'],
    ['us_ssn', 'regulated'],
    ['credit_card', 'regulated'],
    ['secret', 'regulated'],
    ['email', 'personal'],
    ['date-of-birth', 'personal'],
    ['ip', 'personal'],
    ['', undefined],
    ['__proto__', undefined],
    ['constructor', undefined],
  ];
  for (const [type, label] of cases) {
    it(`${JSON.stringify(type)} is ${label}`, () => assert.equal(labelOfType(type), label));
  }

  it('never means less than personal', () => {
    for (const type of ['name', 'phone', 'address', 'iban', 'passport']) {
      assert.ok(LABELS.indexOf(labelOfType(type) ?? 'public') >= LABELS.indexOf('personal'));
    }
    assert.equal(readLabel('high'), 'regulated');
  });
});

describe('the difficulty of a call', () => {
  const built = build(yaml('{}'));
  const difficultyOf = (content: string, head: Heads = {}, model = 'auto'): string =>
    classifyWith(built, { model, messages: [{ role: 'user', content }] }, head).profile.difficulty;

  const cases: readonly (readonly [
    content: string,
    head: Heads,
    model: string,
    expected: string,
  ])[] = [
    ['classify: refund please', {}, 'auto', 'easy'],
    [
      'Please TRANSLATE this sentence into French for the whole of our team today',
      {},
      'auto',
      'easy',
    ],
    ['Prove the lemma', {}, 'auto', 'hard'],
    ['Translate this and then prove the theorem', {}, 'auto', 'hard'],
    ['How are you?', {}, 'auto', 'easy'],
    ['', {}, 'auto', 'easy'],
    [
      'why does the fourth column of the second table hold other sums than the third?',
      {},
      'auto',
      'middle',
    ],
    ['x '.repeat(8_000), {}, 'auto', 'hard'],
    ['Prove the lemma', { step: 'classification' }, 'auto', 'easy'],
    // Who waits moves a guess, and what is shown as it comes stays below the cloud.
    ['x '.repeat(40), { mode: 'interactive' }, 'auto', 'easy'],
    ['Prove the lemma', { mode: 'interactive' }, 'auto', 'hard'],
    ['Prove the lemma', { mode: 'streaming' }, 'auto', 'middle'],
    ['How are you?', { mode: 'background' }, 'auto', 'hard'],
    ['How are you?', { mode: 'background', step: 'classification' }, 'auto', 'easy'],
    ['How are you?', { mode: 'background' }, 'large', 'middle'],
    ['hello', { step: 'complex_reasoning' }, 'auto', 'hard'],
    ['Prove the lemma', { step: 'unheard_of' }, 'auto', 'hard'],
    ['Prove the lemma', {}, 'small', 'middle'],
    ['Prove the lemma', { step: 'planning' }, 'small', 'hard'],
  ];
  for (const [content, head, model, expected] of cases) {
    const step = head.step === undefined ? '' : ` in step ${head.step}`;
    it(`is ${expected} for ${model}${step}: ${content.slice(0, 40)}`, () => {
      assert.equal(difficultyOf(content, head, model), expected);
    });
  }

  it('is the same for the same call, again and again', () => {
    const all = [1, 2, 3].map(() => difficultyOf('why does the sum of the columns differ?'));
    assert.equal(new Set(all).size, 1);
  });

  it('passes the latency budget on', () => {
    const call = classifyWith(built, chatOf('small'), { latencyBudgetMs: 250 });
    assert.equal(call.profile.latencyBudgetMs, 250);
  });
});
