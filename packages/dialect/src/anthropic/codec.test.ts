// Whatever the wire carries comes back: answers as a whole and as a stream, requests.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type AnswerTraits, answers, inPieces, withReturns } from '../canon/arbitrary.fixture.ts';
import { type AskTraits, asks } from '../canon/arbitrary-ask.fixture.ts';
import type { Ask, Part, Turn } from '../canon/canon.ts';
import { fold } from '../canon/fold.ts';
import { bytesOf, decoded, encoded, jsonOf, plain, whole } from './anthropic.fixture.ts';
import { anthropic } from './anthropic.ts';

fc.configureGlobal({ seed: 4141 });

const ANSWERS: AnswerTraits = {
  parts: ['thought', 'text', 'call', 'sealed'],
  callSignature: 'some',
  stops: ['end', 'length', 'stop_sequence', 'filtered', 'refusal', 'pause', 'context', 'error'],
  sequence: true,
  cacheWrite: true,
  service: true,
  created: fc.constant(undefined),
};

describe('an answer', () => {
  it('comes back from a stream, in pieces and in any chunks', () => {
    fc.assert(
      fc.property(answers({ ...ANSWERS, arguments: 'verbatim' }), fc.nat(), (answer, seed) => {
        const { text, dropped } = encoded(inPieces(answer, seed));
        assert.deepEqual(dropped, []);
        for (const cut of [0, seed]) assert.deepEqual(fold(decoded(bytesOf(text), cut)), answer);
        assert.deepEqual(fold(decoded(withReturns(bytesOf(text)), seed)), answer);
      }),
    );
  });

  it('comes back from a message', () => {
    fc.assert(
      fc.property(answers({ ...ANSWERS, arguments: 'verbatim' }), (answer) => {
        assert.deepEqual(plain(fold(whole(answer))), plain(answer));
      }),
    );
  });

  it('keeps its counts when it tells the bare ones', () => {
    fc.assert(
      fc.property(answers({ ...ANSWERS, usage: 'bare', cacheWrite: false }), (answer) => {
        assert.deepEqual(fold(whole(answer)).usage, answer.usage);
      }),
    );
  });
});

const ASKS: AskTraits = {
  formats: ['schema'],
  schemaNamed: false,
  strictTools: true,
  systemMax: 2,
  userMedia: { media: ['image', 'file'], sources: ['base64', 'url', 'id'], named: true },
  resultMedia: { media: ['image'], sources: ['base64', 'url'] },
  failedResults: true,
  manyTexts: true,
  assistant: {
    parts: ['thought', 'sealed', 'text', 'call'],
    grouped: true,
    thoughtSignature: 'always',
    arguments: 'object',
  },
  usageWanted: true,
};
const PLAIN = ['tools', 'toolChoice', 'outputTokensMax', 'topK', 'stop', 'format', 'user'] as const;

/** The same request as the wire cannot but say it. */
function asWritten(ask: Ask): Ask {
  const turns: Turn[] = [];
  for (const turn of ask.turns) {
    const last = turns.at(-1);
    if (last?.role !== turn.role) turns.push(turn);
    else turns.splice(-1, 1, { ...last, parts: [...last.parts, ...turn.parts] });
  }
  const isParallelTold = ask.parallelTools !== undefined;
  return {
    ...ask,
    turns,
    outputTokensMax: ask.outputTokensMax ?? 4_096,
    ...(isParallelTold ? { toolChoice: ask.toolChoice ?? { kind: 'auto' } } : {}),
  };
}

const isBlank = (part: Part): boolean => part.kind === 'text' && part.text.trim() === '';

/** Blank texts are refused by the provider, and go. */
function saysSomething({ system, turns, stop = [] }: Ask): boolean {
  const texts = [...system, ...turns.flatMap(({ parts }) => parts)];
  return !texts.some(isBlank) && stop.every((one) => one.trim() !== '');
}

function comesBack(ask: Ask): void {
  fc.pre(saysSomething(ask));
  const to = { model: ask.model, quirks: {}, askUsage: false };
  const { body, dropped } = anthropic.writeAsk(ask, to);
  assert.deepEqual([...dropped], []);
  const again = anthropic.readAsk(jsonOf(body));
  assert.ok(again.ok);
  assert.deepEqual(again.value, asWritten(ask));
}

describe('a request', () => {
  it('comes back', () => {
    fc.assert(fc.property(asks({ ...ASKS, fields: [...PLAIN, 'temperature'] }), comesBack));
    fc.assert(fc.property(asks({ ...ASKS, fields: [...PLAIN, 'topP'] }), comesBack));
  });

  it('comes back with parallel calls allowed or not', () => {
    const toolChoices = ['auto', 'any', 'tool'] as const;
    const fields = [...PLAIN, 'parallelTools'] as const;
    fc.assert(fc.property(asks({ ...ASKS, toolChoices, fields }), comesBack));
  });

  it('comes back with its effort', () => {
    const efforts = ['none', 'low', 'medium', 'high', 'xhigh', 'max'] as const;
    const reasoning = fc.constantFrom(...efforts).map((effort) => ({ effort }));
    const fields = ['tools', 'outputTokensMax', 'stop', 'format', 'user', 'reasoning'] as const;
    fc.assert(fc.property(asks({ ...ASKS, reasoning, fields }), comesBack));
  });
});
