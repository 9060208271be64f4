import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Call, FaultCode } from '@signalbox/contract';
import {
  build,
  chatOf,
  type Dialled,
  HeardReply,
  HOUSE,
  STARTED_AT,
  settled,
} from '../house.fixture.ts';
import { serve } from '../line.ts';
import { ANSWER, CHAIN, ended, piece } from './dispatching.fixture.ts';

describe('what an upstream is asked', () => {
  it('is the rendered body at the operation’s path, with the endpoint’s credential', async () => {
    const built = build();
    const served = built.serve(chatOf('large', { temperature: 0.5 }));
    await settled();
    const { request } = built.upstream.last;
    assert.equal(request.method, 'POST');
    assert.equal(request.path, '/v1/chat/completions');
    assert.deepEqual(built.upstream.last.body(), chatOf('large', { temperature: 0.5 }));
    assert.equal(request.credential?.value.reveal(), built.keyText('far'));
    const timers = { connectMs: 3_000, headMs: 600_000, idleMs: 10_000, totalMs: 600_000 };
    assert.deepEqual(request.timers, timers);
    built.upstream.last.answer(ANSWER);
    await ended(built, served);
    const streamed = built.serve(chatOf('large', { stream: true }));
    await settled();
    assert.deepEqual(built.upstream.last.request.timers, { ...timers, headMs: 60_000 });
    built.upstream.last.answer(ANSWER);
    await ended(built, streamed);
  });

  const operations = [
    ['completion', '/v1/completions', { model: 'large', prompt: 'x' }],
    ['response', '/v1/responses', { model: 'large', input: 'x' }],
    ['embedding', '/v1/embeddings', { model: 'large', input: 'x' }],
  ] as const;
  for (const [operation, path, body] of operations) {
    it(`stands at ${path} for a ${operation}`, async () => {
      const built = build();
      const served = built.serve(body, { operation });
      await settled();
      assert.equal(built.upstream.last.request.path, path);
      built.upstream.last.answer({ ...ANSWER });
      await ended(built, served);
    });
  }

  it('carries its own name for the model', async () => {
    const text = HOUSE.replace('large: {', 'Maker/Large-v2: {name: large, ');
    const built = build(text);
    const served = built.serve(chatOf('large'));
    await settled();
    assert.equal(Reflect.get(Object(built.upstream.last.body()), 'model'), 'Maker/Large-v2');
    built.upstream.last.answer(ANSWER);
    assert.equal((await ended(built, served)).attempts[0]?.modelAsked, 'Maker/Large-v2');
  });

  it('asks for usage in a stream when the caller did not, and only then', async () => {
    const asks = async (more: object): Promise<unknown> => {
      const built = build();
      const served = built.serve(chatOf('large', more));
      await settled();
      const body: unknown = built.upstream.last.body();
      built.upstream.last.answer(ANSWER);
      await ended(built, served);
      return Reflect.get(Object(body), 'stream_options');
    };
    assert.deepEqual(await asks({ stream: true }), { include_usage: true });
    assert.equal(await asks({}), undefined);
    const own = { stream: true, stream_options: { include_usage: true, padding: 1 } };
    assert.deepEqual(await asks(own), own.stream_options);
  });

  it('forbids storing for a tenant that demands zero retention, away from its device', async () => {
    const zero = HOUSE.replace('acme: {}', 'acme: {retention: zero}');
    const bodyOf = async (yaml: string, model: string): Promise<unknown> => {
      const built = build(yaml);
      const served = built.serve({ model, input: 'x' }, { operation: 'response' });
      await settled();
      const body: unknown = built.upstream.last.body();
      built.upstream.last.answer(ANSWER);
      await ended(built, served);
      return Reflect.get(Object(body), 'store');
    };
    assert.equal(await bodyOf(zero, 'medium'), false);
    assert.equal(await bodyOf(zero, 'small'), undefined);
    assert.equal(await bodyOf(HOUSE, 'medium'), undefined);
  });

  it('carries the trace and the listed headers, and nothing else of the caller', async () => {
    const text = HOUSE.replace(
      'tier: 3\n',
      'tier: 3\n    headers: {forward: [x-team], set: {x-title: signalbox}}\n',
    );
    const built = build(text);
    const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    const forwardable = [
      ['openai-beta', 'assistants=v2'],
      ['x-team', 'red'],
      ['x-other', 'no'],
    ] as const;
    const served = built.serve(chatOf('large', { stream: true }), { traceparent, forwardable });
    await settled();
    assert.deepEqual(built.upstream.last.request.headers, [
      ['content-type', 'application/json'],
      ['accept', 'text/event-stream'],
      ['traceparent', traceparent],
      ['openai-beta', 'assistants=v2'],
      ['x-team', 'red'],
      ['x-title', 'signalbox'],
    ]);
    built.upstream.last.answer(ANSWER);
    const record = await ended(built, served);
    assert.equal(record.traceId, 'a'.repeat(32));
  });
});

