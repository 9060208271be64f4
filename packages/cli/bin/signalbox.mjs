#!/usr/bin/env node
/**
 * The `signalbox` command: finds a Node that is new enough and runs the command line with it, from
 * source in the repository, as JavaScript in the published package (Node strips no types under
 * node_modules).
 */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runScript } from './find-node.mjs';

const folder = dirname(fileURLToPath(import.meta.url));
const source = join(folder, '../src/main.ts');
const script = existsSync(source) ? source : join(folder, '../dist/main.js');

await runScript(script, process.argv.slice(2), folder);
