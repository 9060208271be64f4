// A declared need: `context>=128k,tools,high-precision`. What nobody states about a model is not
// known, and not known does not satisfy a need.
import { no, type Result, yes } from '@signalbox/contract';
import type { ModelCapabilities } from '@signalbox/documents';
import type { Offering } from '../catalog/catalog.ts';

export type Need = {
  readonly contextTokensMin: number | undefined;
  readonly capabilities: readonly (keyof ModelCapabilities)[];
};

const WORDS: Readonly<Record<string, readonly (keyof ModelCapabilities)[]>> = {
  tools: ['tools'],
  vision: ['vision'],
  json: ['jsonSchema'],
  logprobs: ['logprobs'],
  embeddings: ['embeddings'],
  reasoning: ['reasoning'],
  'high-precision': ['reasoning', 'jsonSchema'],
};

const CONTEXT = /^context>=(\d{1,9})([km]?)$/;
const FACTORS: Readonly<Record<string, number>> = { '': 1, k: 1_000, m: 1_000_000 };

/** @returns the words of what cannot be understood. */
export function readNeed(text: string): Result<Need, string> {
  let contextTokensMin: number | undefined;
  const capabilities: (keyof ModelCapabilities)[] = [];
  for (const word of text.split(',').map((one) => one.trim().toLowerCase())) {
    const context = CONTEXT.exec(word);
    const known = Object.hasOwn(WORDS, word) ? WORDS[word] : undefined;
    if (context !== null) {
      contextTokensMin = Number(context[1]) * (FACTORS[context[2] ?? ''] ?? 1);
    } else if (known !== undefined) capabilities.push(...known);
    else {
      const words = Object.keys(WORDS).join('`, `');
      return no(
        `The need \`${word.slice(0, 64)}\` is not known; there are \`context>=N\`, \`${words}\`.`,
      );
    }
  }
  return yes({ contextTokensMin, capabilities });
}

export function meets(offering: Offering, need: Need): boolean {
  if (
    need.contextTokensMin !== undefined &&
    (offering.contextTokens ?? 0) < need.contextTokensMin
  ) {
    return false;
  }
  return need.capabilities.every((one) => offering.capabilities[one] === true);
}
