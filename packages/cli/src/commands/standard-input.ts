// What somebody pipes into a command, or names as a file, as text.
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { misused } from '../exit.ts';
import type { Place } from '../place.ts';

/** @param file `-` for standard input. */
export async function textGiven(file: string, { folder }: Pick<Place, 'folder'>): Promise<string> {
  if (file === '-') return standardInput();
  const path = resolve(folder, file);
  try {
    return await readFile(path, 'utf8');
  } catch {
    throw misused(`${path} cannot be read.`);
  }
}

export async function standardInput(): Promise<string> {
  const pieces: string[] = [];
  process.stdin.setEncoding('utf8');
  for await (const piece of process.stdin) pieces.push(String(piece));
  return pieces.join('');
}
