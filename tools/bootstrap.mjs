/**
 * `node tools/bootstrap.mjs NAME [ARGS]`: what every npm script runs.
 *
 * It makes the repository ready and then runs the named command with the right Node, so that
 * `npm start` and `npm test` work on a fresh clone with nothing else done: packages are installed
 * when they are not those of the lock file, the console is built when its sources have changed,
 * and a Node that is new enough is found by path. Plain JavaScript for any Node >= 18, without
 * dependencies, because nothing may be installed yet. A second run adds a few milliseconds.
 *
 * The scripts say `exec`, so that no shell stands between npm and this process: a shell that npm
 * stops dies alone, and the server would go on without a parent. Before the packages are there,
 * `npm start` makes them ready first: the Node that is found after that is the packaged one, which
 * can put a server in its own place, where an older one would wait beside it and weigh 50 MB.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findNode, missingNodeMessage, runScript } from '../packages/cli/bin/find-node.mjs';
import { ensureCompiled } from './bootstrap/compile.mjs';
import { ensureConsole } from './bootstrap/console.mjs';
import { ensureInstalled } from './bootstrap/install.mjs';

/**
 * `script` runs with the new Node, `args` come before the user's. `console` says that the command
 * needs the built console, `stays` that it runs for long, and is worth compiling for. Without a
 * `script` everything is made ready, and that is all.
 *
 * @typedef {{
 *   says: string, script?: string, args?: readonly string[], console?: true, stays?: true
 * }} Command
 */

/** @type {Record<string, Command>} */
const COMMANDS = {
  start: {
    says: 'serve',
    script: 'packages/cli/src/main.ts',
    args: ['up'],
    console: true,
    stays: true,
  },
  ready: { says: 'install, build and compile', console: true, stays: true },
  test: {
    says: 'run every test, or those under PATHS',
    script: 'tools/commands/test.ts',
    console: true,
  },
  check: {
    says: 'types, lint, seeds, snippets, pack',
    script: 'tools/commands/check.ts',
    console: true,
  },
  types: { says: 'check the types', script: 'tools/commands/types.ts' },
  lint: { says: 'check style and format', script: 'tools/commands/lint.ts' },
  format: { says: 'mend style and format', script: 'tools/commands/format.ts' },
  tidy: { says: 'check the shape of the house', script: 'tools/tidy/main.ts' },
  world: { says: 'run seeded worlds', script: 'packages/world/src/main.ts' },
  bench: { says: 'run a benchmark', script: 'tools/bench/main.ts', console: true },
  conformance: {
    says: 'replay recorded traffic against every dialect',
    script: 'tools/conformance/main.ts',
  },
  snippets: {
    says: 'run the snippets of the docs',
    script: 'tools/snippets/main.ts',
    console: true,
  },
  pack: {
    says: 'pack, install and start the packages',
    script: 'tools/pack/main.ts',
    console: true,
  },
  browser: { says: 'install Chromium for the tests', script: 'tools/commands/browser.ts' },
  engines: { says: 'install the embedded model engine', script: 'tools/engines/install.mjs' },
  eval: { says: 'run an evaluation', script: 'packages/cli/src/main.ts', args: ['eval'] },
};

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

await main(process.argv.slice(2));

/** @param {string[]} argv */
async function main([name, ...args]) {
  const command = name !== undefined && Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) {
    process.stderr.write(usage(name));
    process.exitCode = EXIT_USAGE;
    return;
  }
  if (!(await prepare(command))) {
    process.exitCode = EXIT_FAILED;
    return;
  }
  if (command.script === undefined) return;
  // npm runs scripts in the root; somebody who runs this file from elsewhere means the same.
  process.chdir(ROOT);
  await runScript(join(ROOT, command.script), [...(command.args ?? []), ...args], ROOT);
}

/** @param {Command} command */
async function prepare(command) {
  if (!(await ensureInstalled(ROOT))) return false;
  const node = findNode(ROOT);
  if (node === undefined) {
    process.stderr.write(`${missingNodeMessage()}\n`);
    return false;
  }
  if (command.console === true && !(await ensureConsole(ROOT, node))) return false;
  if (command.stays === true) await ensureCompiled(ROOT, node);
  return true;
}

/** @param {string | undefined} name */
function usage(name) {
  const problem = name === undefined ? 'say what to run' : `there is no command "${name}"`;
  const lines = Object.entries(COMMANDS).map(([key, { says }]) => `  ${key.padEnd(13)}${says}`);
  return `${problem}. Known:\n${lines.join('\n')}\n`;
}
