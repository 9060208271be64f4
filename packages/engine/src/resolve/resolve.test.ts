import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Label, within } from '@signalbox/contract';
import { build, chatOf, type Heads, HOUSE } from '../house.fixture.ts';
import { preview } from '../preview.ts';
import { GATE_WORDS, GATES, gateNames } from './gates.table.ts';
import { refused, resolution } from './resolving.fixture.ts';

const labelled = (label: Label): Heads => ({ sensitivity: { label, kinds: [] } });

describe('what a caller may name', () => {
  const yaml = `${HOUSE}
aliases:
  general: [small, large]
  pinned: [{model: shared, endpoint: far}]
`;
  const built = build(yaml);
  const cases: readonly (readonly [model: string, offers: readonly string[]])[] = [
    ['small', ['near/small']],
    ['large', ['far/large']],
    ['shared', ['middle/shared']],
    ['general', ['near/small', 'far/large']],
    ['pinned', ['far/shared']],
    ['near/small', ['near/small']],
    ['far/never-listed', ['far/never-listed']],
    ['need:reasoning', ['far/large']],
    ['need:tools,context>=16k', ['near/small']],
    ['need:high-precision', ['far/large']],
  ];
  for (const [model, offers] of cases) {
    it(`leads ${model} to ${offers.join(', ')}`, async () => {
      assert.deepEqual((await resolution(built, model)).offers, offers);
    });
  }

  const refused: readonly (readonly [model: string, code: string, says: RegExp])[] = [
    ['smal', 'model_unknown', /Did you mean `small`/],
    ['nothing-like-it', 'model_unknown', /`nothing-like-it`\.$/],
    ['nowhere/small', 'model_unknown', /nowhere/],
    ['near/', 'model_unknown', /near/],
    ['x'.repeat(256), 'model_unknown', /`x{64}`/],
    ['constructor', 'model_unknown', /constructor/],
    ['need:teleportation', 'need_unsatisfiable', /teleportation/],
    ['need:', 'need_unsatisfiable', /not known/],
    ['need:context>=900m', 'need_unsatisfiable', /No known model/],
  ];
  for (const [model, code, says] of refused) {
    it(`refuses ${model.slice(0, 30)} as ${code}`, async () => {
      const { refusal } = await resolution(built, model);
      assert.equal(refusal?.code, code);
      assert.equal(refusal?.param, 'model');
      assert.match(refusal?.message ?? '', says);
    });
  }

  it('is in a dry run the model that the call would get, poor answers and all', async () => {
    const own = build();
    const { live, now } = own.house;
    const planned = async (): Promise<string | undefined> => {
      const shown = await preview(own.call(chatOf('auto'), { step: 'plan' }), own.house);
      const { resolved } = shown.ok ? shown.value : assert.fail();
      return resolved.ok ? resolved.value.route.offers[0]?.offering.model : undefined;
    };
    assert.equal(await planned(), 'large');
    for (const offering of now().catalog.offerings) {
      const checked = { tenant: 'acme', step: 'plan', offering };
      for (let at = 0; at < 200; at += 1)
        live.fidelity.checked(checked, offering.model !== 'large');
    }
    assert.equal(await planned(), 'shared');
  });

  it('may be `auto`, which goes where the difficulty points', async () => {
    const easy = await resolution(built, {
      model: 'auto',
      messages: [{ role: 'user', content: 'hello' }],
    });
    const hard = await resolution(built, {
      model: 'auto',
      messages: [{ role: 'user', content: 'prove the lemma' }],
    });
    assert.deepEqual([easy.offers, hard.offers], [['near/small'], ['far/large']]);
  });

  it('keeps the endpoint that an alias pins, also inside a chain', async () => {
    const chained = build(
      `${yaml}policies: {p: {rules: [{name: r, route: {chain: [pinned, small]}}]}}`.replace(
        'acme: {}',
        'acme: {policies: [p]}',
      ),
    );
    assert.deepEqual((await resolution(chained, 'large')).offers, ['far/shared', 'near/small']);
  });
});

