// Text of an exact length in tokens, every word drawn anew: some clients take a stream that repeats
// one chunk for a model that is stuck, and stop it.
import { pick } from '../hash.ts';

const fillerWords = [
  'signal',
  'track',
  'tower',
  'switch',
  'line',
  'yard',
  'train',
  'light',
  'lever',
  'route',
  'guard',
  'block',
  'points',
  'station',
  'bridge',
  'siding',
] as const;
const wordsPerSentence = 12;

/** Exactly `count` tokens, each the tokenizer's own; joined they read as text. */
export function fillerTokens(count: number, draw: () => number): string[] {
  const tokens: string[] = [];
  for (let at = 0; tokens.length < count; at += 1) {
    const word = pick(fillerWords, draw());
    const start = at % wordsPerSentence === 0;
    const shown = start ? word.charAt(0).toUpperCase() + word.slice(1) : word;
    tokens.push(at === 0 ? shown : ` ${shown}`);
    if (at % wordsPerSentence === wordsPerSentence - 1 && tokens.length < count) tokens.push('.');
  }
  return tokens;
}
