// The turns behind the last responses, so that `previous_response_id` works: bounded by count and
// by size, oldest out first.
import type { Turn } from './ask.ts';

export type Memory = {
  remember(id: string, turns: readonly Turn[]): void;
  recall(id: string): readonly Turn[] | undefined;
  clear(): void;
};

const entriesMax = 256;
const unitsMax = 4 * 1024 * 1024;

export function newMemory(): Memory {
  const entries = new Map<string, { turns: readonly Turn[]; units: number }>();
  let units = 0;
  const forget = (id: string): void => {
    units -= entries.get(id)?.units ?? 0;
    entries.delete(id);
  };
  return {
    remember: (id, turns) => {
      forget(id);
      const size = turns.reduce((sum, turn) => sum + turn.text.length, 0);
      if (size > unitsMax) return;
      entries.set(id, { turns, units: size });
      units += size;
      for (const old of entries.keys()) {
        if (entries.size <= entriesMax && units <= unitsMax) break;
        forget(old);
      }
    },
    recall: (id) => entries.get(id)?.turns,
    clear: () => {
      entries.clear();
      units = 0;
    },
  };
}
