// Thoughts with what their provider wants back, in the field that carries it through this dialect.
import type { JsonObject, Thought } from '../../canon/canon.ts';

/** Undefined where the text of the one thought says everything. */
export function thoughtDetails(thoughts: readonly Thought[]): readonly JsonObject[] | undefined {
  const isPlain = ({ signature, sealed }: Thought): boolean =>
    signature === undefined && sealed === undefined;
  if (thoughts.length < 2 && thoughts.every(isPlain)) return undefined;
  return thoughts.map(thoughtDetail);
}

export function thoughtDetail(thought: Thought, index: number): JsonObject {
  const { text, signature, sealed } = thought;
  if (sealed !== undefined) return { type: 'reasoning.encrypted', data: sealed, index };
  const signed = signature === undefined ? {} : { signature };
  return { type: 'reasoning.text', text, ...signed, index };
}
