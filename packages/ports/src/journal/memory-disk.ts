// A disk in memory that behaves as badly as a real one may, and always the same way for the same
// seed. What was written and not synced is, after a power cut, there, gone, or there in part,
// each write for itself; names that were not synced are gone from some moment on; a process that
// dies leaves a write half done; a disk has a size. What was synced stays.
//
// For the seeded world and for tests. `before` is asked before every operation: it may throw a
// `DiskFault`, wait, or pull the plug.
import { type Disk, DiskFault, type DiskFile, type FileFacts } from './disk.ts';

export type DiskOperation = {
  readonly kind: 'open' | 'read' | 'write' | 'datasync' | 'truncate' | 'rename' | 'remove' | 'list';
  readonly path: string;
};

export type MemoryDiskOptions = {
  readonly seed: number;
  readonly before?: (operation: DiskOperation) => void | Promise<void>;
};

export interface MemoryDisk extends Disk {
  /** The power goes: what was not synced is lost, kept or torn. Open files never answer again. */
  crash(): void;
  /** The process dies: what was written stays, a write under way stops somewhere. */
  kill(): void;
  /** How many bytes fit; undefined: any number. */
  limit(bytes: number | undefined): void;
  usedBytes(): number;
  /** What a reader would see now; changing it changes the disk. */
  bytesOf(path: string): Uint8Array | undefined;
  /** Puts a file there, synced. */
  put(path: string, bytes: Uint8Array): void;
}

type Change =
  | { readonly kind: 'write'; readonly at: number; readonly bytes: Uint8Array }
  | { readonly kind: 'truncate'; readonly size: number };

type Inode = { now: Uint8Array; safe: Uint8Array; unsynced: Change[] };

type NameChange =
  | { readonly kind: 'set'; readonly path: string; readonly inode: Inode }
  | { readonly kind: 'drop'; readonly path: string };

export function memoryDisk(options: MemoryDiskOptions): MemoryDisk {
  return new Memory(options);
}

class Memory implements MemoryDisk {
  readonly #before: MemoryDiskOptions['before'];
  readonly #draw: (below: number) => number;
  #names = new Map<string, Inode>();
  #safeNames = new Map<string, Inode>();
  #unsyncedNames: NameChange[] = [];
  readonly #underWay = new Set<{ inode: Inode; at: number; bytes: Uint8Array }>();
  readonly #locks = new Set<string>();
  #life = 0;
  #bytesMax: number | undefined;

  constructor(options: MemoryDiskOptions) {
    this.#before = options.before;
    this.#draw = newDraw(options.seed);
  }

  async makeFolder(): Promise<void> {}

