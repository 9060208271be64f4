// Token probabilities that tell sure from unsure. A sure answer's tokens mean about -0.05 to -0.3
// and its runners-up are far behind; an unsure one's mean about -1.5 to -3.5 and its runners-up are
// close, so that a caller who looks at margins or entropy sees the same as one who looks at means.
// All values have six decimals: logarithms may differ in the last bit from machine to machine.
import { drawsFrom, pick } from './hash.ts';

export type Alternative = {
  readonly token: string;
  readonly logprob: number;
  readonly bytes: readonly number[];
};

export type TokenLogprob = Alternative & { readonly top_logprobs: readonly Alternative[] };

const runnersUp = [
  'the',
  'a',
  'and',
  'of',
  'to',
  'is',
  'in',
  'it',
  'that',
  'for',
  'on',
  'as',
  'with',
  'was',
  'not',
  'be',
  'are',
  'or',
  'this',
  'at',
  'by',
  'an',
  'from',
  'but',
] as const;
const utf8 = new TextEncoder();

/** One entry a token, with at most `top` alternatives, the token itself among them. */
export function logprobsOf(
  tokens: readonly string[],
  sure: boolean,
  seed: number,
  top: number,
): TokenLogprob[] {
  const draw = drawsFrom(seed ^ 0x5bd1e995);
  const level = sure ? 0.07 + draw() * 0.15 : 2 + draw();
  return tokens.map((token) => {
    const logprob = rounded(-level * (0.75 + draw() / 2));
    const own = { token, logprob, bytes: [...utf8.encode(token)] };
    return { ...own, top_logprobs: alternatives(own, sure, top, draw) };
  });
}

function alternatives(
  own: Alternative,
  sure: boolean,
  top: number,
  draw: () => number,
): Alternative[] {
  if (top === 0) return [];
  const list = [own];
  const seen = new Set([own.token]);
  let share = Math.exp(own.logprob);
  let rest = 1 - share;
  const blank = own.token.startsWith(' ') ? ' ' : '';
  const start = Math.floor(draw() * runnersUp.length);
  for (let at = 0; list.length < top && at < runnersUp.length; at += 1) {
    const word = runnersUp[(start + at) % runnersUp.length] ?? pick(runnersUp, 0);
    const token = blank + word;
    if (seen.has(token)) continue;
    seen.add(token);
    // Never above the token before it, and never more than half of what is left.
    share = Math.min(share * (sure ? 0.5 : 0.9), rest * 0.5);
    rest -= share;
    list.push({ token, logprob: rounded(Math.log(share)), bytes: [...utf8.encode(token)] });
  }
  return list;
}

function rounded(value: number): number {
  return Number(value.toFixed(6));
}
