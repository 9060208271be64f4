// Log-probabilities of tokens, both ways; those of the older completions are read too.
import type { Json, JsonObject, TokenLogprob } from '../../canon/canon.ts';
import { isObject, listIn, numberIn, numberOf, textIn } from '../../canon/exact.ts';

type Alternative = TokenLogprob['top'][number];

export function readLogprobs(value: Json | undefined): readonly TokenLogprob[] {
  if (!isObject(value)) return [];
  const tokens = listIn(value, 'tokens');
  if (tokens !== undefined) return legacy(tokens, value);
  return [...(listIn(value, 'content') ?? []), ...(listIn(value, 'refusal') ?? [])].flatMap(
    (one) => {
      const token = alternative(one);
      if (token === undefined) return [];
      const top = (listIn(one, 'top_logprobs') ?? []).flatMap((other) => alternative(other) ?? []);
      return [{ ...token, top }];
    },
  );
}

function alternative(value: Json): Alternative | undefined {
  const token = textIn(value, 'token');
  const logprob = numberIn(value, 'logprob');
  if (token === undefined || logprob === undefined) return undefined;
  const bytes = listIn(value, 'bytes')?.map((byte) => numberOf(byte) ?? 0);
  return bytes === undefined ? { token, logprob } : { token, logprob, bytes };
}

function legacy(tokens: readonly Json[], value: JsonObject): readonly TokenLogprob[] {
  const logprobs = listIn(value, 'token_logprobs') ?? [];
  const tops = listIn(value, 'top_logprobs') ?? [];
  return tokens.flatMap((token, at) => {
    const logprob = numberOf(logprobs[at]);
    if (typeof token !== 'string' || logprob === undefined) return [];
    return [{ token, logprob, top: legacyTop(tops[at]) }];
  });
}

function legacyTop(value: Json | undefined): readonly Alternative[] {
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([token, told]) => {
    const logprob = numberOf(told);
    return logprob === undefined ? [] : [{ token, logprob }];
  });
}

export function writeLogprobs(tokens: readonly TokenLogprob[]): JsonObject | null {
  if (tokens.length === 0) return null;
  const content = tokens.map((one) => ({
    ...written(one),
    top_logprobs: one.top.map(written),
  }));
  return { content, refusal: null };
}

const written = ({ token, logprob, bytes }: Alternative): JsonObject => ({
  token,
  logprob,
  ...(bytes === undefined ? {} : { bytes }),
});

export function writeLegacyLogprobs(
  tokens: readonly TokenLogprob[],
  offset: number,
): JsonObject | null {
  if (tokens.length === 0) return null;
  let at = offset;
  const offsets = tokens.map(({ token }) => {
    at += token.length;
    return at - token.length;
  });
  return {
    text_offset: offsets,
    token_logprobs: tokens.map(({ logprob }) => logprob),
    tokens: tokens.map(({ token }) => token),
    top_logprobs: tokens.map(({ top }) =>
      Object.fromEntries(top.map(({ token, logprob }) => [token, logprob])),
    ),
  };
}
