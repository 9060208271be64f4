// The log of a server: JSON lines in the data folder. At each start a log that has grown is put
// aside, so that two of them bound what the folder holds.
import { closeSync, openSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';

export type LogFile = { readonly path: string; readonly fd: number; close(): void };

const NAME = 'signalbox.log';
const BYTES_MAX = 16 * 1_024 * 1_024;
const FILE_MODE = 0o600;

export function openLogFile(dataFolder: string): LogFile {
  const path = join(dataFolder, NAME);
  const bytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (bytes > BYTES_MAX) renameSync(path, `${path}.1`);
  const fd = openSync(path, 'a', FILE_MODE);
  return { path, fd, close: () => closeSync(fd) };
}
