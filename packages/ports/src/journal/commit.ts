// Group commit: one write and one sync in flight, a window of at most `groupCommitMsMax` before it,
// no timer when there is nothing to write.
//
// When a write fails, what it left is cut off and the same bytes are tried again at the same place,
// until there is room. When a *sync* fails, the kernel may have thrown the pages away and will
// report success next time, so that file is never trusted again: the same bytes go into a new
// segment. Readers pass over what they have already read.

import { join } from 'node:path';
import type { Clock, JournalHealth, Sink } from '@signalbox/contract';
import type { JournalDocument } from '@signalbox/documents';
import type { Backlog, Block } from './backlog.ts';
import { type Disk, type DiskFault, type DiskFile, faultOf } from './disk.ts';
import { type Position, segmentName } from './segment.ts';

const RETRY_MS = 500;
/** A quiet node begins a new segment once a day, so that old ones can go. */
const SEGMENT_AGE_MS_MAX: number = 24 * 60 * 60 * 1000;

/** What one sync made safe. */
export type DurableBatch = {
  readonly epoch: string;
  readonly firstSeq: number;
  readonly lastSeq: number;
  /** Where its frames begin. */
  readonly start: Position;
  /** Where they end: everything before this is safe. */
  readonly end: Position;
  /** The frames; valid during the call only. */
  readonly bytes: Uint8Array;
};

export type CommitTools = {
  readonly disk: Disk;
  readonly folder: string;
  readonly clock: Clock;
  readonly sink: Sink;
  readonly settings: JournalDocument;
  readonly epoch: string;
  readonly firstNumber: number;
  readonly backlog: Backlog;
  /** Appends a checkpoint that begins a new segment. */
  readonly checkpoint: () => void;
  readonly onDurable: (batch: DurableBatch) => void;
  /** A new segment has begun and is safe. */
  readonly onSegment: (number: number) => void;
};

type Open = { readonly file: DiskFile; readonly number: number; readonly at: number; end: number };

export class Commit {
  readonly #tools: CommitTools;
  readonly #waiting: { readonly seq: number; readonly then: (ok: boolean) => void }[] = [];
  #open: Open | undefined;
  #nextNumber: number;
  #durableSeq = 0;
  #running: Promise<void> | undefined;
  #cancelTimer: (() => void) | undefined;
  #failure: DiskFault | undefined;
  #checkpointAsked = false;
  #closed = false;

  constructor(tools: CommitTools) {
    this.#tools = tools;
    this.#nextNumber = tools.firstNumber;
  }