describe('the gates', () => {
  const yaml = (tenant: string, more = ''): string => `
version: 1
endpoints:
  near: {url: "http://127.0.0.1:1/v1", models: {small: {context_tokens: 100}}}
  eu: {url: "https://eu.example/v1", tier: 2, region: eu, retention: zero, models: {small: {}, embedder: {capabilities: [embeddings]}}}
  us: {url: "https://us.example/v1", tier: 3, region: us, models: {small: {capabilities: {tools: false}}, priced: {price: {input_per_million_usd: "1", output_per_million_usd: "1"}}}}
  off: {url: "https://off.example/v1", enabled: false, models: [small]}
  locked: {url: "https://locked.example/v1", credentials: [{secret: "env:GONE"}], models: [small]}
  theirs: {url: "https://theirs.example/v1", tenant: other, models: [small, secret-model]}
plans:
  basic: {models: ["small"], tiers: [1, 3]}
tenants:
  acme: ${tenant}
  other: {}
keys:
  main: {tenant: acme, secret: "env:MAIN"${more}}
`;
  type Case = readonly [
    name: string,
    yaml: string,
    model: string | object,
    head: Heads,
    candidate: string,
    gates: readonly string[],
  ];
  const tools = chatOf('small', { tools: [{ type: 'function' }] });
  const stateful = { model: 'small', input: 'x', previous_response_id: 'r' };
  const cases: readonly Case[] = [
    ['nothing in the way', yaml('{}'), 'small', {}, 'eu/small', []],
    ['a tier above the ceiling', yaml('{}'), 'small', labelled('internal'), 'us/small', ['tier']],
    ['another region', yaml('{residency: [eu]}'), 'small', {}, 'us/small', ['residency']],
    ['no region', yaml('{residency: [eu]}'), 'small', {}, 'near/small', []],
    ['retention', yaml('{retention: zero}'), 'small', {}, 'us/small', ['retention']],
    ['none of its own', yaml('{topology: sovereign}'), 'small', {}, 'eu/small', ['notOwn']],
    [
      'every term at once',
      yaml('{topology: sovereign, residency: [de], retention: zero}'),
      'small',
      labelled('internal'),
      'us/small',
      ['tier', 'residency', 'retention', 'notOwn'],
    ],
    ['switched off', yaml('{}'), 'small', {}, 'off/small', ['disabled']],
    ['no credential', yaml('{}'), 'small', {}, 'locked/small', ['unavailable']],
    [
      'a plan without the model',
      yaml('{plan: basic}'),
      'priced',
      {},
      'us/priced',
      ['entitledModel'],
    ],
    ['a plan without the tier', yaml('{plan: basic}'), 'small', {}, 'eu/small', ['entitledTier']],
    [
      'a key without the model',
      yaml('{}', ', models: ["b*"]'),
      'small',
      {},
      'eu/small',
      ['entitledModel'],
    ],
    [
      'a key without the tier',
      yaml('{}', ', tiers: [1]'),
      'small',
      {},
      'eu/small',
      ['entitledTier'],
    ],
    ['tools that it has not', yaml('{}'), tools, {}, 'us/small', ['operation']],
    ['tools of which nothing is said', yaml('{}'), tools, {}, 'eu/small', []],
    ['a chat with an embedder', yaml('{}'), 'embedder', {}, 'eu/embedder', ['operation']],
    [
      'more than fits',
      yaml('{}'),
      { model: 'small', messages: [{ role: 'user', content: 'x'.repeat(4_000) }] },
      {},
      'near/small',
      ['context'],
    ],
    [
      'an unknown price under a hard budget',
      yaml('{budget: {amount_usd: 1}}'),
      'small',
      {},
      'us/small',
      ['unpriced'],
    ],
    ['a known one', yaml('{budget: {amount_usd: 1}}'), 'priced', {}, 'us/priced', []],
    [
      'an unknown price under the budget of a key',
      yaml('{}', ', budget: {amount_usd: 1}'),
      'small',
      {},
      'us/small',
      ['unpriced'],
    ],
    ['a need', yaml('{}'), 'need:vision', {}, 'us/small', ['need']],
    [
      'state held elsewhere',
      yaml('{}'),
      stateful,
      { operation: 'response' },
      'near/small',
      ['stateUnknown'],
    ],
  ];
  for (const [name, text, model, head, candidate, gates] of cases) {
    it(`show ${gates.join(', ') || 'none'} for ${name}`, async () => {
      const seen = await resolution(build(text), model, head);
      assert.deepEqual(seen.gates[candidate], gates);
      assert.equal(seen.offers.includes(candidate) && gates.length > 0, false);
    });
  }

  it('never show an endpoint of another tenant, not even as candidate or suggestion', async () => {
    const built = build(yaml('{}'));
    const seen = await resolution(built, 'small');
    assert.equal('theirs/small' in seen.gates, false);
    for (const model of ['theirs/small', 'secret-model', 'secret-mode', 'theirs/x']) {
      const { refusal } = await resolution(built, model);
      assert.equal(refusal?.code, 'model_unknown');
      assert.doesNotMatch(refusal?.message ?? '', /mean/);
    }
    const auto = await resolution(built, 'auto');
    assert.equal(
      Object.keys(auto.gates).some((one) => one.startsWith('theirs')),
      false,
    );
  });

  it('have one bit and one sentence each', () => {
    const bits = Object.values(GATES);
    assert.equal(new Set(bits).size, bits.length);
    for (const bit of bits) assert.equal(bit & (bit - 1), 0);
    assert.deepEqual(Object.keys(GATE_WORDS), Object.keys(GATES));
    assert.deepEqual(gateNames(GATES.tier | GATES.down), ['tier', 'down']);
    assert.deepEqual(gateNames(0), []);
  });
});

