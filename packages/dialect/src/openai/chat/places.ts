// Where thoughts stood among the other parts. In a message they stand apart from what was said; the
// `index` of a detail is the place of its thought among all parts, so that a model gets its turn
// back in the order in which it thought and called.
import type { AnswerEvent, JsonObject, Thought } from '../../canon/canon.ts';

/** Thoughts at their places, or as soon after as possible; the others fill what is between. */
export function interleaved<T>(
  thoughts: readonly T[],
  places: readonly number[],
  others: readonly T[],
): readonly T[] {
  const out: T[] = [];
  let taken = 0;
  for (const [at, thought] of thoughts.entries()) {
    const until = Math.min(others.length, taken + Math.max(0, (places[at] ?? 0) - out.length));
    out.push(...others.slice(taken, until), thought);
    taken = until;
  }
  return [...out, ...others.slice(taken)];
}

/** Events of a whole message whose first parts are its thoughts, put in order. */
export function inOrder(
  events: readonly AnswerEvent[],
  places: readonly number[],
): readonly AnswerEvent[] {
  if (places.every((place, at) => place <= at)) return events;
  const spoken = events.flatMap((event) => ('part' in event ? [event] : []));
  const count = new Set(spoken.map(({ part }) => part)).size;
  const numbers = Array.from({ length: count }, (_, at) => at);
  const order = interleaved(numbers.slice(0, places.length), places, numbers.slice(places.length));
  const moved = new Map(order.map((part, at) => [part, at]));
  const renumbered = spoken.map((event) => ({ ...event, part: moved.get(event.part) ?? 0 }));
  const rest = events.filter((event) => !('part' in event));
  return [...renumbered.sort((a, b) => a.part - b.part), ...rest];
}

/** @returns undefined where the text of one thought that stands first says everything. */
export function thoughtDetails(
  parts: readonly { readonly kind: string }[],
  thoughts: readonly Thought[],
): readonly JsonObject[] | undefined {
  const places = parts.flatMap(({ kind }, at) => (kind === 'thought' ? [at] : []));
  const [first] = thoughts;
  const isBare = first?.signature === undefined && first?.sealed === undefined;
  if (thoughts.length < 2 && isBare && (places[0] ?? 0) === 0) return undefined;
  return thoughts.map((thought, at) => thoughtDetail(thought, places[at] ?? at));
}

export function thoughtDetail(thought: Thought, index: number): JsonObject {
  const { text, signature, sealed } = thought;
  if (sealed !== undefined) return { type: 'reasoning.encrypted', data: sealed, index };
  const signed = signature === undefined ? {} : { signature };
  return { type: 'reasoning.text', text, ...signed, index };
}
