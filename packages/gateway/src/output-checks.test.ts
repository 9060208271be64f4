// Answers that do not hold what the policy asks: asked for again, carried higher, marked or
// refused, before a byte of them reaches the caller.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import {
  type Answer,
  type Asked,
  chat,
  documents,
  type Gateway,
  json,
  refused,
  startGateway,
  until,
} from './gateway.fixture.ts';

const CHAT = '/v1/chat/completions';
const SCHEMA = {
  type: 'object',
  properties: {
    items: {
      type: 'array',
      items: { type: 'object', properties: { price: { type: 'number' } }, required: ['price'] },
    },
  },
  required: ['items'],
};
const FORMAT = {
  response_format: { type: 'json_schema', json_schema: { name: 'order', schema: SCHEMA } },
};
const GOOD = '{"items":[{"price":1}]}';
const BAD = '{"items":[{"price":1},{"price":"secret-7"}]}';
const WHERE = 'schema at $.items[1].price: type';

/** Each agent has a rule of its own; the endpoints of two tiers have prices. */
const rule = (agent: string, output: string, route = 'model: sim-small, endpoint: near'): string =>
  `      - {name: ${agent}, when: {agent: ${agent}}, route: {${route}}, output: {${output}}}\n`;
const rules = [
  rule('again', 'asked_format: true, retries: 2'),
  rule('flag', 'asked_format: true, retries: 1, otherwise: flag'),
  rule('up', 'asked_format: true, escalate: 3'),
  rule(
    'bounded',
    'asked_format: true, escalate: 3',
    'model: sim-small, endpoint: near, tier_max: 2',
  ),
  rule('far', 'asked_format: true, retries: 1', 'model: sim-frontier'),
  rule('tools', 'tool_arguments: true, retries: 1'),
  rule('length', 'characters_min: 3, characters_max: 10, tokens_max: 50'),
  rule('empty', 'not_empty: true'),
  rule('json', 'json: true'),
  rule('own', `schema: ${JSON.stringify(SCHEMA)}`),
  rule('sure', 'confidence_min: {1: 0.85, 2: 0.75}, escalate: 3'),
];
const policies = `\npolicies:\n  checked:\n    rules:\n${rules.join('')}`;
const SMALL_PRICE = '{input_per_million_usd: "1", output_per_million_usd: "2"}';
const withPolicies = (url: string): string =>
  documents(url)
    .replace('  acme: {}', '  acme: {policies: [checked], budget: {amount_usd: "1", per: day}}')
    .replace('models: {sim-small: {}}', `models: {sim-small: {}}\n    price: ${SMALL_PRICE}`) +
  policies;

let gateway: Gateway;
before(async () => {
  gateway = await startGateway(withPolicies);
});
beforeEach(() => gateway.sim.reset());
after(async () => {
  await until('every place is free', () => gateway.node.house.live.pools.slots.total() === 0);
  assert.deepEqual(gateway.node.house.live.pools.budgets.open(), [], 'nothing is held');
  await gateway.stop();
});

/** The sim says these, one after the other. */
function says(...texts: readonly string[]): void {
  for (const text of texts) gateway.sim.script(`text=${encodeURIComponent(text)}`, { times: 1 });
}

const send = (agent: string, more: object = FORMAT, asked: Asked = {}): Promise<Answer> =>
  gateway.ask(CHAT, {
    body: chat('sim-small', 'order', more),
    ...asked,
    headers: { 'x-signalbox-agent': agent, ...asked.headers },
  });

