import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readQuestion } from '@signalbox/dialect';
import { classify } from '../classify/classify.ts';
import { NOTHING_FOUND } from '../classify/reading.ts';
import { madeUp } from '../classify/route/route.fixture.ts';
import { EVERYBODY } from '../classify/route/routers.ts';
import { trainRouter } from '../classify/route/train.ts';
import { type Built, build, type Heads } from '../house.fixture.ts';
import { admit } from '../tenant/tenant.ts';
import { type Joined, join, recall, remember } from './session.ts';
import { NODES_PER_TENANT_MAX, StepMemory } from './step-memory.ts';

const YAML = `
version: 1
endpoints:
  near: {url: "http://127.0.0.1:9001/v1", models: [small]}
tenants:
  acme: {models: {rename: {best: auto}}}
keys:
  main: {tenant: acme, secret: "env:MAIN"}
`;

type Body = Readonly<Record<string, unknown>>;

function recalled(built: Built, body: Body, head: Heads = {}): Joined {
  const { house } = built;
  const admitted = admit(built.call(body, head), house.now().tenants, house.ports);
  assert.ok(admitted.ok);
  const question = readQuestion('chat', new TextEncoder().encode(JSON.stringify(body)));
  assert.ok(question.ok);
  const ports = { keys: house.ports.keys, idempotency: house.live.idempotency };
  const joined = join(admitted.value, question.value, ports);
  assert.ok(joined.ok);
  return recall(joined.value, house.live, house.ports.keys);
}

/** Goes on as the line does, so that what it tells is kept. */
function done(built: Built, body: Body, head: Heads = {}): string {
  const classified = classify(recalled(built, body, head), NOTHING_FOUND);
  remember(classified, built.house.live);
  return classified.profile.difficulty;
}

const user = (content: string): Body => ({ role: 'user', content });
const chat = (content: string, more: Body = {}): Body => ({
  ...{ model: 'auto', messages: [{ role: 'system', content: 'An agent.' }, user(content)] },
  ...more,
});
const tools = [{ type: 'function', function: { name: 'find', parameters: {} } }];
const schemaOf = (schema: Body): Body => ({
  response_format: { type: 'json_schema', json_schema: { name: 'x', schema } },
});
const enumOf = { type: 'object', properties: { kind: { enum: ['a', 'b'] } } };
const result = (id: number): readonly Body[] => [
  { role: 'assistant', content: null, tool_calls: [{ id: `${id}` }] },
  { role: 'tool', tool_call_id: `${id}`, content: 'Plan and prove everything at once.' },
];
const afterTool = { model: 'auto', tools, messages: [user('Go.'), ...result(1)] };
const observed = {
  model: 'auto',
  messages: [user('Go.'), ...[1, 2, 3].flatMap(result), user('And now?')],
};

