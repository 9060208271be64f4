// The node's journal: the one truth that usage, money, audit and every screen are projections of.
// Entries are appended synchronously, never awaited, and are on the disk within the group-commit
// window. What was acknowledged survives a killed process, a torn write, a full disk and a power
// cut; what was not may be lost, and is never half there.
//
// A folder of segment files (`segment.ts`), each a run of frames. Every start opens an epoch; its
// first entry names the last hash of the epoch before. Every segment begins with a checkpoint,
// except one that goes on after a sync that failed, so a start reads the last checkpoint and what
// follows.
//
// The order of use: `openJournal`, `recover`, then `append`. Whoever changes state that a
// checkpoint holds and appends the entry that tells of the change does both in one turn of the
// loop: a checkpoint is taken between turns.
//
// Limits: one process at a time (a lock of the kernel); an entry of 16 MiB; a backlog of
// `backlogBytesMax`, and half as much again for calls that were already running when it was
// reached: then `append` throws.
import {
  assert,
  type CheckpointBody,
  type Clock,
  type Entry,
  type EntryDraft,
  type Keys,
  type Random,
  type Sink,
  type Store,
} from '@signalbox/contract';
import type { JournalDocument } from '@signalbox/documents';
import { entryOf } from '@signalbox/trust';
import { type Backlog, newBacklog } from './backlog.ts';
import { Commit, type DurableBatch } from './commit.ts';
import { type Disk, faultOf } from './disk.ts';
import { type Drafts, type Encoded, newDrafts } from './drafts.ts';
import { type Encoder, newEncoder } from './encode.ts';
import { JournalFault } from './faults.ts';
import { readJournal } from './read.ts';
import { lastCheckpoint, retain } from './retain.ts';
import type { Position } from './segment.ts';
import { findTail, type Tail } from './tail.ts';

const EPOCH_BYTES = 8;
/** Of `backlogBytesMax`: what calls that already run may still add when new ones are refused. */
const OVERDRAFT = 0.5;

export type JournalOptions = {
  readonly disk: Disk;
  readonly folder: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly keys: Keys;
  readonly node: string;
  readonly settings: JournalDocument;
  readonly sink: Sink;
  /** State as of everything appended so far; asked for between turns of the loop. */
  readonly checkpoint: () => CheckpointBody;
  readonly onDurable?: (batch: DurableBatch) => void;
  /** How far each projection and shipment has come: nothing after the least of them is dropped. */
  readonly cursors?: () => readonly Position[];
};

export interface Journal extends Store {
  readonly epoch: string;
  /**
   * What could not be read at the end of the last run and was set aside: it was never acknowledged.
   */
  readonly cuts: Tail['cuts'];
  /** Writes what waits and lets go of the folder. */
  close(): Promise<void>;
}

export async function openJournal(options: JournalOptions): Promise<Journal> {
  const { disk, folder } = options;
  await disk.makeFolder(folder);
  const release = await lock(disk, folder);
  try {
    const tail = await findTail(disk, folder);
    for (const cut of tail.cuts) options.sink.log('warn', 'journal.tail-cut', cut);
    return new OpenJournal(options, tail, release);
  } catch (error) {
    release();
    throw error;
  }
}

async function lock(disk: Disk, folder: string): Promise<() => void> {
  try {
    return await disk.lock(folder);
  } catch (error) {
    const fault = faultOf(error);
    if (fault.kind !== 'locked') throw fault;
    const stop = fault.holder === undefined ? 'Stop it' : `Stop it (kill ${fault.holder})`;
    throw new JournalFault(
      'locked',
      `journal: ${fault.message}. ${stop}, or choose another SIGNALBOX_DATA`,
    );
  }
}

class OpenJournal implements Journal {
  readonly cuts: Tail['cuts'];
  readonly epoch: string;
  readonly #options: JournalOptions;
  readonly #backlog: Backlog;
  readonly #drafts: Drafts;
  readonly #encoder: Encoder;
  readonly #commit: Commit;
  readonly #release: () => void;
  #phase: 'opened' | 'recovering' | 'open' | 'closed' = 'opened';
  #retaining: Promise<void> = Promise.resolve();

