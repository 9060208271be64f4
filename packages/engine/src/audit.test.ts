import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Bodies, type CallRecord, type Entry, tenantName } from '@signalbox/contract';
import { NEVER } from './classify/route/comparisons.ts';
import { type Built, build, chatOf, type Dialled, HOUSE, type Served } from './house.fixture.ts';
import { restore } from './restore.ts';

type Comparison = Bodies['comparison'];

const TENANT = '{policies: [watched], budget: {amount_usd: "1", per: day}}';
const policy = (cascade: string, more = ''): string =>
  `${HOUSE.replace('acme: {}', `acme: ${TENANT}`)}
policies:
  watched:
    cascade: {${cascade}}
${more}`;
const ALL = policy('audit: 1');
const CASCADE = policy(
  'audit: 1',
  '    rules: [{name: low, when: {}, route: {model: small}, ' +
    'output: {confidence_min: {1: 0.8}, escalate: 3, otherwise: flag}}]\n',
);

type Told = { readonly text: string; readonly sure?: number };

/** Each endpoint answers with its text, its tokens as likely as told. */
function answering(built: Built, texts: Readonly<Record<string, Told>>): void {
  built.upstream.script = (dialled: Dialled) => {
    const { text, sure } = texts[dialled.endpoint] ?? { text: '' };
    const content = text.split(' ').map((token) => ({ token, logprob: Math.log(sure ?? 1) }));
    const logprobs = sure === undefined ? {} : { logprobs: { content } };
    const message = { role: 'assistant', content: text };
    const usage = { prompt_tokens: 100, completion_tokens: 10 };
    const body = dialled.body() as { stream?: boolean };
    if (body.stream !== true) {
      const choices = [{ index: 0, message, finish_reason: 'stop', ...logprobs }];
      dialled.answer({ id: 'a', model: `${dialled.endpoint}-1`, choices, usage });
      return;
    }
    dialled.stream();
    dialled.event({ choices: [{ index: 0, delta: message, finish_reason: 'stop', ...logprobs }] });
    dialled.event({ choices: [], usage }).chunk('data: [DONE]\n\n').end();
  };
}

const easy = (more: object = {}): object => ({
  model: 'auto',
  messages: [{ role: 'user', content: 'Say hello to Anna.' }],
  ...more,
});

async function over(built: Built, served: Served): Promise<void> {
  await served.settlement;
  await built.clock.turn(10);
}

const compared = (built: Built): readonly Comparison[] =>
  built.store.of('comparison').map(({ body }) => body);

const asked = ({ upstream }: Built): readonly string[] =>
  upstream.dials.map(({ endpoint }) => endpoint);

test('a drawn call runs on another tier after its answer, and both are compared', async () => {
  for (const stream of [false, true]) {
    const built = build(ALL);
    answering(built, { near: { text: 'Hello Anna!' }, far: { text: 'hello anna' } });
    const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    const more = { session: 'one', agent: 'greeter', traceparent };
    const call = built.serve(easy({ stream }), more);
    await call.settlement;
    assert.deepEqual(asked(built), ['near'], 'its caller is answered before anybody else is asked');
    await built.clock.turn(10);
    assert.deepEqual(asked(built), ['near', 'far']);
    const [own, aside] = built.store.records();
    assert.deepEqual(aside?.audit, { of: own?.decision, propensity: 1 });
    assert.deepEqual([own?.traceId, aside?.traceId], ['a'.repeat(32), undefined]);
    assert.equal(aside?.session, undefined);
    assert.equal(aside?.costNanoUsd, '1200000');
    assert.equal(aside?.savingsNanoUsd, '-1200000');
    const [body] = compared(built);
    assert.ok(body !== undefined);
    const { weak, strong, ...rest } = body;
    assert.deepEqual([weak.tier, weak.made], [1, `small - ${stream ? '-' : 'near-1'}`]);
    assert.deepEqual([strong.tier, strong.model, strong.costNanoUsd], [3, 'large', '1200000']);
    assert.deepEqual(rest, {
      decision: own?.decision,
      step: rest.step,
      served: 'weak',
      confidence: undefined,
      tokensTold: false,
      agreement: 1,
      how: 'text',
      good: true,
      propensity: 1,
    });
    const journal = JSON.stringify(built.store.entries.map((one) => one.body));
    assert.equal(/hello anna/i.test(journal), false, 'no word of an answer is kept');
    assert.equal(built.counted.get('audits_total {"outcome":"compared"}'), 1);
    assert.equal(built.house.live.pools.slots.total(), 0);
    assert.deepEqual(built.house.live.pools.budgets.open(), []);
  }
});

