import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CallRecord } from '@signalbox/contract';
import fc from 'fast-check';
import { ended, piece, usageChunk } from '../dispatch/dispatching.fixture.ts';
import { build, chatOf, type Heads, HOUSE, settled } from '../house.fixture.ts';

fc.configureGlobal({ seed: 4141 });

const DONE = 'data: [DONE]\n\n';
type Usage = Readonly<Record<string, unknown>>;

/** The record of a call that was answered at once, whole or as a stream. */
async function recordOf(
  body: object,
  usage: Usage | undefined,
  { yaml = HOUSE, stream = false }: { yaml?: string; stream?: boolean } = {},
): Promise<CallRecord> {
  const built = build(yaml);
  const served = built.serve(stream ? { ...body, stream: true } : body);
  await settled();
  const told = usage === undefined ? {} : { usage };
  if (stream) {
    built.upstream.last
      .stream()
      .event(piece('hello'))
      .event({ model: 'large-2025', choices: [], ...told })
      .chunk(DONE)
      .end();
  } else {
    built.upstream.last.answer({ model: 'large-2025', choices: [], ...told });
  }
  return ended(built, served);
}

describe('what a call costs', () => {
  const count = fc.nat({ max: 2_000_000 });
  const usage = fc.tuple(count, count, fc.option(count), fc.option(count)).map(
    ([input, output, cached, reasoning]): Usage => ({
      prompt_tokens: input,
      completion_tokens: output,
      ...(cached === null
        ? {}
        : { prompt_tokens_details: { cached_tokens: Math.min(cached, input) } }),
      ...(reasoning === null
        ? {}
        : { completion_tokens_details: { reasoning_tokens: Math.min(reasoning, output) } }),
    }),
  );
  const price = fc
    .tuple(fc.nat({ max: 99_999 }), fc.nat({ max: 99_999 }))
    .map(([input, output]) => {
      const dollars = (n: number): string =>
        `${Math.floor(n / 1_000)}.${String(n % 1_000).padStart(3, '0')}`;
      const stated = [
        `input_per_million_usd: "${dollars(input)}"`,
        `output_per_million_usd: "${dollars(output)}"`,
      ];
      return `price: {${stated.join(', ')}}`;
    });

  it('is the same streamed and whole, to the last digit', async () => {
    await fc.assert(
      fc.asyncProperty(usage, price, async (used, stated) => {
        const yaml = HOUSE.replaceAll(/price: \{.*\}/g, stated);
        const whole = await recordOf(chatOf('large'), used, { yaml });
        const streamed = await recordOf(chatOf('large'), used, { yaml, stream: true });
        assert.equal(streamed.costNanoUsd, whole.costNanoUsd);
        assert.deepEqual(streamed.usage, whole.usage);
        assert.equal(streamed.priceVersion, whole.priceVersion);
        assert.ok(whole.costNanoUsd !== undefined);
      }),
      { numRuns: 60 },
    );
  });

  it('is what the upstream measured, at the price of the endpoint', async () => {
    const record = await recordOf(chatOf('large'), { prompt_tokens: 100, completion_tokens: 10 });
    assert.equal(record.costNanoUsd, String(100 * 10_000 + 10 * 20_000));
    assert.equal(record.usage?.source, 'measured');
    assert.equal(record.savingsNanoUsd, '0');
  });

  it('saves what the dearest of tier 3 would have cost more', async () => {
    const record = await recordOf(chatOf('small'), { prompt_tokens: 100, completion_tokens: 10 });
    assert.equal(record.costNanoUsd, String(100 * 100 + 10 * 200));
    assert.equal(record.savingsNanoUsd, String(100 * 9_900 + 10 * 19_800));
  });

  it('is counted by length where the upstream told nothing, and marked so', async () => {
    for (const stream of [false, true]) {
      const record = await recordOf(chatOf('large'), undefined, { stream });
      assert.equal(record.usage?.source, 'estimated');
      assert.ok((record.usage?.inputTokens ?? 0) > 0);
      assert.ok((record.usage?.outputTokens ?? 0) > 0);
      assert.ok(record.costNanoUsd !== undefined);
    }
  });

  it('stays unknown where no price is known: never zero, never a guess', async () => {
    const yaml = HOUSE.replaceAll(/price: \{.*\}/g, '');
    const built = build(yaml);
    const served = built.serve(chatOf('large'));
    await settled();
    built.upstream.last.answer({ choices: [], usage: { prompt_tokens: 5, completion_tokens: 5 } });
    const record = await ended(built, served);
    assert.deepEqual(
      [record.costNanoUsd, record.priceVersion, record.savingsNanoUsd],
      [undefined, undefined, undefined],
    );
    assert.equal(served.reply.header('x-signalbox-cost-usd'), 'unknown');
    assert.equal(served.reply.header('x-signalbox-savings-usd'), undefined);
  });

  it('is nothing at all for a call that nobody answered', async () => {
    const built = build();
    const served = built.serve(chatOf('large'));
    await settled();
    built.upstream.last.fault('closed_early');
    const record = await ended(built, served);
    assert.deepEqual([record.usage, record.costNanoUsd], [undefined, undefined]);
    assert.ok(BigInt(record.heldNanoUsd) > 0n, 'what was held is told all the same');
  });

  it('is charged to the tenant and to the key', async () => {
    const budget = '{amount_usd: 5, per: total}';
    const built = build(HOUSE.replace('scopes: [call, explain]', `budget: ${budget}`));
    const served = built.serve(chatOf('large'));
    await settled();
    built.upstream.last.answer({
      choices: [],
      usage: { prompt_tokens: 100, completion_tokens: 0 },
    });
    await ended(built, served);
    const { budgets } = built.house.live.pools;
    const of = (owner: string): bigint =>
      budgets.spent({ owner, budget: { amountNanoUsd: 1n, per: 'total' } }, built.clock.now())
        .spentNanoUsd;
    assert.deepEqual([of('acme'), of('acme/main')], [1_000_000n, 1_000_000n]);
  });

  it('is refused before it can be spent', async () => {
    const built = build(HOUSE.replace('acme: {}', 'acme: {budget: {amount_usd: 0.001, per: day}}'));
    const served = built.serve(chatOf('large'));
    const record = await ended(built, served);
    assert.deepEqual([record.code, record.status], ['budget_exhausted', 402]);
    assert.equal(served.reply.header('x-should-retry'), 'false');
    assert.match(served.reply.text, /acme.*0\.001000 USD a day/);
    assert.equal(built.upstream.dials.length, 0);
    assert.equal(built.store.of('hold').length, 0);
  });
});

