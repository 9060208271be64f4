// What became of a document that is kept as text: each version with who wrote it and when, in one
// file a document. The oldest go when there are many.
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { TextPlace, TextVersion } from '@signalbox/control';
import { writeWhole } from './write-whole.ts';

/** Of one document. */
const VERSIONS_MAX = 50;
const FOLDER_MODE = 0o700;
const FORMAT = 1;

type Kept = { readonly v: typeof FORMAT; readonly versions: readonly TextVersion[] };

/** The newest first. Throws when the file is none of ours. */
export async function readVersions(
  dataFolder: string,
  place: TextPlace,
): Promise<readonly TextVersion[]> {
  const file = fileOf(dataFolder, place);
  const text = await readFile(file, 'utf8').catch(missing);
  if (text === undefined) return [];
  const kept: Kept = JSON.parse(text);
  if (kept.v === FORMAT) return kept.versions;
  throw new Error(`${file} is of another version; remove it to forget what was before.`);
}

export async function keepVersion(
  dataFolder: string,
  place: TextPlace,
  version: Omit<TextVersion, 'number'>,
): Promise<void> {
  const before = await readVersions(dataFolder, place);
  const next = { number: (before[0]?.number ?? 0) + 1, ...version };
  const file = fileOf(dataFolder, place);
  await mkdir(dirname(file), { recursive: true, mode: FOLDER_MODE });
  const kept: Kept = { v: FORMAT, versions: [next, ...before].slice(0, VERSIONS_MAX) };
  await writeWhole(file, `${JSON.stringify(kept)}\n`);
}

const fileOf = (dataFolder: string, { noun, name }: TextPlace): string =>
  join(dataFolder, 'versions', noun, `${encodeURIComponent(name)}.json`);

function missing(cause: unknown): undefined {
  if (!(cause instanceof Error && 'code' in cause && cause.code === 'ENOENT')) throw cause;
}