test('what tier 3 answered is tried on the lowest, which says how sure it is', async () => {
  const built = build(ALL);
  answering(built, { near: { text: 'No idea', sure: 0.5 }, far: { text: 'A proof of it.' } });
  await over(built, built.serve(easy(), { step: 'planning' }));
  assert.deepEqual(asked(built), ['far', 'near']);
  const [body] = compared(built);
  assert.deepEqual([body?.served, body?.good, body?.tokensTold], ['strong', false, true]);
  assert.equal(body?.confidence, 0.5);
});

test('a cascade that heard two tiers compares them, and asks nobody else', async () => {
  const built = build(CASCADE);
  answering(built, { near: { text: 'Berne perhaps', sure: 0.3 }, far: { text: 'Berne' } });
  const call = built.serve(chatOf('small', { max_tokens: 20 }), { step: 'a-word-of-its-own' });
  await over(built, call);
  assert.deepEqual(asked(built), ['near', 'middle']);
  const [body] = compared(built);
  assert.equal(body?.step, undefined, 'steps are counted by class, whatever callers name them');
  assert.deepEqual([body?.weak.tier, body?.strong.tier, body?.served], [1, 2, 'strong']);
  assert.ok((body?.confidence ?? 1) < 0.3);
  assert.equal(built.store.records().length, 1);
});

test('what is compared went out: of tries at one place the one that passed', async () => {
  const rules =
    '    rules: [{name: low, when: {}, route: {model: small}, ' +
    'output: {json: true, retries: 1, escalate: 3}}]\n';
  const built = build(policy('audit: 1', rules));
  const right = '{"capital":"Berne"}';
  let tries = 0;
  built.upstream.script = (dialled) => {
    tries += 1;
    const message = { role: 'assistant', content: tries === 1 ? 'It is Berne.' : right };
    const choices = [{ index: 0, message, finish_reason: 'stop' }];
    dialled.answer({ id: 'a', model: `try-${tries}`, choices });
  };
  const call = built.serve(chatOf('small', { max_tokens: 20 }));
  await over(built, call);
  assert.deepEqual(asked(built), ['near', 'near', 'middle']);
  assert.match(call.reply.text, /capital/);
  const [body] = compared(built);
  assert.deepEqual([body?.weak.made, body?.how, body?.good], ['small - try-2', 'json', true]);
});

test('a tenant with no strong call left has no audits there either', async () => {
  const built = build(ALL);
  answering(built, { near: { text: 'ok' }, middle: { text: 'ok' }, far: { text: 'ok' } });
  const { shares } = built.house.live;
  const name = tenantName('acme');
  shares.clamp(name, 0, 3_600_000);
  for (let at = 0; at < 20; at += 1) shares.ended({ name, strongShare: 0 }, false, true);
  await over(built, built.serve(easy()));
  assert.equal(built.store.records()[0]?.routed?.closed, 'alarm');
  assert.deepEqual(asked(built), ['near', 'middle']);
});

test('an audit goes nowhere that the call may not go, and is left out under load', async () => {
  const regulated = build(ALL);
  answering(regulated, { near: { text: 'ok' } });
  const mail = 'Insurance: my SSN is 536-90-4399, say hello.';
  const message = { messages: [{ role: 'user', content: mail }] };
  await over(regulated, regulated.serve(easy(message)));
  assert.deepEqual(asked(regulated), ['near']);
  assert.equal(regulated.counted.get('audits_total {"outcome":"nowhere"}'), 1);

  const busy = build(ALL);
  answering(busy, { near: { text: 'ok' } });
  busy.house.live.degradation.state(1);
  await over(busy, busy.serve(easy()));
  assert.deepEqual(asked(busy), ['near']);
  assert.equal(busy.counted.get('audits_total {"outcome":"busy"}'), 1);

  const poor = build(ALL.replace('"1", per: day', '"0.001", per: day'));
  answering(poor, { near: { text: 'ok' } });
  await over(poor, poor.serve(easy({ max_tokens: 100 })));
  assert.deepEqual(asked(poor), ['near']);
  assert.equal(poor.counted.get('audits_total {"outcome":"refused"}'), 1);
});

