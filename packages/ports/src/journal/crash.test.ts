import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { DiskFault } from './disk.ts';
import { type Bench, commit, numbers, openBench, SETTINGS } from './journal.fixture.ts';
import { type MemoryDisk, memoryDisk } from './memory-disk.ts';

const RETRY_MS = 500;

/** What a node may go through, one step at a time. */
type Step =
  | { readonly kind: 'append'; readonly count: number; readonly padding: number }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'fill'; readonly room: number }
  | { readonly kind: 'free' }
  | { readonly kind: 'fault'; readonly operation: number; readonly full: boolean }
  | { readonly kind: 'end'; readonly how: 'crash' | 'kill' | 'close'; readonly operation: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('append' as const),
      count: fc.integer({ min: 1, max: 12 }),
      padding: fc.constantFrom(0, 10, 300, 2_000),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(1, 10, 500) }),
  },
  fc.record({ kind: fc.constant('fill' as const), room: fc.nat(3_000) }),
  fc.constant({ kind: 'free' as const }),
  fc.record({
    kind: fc.constant('fault' as const),
    operation: fc.nat(6),
    full: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant('end' as const),
    how: fc.constantFrom('crash' as const, 'kill' as const, 'close' as const),
    operation: fc.nat(8),
  }),
);

/** A node over several lives on one disk, with what it was told. */
class Node {
  readonly disk: MemoryDisk;
  bench: Bench | undefined;
  next = 0;
  /** Numbers below this were acknowledged. */
  acknowledged = 0;
  /** What is done before the operation that brings this to zero. */
  #countdown = 0;
  #deed: (() => void) | undefined;

  constructor(seed: number) {
    this.disk = memoryDisk({
      seed,
      before: () => {
        this.#countdown -= 1;
        if (this.#countdown !== 0) return;
        const deed = this.#deed;
        this.#deed = undefined;
        deed?.();
      },
    });
  }

  async start(): Promise<Bench> {
    this.#deed = undefined;
    this.disk.limit(undefined);
    const bench = await openBench(this.disk);
    this.bench = bench;
    await this.check(bench);
    return bench;
  }

  /** Everything acknowledged is there, nothing is doubled or out of order, state is the fold. */
  async check(bench: Bench): Promise<void> {
    const found = await numbers(this.disk);
    const sorted = [...found].sort((a, b) => a - b);
    assert.deepEqual(found, sorted, 'in order');
    assert.equal(new Set(found).size, found.length, 'once');
    const acknowledged = found.filter((number) => number < this.acknowledged);
    assert.equal(acknowledged.length, this.acknowledged, 'nothing acknowledged is missing');
    assert.equal(bench.folded.count, found.length);
    assert.equal(
      bench.folded.sum,
      found.reduce((sum, number) => sum + number, 0),
    );
    // What was lost was never acknowledged; numbers are given out again from here.
    this.next = (found.at(-1) ?? -1) + 1;
    assert.deepEqual(found, [...found.keys()], 'without a gap');
  }

  append(bench: Bench, count: number, padding: number): void {
    for (let i = 0; i < count; i += 1) {
      try {
        bench.append(this.next, padding);
      } catch (error) {
        // The backlog is full: the entry was folded but not taken.
        bench.folded.count -= 1;
        bench.folded.sum -= this.next;
        assert.match(String(error), /backlog is full/);
        return;
      }
      this.next += 1;
    }
    const upTo = this.next;
    bench.journal.durable((ok) => {
      if (ok) this.acknowledged = Math.max(this.acknowledged, upTo);
    });
  }

  later(operation: number, deed: () => void): void {
    this.#countdown = operation + 1;
    this.#deed = deed;
  }

  async run(steps: readonly Step[]): Promise<void> {
    let bench = await this.start();
    for (const one of steps) {
      switch (one.kind) {
        case 'append':
          this.append(bench, one.count, one.padding);
          break;
        case 'wait':
          await commit(bench, one.ms);
          break;
        case 'fill':
          this.disk.limit(this.disk.usedBytes() + one.room);
          break;
        case 'free':
          this.disk.limit(undefined);
          break;
        case 'fault':
          this.later(one.operation, () => {
            throw new DiskFault(one.full ? 'full' : 'failed', 'made to fail');
          });
          break;
        case 'end':
          await this.end(bench, one.how, one.operation);
          bench = await this.start();
      }
    }
    this.disk.limit(undefined);
    this.#deed = undefined;
    await commit(bench, RETRY_MS);
    await commit(bench, RETRY_MS);
    assert.deepEqual(bench.journal.health(), { kind: 'ready' });
    await bench.journal.close();
    assert.deepEqual(await numbers(this.disk), [...Array(this.next).keys()]);
  }

  async end(bench: Bench, how: 'crash' | 'kill' | 'close', operation: number): Promise<void> {
    if (how === 'close') {
      await bench.journal.close();
      return;
    }
    this.later(operation, () => this.disk[how]());
    this.append(bench, 3, 100);
    await commit(bench, SETTINGS.groupCommitMsMax);
    await commit(bench, SETTINGS.groupCommitMsMax);
    this.disk[how]();
  }
}

describe('a journal, whatever happens to its node', () => {
  it('never loses, doubles or reorders what it acknowledged', async () => {
    const life = fc.tuple(fc.nat(), fc.array(step, { maxLength: 40, size: 'max' }));
    await fc.assert(
      fc.asyncProperty(life, ([seed, steps]) => new Node(seed).run(steps)),
      { numRuns: 150 },
    );
  });

  it('survives a power cut before every single operation of a busy minute', async () => {
    const steps: Step[] = [];
    for (let i = 0; i < 6; i += 1) {
      steps.push({ kind: 'append', count: 5, padding: 200 }, { kind: 'wait', ms: 10 });
    }
    for (const how of ['crash', 'kill'] as const) {
      for (let operation = 0; operation < 40; operation += 1) {
        const node = new Node(operation);
        const bench = await node.start();
        node.later(operation, () => node.disk[how]());
        for (const one of steps) {
          if (one.kind === 'append') node.append(bench, one.count, one.padding);
          else await commit(bench);
        }
        node.disk[how]();
        await node.run([{ kind: 'append', count: 2, padding: 0 }]);
      }
    }
  });

  it('survives a power cut before every operation of the start that follows one', async () => {
    for (let operation = 0; operation < 30; operation += 1) {
      const node = new Node(operation * 7);
      const bench = await node.start();
      node.append(bench, 10, 300);
      await commit(bench);
      node.append(bench, 10, 300);
      node.disk.crash();
      node.later(operation, () => node.disk.crash());
      // The start hangs where the power went: nobody waits for it.
      void openBench(node.disk);
      await commit(bench);
      node.disk.crash();
      await node.run([{ kind: 'append', count: 2, padding: 0 }]);
    }
  });
});
