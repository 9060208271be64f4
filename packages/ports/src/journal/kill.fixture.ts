// A process that appends as fast as it can to a real folder and says on stdout how far it was told
// that everything is durable. Its parent kills it.
import { randomBytes } from 'node:crypto';
import { createClock } from '../clock.ts';
import { draft, Folded, keys, listeningSink, SETTINGS } from './journal.fixture.ts';
import { openJournal } from './journal.ts';
import { nodeDisk } from './node-disk.ts';

/** At most; the parent kills it long before. */
const ROUNDS_MAX = 10_000;
const PER_ROUND = 40;

const folder = process.argv[2] ?? '';
let next = Number(process.argv[3]);
const folded = new Folded();
const journal = await openJournal({
  disk: nodeDisk(),
  folder,
  clock: createClock(),
  random: { bytes: (count) => new Uint8Array(randomBytes(count)) },
  keys,
  node: 'n1',
  settings: {
    ...SETTINGS,
    groupCommitMsMax: 2,
    backlogBytesMax: 2 ** 26,
    segmentBytesMax: 2 ** 17,
  },
  sink: listeningSink(),
  checkpoint: () => folded.body(),
});
await journal.recover((entry) => folded.take(entry));

for (let round = 0; round < ROUNDS_MAX; round += 1) {
  for (let i = 0; i < PER_ROUND; i += 1) {
    folded.add(next);
    journal.append(draft(next, 300));
    next += 1;
  }
  const upTo = next;
  await new Promise<void>((resolve) => {
    journal.durable((ok) => {
      if (ok) process.stdout.write(`${upTo}\n`);
      resolve();
    });
  });
}