describe('without a chain', () => {
  it('one request is one upstream call, answered or not', async () => {
    const built = build();
    const good = built.serve(chatOf('large'));
    await settled();
    built.upstream.last.answer(ANSWER);
    assert.equal((await ended(built, good)).ending, 'answered');
    const bad = built.serve(chatOf('large'));
    await settled();
    built.upstream.last.answer({ error: {} }, 500);
    assert.equal((await ended(built, bad)).code, 'upstream_failed');
    assert.equal(built.upstream.dials.length, 2);
  });

  it('tries again as often as the operator says, where it may help', async () => {
    const text = HOUSE.replace('tier: 3\n', 'tier: 3\n    retries: 2\n');
    const repeated: readonly (readonly [(dialled: Dialled) => void, dials: number])[] = [
      [(one) => one.answer({ error: {} }, 503), 3],
      [(one) => one.fault('connect_failed'), 3],
      [(one) => one.fault('closed_early'), 3],
      [(one) => one.answer({ error: {} }, 401), 1],
      [(one) => one.answer({ error: {} }, 400), 1],
      [(one) => one.fault('address_denied'), 1],
    ];
    for (const [say, dials] of repeated) {
      const built = build(text);
      built.upstream.script = say;
      const served = built.serve(chatOf('large'), { queueAllowed: false });
      await settled();
      await built.clock.turn(40_000);
      const record = await ended(built, served);
      const { length } = record.attempts;
      assert.equal(length, dials);
    }
  });
});

