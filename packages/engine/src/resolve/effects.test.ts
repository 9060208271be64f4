import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Built, build, chatOf, type Heads } from '../house.fixture.ts';
import { resolution } from './resolving.fixture.ts';

const ENDPOINTS = `
  near: {url: "http://127.0.0.1:9001/v1", models: [small, shared], region: eu}
  rack:
    url: "http://10.0.0.5:8000/v1"
    private_address: true
    tier: 2
    region: EU
    retention: zero
    models:
      long: {context_tokens: 200000, capabilities: [tools]}
      shared: {}
  far:
    url: "https://far.example/v1"
    kind: openai
    region: us
    price: {input_per_million_usd: "10", output_per_million_usd: "40"}
    models:
      large: {context_tokens: 200000, capabilities: [reasoning]}
      shared: {}
  other:
    url: "https://other.example/v1"
    price: {input_per_million_usd: "1", output_per_million_usd: "2"}
    models: {mistral-large-v3: {}, shared: {}}
`;

const yaml = (policies: string, more = ''): string => `
version: 1
endpoints:${ENDPOINTS}
tenants:
  acme: {policies: [first]}
keys:
  main: {tenant: acme, secret: "env:MAIN"}
policies:
${policies}
${more}`;

const first = (rule: string): Built => build(yaml(`  first: {rules: [${rule}]}`));
const hard: Heads = { step: 'planning' };
const asked = async (built: Built, model: string | object = 'shared', head: Heads = hard) =>
  resolution(built, model, head);

describe('the rules of the class ENTERPRISE_LEGAL, as somebody would say them', () => {
  const legal = (residency: string): Built =>
    build(`
version: 1
endpoints:${ENDPOINTS}
plans:
  enterprise: {class: ENTERPRISE_LEGAL, policies: [legal]}
tenants:
  acme: {plan: enterprise, residency: ${residency}}
  zoo: {}
keys:
  main: {tenant: acme, secret: "env:MAIN"}
  zoo: {tenant: zoo, secret: "env:ZOO"}
policies:
  legal:
    rules:
      - when: {class: ENTERPRISE_LEGAL}
        prefer: {capabilities: [LONG_CONTEXT]}
        too_slow: {after_ms: 2000, model: mistral-large-v3}
      - when: {class: ENTERPRISE_LEGAL, if: '"EU" in tenant.residency'}
        require: {self_hosted: true}
`);

  it('go to a model with a long context, and after 2000 ms to the named one', async () => {
    const { offers, resolved } = await asked(legal('[EU, us]'), 'auto');
    assert.deepEqual(offers, ['rack/long']);
    assert.equal(resolved?.route.late, undefined, 'what is not self-hosted is asked by nobody');
    const free = await asked(legal('[us]'), 'auto');
    assert.deepEqual(free.offers, ['far/large']);
    assert.equal(free.gates['other/mistral-large-v3']?.includes('residency'), true);
  });

  it('keep a tenant whose data resides in the EU on self-hosted endpoints', async () => {
    const { gates, refusal } = await asked(legal('[EU]'), 'large');
    assert.deepEqual(gates['far/large'], ['tier', 'residency']);
    assert.equal(refusal?.code, 'no_eligible_route');
  });

  it('say nothing to tenants of no class', async () => {
    const { offers } = await asked(legal('[EU]'), 'large', { ...hard, key: 'zoo' });
    assert.deepEqual(offers, ['far/large']);
  });

  it('ask the named model when the first takes longer than 2000 ms', async () => {
    const rule = 'too_slow: {after_ms: 2000, model: mistral-large-v3}';
    const built = build(yaml(`  first: {rules: [{${rule}}]}`));
    const { resolved } = await asked(built, 'large');
    assert.equal(resolved?.route.late?.offering.model, 'mistral-large-v3');
    assert.equal(resolved?.route.lateMs, 2_000);
    const { reply, settlement } = built.serve(chatOf('large'));
    const { clock, upstream } = built;
    await clock.turn(1_999);
    assert.deepEqual(
      upstream.dials.map((one) => one.endpoint),
      ['far'],
    );
    await clock.turn(2);
    assert.deepEqual(
      upstream.dials.map((one) => one.endpoint),
      ['far', 'other'],
    );
    upstream.last.answer({ choices: [{ index: 0, message: { role: 'assistant', content: 'x' } }] });
    await settlement;
    assert.equal(reply.status, 200);
    assert.equal(upstream.dials[0]?.aborted, true);
  });
});

