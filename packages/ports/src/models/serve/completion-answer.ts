// Writes answers of `/v1/completions`, the older dialect.
import type { AnswerPart } from './answer-plan.ts';
import { type Encoder, endOf, envelopeOf, textOfParts } from './encode.ts';
import type { JsonObject } from './json.ts';
import type { TokenNote } from './notes.ts';

export function completionEncoder(model: string, withNotes: boolean): Encoder {
  const envelope = envelopeOf('cmpl', 'text_completion', model);
  /** How many characters were said: the older dialect counts where each token stands. */
  let offset = 0;

  function choice(text: string, notes: readonly TokenNote[], reason: string | null): JsonObject {
    const logprobs = withNotes ? logprobsOf(notes, offset) : null;
    offset += text.length;
    return { index: 0, text, logprobs, finish_reason: reason };
  }

  function chunks(part: AnswerPart): readonly JsonObject[] {
    if (part.kind === 'text') {
      return [{ ...envelope, choices: [choice(part.text, part.notes, null)] }];
    }
    if (part.kind === 'end') return [{ ...envelope, choices: [choice('', [], part.reason)] }];
    throw new Error('a plain completion calls no tools');
  }

  return {
    opening: () => [],
    chunks,
    usageChunk: (usage) => ({ ...envelope, choices: [], usage }),
    whole(parts, usage) {
      const notes = parts.flatMap((part) => (part.kind === 'text' ? part.notes : []));
      const said = choice(textOfParts(parts), notes, endOf(parts).reason);
      return { ...envelope, choices: [said], usage };
    },
  };
}

function logprobsOf(notes: readonly TokenNote[], begin: number): JsonObject {
  let at = begin;
  const text_offset = notes.map(({ token }) => {
    const here = at;
    at += token.length;
    return here;
  });
  return {
    tokens: notes.map(({ token }) => token),
    token_logprobs: notes.map(({ logprob }) => logprob),
    top_logprobs: notes.map(({ top }) =>
      Object.fromEntries(top.map(({ token, logprob }) => [token, logprob])),
    ),
    text_offset,
  };
}
