// What stands around the candidates of an answer, in every chunk of it, and around the parts of one
// candidate.
import type { AnswerEvent, Dropped, Json, JsonObject, TokenLogprob } from '../canon/canon.ts';
import { WIRES } from '../canon/canon.ts';
import type { AnswerContext } from '../canon/codec.ts';
import { isObject, said } from '../canon/exact.ts';

export type Start = Omit<Extract<AnswerEvent, { kind: 'start' }>, 'kind'>;

const MILLISECONDS = 1_000;

export function headOf(start: Start, context: AnswerContext, dropped: Dropped): JsonObject {
  const { id, model, created, extra } = start;
  for (const wire of WIRES) {
    if (wire === 'gemini') continue;
    for (const key of Object.keys(extra?.[wire] ?? {})) dropped.add(`${wire}.${key}`);
  }
  const createTime = created === undefined ? undefined : timeOf(created);
  return {
    modelVersion: model ?? context.model,
    ...said({ createTime }),
    responseId: id ?? context.id,
    ...extra?.gemini,
  };
}

const timeOf = (seconds: number): string => new Date(seconds * MILLISECONDS).toISOString();

export type CandidateOf = {
  readonly index: number;
  readonly parts: readonly JsonObject[];
  readonly stop?: JsonObject;
  readonly beside?: JsonObject | undefined;
  readonly logprobs?: readonly TokenLogprob[];
};

export function candidateOf({ index, parts, stop, beside, logprobs }: CandidateOf): JsonObject {
  // Some clients read the parts without looking whether there are any.
  const content = { parts: parts.length === 0 ? [{ text: '' }] : parts, role: 'model' };
  const tokens = logprobs ?? [];
  return {
    content,
    ...stop,
    index,
    ...beside,
    ...(tokens.length === 0 ? {} : { logprobsResult: writeLogprobs(tokens) }),
  };
}

function writeLogprobs(tokens: readonly TokenLogprob[]): JsonObject {
  const chosenCandidates = tokens.map(({ token, logprob }) => ({ token, logProbability: logprob }));
  const topCandidates = tokens.map(({ top }) => ({
    candidates: top.map(({ token, logprob }) => ({ token, logProbability: logprob })),
  }));
  return { topCandidates, chosenCandidates };
}

/** Fields of a candidate that were kept as an opaque part; undefined: it is none of these. */
export function besideIn(value: Json, key: string): JsonObject | undefined {
  if (!isObject(value)) return undefined;
  const fields = value[key];
  return isObject(fields) ? fields : undefined;
}
