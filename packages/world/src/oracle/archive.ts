// The journal as others see it: what was acknowledged is remembered here, and after every start the
// whole journal is read again from the disk, verified from public data, and compared.

import type { Keys } from '@signalbox/contract';
import { type DurableBatch, type Position, readJournal } from '@signalbox/ports';
import { CHAIN_START, type ReadEntry, readEntry, readFrames, verifyChain } from '@signalbox/trust';
import { sha256 } from '@signalbox/trust/node';
import type { Chance } from '../chance.ts';
import type { Report } from '../facts.ts';
import type { BadDisk } from '../node/bad-disk.ts';
import { JOURNAL_FOLDER, QUEUE_FOLDER } from '../node/life.ts';
import { SECRETS } from '../node/listener.ts';

type Kept = { readonly read: ReadEntry; readonly segment: number };

const BODY_DIGEST_BYTES = 32;
const HASHED_CHARACTERS = 12;
/** The batches after which the projection catches up. */
const PROJECTED_SHARE = 0.1;

const nameOf = ({ head }: ReadEntry): string => `${head.epoch}:${head.seq}`;

export class Archive {
  readonly #keys: Keys;
  readonly #report: Report;
  /** In the order of writing. */
  #kept = new Map<string, Kept>();
  /** Calls whose settlement is safe. */
  readonly #settled = new Set<string | undefined>();
  readonly #chance: Chance;
  #projected: Position = { segment: 0, offset: 0 };

  constructor(keys: Keys, report: Report, chance: Chance) {
    this.#keys = keys;
    this.#report = report;
    this.#chance = chance;
  }

  /** How far a projection has come that is now and then behind. */
  projected(): Position {
    return this.#projected;
  }

  /** These entries are safe, says the journal: from now on they may not be missing. */
  acknowledge({ bytes, start, end }: DurableBatch): void {
    if (this.#chance.happens(PROJECTED_SHARE)) this.#projected = end;
    for (const frame of readFrames(bytes.slice()).frames) {
      const read = readEntry(frame.bytes);
      if (read.kind === 'version' || read.kind === 'malformed') {
        this.#report('chain-verifies', `an acknowledged entry does not read: ${read.kind}`);
      } else {
        this.#kept.set(nameOf(read), { read, segment: start.segment });
        if (read.head.kind === 'settlement') this.#settled.add(read.head.call);
      }
    }
  }

  /** Reads the whole journal. @returns all entries that ever were safe, in order. */
  async compare(bad: BadDisk): Promise<readonly ReadEntry[]> {
    const found = await this.#read(bad);
    if (found === undefined) return this.entries();
    const first = found.values().next().value?.segment ?? 0;
    this.#verify(
      [...found.values()].map(({ read }) => read),
      first,
    );
    const whole = new Map<string, Kept>();
    for (const [name, kept] of this.#kept) {
      const now = found.get(name);
      const isPassed = kept.segment < first && kept.segment < this.#projected.segment;
      // What was dropped with an old segment stays in here.
      if (now === undefined && isPassed) whole.set(name, kept);
      else if (now === undefined) this.#missing(name, kept);
      else if (now.read.headText !== kept.read.headText) this.#missing(name, kept);
    }
    for (const [name, kept] of found) whole.set(name, kept);
    this.#kept = whole;
    return this.entries();
  }

  isSettled(call: string): boolean {
    return this.#settled.has(call);
  }

  entries(): readonly ReadEntry[] {
    return [...this.#kept.values()].map(({ read }) => read);
  }

  /** Nothing of any call's content may be on the disk. */
  async searchDisk({ disk, quietly }: BadDisk): Promise<void> {
    for (const { name } of await quietly(() => disk.list(JOURNAL_FOLDER))) {
      const bytes = disk.bytesOf(`${JOURNAL_FOLDER}/${name}`) ?? new Uint8Array(0);
      const found = SECRETS.exec(new TextDecoder('latin1').decode(bytes));
      if (found !== null) this.#report('nothing-told', `${name} holds ${found[0]}`);
    }
  }

  /** Judged when every answer was fetched or its time is over. */
  async judgeQueue({ disk, quietly }: BadDisk): Promise<void> {
    for (const { name } of await quietly(() => disk.list(QUEUE_FOLDER))) {
      this.#report('queue-empties', `${name} is still there`);
    }
  }

  async #read({ disk, quietly }: BadDisk): Promise<Map<string, Kept> | undefined> {
    const found = new Map<string, Kept>();
    const from = { position: { segment: 0, offset: 0 } };
    try {
      await quietly(() =>
        readJournal(disk, JOURNAL_FOLDER, from, (read, { start }) => {
          found.set(nameOf(read), { read, segment: start.segment });
          return undefined;
        }),
      );
      return found;
    } catch (error) {
      this.#report('chain-verifies', `the journal cannot be read: ${error}`);
      return undefined;
    }
  }

  #verify(entries: readonly ReadEntry[], first: number): void {
    const digest = (text: string): string =>
      this.#keys.digest('journal-body', text, BODY_DIGEST_BYTES);
    const isWhole = first <= 1;
    const from = isWhole ? CHAIN_START : undefined;
    const verdict = verifyChain(entries, { sha256, digest, from });
    if (verdict.ok) return;
    const place = `${verdict.epoch}:${verdict.seq}`;
    this.#report('chain-verifies', `the chain breaks at ${place}: ${verdict.why}`);
  }

  #missing(name: string, { read, segment }: Kept): void {
    const hash = sha256(read.headText).slice(0, HASHED_CHARACTERS);
    const what = `${read.head.kind} ${name} (${hash}, segment ${segment})`;
    this.#report('acknowledged-kept', `${what} was acknowledged and is not there`);
  }
}
