// What is written is read as it was.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  type AnswerPart,
  type AnswerTraits,
  answerParts,
  answers,
  inPieces,
  thoughts,
  withReturns,
} from '../../canon/arbitrary.fixture.ts';
import { type AskTraits, asks } from '../../canon/arbitrary-ask.fixture.ts';
import type { Answer, Ask, Part, Turn } from '../../canon/canon.ts';
import type { WriteQuirks, WriteTo } from '../../canon/codec.ts';
import { parseExact } from '../../canon/exact.ts';
import { fold } from '../../canon/fold.ts';
import { bytesOf, CONTEXT, decoded, encoded, whole } from './chat.fixture.ts';
import { completions } from './completion.ts';
import { openai } from './openai.ts';

fc.configureGlobal({ seed: 4141 });

const TO: WriteTo = { model: 'm', quirks: {}, askUsage: false };

const CARRIED: AnswerTraits = {
  parts: ['thought', 'sealed', 'text', 'refusal', 'media', 'call'],
  grouped: true,
  single: ['text', 'refusal', 'media'],
  thoughtSignature: 'some',
  callSignature: 'some',
  media: { media: ['image'], sources: ['base64', 'url'] },
  answersMax: 3,
  logprobs: true,
  stops: ['end', 'length', 'stop_sequence', 'filtered', 'refusal', 'pause', 'context', 'error'],
  sequence: true,
  cacheWrite: true,
  service: true,
  created: fc.integer({ min: 1, max: 2_000_000_000 }),
};

const TEXT_ONLY: AnswerTraits = {
  parts: ['text'],
  single: ['text'],
  answersMax: 2,
  stops: ['end', 'length', 'stop_sequence'],
  sequence: true,
  created: fc.integer({ min: 1, max: 2_000_000_000 }),
};

/** Thoughts anywhere among a text and calls, in either order. */
const mixed: fc.Arbitrary<readonly AnswerPart[]> = fc
  .record({
    said: fc.oneof(
      answerParts({ parts: ['text', 'call'], grouped: true, single: ['text'] }),
      answerParts({ parts: ['call', 'text'], grouped: true, single: ['text'] }),
    ),
    thoughts: fc.array(thoughts('some'), { maxLength: 3 }),
    places: fc.array(fc.nat({ max: 6 }), { minLength: 3, maxLength: 3 }),
  })
  .map(({ said, thoughts: drawn, places }) => {
    const parts = [...said];
    for (const [at, thought] of drawn.entries()) parts.splice(places[at] ?? 0, 0, thought);
    return parts;
  });

describe('answers of the OpenAI dialect', () => {
  it('keep the order of thoughts, calls and what is said', () => {
    fc.assert(
      fc.property(answers(TEXT_ONLY), mixed, fc.nat(), (drawn, parts, seed) => {
        const answer: Answer = { ...drawn, answers: [{ parts, logprobs: [], stop: 'length' }] };
        assert.deepEqual(fold(whole(openai, answer)), answer);
        const bytes = bytesOf(encoded(openai, inPieces(answer, seed)).text);
        assert.deepEqual(fold(decoded(bytes, seed)), answer);
      }),
    );
  });

  it('keep that order when they are given back', () => {
    fc.assert(
      fc.property(mixed, (parts) => {
        fc.pre(parts.length > 0);
        const turn: Turn = { role: 'assistant', parts: parts as readonly Part[] };
        const ask: Ask = { ...ASK, turns: [turn] };
        assert.deepEqual(returned(ask, {}), ask);
      }),
    );
  });

  it('are read from a stream as they were written, however it is cut', () => {
    fc.assert(
      fc.property(answers(CARRIED), fc.nat(), (answer, seed) => {
        const bytes = bytesOf(encoded(openai, inPieces(answer, seed)).text);
        assert.deepEqual(fold(decoded(bytes, seed)), answer);
        assert.deepEqual(fold(decoded(withReturns(bytes), 0)), answer);
      }),
    );
  });

  it('are the same whole as streamed', () => {
    fc.assert(
      fc.property(answers(CARRIED), (answer) => {
        assert.deepEqual(fold(whole(openai, answer)), answer);
        assert.deepEqual([...openai.writeWhole(answer, CONTEXT).dropped], []);
      }),
    );
  });

  it('tell usage to those alone who asked for it', () => {
    fc.assert(
      fc.property(answers(CARRIED), fc.nat(), (answer, seed) => {
        const context = { ...CONTEXT, usageWanted: false };
        const { text } = encoded(openai, inPieces(answer, seed), context);
        assert.ok(!/(?<!\\)"usage":/.test(text));
        const { usage, service, ...rest } = answer;
        assert.deepEqual(fold(decoded(bytesOf(text))), {
          ...rest,
          usage: undefined,
          service: undefined,
        });
      }),
    );
  });

  it('have no end where they were cut before it', () => {
    fc.assert(
      fc.property(answers({ ...CARRIED, answersMax: 1 }), fc.nat(), (answer, seed) => {
        const bytes = bytesOf(encoded(openai, inPieces(answer, seed)).text);
        const { ended, answers: read } = fold(decoded(bytes.subarray(0, seed % bytes.length), 7));
        // A server may leave out the last words, but not the finish reason.
        if (ended) assert.deepEqual(read, answer.answers);
      }),
    );
  });
});

