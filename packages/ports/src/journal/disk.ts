// What the journal asks of a file system, and no more: so that the seeded world can tear writes,
// lose what was never synced and fill the disk, deterministically. `node-disk.ts` is the real one,
// `memory-disk.ts` the faulty one.

export interface DiskFile {
  /**
   * Fills `into` from `position` on; returns how many bytes there were, fewer only at the end of
   * the file.
   */
  read(into: Uint8Array, position: number): Promise<number>;
  /** Writes all bytes or throws; some of them may be on the disk then. */
  write(bytes: Uint8Array, position: number): Promise<void>;
  /**
   * Returns when data and length are safe. After it has thrown nothing is known about what was
   * written before.
   */
  datasync(): Promise<void>;
  truncate(bytes: number): Promise<void>;
  close(): Promise<void>;
}

export type FileFacts = { readonly name: string; readonly bytes: number };

export interface Disk {
  /** Makes the folder, private to its owner, when it is missing. */
  makeFolder(path: string): Promise<void>;
  /**
   * Takes the folder for this process until released or dead; throws `DiskFault` of kind `locked`.
   */
  lock(folder: string): Promise<() => void>;
  list(folder: string): Promise<readonly FileFacts[]>;
  /** `create` fails when the file exists, `write` and `read` when it does not. */
  open(path: string, mode: 'create' | 'write' | 'read'): Promise<DiskFile>;
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** Makes the names in the folder safe: creations, renames, removals. */
  syncFolder(path: string): Promise<void>;
}

export type DiskFaultKind = 'full' | 'missing' | 'exists' | 'locked' | 'failed';

export class DiskFault extends Error {
  override readonly name = 'DiskFault';
  readonly kind: DiskFaultKind;
  /** The process that holds the lock, where it is known. */
  readonly holder: number | undefined;
  constructor(kind: DiskFaultKind, message: string, holder?: number) {
    super(message);
    this.kind = kind;
    this.holder = holder;
  }
}

/** The fault of whatever was thrown. */
export const faultOf = (thrown: unknown): DiskFault =>
  thrown instanceof DiskFault ? thrown : new DiskFault('failed', String(thrown));