  /** Something was added to the backlog. */
  wake(): void {
    if (this.#running !== undefined || this.#closed) return;
    if (this.#failure === undefined && this.#tools.backlog.ready()) this.#start();
    else this.#cancelTimer ??= this.#after(this.#tools.settings.groupCommitMsMax);
  }

  /** Calls back when `seq` is safe, or now fails to become so. */
  durable(seq: number, then: (ok: boolean) => void): void {
    if (seq <= this.#durableSeq) queueMicrotask(() => then(true));
    else if (this.#failure !== undefined || this.#closed) queueMicrotask(() => then(false));
    else this.#waiting.push({ seq, then });
  }

  health(): JournalHealth {
    const { backlog, settings } = this.#tools;
    if (this.#failure !== undefined) {
      const reason = this.#failure.kind === 'full' ? 'disk-full' : 'failed';
      return { kind: 'unavailable', reason, detail: this.#failure.message };
    }
    if (this.#closed)
      return { kind: 'unavailable', reason: 'failed', detail: 'the journal is closed' };
    if (backlog.bytes() <= settings.backlogBytesMax) return { kind: 'ready' };
    const detail = `${backlog.bytes()} bytes wait for the disk`;
    return { kind: 'unavailable', reason: 'backlog', detail };
  }

  /** Writes what waits, tries a failing disk once more, and lets go of the file. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#running;
    this.#cancel();
    await this.#drain();
    await this.#open?.file.close().catch(() => undefined);
    this.#open = undefined;
    this.#tell(false);
  }

  #start(): void {
    this.#cancel();
    this.#running = this.#drain().finally(() => {
      this.#running = undefined;
      const since = this.#tools.backlog.since();
      if (this.#closed || since === undefined) return;
      const wait = this.#failure === undefined ? this.#restOfWindow(since) : RETRY_MS;
      this.#cancelTimer ??= this.#after(wait);
    });
  }

  #restOfWindow(since: number): number {
    const { clock, settings } = this.#tools;
    return since + settings.groupCommitMsMax - clock.monotonic();
  }

  #after(ms: number): () => void {
    return this.#tools.clock.after(ms, () => {
      this.#cancelTimer = undefined;
      if (this.#running === undefined) this.#start();
    });
  }

  #cancel(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  /** Block by block until what is left may wait, or the disk fails. */
  async #drain(): Promise<void> {
    const { backlog } = this.#tools;
    do {
      const block = backlog.take();
      if (block === undefined || !(await this.#commit(block))) return;
    } while (this.#isDue());
  }

  #isDue(): boolean {
    const { backlog } = this.#tools;
    const since = backlog.since();
    if (since === undefined) return false;
    return this.#closed || backlog.ready() || this.#restOfWindow(since) <= 0;
  }

  async #commit(block: Block): Promise<boolean> {
    const { clock, sink } = this.#tools;
    const began = clock.monotonic();
    const bytes = block.buffer.subarray(0, block.used);
    let open: Open;
    let synced = false;
    try {
      open = await this.#fileFor(block);
      await open.file.write(bytes, open.end);
      synced = true;
      await open.file.datasync();
    } catch (error) {
      await this.#fail(faultOf(error), synced);
      return false;
    }
    sink.observe('journal_commit_ms', {}, clock.monotonic() - began);
    this.#settle(open, block, bytes);
    return true;
  }

  /** The open segment, or a new one where the block begins one or the last could not be trusted. */
  async #fileFor(block: Block): Promise<Open> {
    const isFresh = this.#open !== undefined && this.#open.end === 0;
    if (this.#open !== undefined && (!block.opens || isFresh)) return this.#open;
    await this.#letGo();
    const { disk, folder, epoch, clock } = this.#tools;
    const number = this.#nextNumber;
    this.#nextNumber += 1;
    const file = await disk.open(join(folder, segmentName(number, epoch)), 'create');
    const open = { file, number, at: clock.now(), end: 0 };
    this.#open = open;
    try {
      await disk.syncFolder(folder);
    } catch (error) {
      await this.#letGo();
      throw error;
    }
    return open;
  }

  #settle(open: Open, block: Block, bytes: Uint8Array): void {
    const { backlog, clock, settings, epoch, sink } = this.#tools;
    const { firstSeq, lastSeq } = block;
    const start = { segment: open.number, offset: open.end };
    open.end += bytes.length;
    const end = { segment: open.number, offset: open.end };
    this.#durableSeq = lastSeq;
    if (this.#failure !== undefined) sink.log('info', 'journal.available', { seq: lastSeq });
    this.#failure = undefined;
    if (block.opens) this.#checkpointAsked = false;
    this.#guarded(() => this.#tools.onDurable({ epoch, firstSeq, lastSeq, start, end, bytes }));
    backlog.drop();
    this.#tell(true);
    if (start.offset === 0) this.#guarded(() => this.#tools.onSegment(open.number));
    const isFull = open.end >= settings.segmentBytesMax;
    const isOld = clock.now() - open.at >= SEGMENT_AGE_MS_MAX;
    if ((isFull || isOld) && !this.#checkpointAsked && !this.#closed) {
      this.#checkpointAsked = this.#guarded(() => this.#tools.checkpoint());
    }
  }

  /** What listeners get wrong must not stop the journal; false: it went wrong. */
  #guarded(tell: () => void): boolean {
    try {
      tell();
      return true;
    } catch (error) {
      this.#tools.sink.log('error', 'journal.listener-failed', { detail: String(error) });
      return false;
    }
  }

  async #fail(fault: DiskFault, synced: boolean): Promise<void> {
    if (this.#failure === undefined) {
      const backlogBytes = this.#tools.backlog.bytes();
      const what = { reason: fault.kind, detail: fault.message, backlogBytes };
      this.#tools.sink.log('error', 'journal.unavailable', what);
    }
    this.#failure = fault;
    this.#tell(false);
    const open = this.#open;
    if (open === undefined) return;
    const cut = await open.file.truncate(open.end).then(
      () => true,
      () => false,
    );
    // Room may come back, and then this file goes on; trust in a sync that failed does not.
    if (cut && !synced && fault.kind === 'full') return;
    await this.#letGo();
  }

  /** Closes the open segment; one that holds nothing safe is removed. */
  async #letGo(): Promise<void> {
    const { disk, folder, epoch } = this.#tools;
    const open = this.#open;
    this.#open = undefined;
    if (open === undefined) return;
    await open.file.close().catch(() => undefined);
    if (open.end > 0) return;
    await disk.remove(join(folder, segmentName(open.number, epoch))).catch(() => undefined);
  }

  #tell(ok: boolean): void {
    const later = ok ? this.#waiting.findIndex((one) => one.seq > this.#durableSeq) : -1;
    const told = this.#waiting.splice(0, later === -1 ? this.#waiting.length : later);
    for (const one of told) this.#guarded(() => one.then(ok));
  }
}
