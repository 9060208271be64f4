// The data folder: what a node keeps between two starts. The first start makes it, private to its
// owner, with a marker that says by which layout its files are read, and four secrets: the pepper
// (keyed hashes), the key-encryption key, the demo tenant's key and the administrator's key.
// Everything else in it belongs to who writes it.
//
// It refuses a folder that others could read or that belongs to somebody else, files of another
// program, a layout that it does not know, and a pepper that is gone while a journal is there: a
// new one would make every key and every digest worthless. Each refusal names the command to run.
// It never prints a secret. Who brings the key-encryption key along has none of it in the folder.
import { mkdir, readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Random, Secret } from '@signalbox/contract';
import { type DataFolderDocument, migrateDataFolder } from '@signalbox/documents';
import { API_KEY_CHANCE_BYTES, mintApiKey, parseApiKey } from '@signalbox/trust';
import { type Credentials, openCredentials } from './credentials.ts';
import { type Keyring, openKeyring } from './keyring.ts';
import {
  checkOwner,
  DataFolderFault,
  FOLDER_MODE,
  fromBackup,
  OTHERS,
  octal,
  type Place,
  quoted,
  readPrivate,
  writeNew,
} from './private-file.ts';

const MARKER = 'signalbox.json';
const JOURNAL = 'journal';
const RECORDS = 'records.db';
const EVENTS = 'events.db';
const QUEUE = 'queue';
const KEYS = 'keys';
const CREDENTIALS = 'credentials';
const DAYS = 'days';
const SECRET_BYTES = 32;
const SECRET = /^[0-9a-f]{64}$/;
/** What an unfinished first start leaves, and what a mounted disk has by itself. */
const NOT_OCCUPYING = /\.new$|^lost\+found$/;

export type DataFolderOptions = {
  readonly path: string;
  readonly random: Random;
  /** Name and version, for the marker. */
  readonly program: string;
  /** Of `SIGNALBOX_KEK`, 64 hexadecimal digits: takes the place of the file `kek`. */
  readonly kek?: string | undefined;
};

export type DataFolder = {
  /** Absolute. */
  readonly path: string;
  readonly journalFolder: string;
  readonly recordsPath: string;
  /** What is to be told of the registry, and what was. */
  readonly eventsPath: string;
  /** Calls that wait for a route, and answers that wait for their callers. */
  readonly queueFolder: string;
  /** Keys of days, which are thrown away. */
  readonly daysFolder: string;
  readonly pepper: Uint8Array;
  readonly kek: Uint8Array;
  /** The data keys of tenants: one for the whole process, since it holds them opened. */
  readonly keyring: Keyring;
  /** The keys that tenants brought, sealed under those. */
  readonly credentials: Credentials;
  readonly demoKey: Secret;
  readonly adminKey: Secret;
  /** True when this start made it. */
  readonly isNew: boolean;
};

export async function openDataFolder(options: DataFolderOptions): Promise<DataFolder> {
  const path = resolve(options.path);
  await mkdir(path, { recursive: true, mode: FOLDER_MODE });
  await checkFolder(path);
  const { program, random } = options;
  const isNew = await checkLayout({ path, random }, program);
  const secrets = { path, random, journalHeld: await holdsJournal(path) };
  const pepper = await secretBytes(secrets, 'pepper');
  const kek = await kekBytes(secrets, options.kek);
  const keyring = await openKeyring({ folder: join(path, KEYS), kek, random });
  return {
    path,
    journalFolder: join(path, JOURNAL),
    recordsPath: join(path, RECORDS),
    eventsPath: join(path, EVENTS),
    queueFolder: join(path, QUEUE),
    daysFolder: join(path, DAYS),
    pepper,
    kek,
    keyring,
    credentials: openCredentials({ folder: join(path, CREDENTIALS), keyring, random }),
    demoKey: await apiKey(secrets, 'demo'),
    adminKey: await apiKey(secrets, 'admin'),
    isNew,
  };
}

type Secrets = Place & { readonly journalHeld: boolean };

async function checkFolder(path: string): Promise<void> {
  const facts = await stat(path);
  if (!facts.isDirectory()) {
    throw new DataFolderFault(
      `${path} is no folder.`,
      'SIGNALBOX_DATA=./other-folder signalbox up',
    );
  }
  checkOwner(path, facts.uid, 'its journal and keys');
  if ((facts.mode & OTHERS) !== 0) {
    throw new DataFolderFault(
      `${path} holds secrets and is open to others (mode ${octal(facts.mode)}).`,
      `chmod 700 ${quoted(path)}`,
    );
  }
}

