// Thoughts: `thinking` with its signature, `redacted_thinking` without words. A thought that has
// words and a sealed form (other providers have both) keeps the sealed form where every client of
// this dialect gives it back: in the signature, behind a mark that no signature begins with.
import type { Json, Thought } from '../canon/canon.ts';
import { textIn } from '../canon/exact.ts';

const SEALED = 'sealed.';

export type Seal =
  | { readonly kind: 'none' }
  | { readonly kind: 'signature' | 'sealed'; readonly text: string };

export function readSeal(signature: string | undefined): Seal {
  if (signature === undefined || signature === '') return { kind: 'none' };
  if (!signature.startsWith(SEALED)) return { kind: 'signature', text: signature };
  return { kind: 'sealed', text: signature.slice(SEALED.length) };
}

export const writeSeal = (sealed: string): string => `${SEALED}${sealed}`;

/** Of a `thinking` block. */
export function readThought(block: Json): Thought {
  const thinking = textIn(block, 'thinking') ?? '';
  const seal = readSeal(textIn(block, 'signature'));
  return {
    kind: 'thought',
    text: thinking,
    ...(seal.kind === 'signature' ? { signature: seal.text } : {}),
    ...(seal.kind === 'sealed' ? { sealed: seal.text } : {}),
  };
}

/** `signature` is a field that clients demand, so that it is there without one. */
export function thoughtBlock({ text, signature, sealed }: Thought): Json {
  if (text === '' && sealed !== undefined && signature === undefined) {
    return { type: 'redacted_thinking', data: sealed };
  }
  const seal = sealed === undefined ? (signature ?? '') : writeSeal(sealed);
  return { type: 'thinking', thinking: text, signature: seal };
}
