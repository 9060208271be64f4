// Walks a journal and says where it stops being one: the chain of heads from entry to entry, the
// count within an epoch, and, when the digest's key is at hand, every body against its head.
import type { EntryHead } from '@signalbox/contract';
import { CHAIN_START, type ReadEntry, type Sha256 } from './entry.ts';

export type ChainBreak =
  /** `prev` is not the hash of the entry before. */
  | 'prev'
  /**
   * An entry is missing, doubled or out of order within its epoch, or an epoch does not begin at 1.
   */
  | 'seq'
  /** The body is not the one the head was made for. */
  | 'body';

export type ChainResult =
  | { readonly ok: true; readonly entries: number; readonly last: string }
  | {
      readonly ok: false;
      readonly why: ChainBreak;
      readonly epoch: string;
      readonly seq: number;
      /** Entries that verified before this one. */
      readonly entries: number;
    };

export type ChainTools = {
  readonly sha256: Sha256;
  /** The keyed digest of a body's text; without it bodies are not checked. */
  readonly digest?: (bodyText: string) => string;
  /** The hash that the first entry must name: `CHAIN_START` for a whole journal; undefined: any. */
  readonly from?: string | undefined;
};

export type ChainStep = {
  readonly hash: string;
  readonly head: EntryHead;
};

/** One step: undefined when `read` rightly follows `before`, else what is wrong. */
export function chainBreak(
  before: ChainStep | undefined,
  read: ReadEntry,
  tools: ChainTools,
): ChainBreak | undefined {
  const { head } = read;
  const expected = before === undefined ? tools.from : before.hash;
  if (expected !== undefined && head.prev !== expected) return 'prev';
  const sameEpoch = before !== undefined && before.head.epoch === head.epoch;
  if (sameEpoch && head.seq !== before.head.seq + 1) return 'seq';
  if (!sameEpoch && (before !== undefined || tools.from === CHAIN_START) && head.seq !== 1)
    return 'seq';
  if (read.bodyText === undefined || tools.digest === undefined) return undefined;
  return tools.digest(read.bodyText) === head.bodyDigest ? undefined : 'body';
}

/** Verifies a whole run of entries. */
export function verifyChain(entries: Iterable<ReadEntry>, tools: ChainTools): ChainResult {
  let before: ChainStep | undefined;
  let count = 0;
  for (const read of entries) {
    const why = chainBreak(before, read, tools);
    const { head, headText } = read;
    if (why !== undefined)
      return { ok: false, why, epoch: head.epoch, seq: head.seq, entries: count };
    before = { hash: tools.sha256(headText), head };
    count += 1;
  }
  return { ok: true, entries: count, last: before?.hash ?? tools.from ?? CHAIN_START };
}
