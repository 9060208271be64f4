// Log-probabilities of tokens as this wire (and chat) tells them.
import type { Json, TokenLogprob } from '../canon/canon.ts';
import { listIn, numberIn, textIn } from '../canon/exact.ts';

type One = TokenLogprob['top'][number];

/** What is no list of tokens tells none. */
export function readLogprobs(list: readonly Json[] | undefined): readonly TokenLogprob[] {
  if (list === undefined || list.length === 0) return [];
  return list.flatMap((value) => {
    const one = oneOf(value);
    if (one === undefined) return [];
    const top = (listIn(value, 'top_logprobs') ?? []).flatMap((other) => oneOf(other) ?? []);
    return [{ ...one, top }];
  });
}

function oneOf(value: Json): One | undefined {
  const token = textIn(value, 'token');
  const logprob = numberIn(value, 'logprob');
  if (token === undefined || logprob === undefined) return undefined;
  const bytes = listIn(value, 'bytes')?.filter((byte) => typeof byte === 'number');
  return bytes === undefined ? { token, logprob } : { token, logprob, bytes };
}

export const writeLogprobs = (tokens: readonly TokenLogprob[]): readonly Json[] =>
  tokens.map(({ top, ...one }) => ({ ...one, top_logprobs: top.map((other) => ({ ...other })) }));
