import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePort, startChild, waitForStatus } from '../child.ts';
import type { Contestant } from './contestant.ts';

/**
 * Portkey's open gateway, the peer that the goals are stated against, as its own documentation
 * says to run it, on the Node that runs everything else. Installed on demand from a lock file;
 * nothing of it is part of the product.
 */

const folder = fileURLToPath(new URL('../peers', import.meta.url));
const entry = `${folder}/node_modules/@portkey-ai/gateway/build/start-server.js`;

export const portkey: Contestant = {
  name: 'portkey',
  start: async (upstreamUrl, environment = {}) => {
    await install();
    const port = await freePort();
    const child = startChild({
      arguments: [entry, `--port=${port}`, '--headless'],
      environment: { NODE_ENV: 'production', TRUSTED_CUSTOM_HOSTS: '127.0.0.1', ...environment },
      folder,
    });
    const url = `http://127.0.0.1:${port}`;
    await waitForStatus(async () => (await fetch(url)).status, 200, child);
    return {
      url,
      headers: {
        authorization: 'Bearer sk-bench',
        'x-portkey-provider': 'openai',
        'x-portkey-custom-host': `${upstreamUrl}/v1`,
      },
      treeRoot: child.pid,
      close: child.close,
    };
  },
};

async function install(): Promise<void> {
  if (existsSync(entry)) return;
  process.stderr.write('installing the peer gateway (once)\n');
  await promisify(execFile)('npm', ['ci', '--ignore-scripts'], { cwd: folder });
}
