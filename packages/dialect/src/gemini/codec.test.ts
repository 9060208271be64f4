import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  type AnswerPart,
  type AnswerTraits,
  answers,
  inChunks,
  inPieces,
  withReturns,
} from '../canon/arbitrary.fixture.ts';
import { type AskTraits, asks } from '../canon/arbitrary-ask.fixture.ts';
import type { Answer, AnswerEvent, Ask, Json } from '../canon/canon.ts';
import type { Codec, StreamDecoder } from '../canon/codec.ts';
import { parseExact } from '../canon/exact.ts';
import { fold } from '../canon/fold.ts';
import { Order } from '../canon/order.ts';
import { gemini, geminiArray } from './gemini.ts';

fc.configureGlobal({ seed: 4141 });

const CONTEXT = { model: 'asked', id: 'own', created: 1_760_000_000, usageWanted: true };

type Effort = 'none' | 'minimal' | 'low' | 'medium' | 'high';

const STOPS = [
  ...(['end', 'length', 'stop_sequence', 'filtered', 'refusal', 'pause', 'context'] as const),
  'error' as const,
];
const ANSWERS: AnswerTraits = {
  parts: ['thought', 'text', 'call', 'media', 'sealed'],
  callSignature: 'some',
  arguments: 'object',
  media: { media: ['image', 'audio', 'video', 'file'], sources: ['base64'] },
  answersMax: 3,
  logprobs: true,
  stops: STOPS,
  sequence: true,
  service: true,
};

/** Two thoughts side by side are told apart by a signature alone; tokens have no bytes here. */
function carried(answer: Answer): Answer {
  const some = answer.answers.map((one) => ({
    ...one,
    parts: apart(one.parts),
    logprobs: one.logprobs.map(({ token, logprob, top }) => ({
      token,
      logprob,
      top: top.map((other) => ({ token: other.token, logprob: other.logprob })),
    })),
  }));
  return { ...answer, answers: some };
}

function apart(parts: readonly AnswerPart[]): readonly AnswerPart[] {
  const kept: AnswerPart[] = [];
  for (const part of parts) {
    const before = kept.at(-1);
    const same = part.kind === 'thought' && part.text !== '' && before?.kind === 'thought';
    const merges = same && before.text !== '' && before.signature === undefined;
    if (!merges) kept.push(part);
  }
  return kept;
}

function decoded(decoder: StreamDecoder, chunks: readonly Uint8Array[]): Answer {
  const order = new Order();
  const events: AnswerEvent[] = [];
  for (const chunk of chunks) events.push(...decoder.push(chunk));
  events.push(...decoder.end());
  for (const event of events) order.check(event);
  return fold(events);
}

function encoded(codec: Codec, events: readonly AnswerEvent[]): Uint8Array {
  const encoder = codec.encoder(CONTEXT);
  return Buffer.concat(events.map((event) => encoder.push(event)));
}

/** As an upstream of this dialect reads it: model and stream stand in the path. */
function again(ask: Ask): Ask {
  const { body } = gemini.writeAsk(ask, { model: ask.model, quirks: {}, askUsage: false });
  const parsed = parseExact(body) as { [key: string]: Json };
  const read = gemini.readAsk({ ...parsed, model: ask.model, stream: ask.stream });
  assert.ok(read.ok, JSON.stringify(read));
  return read.value;
}

describe('answers of this dialect', () => {
  const drawn = answers(ANSWERS).map(carried);

  it('come back from a stream, in any pieces and chunks, with returns too', () => {
    fc.assert(
      fc.property(drawn, fc.nat(), (answer, seed) => {
        const bytes = encoded(gemini, inPieces(answer, seed));
        for (const all of [bytes, withReturns(bytes)]) {
          for (const cut of [0, seed + 1]) {
            assert.deepEqual(decoded(gemini.decoder(), inChunks(all, cut)), answer);
          }
        }
      }),
    );
  });

  it('come back from an array of chunks', () => {
    fc.assert(
      fc.property(drawn, fc.nat(), (answer, seed) => {
        const bytes = encoded(geminiArray, inPieces(answer, seed));
        assert.ok(Array.isArray(JSON.parse(new TextDecoder().decode(bytes))));
        for (const cut of [0, seed + 1]) {
          assert.deepEqual(decoded(geminiArray.decoder(), inChunks(bytes, cut)), answer);
        }
      }),
    );
  });

  it('come back from a whole answer', () => {
    fc.assert(
      fc.property(drawn, (answer) => {
        const { body } = gemini.writeWhole(answer, CONTEXT);
        const events = gemini.readWhole(parseExact(body));
        const order = new Order();
        for (const event of events) order.check(event);
        assert.deepEqual(fold(events), answer);
      }),
    );
  });
});

/** Thoughts side by side that are not signed are one: clients keep pieces of streams. */
const apartIn = (ask: Ask): Ask => ({
  ...ask,
  turns: ask.turns.map((turn) => {
    const parts = turn.parts.filter((part, at) => {
      const before = turn.parts[at - 1];
      return part.kind !== 'thought' || before?.kind !== 'thought';
    });
    return { ...turn, parts };
  }),
});

const TYPES = {
  image: 'image/webp',
  audio: 'audio/ogg',
  video: 'video/webm',
  file: 'text/plain',
} as const;

describe('requests of this dialect', () => {
  const traits: AskTraits = {
    fields: [
      ...(['tools', 'toolChoice', 'outputTokensMax', 'temperature', 'topP', 'topK'] as const),
      ...(['seed', 'stop', 'frequencyPenalty', 'presencePenalty', 'answers'] as const),
      ...(['logprobs', 'format', 'reasoning'] as const),
    ],
    formats: ['text', 'json', 'schema', 'choice'],
    schemaNamed: false,
    reasoning: fc.oneof(
      fc
        .tuple(fc.constantFrom<Effort>('none', 'minimal', 'low', 'medium', 'high'), fc.boolean())
        .map(([effort, shown]) => ({ effort, shown })),
      fc.integer({ min: 1, max: 32_000 }).map((tokensMax) => ({ tokensMax })),
    ),
    systemMax: 2,
    userMedia: {
      media: ['image', 'audio', 'video', 'file'],
      sources: ['base64', 'url'],
      type: (medium) => TYPES[medium],
    },
    resultNames: true,
    failedResults: true,
    manyTexts: true,
    assistant: {
      callSignature: 'some',
      arguments: 'object',
      parts: ['thought', 'text', 'call', 'sealed'],
    },
    usageWanted: true,
  };

  it('come back with all that the wire carries', () => {
    fc.assert(
      fc.property(asks(traits).map(apartIn), (ask) => {
        const { dropped } = gemini.writeAsk(ask, { model: ask.model, quirks: {}, askUsage: false });
        assert.deepEqual([...dropped], []);
        assert.deepEqual(again(ask), ask);
      }),
    );
  });
});
