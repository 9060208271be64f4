// Files and batches, in memory: bounded by count and by size, oldest out first. Ids are drawn from
// the bytes and from how many came before, so that a run that is repeated gives the same ones.
import { hashOf, idFrom } from './hash.ts';

export type StoredFile = {
  readonly id: string;
  readonly filename: string;
  readonly purpose: string;
  readonly createdS: number;
  readonly bytes: Uint8Array;
};

export type StoredBatch = {
  readonly id: string;
  readonly createdS: number;
  readonly endpoint: string;
  readonly inputFileId: string;
  readonly outputFileId: string;
  readonly requests: number;
  readonly failed: number;
  /** It is done when it is asked for the first time. */
  status: 'in_progress' | 'completed' | 'cancelled';
};

export type Objects = {
  readonly files: Map<string, StoredFile>;
  readonly batches: Map<string, StoredBatch>;
  addFile(file: Omit<StoredFile, 'id'>, seed: number): StoredFile;
  addBatch(batch: Omit<StoredBatch, 'id'>, seed: number): StoredBatch;
  clear(): void;
};

const entriesMax = 256;
const bytesMax = 64 * 1024 * 1024;
const idLength = 24;
const hashedBytesMax = 4_096;
const decoder = new TextDecoder('latin1');

export function newObjects(): Objects {
  const files = new Map<string, StoredFile>();
  const batches = new Map<string, StoredBatch>();
  let made = 0;
  const nextId = (text: string, seed: number): string => {
    made += 1;
    return idFrom(hashOf(`${made}\u0000${text}`, seed), idLength);
  };
  const trim = (): void => {
    let bytes = 0;
    for (const file of files.values()) bytes += file.bytes.byteLength;
    for (const [id, file] of files) {
      if (files.size <= entriesMax && bytes <= bytesMax) return;
      bytes -= file.bytes.byteLength;
      files.delete(id);
    }
  };
  return {
    files,
    batches,
    addFile: (given, seed) => {
      const text = decoder.decode(given.bytes.subarray(0, hashedBytesMax));
      const file = { ...given, id: `file-${nextId(text, seed)}` };
      files.set(file.id, file);
      trim();
      return file;
    },
    addBatch: (given, seed) => {
      const batch = { ...given, id: `batch_${nextId(given.inputFileId, seed)}` };
      batches.set(batch.id, batch);
      const oldest = batches.keys().next();
      if (batches.size > entriesMax && oldest.done !== true) batches.delete(oldest.value);
      return batch;
    },
    clear: () => {
      files.clear();
      batches.clear();
      made = 0;
    },
  };
}
