// Every text that a configuration is made of: the operator's own files by path or pattern, what the
// command line wrote on this machine, and what was changed through the admin API.
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { ConfigurationFile } from '@signalbox/config';
import { type FileProblem, readFiles } from '@signalbox/ports';

/** Read without being named, where it lies in the folder one starts in. */
export const DEFAULT_FILE = 'signalbox.yaml';
/** Written by `signalbox endpoint add` on the machine of the gateway: the operator's own word. */
export const OPERATOR_FILE = 'operator.yaml';
/** Written by the admin API. It may say less than the operator's files. */
export const CONSOLE_FILE = 'console.yaml';

const TENANTS = 'tenants';
const TENANT_FILE = /^([a-z0-9][a-z0-9-]{0,62})\.yaml$/;

/** Below the data folder: what the tenant brought. It may speak about itself alone. */
export const tenantFile = (tenant: string): string => `${TENANTS}/${tenant}.yaml`;

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
  const names = [OPERATOR_FILE, CONSOLE_FILE].filter((name) => existsSync(join(dataFolder, name)));
  const kept = await readFiles(
    [...names, ...(await tenantFiles(dataFolder))].filter((name) => instead[name] === undefined),
    dataFolder,
  );
  const tried = Object.entries(instead).map(([name, text]) => ({
    path: join(dataFolder, name),
    text,
  }));
  const console = join(dataFolder, CONSOLE_FILE);
  const written = [...kept.files, ...tried].map(
    ({ path, text }): ConfigurationFile => ({
      name: shown(path, folder),
      text,
      owner: ownerOf(relative(dataFolder, path)),
    }),
  );
  return {
    files: [...own, ...written],
    named: new Set(own.map(({ name }) => name)),
    console: shown(console, folder),
    problems: [...asked.problems, ...kept.problems],
  };
}

async function tenantFiles(dataFolder: string): Promise<readonly string[]> {
  const folder = join(dataFolder, TENANTS);
  if (!existsSync(folder)) return [];
  const names = await readdir(folder);
  return names.filter((name) => TENANT_FILE.test(name)).map((name) => `${TENANTS}/${name}`);
}

/** @param name of a file in the data folder. */
function ownerOf(name: string): ConfigurationFile['owner'] {
  if (name === CONSOLE_FILE) return { kind: 'console' };
  const tenant = name.startsWith(`${TENANTS}/`)
    ? TENANT_FILE.exec(name.slice(TENANTS.length + 1))?.[1]
    : undefined;
  return tenant === undefined ? { kind: 'operator' } : { kind: 'tenant', tenant };
}

/** As people call it: from where they stand when it lies below, else whole. */
export function shown(path: string, folder: string): string {
  const near = relative(folder, path);
  return near === '' || near.startsWith('..') ? path : near;
}
