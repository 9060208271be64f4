// How an answer is written: as one JSON document, or as the chunks of a stream. One encoder serves
// one request.
import { randomBytes } from 'node:crypto';
import type { AnswerPart } from './answer-plan.ts';
import type { JsonObject } from './json.ts';

export type Usage = {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
};

export type Encoder = {
  /** What a stream says before the first part. */
  readonly opening: () => readonly JsonObject[];
  readonly chunks: (part: AnswerPart) => readonly JsonObject[];
  readonly usageChunk: (usage: Usage) => JsonObject;
  readonly whole: (parts: readonly AnswerPart[], usage: Usage) => JsonObject;
};

export function usageOf(promptTokens: number, tokensSaid: number): Usage {
  return {
    prompt_tokens: promptTokens,
    completion_tokens: tokensSaid,
    total_tokens: promptTokens + tokensSaid,
  };
}

/** The fields that every answer and every chunk of it begins with. */
export function envelopeOf(prefix: string, object: string, model: string): JsonObject {
  return {
    id: `${prefix}-${randomBytes(12).toString('hex')}`,
    object,
    created: Math.floor(Date.now() / 1_000),
    model,
  };
}

export function textOfParts(parts: readonly AnswerPart[]): string {
  return parts.map((part) => (part.kind === 'text' ? part.text : '')).join('');
}

export function endOf(parts: readonly AnswerPart[]): AnswerPart & { readonly kind: 'end' } {
  for (const part of parts) if (part.kind === 'end') return part;
  throw new Error('an answer without an end is not encoded');
}