const ASK: Ask = {
  model: TO.model,
  stream: false,
  usageWanted: false,
  system: [],
  turns: [],
  tools: [],
};

describe('answers of the older completions', () => {
  it('are read as they were written, whole and streamed', () => {
    fc.assert(
      fc.property(answers(TEXT_ONLY), fc.nat(), (answer, seed) => {
        assert.deepEqual(fold(whole(completions, answer)), answer);
        const bytes = bytesOf(encoded(completions, inPieces(answer, seed)).text);
        assert.deepEqual(fold(decoded(bytes, seed)), answer);
      }),
    );
  });
});

const ASKED: AskTraits = {
  systemMax: 3,
  systemTurns: true,
  strictTools: true,
  manyTexts: true,
  resultNames: true,
  userMedia: {
    media: ['image', 'audio', 'video', 'file'],
    sources: ['base64'],
    named: true,
  },
  assistant: {
    parts: ['thought', 'sealed', 'text', 'call'],
    grouped: true,
    single: ['text'],
    callSignature: 'some',
  },
};

const withModel = (ask: Ask): Ask => ({ ...ask, model: TO.model });

function returned(ask: Ask, quirks: WriteQuirks): Ask {
  const { body } = openai.writeAsk(ask, { ...TO, quirks });
  const read = openai.readAsk(parseExact(body));
  assert.ok(read.ok, read.ok ? '' : read.refusal.message);
  return read.value;
}

describe('asks of the OpenAI dialect', () => {
  it('are read as they were written', () => {
    fc.assert(
      fc.property(asks(ASKED), (ask) => {
        const known = ask.reasoning?.effort === 'max' ? { reasoning: { effort: 'xhigh' } } : {};
        assert.deepEqual(returned(ask, {}), { ...withModel(ask), ...known });
      }),
    );
  });

  it('are read as they were written for servers with quirks', () => {
    const quirks: WriteQuirks = {
      outputTokensField: 'max_tokens',
      schemaField: 'structured_outputs',
      grammarField: 'structured_outputs',
      thoughtField: 'reasoning',
      effortField: 'reasoning',
      systemRole: 'developer',
      mediaInResults: true,
    };
    const formats = ['schema', 'grammar', 'regex', 'choice'] as const;
    const results = { media: ['image'], sources: ['base64', 'url'] } as const;
    const traits: AskTraits = { ...ASKED, formats, schemaNamed: false, resultMedia: results };
    fc.assert(
      fc.property(asks(traits), (ask) => {
        assert.deepEqual(returned(ask, quirks), withModel(ask));
      }),
    );
  });
});