describe('before the first released part', () => {
  const faults: readonly FaultCode[] = [
    ...(['connect_failed', 'connect_timeout', 'head_timeout', 'idle_timeout'] as const),
    ...(['total_timeout', 'closed_early', 'malformed', 'too_large', 'redirected'] as const),
    ...(['address_denied', 'body_error', 'internal'] as const),
  ];
  type Saying = readonly [name: string, (dialled: Dialled) => void];
  const failures: readonly Saying[] = [
    ...faults.map((code): Saying => [`the fault ${code}`, (one) => one.fault(code)]),
    ['a head and a fault', (one) => one.head().fault('closed_early')],
    ['half a body and a fault', (one) => one.head().chunk('{"id":').fault('closed_early')],
    ...[401, 403, 408, 429, 500, 502, 503, 529].map(
      (status): Saying => [`the status ${status}`, (one) => one.answer({ error: {} }, status)],
    ),
    ['a redirect', (one) => one.head(302, [['location', 'http://x']]).end()],
    [
      'a page of HTML',
      (one) =>
        one
          .head(200, [['content-type', 'text/html']])
          .chunk('<p>')
          .end(),
    ],
    ['an empty body', (one) => one.head().end()],
    ['an error inside a 200', (one) => one.answer({ error: { message: 'no' } })],
    ['half an answer', (one) => one.head().chunk('{"id":"x"').end()],
  ];
  for (const [name, say] of failures) {
    it(`${name} sends the call to the next offer`, async () => {
      const built = build(CHAIN);
      const served = built.serve(chatOf('x'));
      await settled();
      assert.equal(built.upstream.last.endpoint, 'far');
      say(built.upstream.last);
      await settled();
      assert.equal(built.upstream.last.endpoint, 'middle');
      built.upstream.last.answer(ANSWER);
      const record = await ended(built, served);
      assert.equal(served.reply.status, 200);
      assert.deepEqual(served.reply.json(), ANSWER);
      assert.equal(served.reply.header('x-signalbox-fallback'), '1');
      assert.deepEqual(
        record.attempts.map((one) => [one.endpoint, one.outcome]),
        [
          ['far', 'failed'],
          ['middle', 'answered'],
        ],
      );
      assert.equal(record.fallback, true);
    });
  }

  const opening: readonly Saying[] = [
    ['a fault after the head', (one) => one.stream().fault('closed_early')],
    ['an error as the first event', (one) => one.stream().event({ error: { message: 'no' } })],
    [
      'an error event by name',
      (one) => one.stream().chunk('event: error\ndata: {"message":"no"}\n\n'),
    ],
    ['a whole answer that is an error', (one) => one.answer({ error: {} }, 500)],
    [
      'an error event in pieces',
      (one) => {
        one.stream();
        for (const byte of 'event: error\ndata: {"message":"no"}\n\n') one.chunk(byte);
      },
    ],
    ['half an event and a fault', (one) => one.stream().chunk('data: {"a":').fault('closed_early')],
  ];
  for (const [name, say] of opening) {
    it(`${name} sends a stream to the next offer`, async () => {
      const built = build(CHAIN);
      const served = built.serve(chatOf('x', { stream: true }));
      await settled();
      say(built.upstream.last);
      await settled();
      assert.equal(built.upstream.dials.length, 2);
      assert.equal(served.reply.begun(), false);
      built.upstream.last.stream().event(piece('hello')).chunk('data: [DONE]\n\n').end();
      const record = await ended(built, served);
      assert.equal(served.reply.ending, 'clean');
      assert.match(served.reply.text, /^data: .*hello.*\n\ndata: \[DONE\]\n\n$/s);
      assert.equal(record.attempts.length, 2);
    });
  }

  it('what failed is let go of', async () => {
    const built = build(CHAIN);
    const served = built.serve(chatOf('x'));
    await settled();
    const first = built.upstream.last.head(503).chunk('{}');
    first.end();
    await settled();
    assert.equal(first.aborted, true);
    built.upstream.last.answer(ANSWER);
    await ended(built, served);
  });

  const endings: readonly (readonly [(dialled: Dialled) => void, code: string, status: number])[] =
    [
      [(one) => one.answer({ error: {} }, 500), 'upstream_failed', 502],
      [(one) => one.fault('closed_early'), 'upstream_failed', 502],
      [(one) => one.fault('head_timeout'), 'upstream_timeout', 504],
      [(one) => one.fault('total_timeout'), 'upstream_timeout', 504],
      [(one) => one.answer({ error: {} }, 429), 'rate_limited', 429],
    ];
  for (const [say, code, status] of endings) {
    it(`ends as ${code} when every offer failed alike`, async () => {
      const built = build(CHAIN);
      built.upstream.script = say;
      const served = built.serve(chatOf('x'));
      const record = await ended(built, served);
      assert.deepEqual([record.code, record.status, served.reply.status], [code, status, status]);
      assert.equal(served.reply.code, code);
      assert.equal(record.attempts.length, 3);
      assert.match(served.reply.text, /`near`/);
    });
  }

  it('says whose time it was that a failure took', async () => {
    const built = build();
    const served = built.serve(chatOf('large'));
    await settled();
    await built.clock.turn(2_000);
    built.upstream.last.fault('closed_early');
    await ended(built, served);
    assert.equal(
      served.reply.header('server-timing'),
      'queue;dur=0.00, decide;dur=0.00, upstream;dur=2000.00, total;dur=2000.00, body;dur=0.00',
    );
  });

  it('does not count as deciding what a caller took for its body', async () => {
    for (const [model, upstreamMs] of [
      ['small', 100],
      ['nowhere', 0],
    ] as const) {
      const built = build();
      const made = built.call(chatOf(model));
      const body: Call['body'] = async (bytesMax) => {
        await built.clock.turn(400);
        return made.body(bytesMax);
      };
      const reply = new HeardReply();
      const settlement = serve({ ...made, body }, reply, built.house);
      await settled();
      await built.clock.turn(upstreamMs);
      if (upstreamMs > 0) built.upstream.last.answer({ model, choices: [] });
      const record = (await settlement)?.record;
      assert.deepEqual(
        [record?.bodyMs, record?.decideMs, record?.totalMs],
        [400, 0, 400 + upstreamMs],
      );
      const timing = reply.header('server-timing') ?? '';
      assert.match(timing, new RegExp(`total;dur=${400 + upstreamMs}\\.00, body;dur=400\\.00$`));
      assert.match(timing, /decide;dur=0\.00/);
    }
  });

  it('tells how long to wait if the upstream said so, and what to do if that is long', async () => {
    const waits: readonly (readonly [headers: [string, string][], code: string, ms: unknown])[] = [
      [[['retry-after-ms', '1500']], 'rate_limited', '1500'],
      [[['retry-after', '2']], 'rate_limited', '2000'],
      [[['retry-after', new Date(STARTED_AT + 9_000).toUTCString()]], 'rate_limited', '9000'],
      [[['retry-after', 'Fri, 31 Dec 2099 23:59:59 GMT']], 'quota_exhausted', undefined],
      [[['retry-after', 'soon']], 'rate_limited', '1000'],
      [[], 'rate_limited', '1000'],
      [[['retry-after', '3600']], 'quota_exhausted', undefined],
    ];
    for (const [headers, code, ms] of waits) {
      const built = build();
      const served = built.serve(chatOf('large'));
      await settled();
      built.upstream.last.answer({ error: {} }, 429, headers);
      await ended(built, served);
      assert.equal(served.reply.code, code);
      assert.equal(served.reply.header('retry-after-ms'), ms);
      const never = served.reply.header('x-should-retry');
      assert.equal(never, code === 'quota_exhausted' ? 'false' : undefined);
    }
  });
});

