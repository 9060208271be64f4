// An expected no is a value: every room answers with one of these two, and the line goes on or
// leaves.

export type Yes<T> = { readonly ok: true; readonly value: T };
export type No<R> = { readonly ok: false; readonly refusal: R };
export type Result<T, R> = Yes<T> | No<R>;

export const yes = <T>(value: T): Yes<T> => ({ ok: true, value });
export const no = <R>(refusal: R): No<R> => ({ ok: false, refusal });

/** Thrown when something that must hold does not: a bug of ours. The call fails closed. */
export class BrokenAssertion extends Error {
  override readonly name = 'BrokenAssertion';
}

/**
 * States what must hold here; stays on in production. The message names the rule, never a value.
 */
export function assert(holds: boolean, rule: string): asserts holds {
  if (!holds) throw new BrokenAssertion(rule);
}

/** The end of an exhaustive switch. */
export function unreachable(rest: never): never {
  throw new BrokenAssertion(`unreachable choice: ${typeof rest}`);
}
