// The data keys of tenants: what a tenant's own content is sealed under where it has to rest on
// disk (keys to its own endpoints, calls that wait for a route). One file a tenant holds all
// versions of its key, each sealed under the node's key-encryption key. The newest seals; all
// open. Who destroys a tenant's file destroys everything that was sealed for it, copies included.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { assert, type Random, type TenantName } from '@signalbox/contract';
import {
  type DataKey,
  KEY_BYTES,
  openContent,
  SEAL_NONCE_BYTES,
  sealContent,
  sealVersion,
} from '@signalbox/trust';
import { nodeCipher } from '@signalbox/trust/node';
import {
  DataFolderFault,
  FOLDER_MODE,
  fromBackup,
  type Place,
  readPrivate,
  removePrivate,
  replacePrivate,
  writeNew,
} from './private-file.ts';

export type KeyringOptions = {
  /** Made when it is missing; private to its owner. */
  readonly folder: string;
  /** 32 bytes. */
  readonly kek: Uint8Array;
  readonly random: Random;
};

/** Seals and opens for one tenant. */
export type Sealer = {
  /** @param purpose What it is for, `credential/NAME`: it opens for the same alone. */
  readonly seal: (purpose: string, bytes: Uint8Array) => Uint8Array;
  /** Undefined: not sealed for this tenant and purpose, altered, or its key is gone. */
  readonly open: (purpose: string, sealed: Uint8Array) => Uint8Array | undefined;
};

/** Throws `DataFolderFault` where a tenant's file cannot be read or opened. */
export type Keyring = {
  /** A tenant's first key is made when it is asked for. */
  readonly sealer: (tenant: TenantName) => Promise<Sealer>;
  /** A new key for all that is sealed from now on. Returns its version. */
  readonly rotate: (tenant: TenantName) => Promise<number>;
  /** Nothing sealed for this tenant opens from here on. */
  readonly destroy: (tenant: TenantName) => Promise<void>;
};

/** The version of the key-encryption key that data keys are sealed under. */
const KEK_VERSION = 1;
/** Tenants whose keys are held opened: the others are read again when they are needed. */
const OPENED_MAX = 4_096;

export async function openKeyring(options: KeyringOptions): Promise<Keyring> {
  assert(options.kek.length === KEY_BYTES, 'a key-encryption key has 32 bytes');
  await mkdir(options.folder, { recursive: true, mode: FOLDER_MODE });
  return new FileKeyring(options);
}

