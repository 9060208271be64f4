// What is appended and not yet safe: blocks of frames, each one write and one sync. A block stays
// as it is, byte for byte, until its sync has returned, so that it can be written again after a
// failure. Blocks are reused.
import { assert } from '@signalbox/contract';
import { FRAME_BYTES_MAX, FRAME_HEAD_BYTES, sealFrame } from '@signalbox/trust';

const BLOCK_BYTES: number = 256 * 1024;
const BLOCKS_KEPT_MAX = 4;
/** UTF-8 needs at most three bytes for a UTF-16 unit. */
const UTF8_BYTES_MAX = 3;

export type Block = {
  readonly buffer: Buffer;
  used: number;
  firstSeq: number;
  lastSeq: number;
  /** Begins a segment of its own: its first entry is a checkpoint. */
  readonly opens: boolean;
  /** When its first entry came, on the clock of durations. */
  readonly since: number;
};

export type WaitingEntry = {
  readonly text: string;
  readonly seq: number;
  /** Begins a new segment. */
  readonly opens: boolean;
  /** When it came, on the clock of durations. */
  readonly since: number;
};

export type Backlog = {
  add(entry: WaitingEntry): void;
  /** The eldest block; nothing is added to it from now on. */
  take(): Block | undefined;
  /** The eldest block is safe. */
  drop(): void;
  bytes(): number;
  /** Since when the eldest block waits; undefined: nothing waits. */
  since(): number | undefined;
  /** The eldest block takes no more entries: there is nothing to wait for. */
  ready(): boolean;
};

export function newBacklog(): Backlog {
  const blocks: Block[] = [];
  const spare: Buffer[] = [];
  let bytes = 0;
  /** The block that entries go to. */
  let open: Block | undefined;

  const blockFor = (entry: WaitingEntry): Block => {
    const { opens, since } = entry;
    const sizeMax = FRAME_HEAD_BYTES + entry.text.length * UTF8_BYTES_MAX + 1;
    if (open !== undefined && !opens && open.used + sizeMax <= open.buffer.length) return open;
    const fits = sizeMax <= BLOCK_BYTES;
    const buffer =
      (fits ? spare.pop() : undefined) ?? Buffer.allocUnsafeSlow(Math.max(sizeMax, BLOCK_BYTES));
    open = { buffer, used: 0, firstSeq: 0, lastSeq: 0, opens, since };
    blocks.push(open);
    return open;
  };

  return {
    add: (entry) => {
      const { text, seq } = entry;
      const block = blockFor(entry);
      const start = block.used;
      const from = start + FRAME_HEAD_BYTES;
      let length = block.buffer.write(text, from, 'utf8');
      if (start === 0) {
        // The mark of a first frame after a sync: see `frame.ts` in trust.
        block.firstSeq = seq;
        length += block.buffer.write('\n', from + length, 'latin1');
      }
      assert(length <= FRAME_BYTES_MAX, 'an entry fits into a frame');
      block.used = sealFrame(block.buffer, start, length);
      block.lastSeq = seq;
      bytes += block.used - start;
    },
    take: () => {
      const block = blocks[0];
      if (block === open) open = undefined;
      return block;
    },
    drop: () => {
      const block = blocks.shift();
      assert(block !== undefined && block !== open, 'only a block that was taken is dropped');
      bytes -= block.used;
      if (block.buffer.length === BLOCK_BYTES && spare.length < BLOCKS_KEPT_MAX)
        spare.push(block.buffer);
    },
    bytes: () => bytes,
    since: () => blocks[0]?.since,
    ready: () => blocks[0] !== undefined && blocks[0] !== open,
  };
}