describe('an upstream whose words say when, or that nothing is left', () => {
  const said: readonly (readonly [body: object, code: string, ms: unknown])[] = [
    [{ error: { message: 'Please try again in 7.5s.' } }, 'rate_limited', '7500'],
    [{ error: { code: 'insufficient_quota' } }, 'quota_exhausted', undefined],
  ];
  for (const [body, code, ms] of said) {
    it(`is believed: ${code}`, async () => {
      const built = build();
      built.upstream.script = (one) => void one.answer(body, 429);
      const served = built.serve(chatOf('large'));
      await ended(built, served);
      assert.deepEqual([served.reply.code, served.reply.header('retry-after-ms')], [code, ms]);
    });
  }

  it('is gone around by a chain, and one that has some left is told of', async () => {
    const built = build(CHAIN);
    const spent = { error: { code: 'insufficient_quota' } };
    built.upstream.script = (one) =>
      void one.answer(one.endpoint === 'far' ? { error: {} } : spent, 429);
    const served = built.serve(chatOf('x'));
    await ended(built, served);
    assert.equal(served.reply.code, 'rate_limited');
  });
});

describe("the caller's own mistake", () => {
  for (const status of [400, 404, 405, 409, 413, 415, 422]) {
    it(`is relayed as the upstream words it: ${status}`, async () => {
      const built = build(CHAIN);
      const served = built.serve(chatOf('x'));
      await settled();
      const words = { error: { message: 'bad', type: 'invalid_request_error', code: null } };
      built.upstream.last.answer(words, status);
      const record = await ended(built, served);
      assert.equal(built.upstream.dials.length, 1, 'no other place would say otherwise');
      assert.equal(served.reply.status, status);
      assert.deepEqual(served.reply.json(), words);
      assert.equal(served.reply.header('x-should-retry'), 'false');
      assert.deepEqual(
        [record.ending, record.status, record.usage],
        ['refused', status, undefined],
      );
    });
  }

  it('is relayed as a whole answer also where a stream was asked for', async () => {
    const built = build();
    const served = built.serve(chatOf('large', { stream: true }));
    await settled();
    built.upstream.last.answer({ error: { message: 'bad' } }, 400);
    await ended(built, served);
    assert.equal(served.reply.ending, 'whole');
  });
});

describe('the place of a call', () => {
  const narrow = CHAIN.replace('tier: 3\n', 'tier: 3\n    in_flight_max: 1\n');

  it('is one at a time: the next offer is taken where the first is full', async () => {
    const built = build(narrow);
    const first = built.serve(chatOf('x'));
    await settled();
    const second = built.serve(chatOf('x'));
    await settled();
    assert.deepEqual(
      built.upstream.dials.map((one) => one.endpoint),
      ['far', 'middle'],
    );
    for (const one of built.upstream.dials) one.answer(ANSWER);
    await first.settlement;
    await ended(built, second);
  });

  it('is given back with every failed attempt', async () => {
    const built = build(narrow);
    const served = built.serve(chatOf('x'));
    await settled();
    built.upstream.last.fault('closed_early');
    await settled();
    const { slots } = built.house.live.pools;
    assert.deepEqual([slots.inFlight('far'), slots.inFlight('middle')], [0, 1]);
    built.upstream.last.answer(ANSWER);
    await ended(built, served);
  });
});
