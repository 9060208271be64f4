// Reads one tool call as it is being written, behind the mark that opens it. The grammar fixes the
// order `{"name": ..., "arguments": {...}}`, so the name is known early and the arguments can be
// passed on as they come, character by character. Text that does not keep to it is given back as
// it was: a near miss belongs into the answer, where a repair can see it.

export const CALL_OPENS = '<tool_call>';
export const CALL_CLOSES = '</tool_call>';

const HEAD = /^\s*\{\s*"name"\s*:\s*("(?:[^"\\]|\\.)*")\s*,\s*"arguments"\s*:/;
/** A name is at most 64 characters; more than this before the arguments is no head any more. */
const HEAD_LENGTH_MAX = 256;

export type CallEvent =
  | { readonly kind: 'call-named'; readonly name: string }
  | { readonly kind: 'call-arguments'; readonly text: string }
  /** `rest` is what came behind the closing mark. */
  | { readonly kind: 'call-closed'; readonly rest: string }
  /** This was no call; `text` is everything since the opening mark. */
  | { readonly kind: 'call-unreadable'; readonly text: string };

export type CallReader = {
  readonly push: (text: string) => readonly CallEvent[];
  /** What was read of a call that never got its name, when nothing more comes. */
  readonly leftover: () => string;
};

type Stage = 'head' | 'arguments' | 'tail' | 'over';

export function callReader(): CallReader {
  let stage: Stage = 'head';
  let held = '';
  /** Whether the first character of the arguments was seen. */
  let begun = false;
  const scan = objectScanner();

  function push(text: string): readonly CallEvent[] {
    held += text;
    const events: CallEvent[] = [];
    if (stage === 'head') readHead(events);
    if (stage === 'arguments') readArguments(events);
    if (stage === 'tail') readTail(events);
    return events;
  }

  function readHead(events: CallEvent[]): void {
    const head = HEAD.exec(held);
    const name: unknown = head?.[1] === undefined ? undefined : JSON.parse(head[1]);
    if (head === null || typeof name !== 'string') {
      if (held.length <= HEAD_LENGTH_MAX && !held.includes(CALL_CLOSES)) return;
      stage = 'over';
      events.push({ kind: 'call-unreadable', text: held });
      return;
    }
    held = held.slice(head[0].length);
    stage = 'arguments';
    events.push({ kind: 'call-named', name });
  }

  function readArguments(events: CallEvent[]): void {
    if (!begun) held = held.trimStart();
    begun ||= held !== '';
    const end = scan(held);
    const text = held.slice(0, end ?? held.length);
    held = held.slice(text.length);
    if (text !== '') events.push({ kind: 'call-arguments', text });
    if (end !== undefined) stage = 'tail';
  }

  function readTail(events: CallEvent[]): void {
    const at = held.indexOf(CALL_CLOSES);
    if (at < 0) return;
    stage = 'over';
    events.push({ kind: 'call-closed', rest: held.slice(at + CALL_CLOSES.length) });
  }

  return { push, leftover: () => (stage === 'head' ? held : '') };
}

/** Finds where the first JSON object ends, over several texts; undefined while it goes on. */
function objectScanner(): (text: string) => number | undefined {
  let depth = 0;
  let inString = false;
  let escaped = false;
  return (text) => {
    for (let at = 0; at < text.length; at += 1) {
      const character = text[at];
      if (escaped) escaped = false;
      else if (inString && character === '\\') escaped = true;
      else if (character === '"') inString = !inString;
      else if (!inString && (character === '{' || character === '[')) depth += 1;
      else if (!inString && (character === '}' || character === ']')) {
        depth -= 1;
        if (depth === 0) return at + 1;
      }
    }
    return undefined;
  };
}
