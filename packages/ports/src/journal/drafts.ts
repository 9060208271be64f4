// What was appended and is not yet encoded. Encoding waits for its batch: many entries after one
// another cost a third of what they cost one by one between other work. A hold whose call settles
// in the same batch is left out: neither would ever be on disk without the other.
import type { Clock, EntryDraft } from '@signalbox/contract';
import type { Backlog } from './backlog.ts';

/** Encoded at once when so many wait. */
const DRAFTS_MAX = 512;
/** Counted for each until its size is known. */
const BYTES_ASSUMED = 2_048;

export type Drafts = Backlog & {
  append(draft: EntryDraft): void;
  /** Encodes what waits. */
  gather(): void;
};

export function newDrafts(
  backlog: Backlog,
  clock: Clock,
  encode: (draft: EntryDraft) => readonly [text: string, seq: number] | undefined,
): Drafts {
  let drafts: EntryDraft[] = [];
  let since: number | undefined;
  const gather = (): void => {
    if (drafts.length === 0) return;
    const batch = drafts;
    drafts = [];
    since = undefined;
    const settled = new Set<string | undefined>();
    for (const { kind, call } of batch) if (kind === 'settlement') settled.add(call);
    for (const draft of batch) {
      const holds = draft.kind === 'hold' || draft.kind === 'extend';
      if (holds && settled.has(draft.call)) continue;
      const encoded = encode(draft);
      if (encoded !== undefined) backlog.add(encoded[0], encoded[1], false);
    }
  };
  return {
    ...backlog,
    append(draft) {
      if (drafts.length === 0) since = clock.monotonic();
      drafts.push(draft);
      if (drafts.length >= DRAFTS_MAX) gather();
    },
    gather,
    take() {
      gather();
      return backlog.take();
    },
    bytes: () => backlog.bytes() + drafts.length * BYTES_ASSUMED,
    since: () => backlog.since() ?? since,
  };
}
