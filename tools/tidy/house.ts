/**
 * The repository as the rules see it: files cut into tokens, what each imports, and the packages
 * they belong to. Built from texts, so that a test can plant a fault without a disk.
 */
import { posix } from 'node:path';
import { type Found, findImports } from './imports.ts';
import { type Comment, scan, type Token } from './tokens.ts';

export type Import = Found & {
  /** The file of this repository that is meant; undefined for packages from outside. */
  readonly target: string | undefined;
};

export type SourceFile = {
  /** Relative to the root, with forward slashes. */
  readonly path: string;
  readonly lines: readonly string[];
  readonly tokens: readonly Token[];
  readonly comments: readonly Comment[];
  readonly imports: readonly Import[];
  /** Folder name below `packages`; undefined for tools and examples. */
  readonly folder: string | undefined;
  /** Tests, type tests, suites and what serves them. */
  readonly isTest: boolean;
};

export type Manifest = {
  readonly path: string;
  readonly folder: string | undefined;
  readonly name: string;
  readonly runtime: ReadonlySet<string>;
  readonly development: ReadonlySet<string>;
  /** Files that others may name from outside: exports and commands. */
  readonly exports: ReadonlyMap<string, string>;
  readonly commands: readonly string[];
};

export type House = {
  readonly files: ReadonlyMap<string, SourceFile>;
  readonly manifests: readonly Manifest[];
  readonly root: Manifest | undefined;
};

export type Violation = {
  readonly path: string;
  readonly line: number;
  readonly rule: string;
  readonly what: string;
  readonly instead: string;
};

export type Rule = (house: House) => readonly Violation[];

const TEST = /\.(test|test-d|suite|fixture)\.(ts|tsx|mjs)$|\/(testing|fixtures)\//;

export function buildHouse(texts: ReadonlyMap<string, string>): House {
  const manifests = [...texts]
    .filter(([path]) => posix.basename(path) === 'package.json')
    .map(([path, text]) => readManifest(path, text));
  const files = new Map<string, SourceFile>();
  for (const [path, text] of texts) {
    if (!path.endsWith('.json')) files.set(path, readSource(path, text, texts, manifests));
  }
  return { files, manifests, root: manifests.find((manifest) => manifest.path === 'package.json') };
}

export function manifestOf(house: House, file: SourceFile): Manifest | undefined {
  if (file.folder === undefined) return house.root;
  return house.manifests.find((manifest) => manifest.folder === file.folder);
}

/** `@scope/name` or `name` of a specifier; undefined for files and for what Node itself holds. */
export function packageNameOf(specifier: string): string | undefined {
  if (/^[./#]/.test(specifier) || specifier.startsWith('node:')) return undefined;
  const parts = specifier.split('/');
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : parts[0];
}

function readSource(
  path: string,
  text: string,
  texts: ReadonlyMap<string, string>,
  manifests: readonly Manifest[],
): SourceFile {
  const { tokens, comments } = scan(text);
  const imports = findImports(tokens).map((found) => ({
    ...found,
    target: resolve(path, found.specifier, texts, manifests),
  }));
  const folder = folderOf(path);
  return {
    path,
    lines: text.replace(/\n$/, '').split('\n'),
    tokens,
    comments,
    imports,
    folder,
    isTest: TEST.test(path),
  };
}

function resolve(
  from: string,
  specifier: string,
  texts: ReadonlyMap<string, string>,
  manifests: readonly Manifest[],
): string | undefined {
  if (specifier.startsWith('.')) {
    const path = posix.join(posix.dirname(from), specifier);
    return texts.has(path) ? path : undefined;
  }
  const name = packageNameOf(specifier);
  const manifest = manifests.find((candidate) => candidate.name === name);
  return manifest?.exports.get(`.${specifier.slice(manifest.name.length)}`);
}

function readManifest(path: string, text: string): Manifest {
  const json = recordOf(JSON.parse(text));
  const home = posix.dirname(path);
  const inHome = (value: unknown) => posix.join(home, String(value));
  const keys = (field: string) => Object.keys(recordOf(json[field]));
  return {
    path,
    folder: folderOf(path),
    name: String(json['name']),
    runtime: new Set(
      ['dependencies', 'peerDependencies', 'optionalDependencies'].flatMap((field) => keys(field)),
    ),
    development: new Set(keys('devDependencies')),
    exports: new Map(
      Object.entries(recordOf(json['exports'])).map(([key, value]) => [key, inHome(value)]),
    ),
    commands: Object.values(recordOf(json['bin'])).map(inHome),
  };
}

function folderOf(path: string): string | undefined {
  const [top, folder] = path.split('/');
  return top === 'packages' ? folder : undefined;
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
