// The keys that tenants brought for their own endpoints: each sealed under the data key of its
// tenant, in a file of its own, together with the one origin that it may be sent to. What is here
// is never shown again but for its last characters, and opens for nobody else: moved to another
// tenant, another endpoint or another address it is no key.
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { assert, type Random, Secret, type TenantName, tenantName } from '@signalbox/contract';
import type { Keyring } from './keyring.ts';
import { FOLDER_MODE, readPrivate, removePrivate, replacePrivate } from './private-file.ts';

/** Characters of a key; those of cloud accounts are files of a few thousand. */
export const KEY_CHARACTERS_MAX = 8_192;
/** Of a shorter key, its last characters would be too much of it. */
const TAIL_KEY_CHARACTERS_MIN = 20;
const TAIL_CHARACTERS = 4;

export type KeptKey = {
  readonly secret: Secret;
  /** Scheme, host and port that it may be sent to. */
  readonly origin: string;
};

/** `endpoint` is its whole name, `acme/gpu`: the tenant stands before the slash. */
export type Credentials = {
  readonly keep: (endpoint: string, key: KeptKey) => Promise<void>;
  /** Undefined: there is none, or it does not open. */
  readonly read: (endpoint: string) => Promise<KeptKey | undefined>;
  readonly remove: (endpoint: string) => Promise<void>;
  /** A new data key, and all keys of the tenant sealed anew. Returns its version. */
  readonly rotate: (tenant: TenantName) => Promise<number>;
  /** With its data key: nothing that was sealed for the tenant opens from then on. */
  readonly removeTenant: (tenant: TenantName) => Promise<void>;
};

export type CredentialsOptions = {
  /** Made when something is kept. */
  readonly folder: string;
  readonly keyring: Keyring;
  readonly random: Random;
};

export function openCredentials(options: CredentialsOptions): Credentials {
  return new FileCredentials(options);
}

class FileCredentials implements Credentials {
  readonly #options: CredentialsOptions;

  constructor(options: CredentialsOptions) {
    this.#options = options;
  }

  keep = async (endpoint: string, { secret, origin }: KeptKey): Promise<void> => {
    const { tenant, file } = placeOf(endpoint);
    const folder = this.#folderOf(tenant);
    await mkdir(folder, { recursive: true, mode: FOLDER_MODE });
    const sealer = await this.#options.keyring.sealer(tenant);
    const content = JSON.stringify({ origin, key: secret.reveal() });
    const sealed = sealer.seal(purposeOf(endpoint), new TextEncoder().encode(content));
    const text = JSON.stringify({ v: VERSION, sealed: Buffer.from(sealed).toString('base64') });
    await replacePrivate({ path: folder, random: this.#options.random }, file, `${text}\n`);
  };

  read = async (endpoint: string): Promise<KeptKey | undefined> => {
    const { tenant, file } = placeOf(endpoint);
    const sealed = sealedIn(await readPrivate(join(this.#folderOf(tenant), file)));
    if (sealed === undefined) return undefined;
    const sealer = await this.#options.keyring.sealer(tenant);
    const opened = sealer.open(purposeOf(endpoint), sealed);
    return opened === undefined ? undefined : keptIn(new TextDecoder().decode(opened));
  };

  remove = async (endpoint: string): Promise<void> => {
    const { tenant, file } = placeOf(endpoint);
    const path = this.#folderOf(tenant);
    const there = await readdir(path).catch(nothing);
    if (there.includes(file)) await removePrivate({ path, random: this.#options.random }, file);
  };

  rotate = async (tenant: TenantName): Promise<number> => {
    const version = await this.#options.keyring.rotate(tenant);
    for (const file of await readdir(this.#folderOf(tenant)).catch(nothing)) {
      if (!file.endsWith(ENDING)) continue;
      const endpoint = `${tenant}/${file.slice(0, -ENDING.length)}`;
      const kept = await this.read(endpoint);
      if (kept !== undefined) await this.keep(endpoint, kept);
    }
    return version;
  };

  removeTenant = async (tenant: TenantName): Promise<void> => {
    await this.#options.keyring.destroy(tenant);
    await rm(this.#folderOf(tenant), { recursive: true, force: true });
  };

  #folderOf(tenant: TenantName): string {
    assert(NAME.test(tenant), 'a name that is no path');
    return join(this.#options.folder, tenant);
  }
}

/** What may be shown of a key, so that people know which it is. */
export function tailOf(secret: Secret): string | undefined {
  const text = secret.reveal();
  return text.length < TAIL_KEY_CHARACTERS_MIN ? undefined : text.slice(-TAIL_CHARACTERS);
}

const VERSION = 1;
const ENDING = '.json';
const NAME = /^[a-z0-9-]+$/;

/** Of a tenant's endpoint; the data key belongs to the tenant already. */
const purposeOf = (endpoint: string): string => `credential/${shortOf(endpoint)}`;

const shortOf = (endpoint: string): string => endpoint.slice(endpoint.indexOf('/') + 1);

function placeOf(endpoint: string): { readonly tenant: TenantName; readonly file: string } {
  const [tenant = ''] = endpoint.split('/', 1);
  const short = shortOf(endpoint);
  assert(NAME.test(short), 'a name that is no path');
  return { tenant: tenantName(tenant), file: `${short}${ENDING}` };
}

/** Undefined: there is nothing, or nothing of ours. */
function sealedIn(text: string | undefined): Uint8Array | undefined {
  const read = text === undefined ? undefined : parsed(text);
  const sealed = read?.['sealed'];
  if (read?.['v'] !== VERSION || typeof sealed !== 'string') return undefined;
  return new Uint8Array(Buffer.from(sealed, 'base64'));
}

function keptIn(text: string): KeptKey | undefined {
  const read = parsed(text);
  const [origin, key] = [read?.['origin'], read?.['key']];
  if (typeof origin !== 'string' || typeof key !== 'string') return undefined;
  return { origin, secret: new Secret(key) };
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const read: unknown = JSON.parse(text);
    return typeof read === 'object' && read !== null ? { ...read } : undefined;
  } catch {
    return undefined;
  }
}

function nothing(error: unknown): readonly string[] {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
  throw error;
}