describe('a call that nothing may serve', () => {
  const yaml = (tenant: string, near = ''): string => `
version: 1
endpoints:
  near: {url: "http://127.0.0.1:1/v1"${near}, models: {small: {context_tokens: 100}, vision: {}}}
  far: {url: "https://far.example/v1", models: {large: {context_tokens: 100}}}
plans:
  basic: {models: [small]}
tenants: {acme: ${tenant}}
keys: {main: {tenant: acme, secret: "env:MAIN"}}
`;
  const long = (model: string): object => ({
    model,
    messages: [{ role: 'user', content: 'x'.repeat(4_000) }],
  });
  type Case = readonly [name: string, string, string | object, Heads, code: string, says: RegExp];
  const cases: readonly Case[] = [
    [
      'its label',
      yaml('{}'),
      'large',
      labelled('regulated'),
      'no_eligible_route',
      /`regulated`.*tier 1/,
    ],
    ['its plan', yaml('{plan: basic}'), 'large', {}, 'not_entitled', /plan `basic`/],
    [
      'its key',
      yaml('{}').replace('main: {', 'main: {tiers: [1], '),
      'large',
      {},
      'not_entitled',
      /The key/,
    ],
    ['its residency', yaml('{residency: [eu]}'), 'large', {}, 'no_eligible_route', /stand in eu\./],
    ['its length', yaml('{}'), long('small'), {}, 'context_too_long', /input tokens/],
    ['its need', yaml('{}'), 'need:vision', {}, 'need_unsatisfiable', /need:vision/],
    [
      'an endpoint that is off',
      yaml('{}', ', enabled: false'),
      'small',
      {},
      'no_eligible_route',
      /switched off/,
    ],
    [
      'state held elsewhere',
      yaml('{}'),
      { model: 'small', input: 'x', previous_response_id: 'r' },
      { operation: 'response' },
      'policy_denied',
      /previous_response_id/,
    ],
    [
      'state held elsewhere, in the words of the caller’s dialect',
      yaml('{}'),
      { model: 'small', messages: [], container: 'r' },
      { dialect: 'anthropic' },
      'policy_denied',
      /`container`/,
    ],
  ];
  for (const [name, text, model, head, code, says] of cases) {
    it(`is refused as ${code} for ${name}`, async () => {
      const { refusal } = await resolution(build(text), model, head);
      assert.equal(refusal?.code, code);
      assert.match(refusal?.message ?? '', says);
      assert.ok((refusal?.hint ?? '').length > 0);
    });
  }

  it('is told that the operator can change its plan or its key: its admin cannot', async () => {
    const hint = async (text: string): Promise<string> =>
      (await resolution(build(text), 'large')).refusal?.hint ?? '';
    const byPlan = await hint(yaml('{plan: basic}'));
    assert.match(byPlan, /^The operator can .* `signalbox tenant set acme --plan NAME`\.$/);
    const ofKey = yaml('{plan: all}').replace('main: {', 'main: {models: [small], ');
    const byKey = await hint(ofKey.replace('plans:', 'plans:\n  all: {}'));
    assert.match(byKey, /^The operator can .* `signalbox key create NAME --tenant acme`\.$/);
  });

  it('is told where to look when its regions leave nothing', async () => {
    const text = yaml('{residency: [us], policies: [p]}');
    const rules = 'policies: {p: {rules: [{name: eu, require: {regions: [eu]}}]}}';
    const { refusal } = await resolution(build(`${text}${rules}`), 'large');
    assert.equal(refusal?.code, 'no_eligible_route');
    assert.match(refusal?.message ?? '', /no region in common/);
    assert.match(refusal?.hint ?? '', /rules that require regions/);
  });

  it('is told how to go on when its state is held by an endpoint that it can name', async () => {
    const body = { model: 'near/small', input: 'x', previous_response_id: 'r' };
    const seen = await resolution(build(yaml('{}')), body, { operation: 'response' });
    assert.deepEqual(seen.offers, ['near/small']);
  });
});

