// A whole answer as Google writes it. A prompt that was refused as a whole has feedback and no
// candidates.
import { encode } from '../bytes.ts';
import type { Answer, Dropped, JsonObject } from '../canon/canon.ts';
import type { AnswerContext, Written } from '../canon/codec.ts';
import { CANDIDATE } from './choice.ts';
import { writeError } from './errors.ts';
import { besideIn, candidateOf, headOf } from './head.ts';
import { addPart } from './parts.ts';
import { writeStop } from './stop.ts';
import { writeUsage } from './usage.ts';

export function writeWhole(answer: Answer, context: AnswerContext): Written {
  const dropped: Dropped = new Set();
  const body =
    answer.error === undefined ? bodyOf(answer, context, dropped) : writeError(answer.error);
  return { body: encode(JSON.stringify(body)), dropped };
}

function bodyOf(answer: Answer, context: AnswerContext, dropped: Dropped): JsonObject {
  const { usage, service } = answer;
  const head = headOf(answer, context, dropped);
  const blocked = isBlocked(answer);
  return {
    ...(blocked
      ? {}
      : { candidates: answer.answers.map((one, index) => candidate(one, index, dropped)) }),
    ...(usage === undefined ? {} : { usageMetadata: writeUsage(usage, service) }),
    ...head,
  };
}

/** Nothing was said, and the feedback that says why is still there. */
export const isBlocked = ({ answers, extra }: Pick<Answer, 'answers' | 'extra'>): boolean =>
  extra?.gemini?.['promptFeedback'] !== undefined &&
  answers.every(({ parts, stop }) => parts.length === 0 && stop === 'filtered');

function candidate(one: Answer['answers'][number], index: number, dropped: Dropped): JsonObject {
  const parts: JsonObject[] = [];
  let beside: JsonObject = {};
  for (const part of one.parts) {
    const fields =
      part.kind === 'opaque' && part.wire === 'gemini'
        ? besideIn(part.value, CANDIDATE)
        : undefined;
    if (fields === undefined)
      addPart(part, parts, { dropped, ids: true, thoughts: true, asked: false });
    else beside = { ...beside, ...fields };
  }
  const called = one.parts.some(({ kind }) => kind === 'call');
  const { stop: reason, sequence, native, logprobs } = one;
  const more = {
    ...(sequence === undefined ? {} : { sequence }),
    ...(native === undefined ? {} : { native }),
  };
  return candidateOf({
    index,
    parts,
    beside,
    logprobs,
    ...(reason === undefined ? {} : { stop: writeStop({ reason, ...more }, called) }),
  });
}