describe('require', () => {
  const cases: readonly (readonly [rule: string, left: readonly string[]])[] = [
    ['{require: {regions: [us]}}', ['far/shared']],
    ['{require: {retention: zero}}', ['rack/shared']],
    ['{require: {self_hosted: true}}', ['rack/shared']],
    ['{require: {tier_max: 1}}', ['near/shared']],
    ['{require: {endpoints: [f*]}}', ['far/shared']],
  ];
  for (const [rule, left] of cases) {
    it(`${rule} leaves ${left.join(', ')}`, async () => {
      assert.deepEqual((await asked(first(rule))).offers, left);
    });
  }

  it('takes what is known of a model, and not what is not', async () => {
    const { offers, gates } = await asked(
      first('{require: {capabilities: [reasoning, "context>=128k"]}}'),
      'auto',
    );
    assert.deepEqual(offers, ['far/large']);
    assert.deepEqual(gates['rack/long'], ['required']);
  });

  it('of something that nobody knows leaves nothing', async () => {
    const { refusal } = await asked(first('{require: {capabilities: [telepathy]}}'), 'auto');
    assert.equal(refusal?.code, 'policy_denied');
  });

  it('of a wider scope stays beside a narrower one, and both hold', async () => {
    const built = build(
      `
version: 1
node: {policies: [house]}
endpoints:${ENDPOINTS}
plans: {basic: {policies: [of-plan]}}
tenants: {acme: {plan: basic, policies: [wide], agents: {writer: [far]}}}
keys: {main: {tenant: acme, secret: "env:MAIN", policies: [session]}}
policies:
  house: {rules: [{require: {regions: [us, EU]}}]}
  wide: {rules: [{require: {regions: [us, apac]}, route: {tier: 2}}]}
  far: {rules: [{route: {model: large}}]}
  session: {rules: [{when: {step: mine}, route: {model: long}}]}
  of-plan: {rules: [{forbid: {models: [long]}}]}
`.replace('ofPlan', 'of-plan'),
    );
    const tenant = await asked(built);
    assert.deepEqual(tenant.resolved?.route.clearance.terms.residency, ['us']);
    assert.deepEqual(tenant.offers, ['near/shared'], 'the device is in every region');
    const agent = await asked(built, 'shared', { agent: 'writer' });
    assert.deepEqual(agent.offers, ['far/large'], 'the nearer scope says where');
    const session = await asked(built, 'shared', { agent: 'writer', step: 'mine' });
    assert.equal(session.refusal !== undefined, true, 'what the plan forbids stays forbidden');
    assert.deepEqual(session.gates['rack/long'], ['residency', 'forbidden']);
  });

  it('holds where its condition cannot be decided, and a route does not', async () => {
    const when = `when: 'call.tags["team"] == "a"'`;
    const narrow = await asked(first(`{${when}, require: {tier_max: 1}, route: {tier: 3}}`));
    assert.deepEqual(narrow.offers, ['near/shared']);
    assert.equal(narrow.resolved?.route.verdict.rule, undefined);
  });
});

describe('forbid', () => {
  const cases: readonly (readonly [rule: string, gone: readonly string[]])[] = [
    ['{forbid: {kinds: [openai]}}', ['far/shared']],
    ['{forbid: {endpoints: [ra*, near]}}', ['near/shared', 'rack/shared']],
    ['{forbid: {models: [shared]}}', ['near/shared', 'rack/shared', 'far/shared', 'other/shared']],
    ['{forbid: {regions: [us]}}', ['far/shared', 'other/shared']],
  ];
  for (const [rule, gone] of cases) {
    it(`${rule} closes ${gone.join(', ')}`, async () => {
      const { gates } = await asked(first(rule));
      const closed = Object.keys(gates).filter((one) => gates[one]?.includes('forbidden'));
      assert.deepEqual(closed, gone);
    });
  }
});

describe('prefer', () => {
  it('adds weights up, and the highest sum goes first', async () => {
    const built = first(
      '{prefer: {endpoints: [far], weight: 2}}, {name: b, prefer: {models: [small], weight: 3}}',
    );
    assert.deepEqual((await asked(built, 'auto')).offers, ['near/small']);
  });

  it('keeps equals behind what is preferred', async () => {
    const { offers, resolved } = await asked(first('{prefer: {endpoints: [other]}}'));
    assert.deepEqual(offers, ['other/shared', 'far/shared']);
    assert.deepEqual(resolved?.route.ranks, [0, 1]);
  });

  it('never goes past the clearance', async () => {
    const label = { sensitivity: { label: 'regulated', kinds: [] } } as const;
    const { offers } = await asked(first('{prefer: {endpoints: [far]}}'), 'auto', label);
    assert.deepEqual(offers, ['near/small']);
  });
});