describe('a refusal', () => {
  const refused: readonly (readonly [name: string, body: object | string, Heads, code: string])[] =
    [
      ['of the body', '{"model":', {}, 'body_invalid'],
      ['of the model', chatOf('nothing'), {}, 'model_unknown'],
      [
        'of every route',
        chatOf('large'),
        { sensitivity: { label: 'regulated', kinds: [] } },
        'no_eligible_route',
      ],
    ];
  for (const [name, body, head, code] of refused) {
    it(`${name} settles too, once, with nothing spent`, async () => {
      const built = build();
      const served = built.serve(body, head);
      const record = await ended(built, served);
      assert.deepEqual([record.ending, record.code], ['refused', code]);
      assert.equal(record.tenant, 'acme');
      assert.equal(record.key, 'main');
      assert.deepEqual([record.costNanoUsd, record.usage], [undefined, undefined]);
      assert.equal(served.reply.header('x-signalbox-decision-id'), record.decision);
      assert.equal(built.upstream.dials.length, 0);
    });
  }

  it('of a stranger is counted, one entry a second and code, and has no record', async () => {
    const built = build();
    for (let i = 0; i < 50; i += 1) {
      const served = built.serve(chatOf('large'), { key: { text: i % 2 === 0 ? 'x' : undefined } });
      assert.equal(await served.settlement, undefined);
      assert.equal(served.reply.status, 401);
    }
    await built.clock.turn(1_000);
    const counted = built.store.of('count').map(({ body }) => [body.code, body.key, body.times]);
    assert.deepEqual(counted.toSorted(), [
      ['key_invalid', undefined, 25],
      ['key_missing', undefined, 25],
    ]);
    assert.equal(built.store.entries.length, 2);
    assert.equal(built.clock.pending, 0);
  });

  it('of a bug fails closed, and says nothing of the call', async () => {
    const built = build();
    const { house } = built;
    const call = built.call(chatOf('large'));
    Object.defineProperty(house.live, 'order', {
      get: () => {
        throw new TypeError('secret content of a prompt');
      },
    });
    const served = built.serve(chatOf('large'));
    const done = await served.settlement;
    assert.equal(served.reply.code, 'internal');
    assert.equal(served.reply.status, 500);
    assert.equal(served.reply.header('x-should-retry'), 'false');
    assert.equal(done?.record.code, 'internal');
    assert.doesNotMatch(JSON.stringify([built.logs, served.reply.text]), /secret content/);
    assert.ok(
      built.logs.some(([level, event]) => level === 'error' && event === 'call-failed-closed'),
    );
    assert.ok(call.id.startsWith('req_'));
  });
});