describe('the order of a route', () => {
  const ordered = (policy: string, extra = ''): string =>
    `${HOUSE.replace('acme: {}', 'acme: {policies: [p]}')}policies:\n  p: ${policy}\n${extra}`;

  it('is one offer where no chain and no fallback asks for more', async () => {
    assert.equal((await resolution(build(), 'shared')).offers.length, 1);
  });

  it('is that of a chain, less what may not have the call', async () => {
    const built = build(ordered('{rules: [{name: r, route: {chain: [large, medium, small]}}]}'));
    assert.deepEqual((await resolution(built, 'x')).offers, [
      'far/large',
      'middle/medium',
      'near/small',
    ]);
    assert.deepEqual((await resolution(built, 'x', labelled('internal'))).offers, [
      'middle/medium',
      'near/small',
    ]);
    assert.deepEqual((await resolution(built, 'x', labelled('regulated'))).offers, ['near/small']);
  });

  it('stays at the endpoint that a rule names', async () => {
    const built = build(ordered('{rules: [{name: r, route: {endpoint: far}}]}'));
    assert.deepEqual((await resolution(built, 'shared')).offers, ['far/shared']);
    assert.equal((await resolution(built, 'small')).refusal?.code, 'no_eligible_route');
  });

  it('begins at the tier that a rule wishes for', async () => {
    for (const [tier, offer] of [
      [1, 'near/shared'],
      [2, 'middle/shared'],
      [3, 'far/shared'],
    ] as const) {
      const built = build(ordered(`{rules: [{name: r, route: {tier: ${tier}}}]}`));
      assert.deepEqual((await resolution(built, 'shared')).offers, [offer]);
    }
  });

  it('goes to the nearest tier that is allowed, the lower one first', async () => {
    const built = build(ordered('{default_tier: 3}'));
    assert.deepEqual((await resolution(built, 'shared', labelled('internal'))).offers, [
      'middle/shared',
    ]);
    assert.deepEqual((await resolution(built, 'shared', labelled('personal'))).offers, [
      'near/shared',
    ]);
  });

  it('never rises above tier_max', async () => {
    const built = build(ordered('{rules: [{name: r, route: {tier_max: 1}}]}'));
    assert.deepEqual((await resolution(built, 'shared')).offers, ['near/shared']);
    assert.equal((await resolution(built, 'large')).refusal?.code, 'no_eligible_route');
  });

  it('has spare offers where a policy says what to do when a tier is down', async () => {
    const local = build(ordered('{default_tier: 1, fallback: {local_unavailable: 3}}'));
    assert.deepEqual((await resolution(local, 'shared')).offers, [
      'near/shared',
      'middle/shared',
      'far/shared',
    ]);
    const near = build(ordered('{default_tier: 1, fallback: {local_unavailable: 2}}'));
    assert.deepEqual((await resolution(near, 'shared')).offers, ['near/shared', 'middle/shared']);
    const cloud = build(ordered('{default_tier: 3, fallback: {cloud_unavailable: 1}}'));
    assert.deepEqual((await resolution(cloud, 'shared')).offers, ['far/shared', 'near/shared']);
  });

  it('goes where the fallback says when the model that a rule names cannot have it', async () => {
    const rule =
      '{rules: [{name: r, route: {tier: 3, model: large}}], fallback: {cloud_unavailable: 1}}';
    const built = build(ordered(rule));
    assert.deepEqual((await resolution(built, 'auto')).offers, [
      'far/large',
      'near/small',
      'near/shared',
    ]);
    assert.deepEqual((await resolution(built, 'auto', labelled('personal'))).offers, [
      'near/small',
      'near/shared',
    ]);
  });

  it('has no spare offer above the clearance, whatever the policy says', async () => {
    const built = build(ordered('{default_tier: 1, fallback: {local_unavailable: 3}}'));
    assert.deepEqual((await resolution(built, 'shared', labelled('personal'))).offers, [
      'near/shared',
    ]);
    assert.deepEqual((await resolution(built, 'shared', labelled('internal'))).offers, [
      'near/shared',
      'middle/shared',
    ]);
  });

  it('goes around what is down where nobody wished for it, else waits for it', async () => {
    const free = build();
    refused(free, 'middle');
    assert.deepEqual((await resolution(free, 'shared')).offers, ['near/shared']);
    const wished = build(ordered('{default_tier: 2}'));
    refused(wished, 'middle');
    assert.deepEqual((await resolution(wished, 'shared')).offers, ['middle/shared']);
    for (const name of ['near', 'middle', 'far']) {
      refused(free, name);
    }
    assert.deepEqual((await resolution(free, 'shared')).offers, ['middle/shared']);
  });

  it('does not go around what is down beyond the clearance', async () => {
    const built = build();
    refused(built, 'near');
    const seen = await resolution(built, 'shared', labelled('regulated'));
    assert.deepEqual(seen.offers, ['near/shared']);
  });

  it('is recorded with a reason for everything that is not in it', async () => {
    const { resolved } = await resolution(build(), 'shared');
    const recorded = resolved?.route.candidates.map((one) => [one.endpoint, gateNames(one.gates)]);
    assert.deepEqual(recorded, [
      ['near', ['notNeeded']],
      ['middle', []],
      ['far', ['notNeeded']],
    ]);
  });

  it('is recorded as down where that was the reason', async () => {
    const built = build();
    refused(built, 'middle');
    const { resolved } = await resolution(built, 'shared');
    const gates = resolved?.route.candidates.map((one) => gateNames(one.gates));
    assert.deepEqual(gates, [[], ['down'], ['notNeeded']]);
  });

  it('is the same for the same inputs', async () => {
    const [one, other] = [await resolution(build(), 'shared'), await resolution(build(), 'shared')];
    assert.deepEqual(one.offers, other.offers);
    assert.deepEqual(one.resolved?.route.clearance.terms, other.resolved?.route.clearance.terms);
  });
});

