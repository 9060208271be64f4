// Calls that wait for a route, and answers that wait for their callers, on disk: a folder of their
// own, one file each. One file, because what is delivered or has expired has to be gone: a file
// that is removed is gone with its name, without pages of a database that keep what was deleted.
// What is in a file is for others to know; here they are bytes, which came sealed.
//
// A file is there whole or not at all: written under another name, synced, renamed, and the name
// synced. What cannot be read is set aside into a folder beside it, for a human to look at.
import { isRequestId, type RequestId, type TenantName, tenantName } from '@signalbox/contract';
import { type Disk, DiskFault } from '../journal/disk.ts';

export type KeptName = {
  readonly tenant: TenantName;
  readonly request: RequestId;
  readonly what: 'call' | 'answer';
};

export type Found = {
  readonly files: readonly (KeptName & { readonly bytes: number })[];
  /** Files with names of nobody's: set aside. */
  readonly foreign: number;
};

/** Throws `DiskFault`. */
export type KeptFiles = {
  /** Removes what a crash left half written, and sets aside what is not ours. */
  list(): Promise<Found>;
  /** Returns when the file is safe; when it throws, there is none. */
  write(name: KeptName, bytes: Uint8Array): Promise<void>;
  /** @param size as listed or written. */
  read(name: KeptName, size: number): Promise<Uint8Array>;
  /** Removing what is not there changes nothing. */
  remove(name: KeptName): Promise<void>;
  setAside(name: KeptName): Promise<void>;
  /** Files that were set aside and not looked at yet, by this run and those before. */
  aside(): Promise<number>;
};

export type KeptOptions = {
  readonly disk: Disk;
  /** Made when it is missing, and so is `FOLDER-aside`. */
  readonly folder: string;
};

const NAME = /^([a-z0-9][a-z0-9-]*)\.(req_[0-9A-Z]{26})\.(call|answer)$/;
const DRAFT = '.new';

export async function openKeptFiles({ disk, folder }: KeptOptions): Promise<KeptFiles> {
  await disk.makeFolder(folder);
  await disk.makeFolder(asideOf(folder));
  return new Files(disk, folder);
}

export const asideOf = (folder: string): string => `${folder}-aside`;

class Files implements KeptFiles {
  readonly #disk: Disk;
  readonly #folder: string;

  constructor(disk: Disk, folder: string) {
    this.#disk = disk;
    this.#folder = folder;
  }

  list = async (): Promise<Found> => {
    const files: (KeptName & { bytes: number })[] = [];
    let foreign = 0;
    for (const { name, bytes } of await this.#disk.list(this.#folder)) {
      const kept = keptName(name);
      if (kept !== undefined) files.push({ ...kept, bytes });
      else if (name.endsWith(DRAFT)) await this.#disk.remove(`${this.#folder}/${name}`);
      else {
        await this.#moveAside(name);
        foreign += 1;
      }
    }
    return { files, foreign };
  };

  write = async (name: KeptName, bytes: Uint8Array): Promise<void> => {
    const path = this.#path(name);
    const draft = `${path}${DRAFT}`;
    try {
      const file = await this.#disk.open(draft, 'create');
      try {
        await file.write(bytes, 0);
        await file.datasync();
      } finally {
        await file.close();
      }
      await this.#disk.rename(draft, path);
      await this.#disk.syncFolder(this.#folder);
    } catch (error) {
      await this.#forget(draft);
      await this.#forget(path);
      throw error;
    }
  };

  read = async (name: KeptName, size: number): Promise<Uint8Array> => {
    const file = await this.#disk.open(this.#path(name), 'read');
    try {
      const bytes = new Uint8Array(size);
      const have = await file.read(bytes, 0);
      return bytes.subarray(0, have);
    } finally {
      await file.close();
    }
  };

  remove = async (name: KeptName): Promise<void> => {
    try {
      await this.#disk.remove(this.#path(name));
    } catch (error) {
      if (!(error instanceof DiskFault) || error.kind !== 'missing') throw error;
    }
    await this.#disk.syncFolder(this.#folder);
  };

  setAside = async (name: KeptName): Promise<void> => this.#moveAside(fileOf(name));

  aside = async (): Promise<number> => (await this.#disk.list(asideOf(this.#folder))).length;

  async #moveAside(name: string): Promise<void> {
    await this.#disk.rename(`${this.#folder}/${name}`, `${asideOf(this.#folder)}/${name}`);
    await this.#disk.syncFolder(asideOf(this.#folder));
    await this.#disk.syncFolder(this.#folder);
  }

  /** What could not be written whole is not left in part. */
  async #forget(path: string): Promise<void> {
    await this.#disk.remove(path).catch(() => undefined);
  }

  #path(name: KeptName): string {
    return `${this.#folder}/${fileOf(name)}`;
  }
}

const fileOf = ({ tenant, request, what }: KeptName): string => `${tenant}.${request}.${what}`;

function keptName(file: string): KeptName | undefined {
  const [, tenant, request, what] = NAME.exec(file) ?? [];
  if (tenant === undefined || request === undefined || !isRequestId(request)) return undefined;
  return { tenant: tenantName(tenant), request, what: what === 'call' ? 'call' : 'answer' };
}