type Attempted = {
  readonly endpoint: string;
  readonly outcome: string;
  readonly rejected?: string;
  readonly undecided?: string;
  readonly costNanoUsd?: string;
};
async function record(
  answer: Answer,
): Promise<Record<string, unknown> & { attempts: Attempted[] }> {
  const decision = String(answer.headers['x-signalbox-decision-id']);
  return JSON.parse((await gateway.ask(`/v1/decisions/${decision}`)).text);
}
const textOf = (answer: Answer): unknown => Object(json(answer))['choices'][0].message.content;
const streamed = (answer: Answer): string =>
  [...answer.text.matchAll(/"content":("(?:[^"\\]|\\.)*")/g)]
    .map(([, text]) => JSON.parse(String(text)))
    .join('');

describe('an answer that does not pass', () => {
  for (const stream of [false, true]) {
    const how = stream ? 'as a stream' : 'whole';
    it(`is asked for again at the same place, and the good one goes out, ${how}`, async () => {
      says(BAD, 'no json', GOOD);
      const answer = await send('again', { ...FORMAT, stream });
      assert.equal(answer.status, 200, answer.text);
      assert.equal(stream ? streamed(answer) : textOf(answer), GOOD);
      assert.equal(answer.text.includes('secret-7'), false);
      if (stream) assert.match(answer.text, /data: \[DONE\]\n\n$/);
      assert.equal(answer.headers['x-signalbox-repair'], 'retry');
      assert.equal(answer.headers['x-signalbox-fallback'], undefined);
      const { attempts, costNanoUsd } = await record(answer);
      assert.deepEqual(
        attempts.map((one) => [one.endpoint, one.outcome, one.rejected]),
        [
          ['near', 'judged-away', WHERE],
          ['near', 'judged-away', 'json'],
          ['near', 'answered', undefined],
        ],
      );
      const [first, second] = attempts.map((one) => BigInt(one.costNanoUsd ?? 0));
      assert.ok(first !== undefined && second !== undefined && first > 0n && second > 0n);
      assert.ok(BigInt(String(costNanoUsd)) > first + second, 'every attempt is paid for');
    });

    it(`is refused when no attempt is left, and none of it goes out, ${how}`, async () => {
      says(BAD, BAD, BAD);
      const answer = await send('again', { ...FORMAT, stream });
      const error = refused(answer, 502, 'output_rejected');
      assert.match(String(error['message']), /`near`, schema at \$\.items\[1\]\.price: type/);
      assert.equal(answer.headers['x-should-retry'], 'false');
      assert.equal(answer.text.includes('secret-7'), false);
      assert.equal(gateway.sim.requests().completed, 3);
      const told = await record(answer);
      assert.equal(told['code'], 'output_rejected');
      assert.ok(BigInt(String(told['costNanoUsd'])) > 0n, 'it is paid for all the same');
      assert.equal(JSON.stringify(told).includes('secret-7'), false);
    });

    it(`goes out marked where the policy flags, ${how}`, async () => {
      says(BAD, BAD);
      const answer = await send('flag', { ...FORMAT, stream });
      assert.equal(answer.status, 200, answer.text);
      assert.equal(stream ? streamed(answer) : textOf(answer), BAD);
      assert.equal(answer.headers['x-signalbox-repair'], 'retry,flagged');
      const { attempts } = await record(answer);
      assert.deepEqual(
        attempts.map((one) => [one.outcome, one.rejected]),
        [
          ['judged-away', WHERE],
          ['answered', WHERE],
        ],
      );
    });

    it(`is carried to a higher tier where the policy escalates, ${how}`, async () => {
      says(BAD, GOOD);
      const answer = await send('up', { ...FORMAT, stream });
      assert.equal(stream ? streamed(answer) : textOf(answer), GOOD);
      assert.equal(answer.headers['x-signalbox-endpoint'], 'middle');
      assert.equal(answer.headers['x-signalbox-repair'], 'escalate');
    });
  }

  it('goes as far up as the clearance, and no further', async () => {
    says(BAD, BAD, GOOD);
    refused(await send('bounded'), 502, 'output_rejected');
    assert.equal(gateway.sim.requests().completed, 2);
    gateway.sim.reset();
    says(BAD, GOOD);
    const personal = { headers: { 'x-signalbox-sensitivity': 'personal' } };
    refused(await send('up', FORMAT, personal), 502, 'output_rejected');
    assert.equal(gateway.sim.requests().completed, 1);
  });

  it('is not tried again after the latency budget, nor past the money', async () => {
    gateway.sim.script(`text=${encodeURIComponent(BAD)},latency-first=60`, { times: 1 });
    const late = await send('again', FORMAT, {
      headers: { 'x-signalbox-latency-budget-ms': '30' },
    });
    refused(late, 502, 'output_rejected');
    assert.equal(gateway.sim.requests().completed, 1);
    says(BAD, GOOD);
    // One attempt may cost 0.6 USD here, of a budget of 1 a day.
    const dear = await send('far', { ...FORMAT, max_tokens: 40_000 });
    refused(dear, 502, 'output_rejected');
    assert.equal(gateway.sim.requests().completed, 2);
  });

  it('is counted by the check that it did not pass', async () => {
    says(BAD, GOOD);
    await send('again');
    await until('the metric is there', () =>
      /signalbox_answers_rejected_total\{.*check="schema".*\} [1-9]/.test(gateway.metrics()),
    );
    assert.equal(gateway.metrics().includes('price'), false);
  });
});

describe('an answer whose model is not sure', () => {
  const unsure = (times: number) => gateway.sim.script('unsure,text=4711', { times });
  const sure = (words = 'text=4711') => gateway.sim.script(`sure,${words}`, { times: 1 });
  const judged = async (answer: Answer) =>
    (await record(answer)).attempts.map((one) => [one.endpoint, one.outcome, one.rejected]);

  for (const stream of [false, true]) {
    const how = stream ? 'as a stream' : 'whole';
    it(`is carried up, and shows none of what we asked for beside it, ${how}`, async () => {
      unsure(1);
      sure('text=4712');
      const answer = await send('sure', { stream });
      assert.equal(stream ? streamed(answer) : textOf(answer), '4712');
      assert.equal(answer.headers['x-signalbox-repair'], 'escalate');
      const told = String(answer.headers['x-signalbox-cascade']);
      const [, low, high] = /^1=(0\.\d+),2=(0\.\d+)$/.exec(told) ?? [];
      assert.ok(Number(low) < 0.2 && Number(high) >= 0.75, told);
      assert.doesNotMatch(answer.text, /"logprobs":[^n]/);
      assert.match(String((await judged(answer))[0]?.[2]), /^confidence_min: 0\.\d+$/);
    });
  }

  it('has its log-probabilities where its caller wants them', async () => {
    sure();
    const answer = await send('sure', { logprobs: true, top_logprobs: 3 });
    assert.equal(answer.headers['x-signalbox-endpoint'], 'near');
    const [first] = Object(json(answer))['choices'][0].logprobs.content;
    assert.equal(first.top_logprobs.length, 3);
  });

  it('has them in other formats that ask for them, whole and as a stream', async () => {
    const ask = async (path: string, body: object): Promise<Answer> => {
      sure();
      return gateway.ask(path, { body, headers: { 'x-signalbox-agent': 'sure' } });
    };
    const small = { model: 'sim-small', messages: [{ role: 'user', content: 'which' }] };
    const contents = [{ role: 'user', parts: [{ text: 'which' }] }];
    const google = { contents, generationConfig: { responseLogprobs: true } };
    const at = '/v1beta/models/sim-small';
    const asks: readonly (readonly [string, object, object])[] = [
      ['/api/chat', { ...small, stream: false }, { logprobs: true }],
      ['/api/chat', small, { logprobs: true }],
      [`${at}:generateContent`, { contents }, google],
      [`${at}:streamGenerateContent?alt=sse`, { contents }, google],
    ];
    for (const [path, body, wish] of asks) {
      const wanted = await ask(path, { ...body, ...wish });
      assert.equal(wanted.headers['x-signalbox-endpoint'], 'near', wanted.text);
      assert.match(wanted.text, /"logProbability":-|"logprob":-/, path);
      assert.doesNotMatch((await ask(path, body)).text, /"logProbability":-|"logprob":-/, path);
    }
  });

  it('goes out marked when nobody is sure, the last one asked', async () => {
    unsure(3);
    const answer = await send('sure', { stream: false });
    assert.equal(answer.status, 200, answer.text);
    // Tier 3 has no threshold: whoever answers there is believed.
    assert.equal(answer.headers['x-signalbox-tier'], '3');
    const regulated = { headers: { 'x-signalbox-sensitivity': 'regulated' } };
    unsure(1);
    const kept = await send('sure', {}, regulated);
    assert.equal(kept.headers['x-signalbox-endpoint'], 'near');
    assert.equal(kept.headers['x-signalbox-repair'], 'flagged');
  });

  it('is judged by its words in dialects without log-probabilities', async () => {
    says('I am not sure, but maybe it is 4711.', '4711');
    const answer = await gateway.ask('/v1/messages', {
      body: { model: 'sim-small', max_tokens: 50, messages: [{ role: 'user', content: 'which' }] },
      headers: { 'x-signalbox-agent': 'sure' },
    });
    assert.equal(answer.headers['x-signalbox-repair'], 'escalate', answer.text);
    assert.doesNotMatch(answer.text, /logprob/);
  });

  it('is asked for no more where it nearly always is carried up', async () => {
    gateway.sim.script('unsure,text=4711', { times: 1_000 });
    for (let call = 0; call < 25; call += 1) await send('sure', { stream: false });
    gateway.sim.reset();
    const answer = await send('sure', { stream: false });
    assert.notEqual(answer.headers['x-signalbox-tier'], '1');
    assert.equal(gateway.sim.requests().completed, 1);
    const told = /signalbox_cascade_breakers_total\{change="opened"\} [1-9]/;
    assert.ok(told.test(gateway.metrics()));
    assert.match(JSON.stringify((await record(answer))['candidates']), /"escalates"/);
    // Where nobody better may be asked, what is not sure goes out, and says so.
    const regulated = { headers: { 'x-signalbox-sensitivity': 'regulated' } };
    gateway.sim.script('unsure,text=4711', { times: 1 });
    const kept = await send('sure', { stream: false }, regulated);
    assert.equal(kept.headers['x-signalbox-endpoint'], 'near', kept.text);
    assert.equal(kept.headers['x-signalbox-repair'], 'flagged');
  });
});

describe('what is checked', () => {
  const cases: readonly (readonly [agent: string, text: string, rejected: string | undefined])[] = [
    ['length', 'ok', 'characters_min'],
    ['length', 'just right', undefined],
    ['length', '12345678901', 'characters_max'],
    ['length', '😀😀😀', undefined],
    ['empty', ' ', 'not_empty'],
    ['empty', 'x', undefined],
    ['json', '```json\n{}\n```', 'json'],
    ['json', ' [1] ', undefined],
    ['own', BAD, WHERE],
    ['own', GOOD, undefined],
    ['own', '{}', 'schema at $.items: required'],
  ];
  for (const [agent, text, rejected] of cases) {
    it(`${agent}: ${JSON.stringify(text)} is ${rejected ?? 'good'}`, async () => {
      says(text);
      const answer = await send(agent, {});
      assert.equal(answer.status, rejected === undefined ? 200 : 502, answer.text);
      const { attempts } = await record(answer);
      assert.equal(attempts[0]?.rejected, rejected);
      assert.equal(answer.headers['x-signalbox-repair'], undefined);
    });
  }

  it('the arguments of a tool, against the schema that the caller sent for it', async () => {
    const parameters = {
      type: 'object',
      properties: { city: { type: 'string' } },
      required: ['city'],
    };
    const tools = [{ type: 'function', function: { name: 'weather', parameters } }];
    const call = (name: string, args: string): void => {
      gateway.sim.script(`call=${name},args=${encodeURIComponent(args)}`, { times: 1 });
    };
    call('weather', '{"city":7}');
    call('weather', '{"city":"Rome"}');
    const good = await send('tools', { tools });
    assert.equal(good.headers['x-signalbox-repair'], 'retry');
    assert.match(good.text, /Rome/);
    const wrong = (await record(good)).attempts[0]?.rejected;
    assert.equal(wrong, 'tool_arguments of weather at $.city: type');
    call('weather', '{"city":');
    call('missing', '{}');
    const bad = await send('tools', { tools, stream: true });
    refused(bad, 502, 'output_rejected');
    assert.deepEqual(
      (await record(bad)).attempts.map((one) => one.rejected),
      ['tool_arguments of weather: json', 'tool_arguments: unknown tool'],
    );
  });

  it('says that it cannot decide, where it cannot', async () => {
    const schema = { type: 'object', unevaluatedProperties: false };
    const format = { type: 'json_schema', json_schema: { name: 'x', schema } };
    says('{"a":1}');
    const answer = await send('again', { response_format: format });
    assert.equal(answer.status, 200);
    assert.equal(answer.headers['x-signalbox-repair'], 'undecided');
    const { attempts } = await record(answer);
    assert.equal(attempts[0]?.undecided, 'schema at $: unevaluatedProperties');
  });

  it('is the same in every dialect', async () => {
    const ask = (path: string, body: object): Promise<Answer> =>
      gateway.ask(path, { body, headers: { 'x-signalbox-agent': 'own' } });
    const messages = [{ role: 'user', content: 'order' }];
    const asks: readonly (readonly [string, object])[] = [
      ['/v1/messages', { model: 'sim-small', max_tokens: 100, messages }],
      ['/v1/messages', { model: 'sim-small', max_tokens: 100, messages, stream: true }],
      ['/api/chat', { model: 'sim-small', messages }],
      ['/api/chat', { model: 'sim-small', messages, stream: false }],
      ['/v1/responses', { model: 'sim-small', input: 'order' }],
      ['/v1/responses', { model: 'sim-small', input: 'order', stream: true }],
      ['/v1/completions', { model: 'sim-small', prompt: 'order', max_tokens: 99 }],
      ['/v1/completions', { model: 'sim-small', prompt: 'order', max_tokens: 99, stream: true }],
      [
        '/v1beta/models/sim-small:generateContent',
        { contents: [{ role: 'user', parts: [{ text: 'order' }] }] },
      ],
      [
        '/v1beta/models/sim-small:streamGenerateContent?alt=sse',
        { contents: [{ role: 'user', parts: [{ text: 'order' }] }] },
      ],
    ];
    for (const [path, body] of asks) {
      says(BAD);
      const bad = await ask(path, body);
      assert.equal(bad.status, 502, `${path} ${bad.text}`);
      assert.match(bad.text, /schema at \$\.items\[1\]\.price: type/, path);
      assert.equal(bad.text.includes('secret-7'), false, path);
      says(GOOD);
      const good = await ask(path, body);
      assert.equal(good.status, 200, `${path} ${good.text}`);
    }
  });

  it('is shown by explain, with who would be asked next', async () => {
    const explained = await gateway.ask('/v1/route/explain', {
      body: chat('sim-small', 'order', FORMAT),
      headers: { 'x-signalbox-agent': 'up' },
    });
    const output = Object(json(explained))['output'];
    assert.equal(output.asked_format, true);
    assert.equal(output.escalate, 3);
    assert.deepEqual(
      output.escalates_to.map((one: { endpoint: string }) => one.endpoint),
      ['middle', 'far'],
    );
  });
});

describe('a stream', () => {
  it('without a check reaches the caller while it is made', async () => {
    let early = false;
    const answer = await gateway.ask(CHAT, {
      body: chat('sim-small', 'x', { stream: true }),
      headers: { 'x-sim': 'tokens=5,silent-after=3' },
      heard(text) {
        early = text.includes('content');
        return early;
      },
    });
    assert.equal(answer.end, 'cut');
    assert.ok(early);
  });

  it('that breaks before it was checked is an error, and nothing of it goes out', async () => {
    gateway.sim.script('tokens=20,die-after=5', { times: 1 });
    const answer = await send('empty', { stream: true });
    refused(answer, 502, 'upstream_failed');
    assert.equal(answer.text.includes('data:'), false);
  });
});