  async lock(folder: string): Promise<() => void> {
    if (this.#locks.has(folder)) throw new DiskFault('locked', `${folder} is in use`, 1);
    this.#locks.add(folder);
    const life = this.#life;
    return () => {
      if (life === this.#life) this.#locks.delete(folder);
    };
  }

  async list(folder: string): Promise<readonly FileFacts[]> {
    await this.#alive(this.#life, { kind: 'list', path: folder });
    const prefix = `${folder}/`;
    return [...this.#names]
      .filter(([path]) => path.startsWith(prefix))
      .map(([path, inode]) => ({ name: path.slice(prefix.length), bytes: inode.now.length }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async open(path: string, mode: 'create' | 'write' | 'read'): Promise<DiskFile> {
    const life = this.#life;
    await this.#alive(life, { kind: 'open', path });
    const there = this.#names.get(path);
    if (mode === 'create') {
      if (there !== undefined) throw new DiskFault('exists', `${path} exists`);
      const inode: Inode = { now: NOTHING, safe: NOTHING, unsynced: [] };
      this.#rename({ kind: 'set', path, inode });
      return this.#fileOf(path, inode, life);
    }
    if (there === undefined) throw new DiskFault('missing', `${path} is missing`);
    return this.#fileOf(path, there, life);
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#alive(this.#life, { kind: 'rename', path: from });
    const inode = this.#names.get(from);
    if (inode === undefined) throw new DiskFault('missing', `${from} is missing`);
    this.#rename({ kind: 'drop', path: from });
    this.#rename({ kind: 'set', path: to, inode });
  }

  async remove(path: string): Promise<void> {
    await this.#alive(this.#life, { kind: 'remove', path });
    if (!this.#names.has(path)) throw new DiskFault('missing', `${path} is missing`);
    this.#rename({ kind: 'drop', path });
  }

  async syncFolder(path: string): Promise<void> {
    await this.#alive(this.#life, { kind: 'datasync', path });
    for (const change of this.#unsyncedNames) applyName(this.#safeNames, change);
    this.#unsyncedNames = [];
  }

  crash(): void {
    this.kill();
    const kept = this.#unsyncedNames.slice(0, this.#draw(this.#unsyncedNames.length + 1));
    for (const change of kept) applyName(this.#safeNames, change);
    this.#unsyncedNames = [];
    this.#names = new Map(this.#safeNames);
    for (const inode of this.#names.values()) {
      for (const change of inode.unsynced) inode.safe = applied(inode.safe, this.#torn(change));
      inode.unsynced = [];
      inode.now = inode.safe.slice();
    }
  }

  kill(): void {
    this.#life += 1;
    this.#locks.clear();
    for (const { inode, at, bytes } of this.#underWay) {
      this.#change(inode, { kind: 'write', at, bytes: bytes.slice(0, this.#draw(bytes.length)) });
    }
    this.#underWay.clear();
  }

  limit(bytes: number | undefined): void {
    this.#bytesMax = bytes;
  }

  usedBytes(): number {
    let sum = 0;
    for (const inode of this.#names.values()) sum += inode.now.length;
    return sum;
  }

  bytesOf(path: string): Uint8Array | undefined {
    return this.#names.get(path)?.now;
  }

  put(path: string, bytes: Uint8Array): void {
    const inode = { now: new Uint8Array(bytes), safe: new Uint8Array(bytes), unsynced: [] };
    this.#names.set(path, inode);
    this.#safeNames.set(path, inode);
  }

  #fileOf(path: string, inode: Inode, life: number): DiskFile {
    return {
      read: async (into, position) => {
        await this.#alive(life, { kind: 'read', path });
        const bytes = inode.now.subarray(position, position + into.length);
        into.set(bytes);
        return bytes.length;
      },
      write: (bytes, position) => this.#write(path, inode, life, { at: position, bytes }),
      datasync: async () => {
        await this.#alive(life, { kind: 'datasync', path });
        for (const change of inode.unsynced) inode.safe = applied(inode.safe, change);
        inode.unsynced = [];
      },
      truncate: async (size) => {
        await this.#alive(life, { kind: 'truncate', path });
        this.#change(inode, { kind: 'truncate', size });
      },
      close: async () => {
        if (life !== this.#life) await never();
      },
    };
  }

  /** The bytes are copied: who wrote them may use their buffer again. */
  async #write(
    path: string,
    inode: Inode,
    life: number,
    what: { readonly at: number; readonly bytes: Uint8Array },
  ): Promise<void> {
    // Not `slice`: of a Buffer that would be a view.
    const underWay = { inode, at: what.at, bytes: new Uint8Array(what.bytes) };
    this.#underWay.add(underWay);
    try {
      await this.#alive(life, { kind: 'write', path });
    } catch (error) {
      const part = underWay.bytes.slice(0, this.#draw(underWay.bytes.length));
      this.#change(inode, { kind: 'write', at: what.at, bytes: part });
      throw error;
    } finally {
      this.#underWay.delete(underWay);
    }
    const grows = Math.max(0, what.at + underWay.bytes.length - inode.now.length);
    const room = (this.#bytesMax ?? Number.POSITIVE_INFINITY) - this.usedBytes();
    const fits = Math.max(0, underWay.bytes.length - Math.max(0, grows - room));
    this.#change(inode, { kind: 'write', at: what.at, bytes: underWay.bytes.slice(0, fits) });
    if (fits < underWay.bytes.length) throw new DiskFault('full', 'no space left on the disk');
  }

  #change(inode: Inode, change: Change): void {
    inode.now = applied(inode.now, change);
    inode.unsynced.push(change);
  }

  #rename(change: NameChange): void {
    applyName(this.#names, change);
    this.#unsyncedNames.push(change);
  }

  /** Never returns to a process that has died meanwhile. */
  async #alive(life: number, operation: DiskOperation): Promise<void> {
    if (life !== this.#life) await never();
    await this.#before?.(operation);
    if (life !== this.#life) await never();
  }

  /** What the platter got of a change that nobody had synced. */
  #torn(change: Change): Change {
    const fate = this.#draw(3);
    if (change.kind === 'truncate') return fate === 0 ? UNDONE : change;
    if (fate === 0) return UNDONE;
    if (fate === 1) return change;
    return { ...change, bytes: change.bytes.slice(0, this.#draw(change.bytes.length + 1)) };
  }
}

const NOTHING = new Uint8Array(0);
const UNDONE: Change = { kind: 'write', at: 0, bytes: NOTHING };

const never = (): Promise<never> => new Promise(() => undefined);

function applyName(names: Map<string, Inode>, change: NameChange): void {
  if (change.kind === 'set') names.set(change.path, change.inode);
  else names.delete(change.path);
}

/** A write behind the end leaves zeros between. */
function applied(bytes: Uint8Array, change: Change): Uint8Array {
  if (change.kind === 'truncate') {
    if (change.size <= bytes.length) return bytes.slice(0, change.size);
    const longer = new Uint8Array(change.size);
    longer.set(bytes);
    return longer;
  }
  if (change.bytes.length === 0) return bytes;
  const end = change.at + change.bytes.length;
  const next = end > bytes.length ? new Uint8Array(end) : bytes.slice();
  if (end > bytes.length) next.set(bytes);
  next.set(change.bytes, change.at);
  return next;
}

/** Whole numbers below a bound, always the same for the same seed (splitmix32). */
function newDraw(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    mixed ^= mixed >>> 15;
    return below <= 0 ? 0 : (mixed >>> 0) % below;
  };
}
