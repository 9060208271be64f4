/**
 * `node unseen-start.mjs CACHE`: a gateway with a data folder of its own, on any free port, with
 * nothing of the user's configuration, that is told to stop as soon as it serves. What it compiled
 * stays in CACHE.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../packages/cli/src/main.ts', import.meta.url));
const MS_MAX = 60_000;

const [cache = ''] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'signalbox-start-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
setTimeout(() => process.exit(1), MS_MAX).unref();
process.chdir(folder);
for (const name of Object.keys(process.env)) {
  if (name.startsWith('SIGNALBOX_')) delete process.env[name];
}
// Threads find it in the environment.
process.env['NODE_COMPILE_CACHE'] = cache;
enableCompileCache(cache);
process.argv = [process.execPath, MAIN, 'up', '--json', '--no-discovery', '--port', '0'];
process.stdout.write = () => {
  setImmediate(() => process.kill(process.pid, 'SIGTERM'));
  return true;
};
await import(MAIN);
