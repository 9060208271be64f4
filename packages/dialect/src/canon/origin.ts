// Who made a signature. A provider refuses what another one signed, and the texts themselves say
// nothing of it: on its way to a caller whose format would take it for another provider's, a
// signature gets a mark with its origin in front, and loses it when it comes back. The mark is made
// of letters and digits, four at a time, so that what was base64 still is: some clients decode it.

import type { Thought } from './canon.ts';

/** A call of an answer, with what its provider wants back. */
export type SignedCall = {
  readonly id: string;
  /** Of the call itself. */
  readonly signature?: string;
  /** Signed or sealed, in their order, since the call before this one. */
  readonly thoughts: readonly Thought[];
};

/** By the id of the call. */
export type SignedCalls = ReadonlyMap<string, SignedCall>;

/** No provider's signature begins so: they are encoded structures, each with a head of its own. */
export const MARK = 'Sbx0';

const MARKED = new RegExp(`^${MARK}([a-z0-9Z]{1,40})S`);
const GROUP = 4;

export type Unmarked = { readonly text: string; readonly origin: string | undefined };

/** @param origin lower case, digits and `-`. */
export const marked = (text: string, origin: string): string => `${markOf(origin)}${text}`;

/** `origin` undefined: it bears no mark. */
export function unmarked(text: string): Unmarked {
  const name = MARKED.exec(text)?.[1];
  if (name === undefined) return { text, origin: undefined };
  const origin = name.replaceAll('Z', '-');
  return { text: text.slice(markOf(origin).length), origin };
}

function markOf(origin: string): string {
  const plain = `${MARK}${origin.replaceAll('-', 'Z')}S`;
  return plain.padEnd(Math.ceil(plain.length / GROUP) * GROUP, 'S');
}