class FileKeyring implements Keyring {
  readonly #place: Place;
  readonly #kek: DataKey;
  readonly #random: Random;
  /** In the order of their opening. */
  readonly #opened = new Map<TenantName, Promise<OpenedKeys>>();
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: KeyringOptions) {
    this.#place = { path: options.folder, random: options.random };
    this.#kek = { version: KEK_VERSION, key: options.kek };
    this.#random = options.random;
  }

  sealer = (tenant: TenantName): Promise<OpenedKeys> => {
    const known = this.#opened.get(tenant);
    return known ?? this.#keep(tenant, this.#openedOrFirst(tenant));
  };

  rotate = (tenant: TenantName): Promise<number> =>
    this.#inTurn(async () => {
      const opened = await this.sealer(tenant);
      const keys = [...opened.keys, this.#fresh(opened.newest.version + 1)];
      await replacePrivate(this.#place, fileOf(tenant), this.#textOf(tenant, keys));
      opened.keys = keys;
      return opened.newest.version;
    });

  destroy = (tenant: TenantName): Promise<void> =>
    this.#inTurn(async () => {
      await removePrivate(this.#place, fileOf(tenant));
      const opened = this.#opened.get(tenant);
      this.#opened.delete(tenant);
      (await opened?.catch(() => undefined))?.destroy();
    });

  /** What changes a file waits for the change before it. */
  #inTurn<T>(change: () => Promise<T>): Promise<T> {
    const changed = this.#turn.then(change);
    this.#turn = changed.catch(() => undefined);
    return changed;
  }

  #keep(tenant: TenantName, opening: Promise<OpenedKeys>): Promise<OpenedKeys> {
    this.#opened.set(tenant, opening);
    const [oldest] = this.#opened.keys();
    if (this.#opened.size > OPENED_MAX && oldest !== undefined) this.#opened.delete(oldest);
    opening.catch(() => {
      if (this.#opened.get(tenant) === opening) this.#opened.delete(tenant);
    });
    return opening;
  }

  async #openedOrFirst(tenant: TenantName): Promise<OpenedKeys> {
    let keys = await this.#read(tenant);
    if (keys === undefined) {
      await writeNew(this.#place, fileOf(tenant), this.#textOf(tenant, [this.#fresh(1)]));
      // Another process may have been first.
      keys = await this.#read(tenant);
    }
    assert(keys !== undefined, 'the file was just written');
    return new OpenedKeys(tenant, keys, this.#random);
  }

  #fresh(version: number): DataKey {
    return { version, key: this.#random.bytes(KEY_BYTES) };
  }

  /** Undefined: the tenant has no key yet. */
  async #read(tenant: TenantName): Promise<readonly DataKey[] | undefined> {
    const file = join(this.#place.path, fileOf(tenant));
    const text = await readPrivate(file);
    if (text === undefined) return undefined;
    const keys = sealedKeysOf(text)?.map((sealed, i) => this.#unsealed(tenant, sealed, i + 1));
    if (keys === undefined || keys.length === 0 || keys.includes(undefined)) {
      throw new DataFolderFault(
        `${file} does not hold keys that this folder's kek opens.`,
        fromBackup(file),
      );
    }
    return keys.filter((key) => key !== undefined);
  }

  #unsealed(tenant: TenantName, sealed: string, version: number): DataKey | undefined {
    const bytes = Buffer.from(sealed, 'base64');
    const key = openContent(nodeCipher, this.#kek, { tenant, purpose: purposeOf(version) }, bytes);
    return key === undefined ? undefined : { version, key };
  }

  #textOf(tenant: TenantName, keys: readonly DataKey[]): string {
    const sealed = keys.map(({ version, key }) => {
      const belonging = { tenant, purpose: purposeOf(version) };
      const content = { bytes: key, nonce: this.#random.bytes(SEAL_NONCE_BYTES) };
      return Buffer.from(sealContent(nodeCipher, this.#kek, belonging, content)).toString('base64');
    });
    return `${JSON.stringify({ keys: sealed }, undefined, 2)}\n`;
  }
}

class OpenedKeys implements Sealer {
  readonly #tenant: TenantName;
  readonly #random: Random;
  keys: readonly DataKey[];

  constructor(tenant: TenantName, keys: readonly DataKey[], random: Random) {
    this.#tenant = tenant;
    this.keys = keys;
    this.#random = random;
  }

  get newest(): DataKey {
    const newest = this.keys.at(-1);
    assert(newest !== undefined, 'a tenant whose keys are destroyed seals nothing');
    return newest;
  }

  seal = (purpose: string, bytes: Uint8Array): Uint8Array => {
    const nonce = this.#random.bytes(SEAL_NONCE_BYTES);
    const belonging = { tenant: this.#tenant, purpose };
    return sealContent(nodeCipher, this.newest, belonging, { bytes, nonce });
  };

  open = (purpose: string, sealed: Uint8Array): Uint8Array | undefined => {
    const version = sealVersion(sealed);
    const dataKey = this.keys.find((key) => key.version === version);
    if (dataKey === undefined) return undefined;
    return openContent(nodeCipher, dataKey, { tenant: this.#tenant, purpose }, sealed);
  };

  /** Who still holds this sealer opens nothing with it. */
  destroy(): void {
    for (const { key } of this.keys) key.fill(0);
    this.keys = [];
  }
}

const purposeOf = (version: number): string => `data-key/${version}`;

/** Names of tenants are made of `a-z`, `0-9` and `-`: documents hold them to it. */
function fileOf(tenant: TenantName): string {
  assert(/^[a-z0-9-]+$/.test(tenant), 'a name that is no path');
  return `${tenant}.json`;
}

/** Undefined: not such a file. */
function sealedKeysOf(text: string): readonly string[] | undefined {
  try {
    const read: unknown = JSON.parse(text);
    if (typeof read !== 'object' || read === null || !('keys' in read)) return undefined;
    const { keys } = read;
    if (!Array.isArray(keys)) return undefined;
    return keys.filter((key) => typeof key === 'string');
  } catch {
    return undefined;
  }
}