describe('an answer that waits for its record', () => {
  const yaml = HOUSE.replace('acme: {}', 'acme: {durable: before-answer}');

  it('is given when the record is on disk', async () => {
    const built = build(yaml);
    built.store.answersDurable = undefined;
    const served = built.serve(chatOf('large'));
    await settled();
    built.upstream.last.answer({ choices: [], usage: { prompt_tokens: 1, completion_tokens: 1 } });
    await settled();
    assert.equal(served.reply.ending, undefined);
    assert.equal(built.store.records().length, 1);
    built.store.release(true);
    await ended(built, served);
    assert.equal(served.reply.status, 200);
  });

  it('is not given when the record cannot be written', async () => {
    const built = build(yaml);
    built.store.answersDurable = false;
    const served = built.serve(chatOf('large'));
    await settled();
    built.upstream.last.answer({ choices: [], usage: { prompt_tokens: 1, completion_tokens: 1 } });
    await ended(built, served);
    assert.equal(served.reply.code, 'journal_unavailable');
  });

  it('ends a stream cleanly only then', async () => {
    for (const durable of [true, false]) {
      const built = build(yaml);
      built.store.answersDurable = undefined;
      const served = built.serve(chatOf('large', { stream: true }));
      await settled();
      built.upstream.last.stream().event(piece('hello')).chunk(DONE).end();
      await settled();
      assert.match(served.reply.text, /hello/);
      assert.equal(served.reply.ending, undefined);
      built.store.release(durable);
      await ended(built, served);
      assert.equal(served.reply.ending, durable ? 'clean' : 'cut');
      assert.equal(/journal_unavailable/.test(served.reply.text), !durable);
    }
  });

  it('does not wait unless the tenant says so', async () => {
    const built = build();
    built.store.answersDurable = undefined;
    const served = built.serve(chatOf('large'));
    await settled();
    built.upstream.last.answer({ choices: [], usage: { prompt_tokens: 1, completion_tokens: 1 } });
    await ended(built, served);
    assert.equal(served.reply.status, 200);
  });
});

