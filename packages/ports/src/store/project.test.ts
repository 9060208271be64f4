import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { EntryDraft } from '@signalbox/contract';
import fc from 'fast-check';
import { commit, everything, FOLDER, openBench } from '../journal/journal.fixture.ts';
import { memoryDisk } from '../journal/memory-disk.ts';
import { readJournal } from '../journal/read.ts';
import { follow } from './follow.ts';
import { type PlacedEntry, Projection } from './project.ts';
import { openDatabase } from './schema.ts';
import { START_MS, settlement } from './store.fixture.ts';

const KEEP = { days: 30, requests: 100_000 };

type Dump = Readonly<Record<string, unknown>>;

/** Everything that the projection holds. */
function dumpOf(projected: Projected): Dump {
  const tables = ['requests', 'usage', 'minutes', 'cursor'];
  return Object.fromEntries(
    tables.map((table) => [
      table,
      projected.database.prepare(`SELECT * FROM ${table} ORDER BY 1, 2, 3, 4, 5`).all(),
    ]),
  );
}

type Projected = {
  readonly database: ReturnType<typeof openDatabase>['database'];
  readonly projection: Projection;
};

function projected(keep: typeof KEEP = KEEP): Projected {
  const { database } = openDatabase(':memory:');
  return { database, projection: new Projection(database, keep) };
}

const count = (times: number): EntryDraft => ({
  kind: 'count',
  at: START_MS,
  tenant: undefined,
  call: undefined,
  body: { code: 'key_invalid', key: undefined, times },
});

/** A journal of two epochs with settlements and counts. */
async function journal(): Promise<{
  readonly disk: ReturnType<typeof memoryDisk>;
  readonly entries: readonly PlacedEntry[];
}> {
  const disk = memoryDisk({ seed: 1 });
  for (const from of [0, 30]) {
    const bench = await openBench(disk);
    for (let number = from; number < from + 30; number += 1) {
      bench.journal.append(settlement({ number, tenant: number % 3 === 0 ? 'beta' : 'acme' }));
      if (number % 4 === 0) bench.journal.append(count(number));
      await commit(bench);
    }
    await bench.journal.close();
  }
  const entries: PlacedEntry[] = [];
  await readJournal(disk, FOLDER, { position: { segment: 0, offset: 0 } }, (read, place) => {
    entries.push({ read, place: place.start });
    return true;
  });
  return { disk, entries };
}

/** Where the entry after the last of these begins; the journal's end after all. */
const endOf = (entries: readonly PlacedEntry[], to: number): PlacedEntry['place'] =>
  entries[to]?.place ?? { segment: 1_000, offset: 0 };

describe('the projection', () => {
  it('is the same however its entries are cut into batches, doubled or sent again', async () => {
    const { entries } = await journal();
    const once = projected();
    once.projection.apply({ entries, end: endOf(entries, entries.length) });
    const wanted = dumpOf(once);
    const cuts = fc.array(fc.tuple(fc.nat(entries.length), fc.nat(15)), {
      maxLength: 30,
      size: 'max',
    });
    fc.assert(
      fc.property(cuts, (batches) => {
        const again = projected();
        let to = 0;
        for (const [length, back] of batches) {
          // Begins earlier than where the last one ended: a part of it comes again.
          const from = Math.max(0, to - back);
          const next = Math.min(entries.length, Math.max(to, from + length));
          again.projection.apply({ entries: entries.slice(from, next), end: endOf(entries, next) });
          to = next;
        }
        again.projection.apply({ entries, end: endOf(entries, entries.length) });
        assert.deepEqual(dumpOf(again), wanted);
        again.database.close();
      }),
      { numRuns: 40 },
    );
  });

  it('that fails in the middle of a batch has nothing of it', async () => {
    const { entries } = await journal();
    const { database, projection } = projected();
    projection.apply({ entries: entries.slice(0, 10), end: endOf(entries, 10) });
    const before = dumpOf({ database, projection });
    database.exec(
      "CREATE TRIGGER fail BEFORE INSERT ON minutes BEGIN SELECT RAISE(ABORT, 'made to fail'); END",
    );
    const batch = { entries, end: endOf(entries, entries.length) };
    assert.throws(() => projection.apply(batch), /made to fail/);
    assert.deepEqual(dumpOf({ database, projection }), before);
    database.exec('DROP TRIGGER fail');
    projection.apply(batch);
    const whole = projected();
    whole.projection.apply(batch);
    assert.deepEqual(dumpOf({ database, projection }), dumpOf(whole));
  });

  it('follows a journal to where it is safe, and from where it stopped', async () => {
    const { disk, entries } = await journal();
    const whole = projected();
    whole.projection.apply({ entries, end: endOf(entries, entries.length) });
    const { database, projection } = projected();
    let added = 0;
    const tools = {
      disk,
      folder: FOLDER,
      projection,
      turn: () => Promise.resolve(),
      onProjected: (requests: readonly unknown[]) => {
        added += requests.length;
      },
    };
    for (let to = 1; to <= entries.length; to += 3) {
      await follow(tools, endOf(entries, to));
      const { seq } = projection.cursor().after ?? {};
      assert.equal(seq, entries[to - 1]?.read.head.seq);
    }
    await follow(tools, endOf(entries, entries.length));
    assert.equal(added, 60);
    const { cursor: _, ...rest } = dumpOf({ database, projection });
    const { cursor: __, ...wanted } = dumpOf(whole);
    assert.deepEqual(rest, wanted);
    assert.equal((await everything(disk)).length, entries.length);
  });

  it('forgets what is older than its days, in the time of the journal', async () => {
    const { database, projection } = projected({ days: 2, requests: 100_000 });
    const disk = memoryDisk({ seed: 1 });
    const bench = await openBench(disk);
    const DAY_MS = 24 * 60 * 60 * 1000;
    for (let day = 0; day < 20; day += 1) {
      for (let i = 0; i < 10; i += 1) {
        const number = day * 10 + i;
        bench.journal.append(settlement({ number, at: START_MS + day * DAY_MS }));
      }
      await commit(bench);
      const { segment, offset } = bench.batches.at(-1)?.end ?? { segment: 0, offset: 0 };
      await follow(
        {
          disk,
          folder: FOLDER,
          projection,
          turn: () => Promise.resolve(),
          onProjected: () => undefined,
        },
        { segment, offset },
      );
    }
    const left = database.prepare('SELECT count(*) AS n, min(at) AS at FROM requests').get();
    assert.equal(left?.['n'], 30);
    assert.equal(left?.['at'], START_MS + 17 * DAY_MS);
    const minutes = database
      .prepare("SELECT count(*) AS n FROM minutes WHERE tenant = 'acme'")
      .get();
    assert.ok(Number(minutes?.['n']) <= 10);
    const usage = database.prepare('SELECT sum(calls) AS n FROM usage').get();
    assert.equal(usage?.['n'], 200);
  });
});
