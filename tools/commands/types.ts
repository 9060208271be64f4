/**
 * `npm run types`: the compiler over every part that has its own settings. All of them run, so
 * that one visit shows every error.
 */
import { existsSync } from 'node:fs';
import { runChild } from '../../packages/cli/bin/find-node.mjs';

const TSC = 'node_modules/typescript/bin/tsc';
const PROJECTS = ['tsconfig.json', 'tools/tsconfig.json', 'packages/console/tsconfig.json'];

for (const project of PROJECTS.filter((path) => existsSync(path))) {
  const args = [TSC, '--noEmit', '-p', project, ...process.argv.slice(2)];
  const ended = await runChild(process.execPath, args);
  if (ended.code !== 0) process.exitCode = 1;
}
