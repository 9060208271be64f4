/**
 * `npm run snippets [-- PATHS]`: the documents keep their word. Fences marked `sh` run, fences
 * marked `console` name commands that exist, relative links lead somewhere.
 */
import { execFile } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePort } from '../free-port.ts';
import { checkCommands, commandNames, type Known } from './commands.ts';
import { checkLinks, type Problem } from './links.ts';
import { type Page, readPage } from './markdown.ts';
import { openSession } from './session.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const DOCUMENTS = ['*.md', 'docs/**/*.md', '{packages,examples,tools}/**/*.md'];
const SKIPPED = /(^|\/)(node_modules|dist|fixtures|peers)(\/|$)/;
const COMMAND = join(ROOT, 'packages/cli/bin/signalbox.mjs');

const words = process.argv.slice(2);
const pages = globSync(DOCUMENTS, { cwd: ROOT })
  .filter((path) => !SKIPPED.test(path))
  .sort()
  .map((path) => readPage(path, readFileSync(join(ROOT, path), 'utf8')));
const chosen = pages.filter(
  ({ path }) => words.length === 0 || words.some((word) => path.startsWith(word)),
);

const problems = [
  ...checkLinks(pages, (path) => existsSync(join(ROOT, path))).filter(({ path }) =>
    chosen.some((page) => page.path === path),
  ),
  ...(await checkShown(chosen)),
];
for (const page of chosen) problems.push(...(await runFences(page)));

for (const { path, line, what } of problems) process.stdout.write(`${path}:${line} ${what}\n`);
process.stdout.write(`${chosen.length} documents, ${problems.length} problems\n`);
if (problems.length > 0) process.exitCode = 1;

async function checkShown(shown: readonly Page[]): Promise<readonly Problem[]> {
  const asking = shown.filter(({ fences }) => fences.some(({ kind }) => kind === 'console'));
  if (asking.length === 0) return [];
  const manifest: { scripts?: Record<string, string> } = JSON.parse(
    readFileSync(join(ROOT, 'package.json'), 'utf8'),
  );
  const known: Known = {
    commands: await askCommands(),
    scripts: new Set(Object.keys(manifest.scripts ?? {})),
    exists: (path) => existsSync(join(ROOT, path)),
  };
  return asking.flatMap((page) => checkCommands(page, known));
}

async function askCommands(): Promise<ReadonlySet<string>> {
  const args = [COMMAND, '--help', '--json'];
  const help = await promisify(execFile)(process.execPath, args).catch((cause: unknown) => {
    const said = cause instanceof Object && 'stderr' in cause ? cause.stderr : cause;
    throw new Error(`signalbox --help --json fails: ${said}`, { cause });
  });
  return commandNames(JSON.parse(help.stdout));
}

/** After a fence that failed, the ones below it would fail for its reason. */
async function runFences(page: Page): Promise<readonly Problem[]> {
  const fences = page.fences.filter(({ kind }) => kind === 'sh');
  if (fences.length === 0) return [];
  const begin = performance.now();
  const session = openSession(ROOT, await freePort());
  try {
    for (const fence of fences) {
      const failure = await session.run(fence);
      if (failure !== undefined) return [{ path: page.path, line: fence.line, what: failure }];
    }
  } finally {
    await session.close();
  }
  const seconds = ((performance.now() - begin) / 1000).toFixed(1);
  process.stdout.write(`ran ${fences.length} snippets of ${page.path} in ${seconds} s\n`);
  return [];
}
