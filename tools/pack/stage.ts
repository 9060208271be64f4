/**
 * Turns one package of the repository into the folder that is published: JavaScript with
 * declarations where the sources were, everything else of the package beside it, and a manifest
 * whose public names point to the output.
 */
import { cpSync, existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

export type Staging = {
  readonly root: string;
  /** Where the compiler put the output of every package. */
  readonly emitted: string;
  readonly staged: string;
};

type Manifest = Readonly<Record<string, unknown>>;

/** The console's `dist` is what the bundler wrote; its few lines for Node go beside it. */
const OUTPUT: Readonly<Record<string, string>> = { console: 'lib' };
const OUTPUT_DEFAULT = 'dist';

const COMMAND_PACKAGE = 'cli';
const NODE_LIBRARY = '>=24';
const NODE_COMMAND = '>=18';

const LEFT_OUT = ['src', 'node_modules', 'public', 'package.json', 'index.html'];
const LEFT_OUT_PATTERN = /\.config\.ts$|^tsconfig.*\.json$|^\./;
const TEST = /\.(test|test-d|suite|fixture)\.|(^|\/)(testing|fixtures)\//;
const QUOTED_SOURCE = /(['"])([^'"\s]+)\.tsx?\1/g;

export function stage(folder: string, staging: Staging): string {
  const from = join(staging.root, 'packages', folder);
  const to = join(staging.staged, folder);
  const output = OUTPUT[folder] ?? OUTPUT_DEFAULT;
  mkdirSync(to, { recursive: true });
  for (const name of globSync('*', { cwd: from })) {
    if (!LEFT_OUT.includes(name) && !LEFT_OUT_PATTERN.test(name)) {
      cpSync(join(from, name), join(to, name), { recursive: true });
    }
  }
  copyAssets(join(from, 'src'), join(to, output));
  copyOutput(folder, staging, join(to, output));
  cpSync(join(staging.root, 'LICENSE'), join(to, 'LICENSE'));
  const manifest = publishedManifest(readJson(join(from, 'package.json')), {
    output,
    nodePackages: folder === COMMAND_PACKAGE ? nodePackages(staging.root) : undefined,
  });
  writeFileSync(join(to, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
  return to;
}

/**
 * @param facts.nodePackages the packages that carry Node, for the package with the command
 */
export function publishedManifest(
  manifest: Manifest,
  facts: { readonly output: string; readonly nodePackages: Manifest | undefined },
): Manifest {
  const { devDependencies: _, exports: sources, ...kept } = manifest;
  const names = Object.entries(recordOf(sources)).map(([name, path]) => {
    const stem = String(path)
      .replace(/^\.\/src\//, `./${facts.output}/`)
      .replace(/\.ts$/, '');
    return [name, { types: `${stem}.d.ts`, default: `${stem}.js` }];
  });
  const { nodePackages: node } = facts;
  return {
    ...kept,
    exports: { ...Object.fromEntries(names), './package.json': './package.json' },
    engines: { node: node === undefined ? NODE_LIBRARY : NODE_COMMAND },
    ...(node === undefined ? {} : { optionalDependencies: node }),
  };
}

/**
 * Names of sources become names of output. The compiler rewrites what is imported; declarations
 * and files that are named as a path, such as that of a worker, are left to us.
 *
 * @param exists whether there is a source of that name, as seen from this file
 */
export function renameSources(text: string, exists: (name: string) => boolean): string {
  return text.replace(QUOTED_SOURCE, (whole: string, quote: string, stem: string) => {
    const name = whole.slice(1, -1);
    return exists(name) ? `${quote}${stem}.js${quote}` : whole;
  });
}

function copyOutput(folder: string, { root, emitted }: Staging, to: string): void {
  const from = join(emitted, 'packages', folder, 'src');
  const source = join(root, 'packages', folder, 'src');
  for (const name of globSync('**/*.{js,d.ts}', { cwd: from })) {
    if (TEST.test(name)) continue;
    const text = readFileSync(join(from, name), 'utf8');
    const home = dirname(join(source, name));
    const target = join(to, name);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(
      target,
      renameSources(text, (path) => existsSync(join(home, path))),
    );
  }
}

/** Tables and texts that the sources read from beside them. */
function copyAssets(from: string, to: string): void {
  for (const name of globSync('**/*.{json,txt,md,sql,gz,html,css}', { cwd: from })) {
    if (!TEST.test(name)) cpSync(join(from, name), join(to, relative('.', name)));
  }
}

function nodePackages(root: string): Manifest {
  return recordOf(readJson(join(root, 'package.json'))['optionalDependencies']);
}

function readJson(path: string): Manifest {
  return recordOf(JSON.parse(readFileSync(path, 'utf8')));
}

function recordOf(value: unknown): Manifest {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
