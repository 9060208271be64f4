// Every text that a configuration is made of: the operator's own files by path or pattern, what the
// command line wrote on this machine, and what was changed through the admin API.
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { ConfigurationFile } from '@signalbox/config';
import { type FileProblem, readFiles } from '@signalbox/ports';

/** Read without being named, where it lies in the folder one starts in. */
export const DEFAULT_FILE = 'signalbox.yaml';
/** Written by `signalbox endpoint add` on the machine of the gateway: the operator's own word. */
export const OPERATOR_FILE = 'operator.yaml';
/** Written by the admin API. It may say less than the operator's files. */
export const CONSOLE_FILE = 'console.yaml';

export type Gathered = {
  readonly files: readonly ConfigurationFile[];
  /** Names of those that were asked for, as they stand in `files`. */
  readonly named: ReadonlySet<string>;
  /** Name of the file of the admin API, whether there is one or not. */
  readonly console: string;
  readonly problems: readonly FileProblem[];
};

export type GatherOptions = {
  /** Paths or patterns, as `patternsOf` says. */
  readonly patterns: readonly string[];
  /** Relative paths start here. */
  readonly folder: string;
  readonly dataFolder: string;
  /** Read instead of a file of the data folder: a change that is being tried. */
  readonly instead?: Readonly<Record<string, string>> | undefined;
};

/** What was named; else `signalbox.yaml`, if there is one. */
export function patternsOf(patterns: readonly string[], folder: string): readonly string[] {
  if (patterns.length > 0) return patterns;
  return existsSync(join(folder, DEFAULT_FILE)) ? [DEFAULT_FILE] : [];
}

export async function gather(options: GatherOptions): Promise<Gathered> {
  const { patterns, folder, dataFolder, instead = {} } = options;
  const asked = await readFiles(patterns, folder);
  const own = asked.files.map(({ path, text }) => ({ name: shown(path, folder), text }));
  const kept = await readFiles(
    [OPERATOR_FILE, CONSOLE_FILE].filter(
      (name) => instead[name] === undefined && existsSync(join(dataFolder, name)),
    ),
    dataFolder,
  );
  const tried = Object.entries(instead).map(([name, text]) => ({
    path: join(dataFolder, name),
    text,
  }));
  const console = join(dataFolder, CONSOLE_FILE);
  const written = [...kept.files, ...tried].map(({ path, text }): ConfigurationFile => {
    const name = shown(path, folder);
    return path === console ? { name, text, owner: { kind: 'console' } } : { name, text };
  });
  return {
    files: [...own, ...written],
    named: new Set(own.map(({ name }) => name)),
    console: shown(console, folder),
    problems: [...asked.problems, ...kept.problems],
  };
}

/** As people call it: from where they stand when it lies below, else whole. */
export function shown(path: string, folder: string): string {
  const near = relative(folder, path);
  return near === '' || near.startsWith('..') ? path : near;
}