describe('cap', () => {
  it('leaves out what could cost more, and what has no price', async () => {
    const built = first('{cap: {cost_usd: 0.01, output_tokens: 1000}}');
    const { gates } = await asked(built);
    assert.deepEqual(gates['far/shared'], ['tooDear']);
    assert.deepEqual(gates['other/shared'], []);
  });

  it('writes its bound into a request that allows more, and into no other', async () => {
    const sent = async (body: object): Promise<unknown> => {
      const built = first('{cap: {output_tokens: 100}}');
      const { settlement } = built.serve({ ...chatOf('large'), ...body });
      await built.clock.turn(1);
      const { last } = built.upstream;
      last.answer({ choices: [{ index: 0, message: { role: 'assistant', content: 'x' } }] });
      await settlement;
      const { max_tokens, max_completion_tokens } = Object(last.body());
      return max_tokens ?? max_completion_tokens;
    };
    assert.equal(await sent({}), 100);
    assert.equal(await sent({ max_tokens: 4_000 }), 100);
    assert.equal(await sent({ max_tokens: null }), 100);
    assert.equal(await sent({ max_tokens: 50 }), 50);
  });
});

describe('tools', () => {
  const answer = async (rule: string, name: string, args: object, output = ''): Promise<string> => {
    const built = build(yaml(`  first: {${output} rules: [{tools: ${rule}}]}`));
    const { reply, settlement } = built.serve(chatOf('large'));
    await built.clock.turn(1);
    const call = { name, arguments: JSON.stringify(args) };
    const message = {
      role: 'assistant',
      tool_calls: [{ id: 'c', type: 'function', function: call }],
    };
    built.upstream.last.answer({ choices: [{ index: 0, message, finish_reason: 'tool_calls' }] });
    await settlement;
    assert.equal(
      built.store.records()[0]?.attempts[0]?.rejected?.startsWith('tools: '),
      reply.status !== 200 ? true : undefined,
    );
    return reply.status === 200 ? 'passes' : (JSON.parse(reply.text).error.code ?? '');
  };
  const etc = `{deny: [{name: "*", if: 'args.path.startsWith("/etc")'}]}`;
  const cases: readonly (readonly [rule: string, name: string, args: object, what: string])[] = [
    ['{deny: [delete_*]}', 'delete_all', {}, 'output_rejected'],
    ['{deny: [delete_*]}', 'read', {}, 'passes'],
    ['{allow: [read]}', 'read', {}, 'passes'],
    ['{allow: [read]}', 'write', {}, 'output_rejected'],
    [etc, 'read', { path: '/etc/passwd' }, 'output_rejected'],
    [etc, 'read', { path: '/home' }, 'passes'],
    [etc, 'read', {}, 'output_rejected'],
  ];
  for (const [rule, name, args, what] of cases) {
    it(`${rule}: ${name} ${JSON.stringify(args)} ${what}`, async () => {
      assert.equal(await answer(rule, name, args), what);
    });
  }

  it('that are denied are not let out marked, either', async () => {
    const output = 'output: {not_empty: true, otherwise: flag},';
    assert.equal(await answer('{deny: ["*"]}', 'read', {}, output), 'output_rejected');
  });
});

describe('a policy', () => {
  const rule = 'rules: [{require: {tier_max: 1}}]';
  const offers = async (policy: string, more = ''): Promise<readonly string[]> =>
    (
      await asked(
        build(yaml(`  first: {${policy}, ${rule}}`).replace('{policies', `{${more}policies`)),
      )
    ).offers;

  it('holds from a day on, and until one', async () => {
    assert.deepEqual(await offers('from: 2025-01-01, until: 2026-01-01'), ['near/shared']);
    assert.deepEqual(await offers('from: 2026-01-01'), ['far/shared', 'other/shared']);
    assert.deepEqual(await offers('until: 2025-01-01'), ['far/shared', 'other/shared']);
  });

  it('of a ring holds for its tenants and those before it', async () => {
    assert.deepEqual(await offers('ring: 1', 'ring: 1, '), ['near/shared']);
    assert.deepEqual(await offers('ring: 1', 'ring: 2, '), ['far/shared', 'other/shared']);
    assert.deepEqual(await offers('ring: 1'), ['far/shared', 'other/shared']);
  });

  it('in shadow mode changes nothing', async () => {
    assert.deepEqual(await offers('mode: shadow'), ['far/shared', 'other/shared']);
  });

  it('that wants it leaves names out of the record', async () => {
    const built = first('{log: none}');
    const head = { agent: 'writer', step: 'planning', tags: { team: 'a' } };
    const { settlement } = built.serve(chatOf('large'), head);
    await built.clock.turn(1);
    built.upstream.last.answer({ choices: [] });
    await settlement;
    const [record] = built.store.records();
    assert.equal(record?.tenant, 'acme');
    assert.deepEqual(
      [record?.agent, record?.step, record?.session, record?.tags],
      [undefined, undefined, undefined, {}],
    );
  });
});
