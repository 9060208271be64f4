// What an operator switched while the gateway ran, and which no document can say: endpoints that
// are drained whoever owns them, and whether imported tenants have been told to enforce.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWhole } from './write-whole.ts';

export type Switches = {
  readonly drained: readonly string[];
  readonly importedPrivacy: 'enforce' | undefined;
};

export const NO_SWITCHES: Switches = { drained: [], importedPrivacy: undefined };

const FILE = 'switches.json';
const VERSION = 1;

/** Throws when the file is not one of ours: a drained endpoint must not come back by accident. */
export async function readSwitches(dataFolder: string): Promise<Switches> {
  const file = join(dataFolder, FILE);
  const text = await readFile(file, 'utf8').catch(missing);
  if (text === undefined) return NO_SWITCHES;
  const read = decode(text);
  if (read === undefined) {
    throw new Error(`${file} cannot be read; remove it to forget what was drained.`);
  }
  return read;
}

export async function writeSwitches(dataFolder: string, switches: Switches): Promise<void> {
  const { drained, importedPrivacy } = switches;
  const document = { v: VERSION, drained, imported_privacy: importedPrivacy };
  await writeWhole(join(dataFolder, FILE), `${JSON.stringify(document, undefined, 2)}\n`);
}

function decode(text: string): Switches | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || !('v' in value && 'drained' in value)) return;
  const { v, drained } = value;
  const privacy: unknown = Reflect.get(value, 'imported_privacy');
  if (v !== VERSION || !Array.isArray(drained)) return undefined;
  const names = drained.filter((one: unknown) => typeof one === 'string');
  if (names.length !== drained.length) return undefined;
  return { drained: names, importedPrivacy: privacy === 'enforce' ? 'enforce' : undefined };
}

function missing(cause: unknown): undefined {
  if (!(cause instanceof Error && 'code' in cause && cause.code === 'ENOENT')) throw cause;
}
