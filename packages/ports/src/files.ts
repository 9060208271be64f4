// Configuration files: read whole, by path or pattern, and watched. A watcher looks at the folders,
// not at the files, because editors and orchestrators replace a file (rename, or a symbolic link
// that is swapped) instead of writing into it. What counts as a change is what the files are then,
// not what the operating system said; where it says nothing (network folders), a slow look around
// finds the change all the same.

import { type FSWatcher, watch } from 'node:fs';
import { glob, readFile, stat } from 'node:fs/promises';
import { dirname, resolve as resolvePath } from 'node:path';
import type { Clock } from '@signalbox/contract';
import { whyUnread } from './file-fault.ts';

export type TextFile = { readonly path: string; readonly text: string };
export type FileProblem = { readonly path: string; readonly why: string };
export type FilesRead = {
  /** In alphabetical order of their absolute paths, each once. */
  readonly files: readonly TextFile[];
  readonly problems: readonly FileProblem[];
};

const FILE_BYTES_MAX = 8_388_608;
const FILES_MAX = 1_000;

/**
 * @param patterns paths or globs, relative to the folder; one that finds nothing is a problem.
 */
export async function readFiles(patterns: readonly string[], folder: string): Promise<FilesRead> {
  const problems: FileProblem[] = [];
  const paths = new Set<string>();
  for (const pattern of patterns) {
    const found = await pathsOf(pattern, folder);
    if (found.length === 0) problems.push({ path: pattern, why: 'no such file' });
    for (const path of found) paths.add(path);
  }
  if (paths.size > FILES_MAX) {
    const why = `${paths.size} files; at most ${FILES_MAX} are read`;
    return { files: [], problems: [...problems, { path: folder, why }] };
  }
  const files: TextFile[] = [];
  for (const path of [...paths].sort()) {
    const text = await textOf(path);
    if (typeof text === 'string') files.push({ path, text });
    else problems.push({ path, why: text.why });
  }
  return { files, problems };
}

async function pathsOf(pattern: string, folder: string): Promise<readonly string[]> {
  if (!/[*?[\]{}]/.test(pattern)) return [resolvePath(folder, pattern)];
  const found: string[] = [];
  for await (const path of glob(pattern, { cwd: folder })) {
    found.push(resolvePath(folder, path));
    if (found.length > FILES_MAX) break;
  }
  return found;
}

async function textOf(path: string): Promise<string | { readonly why: string }> {
  try {
    const facts = await stat(path);
    if (!facts.isFile()) return { why: 'not a file' };
    if (facts.size > FILE_BYTES_MAX) return { why: `larger than ${FILE_BYTES_MAX} bytes` };
    const bytes = await readFile(path);
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    return { why: error instanceof TypeError ? 'not UTF-8' : whyUnread(error) };
  }
}

export type WatchSettings = {
  readonly clock: Clock;
  /** Several writes of one save count as one change. */
  readonly settleMs?: number;
  /** The slow look around. */
  readonly lookMs?: number;
};

const SETTLE_MS = 200;
const LOOK_MS = 10_000;

/**
 * Calls `changed` when the files behind the patterns are others than before. Returns how to stop.
 */
export function watchFiles(
  patterns: readonly string[],
  folder: string,
  changed: () => void,
  settings: WatchSettings,
): () => void {
  const watching = new Watching(patterns, folder, changed, settings);
  watching.start();
  return () => watching.stop();
}

class Watching {
  readonly #patterns: readonly string[];
  readonly #folder: string;
  readonly #changed: () => void;
  readonly #settings: WatchSettings;
  readonly #watchers = new Map<string, FSWatcher>();
  #seen: string | undefined = undefined;
  #looking = false;
  #again = false;
  #over = false;
  #stopSettling: (() => void) | undefined = undefined;
  #stopLooking: () => void = () => {};

  constructor(
    patterns: readonly string[],
    folder: string,
    changed: () => void,
    settings: WatchSettings,
  ) {
    this.#patterns = patterns;
    this.#folder = folder;
    this.#changed = changed;
    this.#settings = settings;
  }

  start(): void {
    void this.#look();
    this.#lookLater();
  }

  stop(): void {
    this.#over = true;
    this.#stopSettling?.();
    this.#stopLooking();
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  #lookLater(): void {
    const ms = this.#settings.lookMs ?? LOOK_MS;
    this.#stopLooking = this.#settings.clock.after(ms, () => {
      void this.#look();
      this.#lookLater();
    });
  }

  #stirred(): void {
    this.#stopSettling?.();
    const ms = this.#settings.settleMs ?? SETTLE_MS;
    this.#stopSettling = this.#settings.clock.after(ms, () => void this.#look());
  }

  /** Never two at a time: what stirs during a look is looked at after it. */
  async #look(): Promise<void> {
    if (this.#looking) {
      this.#again = true;
      return;
    }
    this.#looking = true;
    const paths = await this.#paths();
    const now = await fingerprint(paths);
    this.#looking = false;
    if (this.#over) return;
    this.#watch(new Set([this.#folder, ...paths.map((path) => dirname(path))]));
    const before = this.#seen;
    this.#seen = now;
    if (before !== undefined && before !== now) this.#changed();
    if (!this.#again) return;
    this.#again = false;
    this.#stirred();
  }

  async #paths(): Promise<readonly string[]> {
    const found = new Set<string>();
    for (const pattern of this.#patterns) {
      for (const path of await pathsOf(pattern, this.#folder)) found.add(path);
    }
    return [...found].sort();
  }

  #watch(folders: ReadonlySet<string>): void {
    for (const [folder, watcher] of this.#watchers) {
      if (folders.has(folder)) continue;
      watcher.close();
      this.#watchers.delete(folder);
    }
    for (const folder of folders) {
      if (!this.#watchers.has(folder) && this.#watchers.size < FILES_MAX) this.#open(folder);
    }
  }

  #open(folder: string): void {
    try {
      const watcher = watch(folder, { persistent: false }, () => this.#stirred());
      watcher.on('error', () => {
        watcher.close();
        this.#watchers.delete(folder);
      });
      this.#watchers.set(folder, watcher);
    } catch {
      // A folder that cannot be watched (gone, or no watches left) is seen by the slow look around.
    }
  }
}

/** Follows links, so that a swapped link is a change; a file that is gone is one too. */
async function fingerprint(paths: readonly string[]): Promise<string> {
  const parts: string[] = [];
  for (const path of paths) {
    try {
      const facts = await stat(path, { bigint: true });
      parts.push(`${path} ${facts.dev} ${facts.ino} ${facts.size} ${facts.mtimeNs}`);
    } catch {
      parts.push(`${path} gone`);
    }
  }
  return parts.join('\n');
}
