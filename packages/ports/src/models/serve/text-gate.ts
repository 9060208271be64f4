// Lets text through as soon as it cannot be the beginning of a mark any more. Marks are the
// caller's stop sequences and what opens a tool call; they arrive in pieces, token by token, so
// the end of the text is held back while it may still become one. What is held is shorter than the
// longest mark.

export type Passed = {
  /** What may be shown now. */
  readonly text: string;
  /** The mark that was found right behind `text`; the gate is closed then. */
  readonly mark: string | undefined;
  /** What came behind the mark. */
  readonly rest: string;
};

export type TextGate = {
  readonly push: (text: string) => Passed;
  /** What is still held, when nothing more comes. */
  readonly flush: () => string;
  readonly holds: () => boolean;
};

export function textGate(marks: readonly string[]): TextGate {
  let held = '';

  function push(text: string): Passed {
    const whole = held + text;
    const found = earliest(whole, marks);
    if (found !== undefined) {
      held = '';
      const behind = found.at + found.mark.length;
      return { text: whole.slice(0, found.at), mark: found.mark, rest: whole.slice(behind) };
    }
    const keep = lengthOfPossibleBeginning(whole, marks);
    held = whole.slice(whole.length - keep);
    return { text: whole.slice(0, whole.length - keep), mark: undefined, rest: '' };
  }

  function flush(): string {
    const rest = held;
    held = '';
    return rest;
  }

  return { push, flush, holds: () => held !== '' };
}

function earliest(
  text: string,
  marks: readonly string[],
): { readonly at: number; readonly mark: string } | undefined {
  let best: { at: number; mark: string } | undefined;
  for (const mark of marks) {
    const at = text.indexOf(mark);
    if (at >= 0 && (best === undefined || at < best.at)) best = { at, mark };
  }
  return best;
}

function lengthOfPossibleBeginning(text: string, marks: readonly string[]): number {
  let longest = 0;
  for (const mark of marks) {
    for (let length = Math.min(mark.length - 1, text.length); length > longest; length -= 1) {
      if (mark.startsWith(text.slice(text.length - length))) longest = length;
    }
  }
  return longest;
}
