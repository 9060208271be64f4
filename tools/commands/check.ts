/**
 * `npm run check`: everything about a change that the tests do not say. Every step runs, whatever
 * the ones before it found, and the last lines say which failed. Words select steps by name.
 */
import { runChild } from '../../packages/cli/bin/find-node.mjs';

type Step = { readonly name: string; readonly script: string; readonly args: readonly string[] };

const WORLD_SEEDS = 200;
const EXIT_USAGE = 2;

const STEPS: readonly Step[] = [
  { name: 'types', script: 'tools/commands/types.ts', args: [] },
  { name: 'lint', script: 'tools/commands/lint.ts', args: [] },
  { name: 'world', script: 'packages/world/src/main.ts', args: ['--seeds', String(WORLD_SEEDS)] },
  { name: 'snippets', script: 'tools/snippets/main.ts', args: [] },
  { name: 'pack', script: 'tools/pack/main.ts', args: [] },
];

const words = process.argv.slice(2);
const unknown = words.filter((word) => !STEPS.some(({ name }) => name === word));
if (unknown.length > 0) {
  const known = STEPS.map(({ name }) => name).join(', ');
  process.stderr.write(`no step ${unknown.join(', ')}; known: ${known}\n`);
  process.exitCode = EXIT_USAGE;
} else {
  await check(STEPS.filter(({ name }) => words.length === 0 || words.includes(name)));
}

async function check(steps: readonly Step[]): Promise<void> {
  const lines: string[] = [];
  const failed: string[] = [];
  for (const { name, script, args } of steps) {
    process.stdout.write(`\n== ${name}\n`);
    const begin = performance.now();
    const ended = await runChild(process.execPath, [script, ...args]);
    const seconds = ((performance.now() - begin) / 1000).toFixed(1);
    if (ended.code !== 0) failed.push(name);
    lines.push(`${ended.code === 0 ? 'ok    ' : 'failed'} ${name.padEnd(10)}${seconds} s`);
    // Whoever stopped a step means the whole check.
    if (ended.signal !== undefined) break;
  }
  process.stdout.write(`\n${lines.join('\n')}\n`);
  if (failed.length === 0) return;
  process.stdout.write(`check failed: ${failed.join(', ')}\n`);
  process.exitCode = 1;
}
