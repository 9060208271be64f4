// The lives of one gateway, one after another over the same disk: started, killed at any moment,
// started again by whoever supervises it.
import type { Keys, Random, Secret, Sink, Upstream } from '@signalbox/contract';
import type { SecretReference } from '@signalbox/documents';
import type { History, Report } from '../facts.ts';
import type { Archive } from '../oracle/archive.ts';
import type { Watch } from '../oracle/watch.ts';
import type { Wrappers } from '../plants/plant.ts';
import { type MortalClock, mortalClock, type Timeline } from '../timeline.ts';
import type { Trace } from '../trace.ts';
import type { BadDisk } from './bad-disk.ts';
import type { Sealers } from './keyring.ts';
import { type Border, type Life, openLife } from './life.ts';
import { watchedDisk } from './over.ts';

export type LivesTools = {
  readonly timeline: Timeline;
  readonly trace: Trace;
  readonly report: Report;
  readonly history: History;
  readonly archive: Archive;
  readonly watch: Watch;
  readonly disk: BadDisk;
  readonly random: Random;
  readonly keys: Keys;
  readonly keyring: Sealers;
  readonly sink: Sink;
  readonly upstream: Upstream;
  readonly secretOf: (reference: SecretReference) => Secret | undefined;
  readonly wrappers: Wrappers;
  readonly border: Border;
  /** Told of everything that is written to the disk. */
  readonly onWrite: ((path: string, bytes: Uint8Array) => void) | undefined;
};

/** A supervisor tries again after this when a start fails. */
const START_AGAIN_MS = 500;

type Current = {
  readonly number: number;
  readonly clock: MortalClock;
  life: Life | undefined;
  dead: boolean;
};

export class Lives {
  readonly #tools: LivesTools;
  #current: Current | undefined;
  #count = 0;

  constructor(tools: LivesTools) {
    this.#tools = tools;
  }

  /** Undefined: dead, or not up yet. */
  get life(): Life | undefined {
    return this.#current?.life;
  }

  get number(): number {
    return this.#count;
  }

  /** Timers that the gateway has armed. */
  timers(): number {
    return this.#current?.clock.waiting() ?? 0;
  }

  start(): void {
    const { timeline, report, trace, watch, disk, wrappers } = this.#tools;
    this.#count += 1;
    const onThrow = (error: unknown): void => report('no-bug', `a timer threw: ${wordsOf(error)}`);
    const clock = mortalClock(timeline, onThrow);
    const current: Current = { number: this.#count, clock, life: undefined, dead: false };
    this.#current = current;
    trace.note(`life ${current.number} starts`);
    const failuresBefore = disk.failures();
    const version = this.#tools.history.now();
    const { history, archive, random, keys, keyring, sink, upstream, secretOf, border, onWrite } =
      this.#tools;
    const opening = openLife({
      clock,
      random,
      keys,
      keyring,
      disk: onWrite === undefined ? disk.disk : watchedDisk(disk.disk, onWrite),
      border,
      sink,
      upstream,
      secretOf,
      version: () => history.now(),
      watcher: watch.watcher(current.number),
      wrappers,
      recovered: async () => watch.recount(await archive.compare(disk)),
    });
    opening.then(
      (life) => {
        if (current.dead) return;
        current.life = life;
        trace.note(`life ${current.number} is up`);
        // Documents that changed while it started are read once it listens for changes.
        if (history.now() !== version) life.swap();
        else life.begin();
      },
      (error: unknown) => {
        if (current.dead) return;
        const isExcused = disk.failures() > failuresBefore;
        if (!isExcused) report('restart-recovers', `it does not start: ${wordsOf(error)}`);
        this.end('kill');
        timeline.after(START_AGAIN_MS, () => this.start());
      },
    );
  }

  /** It dies: whatever it was doing, nothing of it is ever heard again. False: it was dead. */
  end(how: 'kill' | 'power'): boolean {
    const current = this.#current;
    if (current === undefined || current.dead) return false;
    this.#tools.trace.note(`life ${current.number} ends by ${how}`);
    this.#let(current);
    const { disk } = this.#tools.disk;
    if (how === 'kill') disk.kill();
    else disk.crash();
    return true;
  }

  /** An orderly stop. */
  async close(): Promise<void> {
    const current = this.#current;
    if (current?.life === undefined) return;
    await current.life.close();
    this.#tools.trace.note(`life ${current.number} is closed`);
    this.#let(current);
    this.#tools.disk.disk.kill();
  }

  #let(current: Current): void {
    current.dead = true;
    current.life = undefined;
    current.clock.stop();
  }
}

/** Where in the house it came from, and never a path of this machine. */
export function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const places = [...(error.stack ?? '').matchAll(/packages\/([^\s()]+:\d+):\d+/g)];
  const at = places.slice(0, 4).map(([, place]) => place);
  return `${error.name}: ${error.message} (${at.join(' < ')})`;
}