describe('the clearance of a call', () => {
  type Case = readonly [tenant: string, Label, ceiling: number, ownOnly: boolean];
  const cases: readonly Case[] = [
    ['{}', 'public', 3, false],
    ['{}', 'internal', 2, false],
    ['{}', 'personal', 1, false],
    ['{}', 'regulated', 1, false],
    ['{topology: cloud}', 'public', 3, false],
    ['{topology: cloud}', 'personal', 1, false],
    ['{topology: sovereign}', 'public', 2, true],
    ['{topology: sovereign}', 'regulated', 1, true],
    ['{privacy: observe}', 'regulated', 3, false],
    ['{privacy: observe, topology: sovereign}', 'regulated', 2, true],
  ];
  for (const [tenant, label, ceiling, ownOnly] of cases) {
    it(`ends at tier ${ceiling} for ${label} data of ${tenant}`, async () => {
      const text = HOUSE.replace('acme: {}', `acme: ${tenant}`);
      const { resolved } = await resolution(build(text), 'near/small', labelled(label));
      const terms = resolved?.route.clearance.terms;
      assert.deepEqual([terms?.ceiling, terms?.ownOnly, terms?.label], [ceiling, ownOnly, label]);
      assert.equal(terms?.subject, 'call');
    });
  }

  it('carries residency and retention of the tenant', async () => {
    const text = HOUSE.replace('acme: {}', 'acme: {residency: [eu, ch], retention: zero}');
    const { resolved } = await resolution(build(text), 'medium');
    const terms = resolved?.route.clearance.terms;
    assert.deepEqual([terms?.residency, terms?.retention], [['eu', 'ch'], 'zero']);
    for (const offer of resolved?.route.offers ?? []) {
      assert.ok(resolved !== undefined);
      assert.equal(within(resolved.route.clearance, offer.place), undefined);
    }
  });
});
