// Trained routers in the data folder, each a file under the digest of its bytes, and beside them
// which of them is promoted, for whom, and what was before it.
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RouterStage } from '@signalbox/control';
import { decodeRouter, type RouteModel } from '@signalbox/engine';
import { writeWhole } from './write-whole.ts';

export type RoutersStanding = {
  readonly now: RouterStage | null;
  /** What was promoted before, the newest last; null: nothing was. */
  readonly before: readonly (RouterStage | null)[];
  /** Who made it so; undefined: nobody said. */
  readonly by?: string | undefined;
};

export const NOTHING_PROMOTED: RoutersStanding = { now: null, before: [] };

const FOLDER = 'routers';
const STANDING = 'promoted.json';
const END = '.router';
const VERSION = 1;
const DIGEST = /^[0-9a-f]{16}$/;
const KEPT_MAX = 20;
const FOLDER_MODE = 0o700;

export const standingPath = (dataFolder: string): string => join(dataFolder, FOLDER, STANDING);

const pathOf = (dataFolder: string, digest: string): string =>
  join(dataFolder, FOLDER, `${digest}${END}`);

/** @returns its digest. */
export async function writeRouter(dataFolder: string, bytes: Uint8Array): Promise<string> {
  const digest = digestOf(bytes);
  await mkdir(join(dataFolder, FOLDER), { recursive: true, mode: FOLDER_MODE });
  await writeWhole(pathOf(dataFolder, digest), bytes);
  return digest;
}

/** Undefined: there is none, or its bytes are not those that were trained. */
export async function readRouter(
  dataFolder: string,
  digest: string,
): Promise<RouteModel | undefined> {
  if (!DIGEST.test(digest)) return undefined;
  const bytes = await readFile(pathOf(dataFolder, digest)).catch(() => undefined);
  if (bytes === undefined || digestOf(bytes) !== digest) return undefined;
  return decodeRouter(bytes);
}

export async function routersIn(dataFolder: string): Promise<readonly string[]> {
  const files = await readdir(join(dataFolder, FOLDER)).catch((): string[] => []);
  return files
    .filter((name) => name.endsWith(END))
    .map((name) => name.slice(0, -END.length))
    .filter((name) => DIGEST.test(name))
    .sort();
}

/** Throws when the file is not one of ours: nothing is promoted by a mistake. */
export async function readStanding(dataFolder: string): Promise<RoutersStanding> {
  const path = standingPath(dataFolder);
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return NOTHING_PROMOTED;
  const read = decode(text);
  if (read === undefined) {
    throw new Error(`${path} cannot be read; remove it to promote nothing.`);
  }
  return read;
}

export async function writeStanding(dataFolder: string, standing: RoutersStanding): Promise<void> {
  const { now, before, by } = standing;
  const document = { v: VERSION, by, now, before: before.slice(-KEPT_MAX) };
  await writeWhole(standingPath(dataFolder), `${JSON.stringify(document, undefined, 2)}\n`);
}

function decode(text: string): RoutersStanding | undefined {
  try {
    const { v, by, now, before } = Object(JSON.parse(text));
    if (v !== VERSION || !Array.isArray(before)) return undefined;
    const who = typeof by === 'string' ? { by } : {};
    return { now: stageIn(now), before: before.map(stageIn), ...who };
  } catch {
    return undefined;
  }
}

/** Throws where something is of another shape. */
function stageIn(value: unknown): RouterStage | null {
  if (value === null) return null;
  const { digest, ring } = Object(value);
  const isRing = ring === null || Number.isSafeInteger(ring);
  if (typeof digest !== 'string' || !DIGEST.test(digest) || !isRing)
    throw new TypeError('no stage');
  return { digest, ring };
}

const digestOf = (bytes: Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex').slice(0, 16);