describe('the step of a call', () => {
  type Case = readonly [what: string, body: Body, head: Heads, step: string, source: string];
  const quoted = '<context>Prove the theorem.</context> Translate the title';
  const cases: readonly Case[] = [
    ['a class by its name', chat('x'), { step: 'plan' }, 'plan', 'header'],
    ['a word of the seed', chat('x'), { step: 'entity_extraction' }, 'extract', 'header'],
    [
      'a word of the body',
      chat('x', { metadata: { step: 'code_review' } }),
      {},
      'code',
      'metadata',
    ],
    ['a word of the trace', chat('x'), { stepInTrace: 'planning' }, 'plan', 'telemetry'],
    [
      'the header before the body',
      chat('x', { metadata: { step: 'plan' } }),
      { step: 'qa' },
      'rag_answer',
      'header',
    ],
    ['a result of a tool', afterTool, {}, 'tool_result_digest', 'structure'],
    ['a list of words', chat('Prove it.', schemaOf(enumOf)), {}, 'classify', 'structure'],
    ['a schema', chat('Prove it.', schemaOf({ type: 'object' })), {}, 'extract', 'structure'],
    ['tools', chat('Who is there?', { tools }), {}, 'tool_select', 'structure'],
    ['an instruction beside tools', chat('Plan the work.', { tools }), {}, 'plan', 'words'],
    ['what is not quoted', chat(quoted), {}, 'rewrite', 'words'],
    ['many results, and no tools more', observed, {}, 'synthesise', 'position'],
  ];
  for (const [what, body, head, step, source] of cases) {
    it(`is ${step}, by ${source}: ${what}`, () => {
      const { stepSeen } = recalled(build(YAML), body, head);
      assert.deepEqual([stepSeen?.class, stepSeen?.source], [step, source]);
    });
  }

  it('is not known where nothing tells, and not looked for where a model is named', () => {
    const seen = recalled(build(YAML), chat('Who is there?')).stepSeen;
    assert.deepEqual([seen?.class, seen?.source], [undefined, 'none']);
    const named = recalled(build(YAML), { ...chat('Plan.'), model: 'small' }, { step: 'Extract' });
    assert.deepEqual([named.stepSeen, named.stepClass], [undefined, 'extract']);
  });

  it('is looked for under a name that the tenant has for auto', () => {
    const { stepSeen } = recalled(build(YAML), { ...chat('Plan.'), model: 'best' });
    assert.equal(stepSeen?.class, 'plan');
  });

  it('is known of a node that callers told of, when they agreed three times', () => {
    const built = build(YAML);
    const seen = (): string | undefined => recalled(built, chat('Who?')).stepSeen?.class;
    for (let times = 0; times < 3; times += 1) {
      assert.equal(seen(), undefined);
      done(built, chat(`x ${times}`), { step: 'planning' });
    }
    assert.equal(recalled(built, chat('Who?')).stepSeen?.source, 'identity');
    assert.equal(seen(), 'plan');
    done(built, chat('x'), { step: 'qa' });
    assert.equal(seen(), undefined);
  });

  it('says nothing of another prompt, and what was guessed teaches nothing', () => {
    const built = build(YAML);
    for (let times = 0; times < 4; times += 1) {
      done(built, chat('Plan the work.'));
      // A step of a name that nobody knows says no more.
      done(built, chat('Plan the work.'), { step: 'triage-7' });
    }
    assert.equal(recalled(built, chat('Who?')).stepSeen?.class, undefined);
    for (let times = 0; times < 4; times += 1) done(built, chat('x'), { step: 'plan' });
    const other = { model: 'auto', messages: [user('Who?')] };
    assert.equal(recalled(built, other).stepSeen?.class, undefined);
  });

  it('after a result of a tool goes on where the step before it was done', () => {
    const built = build(YAML);
    const head = { session: 's' };
    assert.equal(done(built, chat('Who is there?', { tools }), head), 'easy');
    assert.equal(done(built, afterTool, head), 'easy');
    assert.equal(done(built, chat('x'), { ...head, step: 'plan' }), 'hard');
    assert.equal(done(built, afterTool, head), 'hard');
  });
});

it('what is remembered of steps is bounded', () => {
  const memory = new StepMemory();
  const tenant = recalled(build(YAML), chat('x')).tenant.name;
  for (let node = 0; node <= NODES_PER_TENANT_MAX; node += 1) {
    for (let times = 0; times < 3; times += 1) memory.tell(tenant, `${node}`, 'plan');
  }
  assert.equal(memory.classOf(tenant, '0'), undefined);
  assert.equal(memory.classOf(tenant, '1'), 'plan');
});

describe('a promoted router', () => {
  const rows = madeUp(240).map(({ text, outcomes }) => ({
    ...{ text, family: EVERYBODY, step: 'rag_answer' },
    outcomes: { 'tier-1': outcomes['small'] ?? 0, 'tier-3': outcomes['large'] ?? 0 },
  }));
  const model = trainRouter(rows, { models: ['tier-1', 'tier-3'] });
  const hard = 'Ada and Alan have 12 maps. Prove the remainder of the quotient?';
  const easy = 'Ada and Alan have 12 maps. How many is that with one more?';

  function routed(body: Body, head: Heads = { step: 'qa' }) {
    const built = build(YAML);
    built.house.live.routers.promote({ digest: 'd1', model, ring: undefined });
    const { profile } = classify(recalled(built, body, head), NOTHING_FOUND, built.house);
    return { difficulty: profile.difficulty, ...profile.routed };
  }

  it('decides where it has labels, and else what such steps usually need', () => {
    const said = routed(chat(hard));
    assert.deepEqual([said.difficulty, said.by, said.router], ['middle', 'learned', 'd1']);
    assert.deepEqual([routed(chat(easy)).difficulty, routed(chat(easy)).by], ['easy', 'learned']);
    const plan = routed(chat(easy), { step: 'plan' });
    assert.deepEqual([plan.difficulty, plan.by, plan.abstained], ['hard', 'step', 'no-labels']);
  });

  it('is told no word of tools or of what is quoted', () => {
    const { difficulty, gain } = routed(chat(easy));
    const tool = { role: 'tool', tool_call_id: '1', content: hard };
    const before = chat(easy, { messages: [user(hard), tool, user(easy)] });
    assert.equal(routed(before).gain, gain);
    assert.equal(routed(chat(`<document>${hard}</document>${easy}`)).difficulty, difficulty);
  });

  it('is not asked where a model is named', () => {
    assert.equal(routed({ ...chat(hard), model: 'small' }).by, undefined);
  });
});