/** True: the folder was empty and is ours now. */
async function checkLayout(place: Place, program: string): Promise<boolean> {
  const { path } = place;
  const names = await readdir(path);
  const occupied = names.some((name) => !NOT_OCCUPYING.test(name));
  const verdict = migrateDataFolder({ marker: await readMarker(path), occupied, program });
  switch (verdict.kind) {
    case 'current':
      return false;
    case 'fresh':
      await writeMarker(place, verdict.marker);
      return true;
    case 'migrate':
      // No layout is older than the first: a step that is named here needs its deed in this file.
      throw new DataFolderFault(
        `${path} has an older layout, and this program cannot bring it to the present one.`,
        'SIGNALBOX_DATA=./other-folder signalbox up',
      );
    case 'refuse':
      throw new DataFolderFault(`${path}: ${verdict.reason}`, verdict.command);
  }
}

/** Undefined: there is none. A marker that is no JSON is a marker that cannot be read. */
async function readMarker(path: string): Promise<unknown> {
  const text = await readPrivate(join(path, MARKER));
  if (text === undefined) return undefined;
  try {
    const marker: unknown = JSON.parse(text);
    return marker ?? null;
  } catch {
    return null;
  }
}

async function writeMarker(place: Place, marker: DataFolderDocument): Promise<void> {
  await writeNew(place, MARKER, `${JSON.stringify(marker, undefined, 2)}\n`);
}

async function holdsJournal(path: string): Promise<boolean> {
  const names = await readdir(join(path, JOURNAL)).catch(() => []);
  return names.some((name) => name.endsWith('.sbj'));
}

async function secretBytes(secrets: Secrets, name: 'pepper' | 'kek'): Promise<Uint8Array> {
  const file = join(secrets.path, name);
  let text = await readPrivate(file);
  if (text === undefined) {
    if (secrets.journalHeld) {
      throw new DataFolderFault(
        `${file} is missing, and the journal beside it was written with it.`,
        fromBackup(file),
      );
    }
    const hexadecimal = Buffer.from(secrets.random.bytes(SECRET_BYTES)).toString('hex');
    text = await writeNew(secrets, name, `${hexadecimal}\n`);
  }
  const hexadecimal = text.trim();
  if (!SECRET.test(hexadecimal)) {
    throw new DataFolderFault(`${file} does not hold 64 hexadecimal digits.`, fromBackup(file));
  }
  return new Uint8Array(Buffer.from(hexadecimal, 'hex'));
}

/** Brought along, it is written nowhere, and a file beside it may say nothing else. */
async function kekBytes(secrets: Secrets, brought: string | undefined): Promise<Uint8Array> {
  if (brought === undefined) return secretBytes(secrets, 'kek');
  const hexadecimal = brought.trim();
  if (!SECRET.test(hexadecimal)) {
    throw new DataFolderFault(
      'SIGNALBOX_KEK does not hold 64 hexadecimal digits in lower case.',
      'SIGNALBOX_KEK=$(openssl rand -hex 32) signalbox up',
    );
  }
  const file = join(secrets.path, 'kek');
  const text = await readPrivate(file);
  if (text !== undefined && text.trim() !== hexadecimal) {
    throw new DataFolderFault(
      `${file} and SIGNALBOX_KEK are two keys, and what tenants keep opens with one of them.`,
      `SIGNALBOX_KEK=$(cat ${quoted(file)}) signalbox up`,
    );
  }
  return new Uint8Array(Buffer.from(hexadecimal, 'hex'));
}

/** A key that was removed is made anew: that is how one is replaced by hand. */
async function apiKey(secrets: Secrets, env: 'demo' | 'admin'): Promise<Secret> {
  const file = join(secrets.path, `${env}.key`);
  const text =
    (await readPrivate(file)) ??
    (await writeNew(
      secrets,
      `${env}.key`,
      `${mintApiKey(env, secrets.random.bytes(API_KEY_CHANCE_BYTES))}\n`,
    ));
  if (parseApiKey(text.trim()) === undefined) {
    throw new DataFolderFault(`${file} does not hold a key.`, `rm ${quoted(file)}`);
  }
  return new Secret(text.trim());
}
