import type { RouteExample } from '@signalbox/engine';

/** Texts of words by Zipf's law, numbers and marks between; the same for the same seed. */

const vocabulary = 20_000;
const steps = 57;
const charactersOfRow = 400;
const letters = 'etaoinshrdlucmfwygpbvk';

const advanced = (state: number): number => (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;

export function sentences(length: number, seed: number): string {
  let state = Math.imul(seed, 0x9e37_79b1) >>> 0;
  let text = '';
  while (text.length < length) {
    state = advanced(state);
    const share = state / 4_294_967_296;
    const rank = Math.floor(vocabulary ** share);
    state = advanced(state);
    const kind = (state >>> 8) % 20;
    text += kind === 0 ? `${rank} ` : kind === 1 ? '. ' : `${wordOf(rank)} `;
  }
  return text.slice(0, length);
}

function wordOf(rank: number): string {
  let word = '';
  for (let rest = rank + 1; rest > 0; rest = Math.floor(rest / letters.length)) {
    word += letters[rest % letters.length] ?? '';
  }
  return `${word}${letters[rank % 7] ?? ''}`;
}

export function learning(count: number): readonly RouteExample[] {
  return Array.from({ length: count }, (_, at): RouteExample => {
    const text = sentences(charactersOfRow, at + 1_000);
    const outcomes = { small: at % 3 === 0 ? 0 : 1, large: at % 5 === 0 ? 0 : 1 };
    return { text, family: 'made-up', step: `step ${at % steps}`, outcomes };
  });
}
