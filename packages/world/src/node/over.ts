// A disk and a store as others see them, with a part of them exchanged.
import type { Store } from '@signalbox/contract';
import type { Disk, DiskFile } from '@signalbox/ports';

export const storeOver = (store: Store, more: Partial<Store>): Store => ({
  append: (draft) => store.append(draft),
  durable: (then) => store.durable(then),
  health: () => store.health(),
  recover: (each) => store.recover(each),
  ...more,
});

export const diskOver = (disk: Disk, more: Partial<Disk>): Disk => ({
  makeFolder: (path) => disk.makeFolder(path),
  lock: (folder) => disk.lock(folder),
  list: (folder) => disk.list(folder),
  open: (path, mode) => disk.open(path, mode),
  rename: (from, to) => disk.rename(from, to),
  remove: (path) => disk.remove(path),
  syncFolder: (path) => disk.syncFolder(path),
  ...more,
});

export const fileOver = (file: DiskFile, more: Partial<DiskFile>): DiskFile => ({
  read: (into, position) => file.read(into, position),
  write: (bytes, position) => file.write(bytes, position),
  datasync: () => file.datasync(),
  truncate: (bytes) => file.truncate(bytes),
  close: () => file.close(),
  ...more,
});

/** Told of everything that is written, before it is. */
export const watchedDisk = (disk: Disk, onWrite: (path: string, bytes: Uint8Array) => void): Disk =>
  diskOver(disk, {
    async open(path, mode) {
      const file = await disk.open(path, mode);
      return fileOver(file, {
        write(bytes, position) {
          onWrite(path, bytes);
          return file.write(bytes, position);
        },
      });
    },
  });
