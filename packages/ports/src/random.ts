// Chance fit for keys and ids, drawn in large blocks: one call into the operating system's
// generator serves hundreds of ids. A byte is handed out once; what was handed out is wiped from
// the block, so that no later reader of memory finds it here.

import { randomFillSync } from 'node:crypto';
import type { Random } from '@signalbox/contract';

const BLOCK_BYTES = 8_192;
/** More than this is drawn directly. */
const SERVED_BYTES_MAX = 1_024;

/** @param fill fills the whole array with chance. */
export function createRandom(fill: (block: Uint8Array) => void = randomFillSync): Random {
  const block = new Uint8Array(BLOCK_BYTES);
  let at = BLOCK_BYTES;
  return {
    bytes(count) {
      if (count > SERVED_BYTES_MAX) {
        const own = new Uint8Array(count);
        fill(own);
        return own;
      }
      if (at + count > BLOCK_BYTES) {
        fill(block);
        at = 0;
      }
      const served = block.slice(at, at + count);
      block.fill(0, at, at + count);
      at += count;
      return served;
    },
  };
}
