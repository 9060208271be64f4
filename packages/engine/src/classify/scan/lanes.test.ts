import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { automatonOf } from './automaton.ts';
import { LANE_MAX, LANES, Lanes, OF_ASCII } from './lanes.ts';
import { ASCII_CLASS, CLASS_BITS, DIGIT } from './text.ts';

type Note = readonly [at: number, state: number];

describe('a walk in lanes', () => {
  const patterns = ['he', 'she', 'his', 'hers', '[at]', 'sheer he'];
  const automaton = automatonOf(patterns.map((word) => ({ word, exact: false })));
  const { next, firstEnd, longest } = automaton;

  /** The same in one lane, one character after the other. */
  function plainly(bytes: Uint8Array, from: number, to: number): { notes: Note[]; state: number } {
    const notes: Note[] = [];
    let state = 0;
    for (let at = 0; at < to; at += 1) {
      const one = ASCII_CLASS[bytes[at] ?? 0] ?? 0;
      state = next[(state << CLASS_BITS) | one] ?? 0;
      if (at >= from && (state >= firstEnd || one >= DIGIT)) notes.push([at, state]);
    }
    return { notes, state };
  }

  /** Letters of the words most of the time: chance alone would seldom write one. */
  const text = Array.from({ length: 3 * LANES * LANE_MAX }, (_, at) => {
    const draw = Math.imul(at + 1, 2_654_435_761) >>> 7;
    return 'hesir sheer[at] 7@%.HE'[draw % 22];
  }).join('');

  it('notes what one character after the other would note, wherever lanes begin', () => {
    const lanes = new Lanes(automaton);
    new TextEncoder().encodeInto(text, lanes.views.bytes);
    const { bytes, counts, notes } = lanes.views;
    for (const step of [longest, longest + 1, 100, 1_023, LANE_MAX]) {
      for (const from of [0, 1, 777, LANES * LANE_MAX]) {
        const before = plainly(bytes, 0, from).state;
        const behind = lanes.walk(from, step, OF_ASCII, before);
        const found: Note[] = [];
        for (let lane = 0; lane < LANES; lane += 1) {
          const begin = 2 * lane * LANE_MAX;
          for (let i = 0; i < (counts[lane] ?? 0) / 2; i += 2) {
            const at = from + lane * step + (notes[begin + i] ?? 0);
            found.push([at, notes[begin + i + 1] ?? 0]);
          }
        }
        const expected = plainly(bytes, from, from + LANES * step);
        assert.ok(expected.notes.length > step / 4, 'a text with something in it');
        assert.deepEqual({ notes: found, state: behind }, expected, `${step} from ${from}`);
      }
    }
  });

  it('has room for a longer text, and knows its words still', () => {
    const lanes = new Lanes(automaton);
    const room = lanes.views.bytes.length;
    lanes.fit(room + 1);
    const { bytes, counts } = lanes.views;
    assert.ok(bytes.length > room);
    bytes.fill(0x20).set(new TextEncoder().encode('she'), room - 3);
    lanes.walk(room - 4 * longest, longest, OF_ASCII, 0);
    assert.deepEqual([...counts], [0, 0, 0, 4]);
  });
});
