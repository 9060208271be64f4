import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { answers, inChunks, inPieces, withReturns } from './arbitrary.fixture.ts';
import { asks } from './arbitrary-ask.fixture.ts';
import { fold } from './fold.ts';
import { eventFraming } from './framing.ts';
import { Order } from './order.ts';

fc.configureGlobal({ seed: 4141 });

describe('drawn answers and asks', () => {
  it('fold back from pieces, in an order that holds', () => {
    const parts = ['thought', 'text', 'refusal', 'call', 'media', 'sealed'] as const;
    const all = answers({ parts, answersMax: 3, logprobs: true, callSignature: 'some' });
    fc.assert(
      fc.property(all, fc.nat(), (answer, seed) => {
        const order = new Order();
        const events = inPieces(answer, seed);
        for (const event of events) order.check(event);
        assert.deepEqual(fold(events), answer);
      }),
    );
  });

  it('stay the same bytes in any chunks', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(), (bytes, seed) => {
        for (const one of [0, seed]) {
          assert.deepEqual(Buffer.concat(inChunks(bytes, one)), Buffer.from(bytes));
        }
      }),
    );
  });

  it('are framed alike with line feeds and with returns', () => {
    const bytes = new TextEncoder().encode('event: a\ndata: {"x":"日本"}\n\n: note\n\ndata: 2\n\n');
    const read = (all: Uint8Array, seed: number) => {
      const framing = eventFraming();
      const out = inChunks(all, seed).flatMap((chunk) => framing.push(chunk));
      return [...out, ...framing.end()];
    };
    for (const seed of [0, 1, 2, 3]) {
      assert.deepEqual(read(withReturns(bytes), seed), read(bytes, 4));
    }
  });

  it('ask with results for every call and no undefined field', () => {
    fc.assert(
      fc.property(asks({ userMedia: { media: ['image'], sources: ['url'] } }), (ask) => {
        assert.ok(Object.values(ask).every((value) => value !== undefined));
        const parts = ask.turns.flatMap((turn) => turn.parts);
        const called = parts.filter(({ kind }) => kind === 'call').length;
        assert.equal(parts.filter(({ kind }) => kind === 'result').length, called);
      }),
    );
  });
});
