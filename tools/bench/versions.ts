import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { fileURLToPath } from 'node:url';

/** What was measured, on what: the part of a report without which its figures mean nothing. */

export const root: string = fileURLToPath(new URL('../..', import.meta.url));

export function versions(): Record<string, string> {
  const peers = `${root}tools/bench/peers/node_modules`;
  const processors = cpus();
  return {
    node: process.version,
    signalbox: packageVersion(`${root}packages/cli/package.json`),
    revision: revision(),
    undici: packageVersion(`${root}node_modules/undici/package.json`),
    portkey: packageVersion(`${peers}/@portkey-ai/gateway/package.json`),
    'portkey-node-server': packageVersion(`${peers}/@hono/node-server/package.json`),
    cpu: `${processors.length}x ${processors[0]?.model ?? 'unknown'}`,
    kernel: release(),
  };
}

function packageVersion(path: string): string {
  try {
    const parsed: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof parsed === 'object' && parsed !== null && 'version' in parsed) {
      return String(parsed.version);
    }
    return 'unknown';
  } catch {
    return 'absent';
  }
}

function revision(): string {
  try {
    const words = ['describe', '--always', '--dirty'];
    return execFileSync('git', words, { cwd: root, encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    return 'unknown';
  }
}
