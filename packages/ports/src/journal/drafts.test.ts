import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type EntryDraft, requestId } from '@signalbox/contract';
import { commit, draft, everything, numbers, openBench, START_MS } from './journal.fixture.ts';
import { memoryDisk } from './memory-disk.ts';

const later = (number: number): EntryDraft => ({ ...draft(number), later: true });
const callOf = (number: number): ReturnType<typeof requestId> =>
  requestId(START_MS, new Uint8Array(10).fill(number));

const hold = (number: number): EntryDraft => ({
  kind: 'hold',
  at: START_MS,
  tenant: undefined,
  call: callOf(number),
  body: { owners: ['acme'], day: 1, estimateNanoUsd: '5' },
  later: true,
});

/** A body is of no interest here: it is as empty as a body can be. */
const settlement = (number: number): EntryDraft => {
  const body: unknown = {};
  const rest = { kind: 'settlement', at: START_MS, tenant: undefined, call: callOf(number) };
  return { ...rest, body, later: true } as EntryDraft; // cast: the journal does not read bodies
};

describe('what may be encoded later', () => {
  it('is written within the same window, in the order of appending', async () => {
    const disk = memoryDisk({ seed: 1 });
    const bench = await openBench(disk);
    await commit(bench);
    bench.journal.append(later(1));
    bench.journal.append(draft(2));
    bench.journal.append(later(3));
    bench.journal.append(later(4));
    await commit(bench);
    assert.deepEqual(await numbers(disk), [1, 2, 3, 4]);
    assert.equal(bench.clock.waiting(), 0);
  });

  it('has its body made when it is written, once', async () => {
    const disk = memoryDisk({ seed: 1 });
    const bench = await openBench(disk);
    let made = 0;
    const { body, ...rest } = later(7);
    const late = {
      ...rest,
      get body(): unknown {
        made += 1;
        return body;
      },
    };
    bench.journal.append(late as EntryDraft); // cast: a getter is a body
    assert.equal(made, 0);
    await commit(bench);
    assert.equal(made, 1);
    assert.deepEqual(await numbers(disk), [7]);
  });

  it('is durable when it is said to be', async () => {
    const disk = memoryDisk({ seed: 1 });
    const bench = await openBench(disk);
    bench.journal.append(later(1));
    const told: boolean[] = [];
    bench.journal.durable((ok) => told.push(ok));
    bench.journal.append(later(2));
    await commit(bench);
    assert.deepEqual(told, [true]);
    disk.crash();
    assert.deepEqual(await numbers(disk), [1, 2]);
  });

  it('is left out, told, and takes nothing along when it cannot become an entry', async () => {
    const disk = memoryDisk({ seed: 1 });
    const bench = await openBench(disk);
    bench.journal.append(later(1));
    bench.journal.append({ ...draft(99, 17 * 2 ** 20), later: true });
    bench.journal.append({
      ...later(98),
      get body(): never {
        throw new Error('made to fail');
      },
    });
    bench.journal.append(later(2));
    await commit(bench);
    assert.deepEqual(await numbers(disk), [1, 2]);
    const told = bench.sink.logged.filter((one) => one.event === 'journal.body-failed');
    assert.equal(told.length, 2);
  });

  it('is left out untold when its body is withdrawn before it is written', async () => {
    const disk = memoryDisk({ seed: 1 });
    const bench = await openBench(disk);
    bench.journal.append(later(1));
    bench.journal.append({
      ...{ kind: 'features', at: START_MS, tenant: undefined, call: callOf(2), later: true },
      body: undefined,
    });
    bench.journal.append(later(3));
    await commit(bench);
    assert.deepEqual(await numbers(disk), [1, 3]);
    assert.ok(!bench.sink.logged.some((one) => one.event === 'journal.body-failed'));
  });

  it('is written when the journal is closed', async () => {
    const disk = memoryDisk({ seed: 1 });
    const bench = await openBench(disk);
    bench.journal.append(later(1));
    await bench.journal.close();
    assert.deepEqual(await numbers(disk), [1]);
  });

  it('comes before a checkpoint that was taken after it', async () => {
    const disk = memoryDisk({ seed: 1 });
    const bench = await openBench(disk);
    for (let number = 0; number < 60; number += 1) {
      bench.folded.add(number);
      bench.journal.append({ ...draft(number, 200), later: true });
      if (number % 3 === 0) await commit(bench);
    }
    await bench.journal.close();
    const again = await openBench(disk);
    assert.equal(again.folded.count, 60);
    await again.journal.close();
  });

  it('counts towards the backlog, and many are not left to wait', async () => {
    const bench = await openBench(memoryDisk({ seed: 1 }));
    await commit(bench);
    let made = 0;
    const { body, ...rest } = later(7);
    for (let i = 0; i < 40; i += 1) {
      const late = {
        ...rest,
        get body(): unknown {
          made += 1;
          return body;
        },
      };
      bench.journal.append(late as EntryDraft); // cast: a getter is a body
    }
    assert.equal(made, 0);
    assert.equal(bench.journal.health().kind, 'unavailable');
    await commit(bench);
    assert.equal(made, 40);
    assert.deepEqual(bench.journal.health(), { kind: 'ready' });
  });
});

describe('a hold that may be encoded later', () => {
  const kindsAfter = async (drafts: readonly (EntryDraft | 'commit')[]): Promise<string[]> => {
    const disk = memoryDisk({ seed: 1 });
    const bench = await openBench(disk);
    for (const one of drafts) {
      if (one === 'commit') await commit(bench);
      else bench.journal.append(one);
    }
    await bench.journal.close();
    return (await everything(disk)).map((read) => read.head.kind).slice(1);
  };

  it('is left out when its call settles in the same batch, and only then', async () => {
    assert.deepEqual(await kindsAfter([hold(1), settlement(1)]), ['settlement']);
    assert.deepEqual(await kindsAfter([hold(1), hold(2), settlement(1)]), ['hold', 'settlement']);
    const apart = await kindsAfter([hold(1), 'commit', settlement(1)]);
    assert.deepEqual(apart, ['hold', 'settlement']);
  });

  it('is kept when it must be encoded at once', async () => {
    const { later: _, ...now } = hold(1);
    const kinds = await kindsAfter([now as EntryDraft, settlement(1)]); // cast: less is a draft too
    assert.deepEqual(kinds, ['hold', 'settlement']);
  });
});
