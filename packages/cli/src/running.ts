// The note in a data folder that says where its server listens, so that commands on the same
// machine find it on whatever port. It is a hint, never a proof: whoever reads it still asks.
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWhole } from './configuration/write-whole.ts';

export type Running = { readonly pid: number; readonly url: string };

const NOTE = 'running.json';

export function readRunning(dataFolder: string): Running | undefined {
  try {
    const note: unknown = JSON.parse(readFileSync(join(dataFolder, NOTE), 'utf8'));
    if (typeof note !== 'object' || note === null || !('pid' in note && 'url' in note)) return;
    const { pid, url } = note;
    if (typeof pid !== 'number' || typeof url !== 'string' || !URL.canParse(url)) return;
    return isAlive(pid) ? { pid, url } : undefined;
  } catch {
    return undefined;
  }
}

export async function writeRunning(dataFolder: string, running: Running): Promise<void> {
  await writeWhole(join(dataFolder, NOTE), `${JSON.stringify(running)}\n`);
}

export async function forgetRunning(dataFolder: string): Promise<void> {
  await rm(join(dataFolder, NOTE), { force: true });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return cause instanceof Error && 'code' in cause && cause.code === 'EPERM';
  }
}
