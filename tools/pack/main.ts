/**
 * `npm run pack [-- --out FOLDER] [--unproved]`: writes every package that is published as a
 * tarball, then proves that a stranger can install and start them. With `--out` the tarballs are
 * kept there; `--unproved` leaves the proof out, for a build whose next step is to install them.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { npmCommand } from '../bootstrap/install.mjs';
import { prove } from './prove.ts';
import { stage } from './stage.ts';

const run = promisify(execFile);

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** It tests the others and is installed by nobody. */
const PRIVATE = ['world'];
const ERRORS_SHOWN = 10;
const OUTPUT_BYTES_MAX = 16 * 1024 * 1024;

const { values } = parseArgs({
  options: { out: { type: 'string' }, unproved: { type: 'boolean', default: false } },
});
const work = mkdtempSync(join(tmpdir(), 'signalbox-pack-'));
try {
  const out = resolve(values.out ?? join(work, 'tarballs'));
  const folders = readdirSync(join(ROOT, 'packages')).filter((name) => !PRIVATE.includes(name));
  const tarballs = await pack(folders, out);
  process.stdout.write(`packed ${tarballs.length} packages\n`);
  const names = folders.map((name) => (name === 'cli' ? 'signalbox' : `@signalbox/${name}`));
  const folder = join(work, 'stranger');
  if (!values.unproved) await prove({ root: ROOT, folder, tarballs, names });
} catch (cause) {
  process.stderr.write(`pack: ${cause instanceof Error ? cause.message : String(cause)}\n`);
  process.exitCode = 1;
} finally {
  rmSync(work, { recursive: true, force: true });
}

async function pack(folders: readonly string[], out: string): Promise<readonly string[]> {
  const emitted = await compile();
  const staging = { root: ROOT, emitted, staged: join(work, 'staged') };
  const staged = folders.map((folder) => stage(folder, staging));
  mkdirSync(out, { recursive: true });
  const npm = npmCommand();
  const args = [...npm.args, 'pack', '--ignore-scripts', '--silent', '--pack-destination', out];
  const { stdout } = await run(npm.command, [...args, ...staged], {
    cwd: work,
    maxBuffer: OUTPUT_BYTES_MAX,
  });
  return stdout
    .trim()
    .split('\n')
    .map((line) => join(out, basename(line.trim())));
}

/** One run of the compiler for all packages: their sources name each other. */
async function compile(): Promise<string> {
  const emitted = join(work, 'emitted');
  const settings = {
    extends: join(ROOT, 'tsconfig.base.json'),
    compilerOptions: {
      noEmit: false,
      rewriteRelativeImportExtensions: true,
      rootDir: ROOT,
      outDir: emitted,
      typeRoots: [join(ROOT, 'node_modules/@types')],
    },
    include: [join(ROOT, 'packages/*/src/**/*.ts')],
    // The bundler has compiled the console; only its lines for Node are left.
    exclude: [
      ...['test', 'test-d', 'suite', 'fixture'].map((kind) => join(ROOT, `**/*.${kind}.ts`)),
      ...[join(ROOT, 'packages/console/**'), join(ROOT, 'packages/world/**')],
    ],
    files: [join(ROOT, 'packages/console/src/index.ts')],
  };
  // In a folder of its own: the stranger, beside it, must find nothing of ours by walking up.
  const path = join(work, 'compile/tsconfig.json');
  mkdirSync(join(work, 'compile'));
  writeFileSync(path, JSON.stringify(settings));
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  await run(process.execPath, [tsc, '-p', path], { maxBuffer: OUTPUT_BYTES_MAX }).catch(
    (cause: { stdout?: string }) => {
      const errors = (cause.stdout ?? '').split('\n').slice(0, ERRORS_SHOWN).join('\n');
      throw new Error(`the sources do not compile (npm run types shows all)\n${errors}`);
    },
  );
  return emitted;
}
