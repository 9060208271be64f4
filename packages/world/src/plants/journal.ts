// Planted where entries are written and kept.
import type { EntryDraft, Store } from '@signalbox/contract';
import type { Disk, DiskFile } from '@signalbox/ports';
import { diskOver, fileOver, storeOver } from '../node/over.ts';
import type { Plant } from './plant.ts';

const EVERY = 5;
const SEGMENT = /\.sbj$/;
const ANSWER = /\.answer$/;

export const keepDelivered: Plant = {
  says: 'an answer that was fetched from the queue stays on the disk',
  breaks: ['queue-empties'],
  make: () => ({
    disk: (disk) =>
      diskOver(disk, {
        remove: async (path) => (ANSWER.test(path) ? undefined : disk.remove(path)),
      }),
  }),
};

/** Every few settlements one is appended as often as `times` says. */
function appending(times: number): Plant['make'] {
  return () => {
    let settlements = 0;
    const append = (store: Store, draft: EntryDraft): void => {
      if (draft.kind === 'settlement') settlements += 1;
      const isHit = draft.kind === 'settlement' && settlements % EVERY === 0;
      for (let left = isHit ? times : 1; left > 0; left -= 1) store.append(draft);
    };
    return {
      store: (store) => storeOver(store, { append: (draft) => append(store, draft) }),
    };
  };
}

export const settleTwice: Plant = {
  says: 'some calls are settled twice',
  breaks: ['settled-once'],
  make: appending(2),
};

export const dropSettlement: Plant = {
  says: 'some settlements never reach the journal',
  breaks: ['settled-once', 'holds-end', 'spent-adds-up', 'record-first'],
  make: appending(0),
};

export const skipFsync: Plant = {
  says: 'a sync returns before anything is safe',
  breaks: ['acknowledged-kept', 'chain-verifies', 'restart-recovers'],
  make: () => ({
    disk: (disk) =>
      diskOver(disk, {
        open: async (path, mode) =>
          fileOver(await disk.open(path, mode), { datasync: async () => undefined }),
      }),
  }),
};

export const acknowledgeEarly: Plant = {
  says: 'who waits for a record to be safe is told so at once',
  breaks: ['record-first'],
  make: () => ({
    store: (store) => storeOver(store, { durable: (then) => queueMicrotask(() => then(true)) }),
  }),
};

export const serveWhileFull: Plant = {
  says: 'the journal always says that it takes calls',
  breaks: ['journal-first', 'no-bug'],
  make: () => ({
    store: (store) => storeOver(store, { health: () => ({ kind: 'ready' }) }),
  }),
};

export const reuseTornTail: Plant = {
  says: 'a new run goes on behind the torn end of the last segment, which nobody cut off',
  breaks: ['acknowledged-kept', 'chain-verifies', 'restart-recovers'],
  make: () => {
    let before: string | undefined;
    return {
      disk(disk) {
        let last = before;
        return diskOver(disk, {
          async open(path, mode) {
            if (mode !== 'create' || !SEGMENT.test(path)) {
              const file = await disk.open(path, mode);
              return SEGMENT.test(path)
                ? fileOver(file, { truncate: async () => undefined })
                : file;
            }
            before = path;
            const onto = last;
            last = undefined;
            const again = onto === undefined ? undefined : await behind(disk, onto);
            return again ?? (await disk.open(path, mode));
          },
        });
      },
    };
  },
};

/** The file as if it began where it ends. */
async function behind(disk: Disk, path: string): Promise<DiskFile | undefined> {
  const folder = path.slice(0, path.lastIndexOf('/'));
  const name = path.slice(folder.length + 1);
  const found = (await disk.list(folder)).find((one) => one.name === name);
  if (found === undefined) return undefined;
  const file = await disk.open(path, 'write');
  const from = found.bytes;
  return fileOver(file, {
    read: (into, position) => file.read(into, from + position),
    write: (bytes, position) => file.write(bytes, from + position),
    truncate: (bytes) => file.truncate(from + bytes),
  });
}