describe('the record of a call', () => {
  const SECRET = 'the-secret-of-the-prompt';

  it('says what a caller declared too low, and does without it otherwise', async () => {
    const declaring = async (text: string) => {
      const built = build();
      const body = { model: 'small', messages: [{ role: 'user', content: text }] };
      const served = built.serve(body, { sensitivity: { label: 'public', kinds: [] } });
      await settled();
      built.upstream.last.head().chunk('{}').end();
      return ended(built, served);
    };
    const lowered = await declaring('my SSN is 219-09-9998');
    assert.deepEqual([lowered.label, lowered.declared], ['regulated', 'public']);
    assert.equal('declared' in (await declaring('hello')), false);
  });

  it('says what was asked, decided, tried and spent', async () => {
    const built = build();
    const head = {
      session: 'my-session',
      agent: 'writer',
      step: 'planning',
      tags: { team: 'a' },
      latencyBudgetMs: 900,
      sensitivity: { label: 'internal', kinds: ['roadmap'] },
    } as const;
    const served = built.serve(chatOf('medium'), head);
    await settled();
    await built.clock.turn(40);
    built.upstream.last.head();
    await built.clock.turn(60);
    built.upstream.last
      .chunk(
        JSON.stringify({
          model: 'medium-x',
          choices: [],
          usage: { prompt_tokens: 4, completion_tokens: 2 },
        }),
      )
      .end();
    const record = await ended(built, served);
    const { decision, request, session, requestCommitment, responseCommitment, attempts, ...rest } =
      record;
    assert.deepEqual(rest, {
      at: built.clock.now() - 100,
      tenant: 'acme',
      key: 'main',
      agent: 'writer',
      operation: 'chat',
      stream: false,
      step: 'planning',
      stepSource: 'header',
      modelRequested: 'medium',
      label: 'internal',
      kinds: ['roadmap'],
      difficulty: 'hard',
      latencyBudgetMs: 900,
      snapshot: 'test',
      clearance: { ceiling: 2, residency: undefined, retention: 'standard', ownOnly: false },
      candidates: [{ endpoint: 'middle', model: 'medium', tier: 2, gates: 0 }],
      rule: undefined,
      decided: {
        dialect: 'openai',
        inputTokens: 23,
        answers: 1,
        tools: false,
        route: [0],
        closed: [],
      },
      ending: 'answered',
      code: undefined,
      status: 200,
      fallback: false,
      parkedMs: 0,
      usage: {
        inputTokens: 4,
        outputTokens: 2,
        cachedInputTokens: undefined,
        reasoningTokens: undefined,
        source: 'measured',
      },
      costNanoUsd: '8000',
      priceVersion: 'configuration:test',
      savingsNanoUsd: '72000',
      heldNanoUsd: rest.heldNanoUsd,
      bodyMs: 0,
      decideMs: 0,
      queueMs: 0,
      upstreamMs: 100,
      firstByteMs: 100,
      totalMs: 100,
      retryOf: undefined,
      tags: { team: 'a' },
      traceId: undefined,
    });
    assert.equal(decision, `dec_${request.slice(4)}`);
    assert.match(session ?? '', /^ses_/);
    assert.match(requestCommitment ?? '', /^[0-9a-f]{32}$/);
    assert.match(responseCommitment ?? '', /^[0-9a-f]{32}$/);
    assert.deepEqual(attempts, [
      {
        endpoint: 'middle',
        tier: 2,
        region: 'eu',
        legalEntity: undefined,
        own: undefined,
        credential: undefined,
        modelAsked: 'medium',
        modelClaimed: 'medium-x',
        status: 200,
        firstByteMs: 100,
        durationMs: 100,
        outcome: 'answered',
        fault: undefined,
      },
    ]);
  });

  it('commits to the bytes that were asked and answered, streamed or not', async () => {
    const built = build();
    const commitments = async (content: string, stream: boolean): Promise<CallRecord> => {
      const served = built.serve(
        chatOf('large', { stream, stream_options: { include_usage: true } }),
      );
      await settled();
      if (stream) built.upstream.last.stream().event(piece(content)).chunk(DONE).end();
      else built.upstream.last.answer(piece(content));
      return ended(built, served);
    };
    const [one, same, other] = [
      await commitments('a', true),
      await commitments('a', true),
      await commitments('b', true),
    ];
    assert.equal(one.responseCommitment, same.responseCommitment);
    assert.notEqual(one.responseCommitment, other.responseCommitment);
    assert.equal(one.requestCommitment, other.requestCommitment);
    const whole = await commitments('a', false);
    assert.notEqual(whole.requestCommitment, one.requestCommitment);
    const text = JSON.stringify(piece('a'));
    assert.equal(whole.responseCommitment, built.keys.digest('response', text, 16));
    assert.equal(
      one.responseCommitment,
      built.keys.digest('response', `data: ${text}\n\n${DONE}`, 16),
    );
  });

  it('holds no prompt, answer, key or session of the caller; nor do logs and counts', async () => {
    const built = build();
    const body = { model: 'large', messages: [{ role: 'user', content: SECRET }] };
    const head = { session: `${SECRET}-session` };
    const served = built.serve(body, head);
    await settled();
    built.upstream.last.answer({ choices: [{ message: { content: SECRET } }] });
    await ended(built, served);
    const failed = built.serve({ ...body, stream: true }, head);
    await settled();
    built.upstream.last.stream().event(piece(SECRET));
    await settled();
    built.upstream.last.fault('closed_early');
    await ended(built, failed);
    await ended(built, built.serve(`{"model":"large","messages":"${SECRET}"}`, head));
    const told = JSON.stringify([built.store.entries, built.logs, [...built.counted]]);
    assert.doesNotMatch(told, new RegExp(SECRET));
    assert.equal(told.includes(built.keyText('main')), false);
    assert.equal(told.includes(built.keyText('far')), false);
  });

  it('names the call that it repeats', async () => {
    const built = build();
    const once = { idempotencyKey: 'k' };
    const first = built.serve(chatOf('large'), once);
    await settled();
    const meanwhile = built.serve(chatOf('large'), once);
    await meanwhile.settlement;
    assert.equal(meanwhile.reply.code, 'idempotency_conflict');
    assert.equal(meanwhile.reply.header('retry-after-ms'), '1000');
    built.upstream.last.answer({ choices: [] });
    await first.settlement;
    const second = built.serve(chatOf('large'), once);
    await settled();
    built.upstream.last.answer({ choices: [] });
    assert.equal((await ended(built, second)).retryOf, first.call.id);
  });
});

describe('the counters', () => {
  it('name ends, tiers, codes and tenants, never keys or models', async () => {
    const built = build();
    const served = built.serve(chatOf('large'));
    await settled();
    built.upstream.last.answer({ choices: [], usage: usageChunk(3, 4) });
    await ended(built, served);
    await ended(built, built.serve(chatOf('nothing')));
    const names = [...built.counted.keys()].join('\n');
    assert.match(names, /calls_total .*"answered".*"tier":"3"/);
    assert.match(names, /calls_total .*"refused".*model_unknown/);
    assert.match(names, /calls_total .*"tenant":"acme"/);
    assert.match(names, /tokens_total .*"tenant":"acme"/);
    assert.doesNotMatch(names, /duration.*acme|main|large|nothing/);
  });
});