test('an audit under way when the node ends is cut off and settled, and none begins', async () => {
  const built = build(ALL);
  answering(built, { near: { text: 'ok' } });
  const { script } = built.upstream;
  built.upstream.script = (dialled: Dialled) => {
    if (dialled.endpoint !== 'far') script?.(dialled);
  };
  await over(built, built.serve(easy()));
  assert.deepEqual(asked(built), ['near', 'far']);
  const { audits, pools } = built.house.live;
  assert.equal(pools.budgets.open().length, 1);
  await audits.end();
  const aside = built.store.records().at(-1);
  assert.deepEqual([aside?.audit?.propensity, aside?.ending], [1, 'refused']);
  assert.equal(aside?.attempts[0]?.outcome, 'aborted');
  assert.equal(aside?.costNanoUsd, undefined);
  assert.deepEqual([pools.budgets.open(), pools.slots.total()], [[], 0]);
  await over(built, built.serve(easy()));
  assert.deepEqual(asked(built), ['near', 'far', 'near']);
  assert.equal(built.counted.get('audits_total {"outcome":"busy"}'), 1);
});

test('calls are drawn by chance, as often as their policy says, and never without it', async () => {
  const built = build(policy('audit: 0.3'));
  answering(built, { near: { text: 'ok' }, far: { text: 'ok' } });
  for (let at = 0; at < 200; at += 1) await over(built, built.serve(easy()));
  const drawn = compared(built).length;
  assert.ok(drawn > 35 && drawn < 85, `${drawn} of 200`);
  assert.ok(compared(built).every(({ propensity }) => propensity === 0.3));
  const without = build(HOUSE);
  answering(without, { near: { text: 'ok' } });
  await over(without, without.serve(easy()));
  assert.deepEqual(asked(without), ['near']);
});

test('audits set the threshold of a cascade, and the record says which one held', async () => {
  const promised = CASCADE.replace('audit: 1', 'audit: 1, risk: 0.1');
  const built = build(promised);
  const ask = async (text: string, sure: number, better: string): Promise<string> => {
    answering(built, { near: { text, sure }, middle: { text: better } });
    const call = built.serve(chatOf('small', { max_tokens: 20 }));
    await over(built, call);
    return call.reply.header('x-signalbox-tier') ?? '';
  };
  assert.equal(await ask('yes', 0.65, 'yes'), '2', 'a confidence of 0.8 is configured');
  const own = (): readonly CallRecord[] => built.store.records().filter((one) => !one.audit);
  for (let at = 0; at < 30; at += 1) await ask('yes', 0.65, 'yes');
  assert.equal(await ask('yes', 0.65, 'yes'), '1', 'they would have done');
  assert.deepEqual(
    [own()[1], own().at(-1)].map((one) => one?.attempts[0]?.threshold?.by),
    ['configured', 'certified'],
  );
  assert.equal(own().at(-1)?.attempts[0]?.threshold?.labels, 31);
  for (let at = 0; at < 20; at += 1) await ask('yes', 0.65, 'no');
  assert.equal(await ask('yes', 0.65, 'no'), '2', 'they no longer do');
  const leasts = own().map(({ attempts }) => attempts[0]?.threshold?.least);
  assert.ok(leasts.includes(NEVER), 'nothing stays any more');
  // Another build behind the same name begins with what is configured.
  const entries = built.store.of('comparison');
  const other = build(promised);
  for (const entry of entries) {
    const body = { ...entry.body, weak: { ...entry.body.weak, made: 'small - near-2' } };
    restore(other.house.live, { ...entry, body } as unknown as Entry);
  }
  assert.deepEqual(
    other.house.live.comparisons.parity('acme').map(({ comparisons }) => comparisons),
    [entries.length],
  );
  answering(other, { near: { text: 'yes', sure: 0.65 }, middle: { text: 'no' } });
  await over(other, other.serve(chatOf('small', { max_tokens: 20 })));
  assert.equal(Object(other.store.records()[0]?.attempts[0]?.threshold).by, 'configured');
});

test('of answers that nobody is sure of the surest goes out, marked', async () => {
  const unsure = CASCADE.replace('{1: 0.8}', '0.8').replace('audit: 1', 'audit: 0.001');
  for (const stream of [false, true]) {
    const built = build(unsure);
    answering(built, {
      near: { text: 'It may be Berne', sure: 0.4 },
      middle: { text: 'Berne', sure: 0.7 },
      far: { text: 'Perhaps Basel', sure: 0.5 },
    });
    const { reply, settlement } = built.serve(chatOf('small', { max_tokens: 20, stream }));
    await settlement;
    assert.deepEqual([...new Set(asked(built))], ['near', 'middle', 'far']);
    assert.match(reply.text, /Berne"/);
    assert.match(reply.header('x-signalbox-repair') ?? '', /flagged/);
    assert.equal(built.store.records()[0]?.attempts.at(-1)?.tier, 2);
  }
});