  constructor(options: JournalOptions, tail: Tail, release: () => void) {
    const { clock, disk, folder, keys, node, settings, sink } = options;
    this.cuts = tail.cuts;
    this.epoch = Buffer.from(options.random.bytes(EPOCH_BYTES)).toString('hex');
    this.#options = options;
    this.#drafts = newDrafts(newBacklog(), clock, (draft) => this.#encode(draft));
    this.#backlog = this.#drafts;
    this.#release = release;
    this.#encoder = newEncoder({ node, epoch: this.epoch, prev: tail.lastHash, keys });
    this.#commit = new Commit({
      disk,
      folder,
      clock,
      sink,
      settings,
      epoch: this.epoch,
      firstNumber: tail.nextNumber,
      backlog: this.#backlog,
      checkpoint: () => this.#checkpoint(),
      onDurable: options.onDurable ?? (() => undefined),
      onSegment: () => this.#retain(),
    });
  }

  append(draft: EntryDraft): void {
    assert(
      this.#phase === 'open',
      'the journal is recovered before it is appended to, and not closed',
    );
    const backlogBytesMax = this.#options.settings.backlogBytesMax * (1 + OVERDRAFT);
    if (this.#backlog.bytes() > backlogBytesMax) {
      throw new JournalFault('full', 'journal: the backlog is full; free space in the data folder');
    }
    if (draft.later === true) this.#drafts.append(draft);
    else this.#add(draft, false);
    this.#commit.wake();
  }

  durable(then: (ok: boolean) => void): void {
    this.#drafts.gather();
    this.#commit.durable(this.#encoder.seq(), then);
  }

  health(): ReturnType<Store['health']> {
    return this.#commit.health();
  }

  async recover(each: (entry: Entry) => void): Promise<void> {
    assert(this.#phase === 'opened', 'the journal is recovered once');
    this.#phase = 'recovering';
    const { disk, folder, sink } = this.#options;
    const segment = await lastCheckpoint(disk, folder);
    const from = { position: { segment: segment ?? 0, offset: 0 } };
    const ended = await readJournal(disk, folder, from, (read) => {
      each(entryOf(read));
      return undefined;
    });
    sink.log('info', 'journal.recovered', { entries: ended.entries, segment: segment ?? 0 });
    this.#phase = 'open';
    // The state is now exactly what was read: the epoch begins with it.
    this.#checkpoint();
  }

  async close(): Promise<void> {
    if (this.#phase === 'closed') return;
    this.#phase = 'closed';
    await this.#commit.close();
    await this.#retaining;
    this.#release();
  }

  #checkpoint(): void {
    const { checkpoint, clock } = this.#options;
    const body = checkpoint();
    const to = { kind: 'checkpoint', at: clock.now(), tenant: undefined, call: undefined } as const;
    this.#add({ ...to, body }, true);
    this.#commit.wake();
  }

  #add(draft: EntryDraft, opens: boolean): void {
    this.#drafts.gather();
    const text = this.#encoder.encode(draft);
    if (text === undefined) return;
    const since = this.#options.clock.monotonic();
    this.#backlog.add({ text, seq: this.#encoder.seq(), since, opens });
  }

  /** Nobody is there any more to be told that a draft cannot become an entry: the log is. */
  #encode(draft: EntryDraft): Encoded | undefined {
    try {
      const text = this.#encoder.encode(draft);
      return text === undefined ? undefined : { text, seq: this.#encoder.seq() };
    } catch (error) {
      const detail = error instanceof Error ? error.message : 'unknown';
      this.#options.sink.log('error', 'journal.body-failed', { kind: draft.kind, detail });
      return undefined;
    }
  }

  #retain(): void {
    const { clock, cursors, disk, folder, settings, sink } = this.#options;
    this.#retaining = this.#retaining
      .then(() => retain({ disk, folder, settings, now: clock.now(), cursors: cursors?.() ?? [] }))
      .then((dropped) => {
        if (dropped > 0) sink.log('info', 'journal.segments-dropped', { segments: dropped });
      })
      .catch((error) => {
        sink.log('warn', 'journal.retention-failed', { detail: faultOf(error).message });
      });
  }
}
