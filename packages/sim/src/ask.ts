// One request in our own words, whichever of the four wire shapes it came in. Everything the answer
// may depend on is here, and nothing else: two requests with the same Ask get the same answer.
import type { JsonRecord } from './json.ts';

export type Role = 'system' | 'user' | 'assistant' | 'tool';

export type Turn = {
  readonly role: Role;
  readonly text: string;
  /** Names of the tools that an assistant's turn called. */
  readonly called: readonly string[];
};

export type Tool = {
  readonly name: string;
  readonly description: string;
  readonly parameters: JsonRecord | undefined;
};

export type ToolChoice =
  | { readonly kind: 'auto' }
  | { readonly kind: 'none' }
  | { readonly kind: 'required' }
  | { readonly kind: 'named'; readonly name: string };

export type Format =
  | { readonly kind: 'text' }
  | { readonly kind: 'json-object' }
  | { readonly kind: 'json-schema'; readonly schema: JsonRecord };

export type Ask = {
  readonly model: string;
  readonly turns: readonly Turn[];
  readonly tools: readonly Tool[];
  readonly toolChoice: ToolChoice;
  readonly parallel: boolean;
  /** It knows of the tools in words alone, and calls them in words. */
  readonly callsInText?: true;
  readonly format: Format;
  readonly tokensMax: number | undefined;
  readonly stop: readonly string[];
  readonly choices: number;
  readonly seed: number | undefined;
  /** How many alternatives a token shall be reported with; undefined: no logprobs at all. */
  readonly logprobs: number | undefined;
};

/** Bounds on what one request may ask for. */
export const choicesMax = 128;
export const logprobsMax = 20;
export const stopsMax = 16;

/** The part of the request that an answer is drawn from, as one text. */
export function digestText(ask: Ask): string {
  let text = `${ask.model}\u0000${ask.seed ?? ''}\u0000${ask.format.kind}`;
  for (const turn of ask.turns) text += `\u0000${turn.role}\u0001${turn.text}`;
  for (const tool of ask.tools) text += `\u0000${tool.name}\u0001${tool.description}`;
  return text;
}

export function lastUserText(ask: Ask): string {
  return ask.turns.findLast((turn) => turn.role === 'user')?.text ?? '';
}

export function systemText(ask: Ask): string {
  const texts = ask.turns.filter((turn) => turn.role === 'system').map((turn) => turn.text);
  return texts.join('\n');
}
