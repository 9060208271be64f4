// What was appended to be encoded later: with its batch. Many entries after one another cost less
// than the same one by one between other work, and a body that is a getter is made no sooner than
// it is written.
//
// A hold whose call settles in the same batch is left out: neither would be on the disk without the
// other, and the record says whose money it was.
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

export type Encoded = { readonly text: string; readonly seq: number };

/** @param encode Undefined: there is no entry to be made of the draft. */
export function newDrafts(
  backlog: Backlog,
  clock: Clock,
  encode: (draft: EntryDraft) => Encoded | undefined,
): Drafts {
  let drafts: EntryDraft[] = [];
  let since = 0;
  const gather = (): void => {
    const batch = drafts;
    drafts = [];
    const settled = new Set(batch.filter(isSettlement).map((draft) => draft.call));
    for (const draft of batch) {
      if (isHold(draft) && settled.has(draft.call)) continue;
      const encoded = encode(draft);
      if (encoded !== undefined) backlog.add({ ...encoded, since, opens: false });
    }
  };
  return {
    ...backlog,
    append: (draft) => {
      if (drafts.length === 0) since = clock.monotonic();
      drafts.push(draft);
      if (drafts.length >= DRAFTS_MAX) gather();
    },
    gather,
    take: () => {
      gather();
      return backlog.take();
    },
    bytes: () => backlog.bytes() + drafts.length * BYTES_ASSUMED,
    since: () => backlog.since() ?? (drafts.length === 0 ? undefined : since),
  };
}

const isSettlement = (draft: EntryDraft): boolean => draft.kind === 'settlement';
const isHold = (draft: EntryDraft): boolean => draft.kind === 'hold' || draft.kind === 'extend';
