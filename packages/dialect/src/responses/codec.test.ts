import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type AnswerTraits, answers, inPieces, withReturns } from '../canon/arbitrary.fixture.ts';
import { asks } from '../canon/arbitrary-ask.fixture.ts';
import type { Answer, Ask, Part } from '../canon/canon.ts';
import { parseExact, tryParse } from '../canon/exact.ts';
import { fold } from '../canon/fold.ts';
import { responses } from './responses.ts';
import { CONTEXT, decoded } from './stream.fixture.ts';

fc.configureGlobal({ seed: 4141 });

const TRAITS: AnswerTraits = {
  parts: ['thought', 'sealed', 'text', 'refusal', 'call', 'media'],
  callSignature: 'some',
  stops: [
    ...(['end', 'length', 'stop_sequence', 'filtered', 'refusal', 'pause', 'context'] as const),
    'error',
  ],
  sequence: true,
  cacheWrite: true,
  service: true,
  media: { media: ['image'], sources: ['base64'] },
};

/** Without the ids that we gave to pictures; service is told beside usage alone. */
function plain(answer: Answer): Answer {
  const bare = (part: Answer['answers'][number]['parts'][number]) => {
    if (part.kind !== 'media') return part;
    const { extra: _, ...rest } = part;
    return rest;
  };
  return {
    ...answer,
    answers: answer.answers.map((one) => ({ ...one, parts: one.parts.map(bare) })),
    service: answer.usage === undefined ? undefined : answer.service,
  };
}

const bytesOf = (answer: Answer, seed: number): Uint8Array => {
  const encoder = responses.encoder(CONTEXT);
  const bytes = Buffer.concat(inPieces(answer, seed).map((event) => encoder.push(event)));
  assert.deepEqual([...encoder.dropped], []);
  return bytes;
};

describe('answers of the responses wire', () => {
  it('come back from a stream in any chunks', () => {
    fc.assert(
      fc.property(answers(TRAITS), fc.nat(), (answer, seed) => {
        const bytes = bytesOf(answer, seed);
        for (const [one, cut] of [
          [bytes, 0],
          [bytes, seed + 1],
          [withReturns(bytes), seed + 2],
        ] as const) {
          assert.deepEqual(plain(fold(decoded(one, cut))), plain(answer));
        }
      }),
      { numRuns: 150 },
    );
  });

  it('come back whole, with the logprobs of their texts', () => {
    fc.assert(
      fc.property(answers({ ...TRAITS, logprobs: true }), (answer) => {
        const { body, dropped } = responses.writeWhole(answer, CONTEXT);
        const back = plain(fold(responses.readWhole(parseExact(body))));
        const hasText = answer.answers[0]?.parts.some(({ kind }) => kind === 'text') === true;
        assert.equal(dropped.has('logprobs'), !hasText && logprobsOf(answer) > 0);
        if (hasText) assert.deepEqual(back, plain(answer));
        else assert.equal(logprobsOf(back), 0);
      }),
      { numRuns: 150 },
    );
  });

  it('tell the logprobs of their texts in the stream', () => {
    fc.assert(
      fc.property(answers({ ...TRAITS, logprobs: true }), fc.nat(), (answer, seed) => {
        fc.pre(answer.answers[0]?.parts.some(({ kind }) => kind === 'text') === true);
        assert.deepEqual(plain(fold(decoded(bytesOf(answer, seed)))), plain(answer));
      }),
      { numRuns: 100 },
    );
  });

  it('end in the stream with the response that is written whole', () => {
    fc.assert(
      fc.property(answers(TRAITS), fc.nat(), (answer, seed) => {
        const text = new TextDecoder().decode(bytesOf(answer, seed));
        const last = tryParse(text.trimEnd().split('\ndata: ').at(-1) ?? '');
        const { body } = responses.writeWhole(answer, CONTEXT);
        assert.deepEqual((last as { response: unknown }).response, parseExact(body));
      }),
      { numRuns: 100 },
    );
  });
});

const logprobsOf = (answer: Answer): number => answer.answers[0]?.logprobs.length ?? 0;

describe('requests of the responses wire', () => {
  const fields = [
    ...(['tools', 'toolChoice', 'parallelTools', 'outputTokensMax', 'temperature'] as const),
    ...(['topP', 'logprobs', 'format', 'reasoning', 'user'] as const),
  ];
  const drawn = asks({
    fields,
    systemMax: 2,
    userMedia: {
      media: ['image', 'file'],
      sources: ['base64', 'url', 'id'],
      named: true,
    },
    resultMedia: { media: ['image'], sources: ['base64', 'url'] },
    manyTexts: true,
    assistant: {
      parts: ['thought', 'sealed', 'text', 'call'],
      thoughtSignature: 'always',
      callSignature: 'some',
    },
    usageWanted: true,
  });
  const to = { model: 'theirs', quirks: {}, askUsage: false };
  /** `store` and the wish for sealed thoughts are said by us. */
  const withoutExtra = ({ extra: _, ...ask }: Ask): unknown => ask;

  it('come back as they were', () => {
    fc.assert(
      fc.property(drawn, (ask) => {
        const { body, dropped } = responses.writeAsk(ask, to);
        assert.deepEqual([...dropped], []);
        const back = responses.readAsk(parseExact(body));
        assert.ok(back.ok);
        assert.deepEqual(withoutExtra(back.value), withoutExtra({ ...ask, model: 'theirs' }));
      }),
      { numRuns: 200 },
    );
  });

  it('keep thoughts that nobody sealed where the server understands them', () => {
    const thought: Part = { kind: 'thought', text: 'Let me see.' };
    const ask: Ask = {
      model: 'm',
      stream: false,
      usageWanted: true,
      system: [],
      turns: [{ role: 'assistant', parts: [thought] }],
      tools: [],
    };
    const strict = responses.writeAsk(ask, to);
    assert.deepEqual([...strict.dropped], ['part.thought']);
    const quirks = { thoughtField: 'content_parts' } as const;
    const own = responses.writeAsk(ask, { ...to, quirks });
    assert.deepEqual([...own.dropped], []);
    const back = responses.readAsk(parseExact(own.body));
    assert.deepEqual(back.ok && back.value.turns, ask.turns);
  });
});
