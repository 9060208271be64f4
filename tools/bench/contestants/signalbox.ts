import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { API_KEY_CHANCE_BYTES, mintApiKey } from '@signalbox/trust';
import { SERVER_FLAGS } from '../../../packages/cli/bin/find-node.mjs';
import { freePort, startChild, waitForStatus } from '../child.ts';
import { root } from '../versions.ts';
import type { Contestant, Running } from './contestant.ts';
import { configText, everyday, type Feature, secretNames } from './signalbox-config.ts';

/**
 * Signalbox itself: started by its own command with a configuration file, an empty data folder and
 * a key, as an operator would. Everything it writes goes to a temporary folder that is removed.
 */

const command = `${root}packages/cli/src/main.ts`;
/** What a console that shows calls as they come holds open. */
const tailPath = '/admin/v1/requests/live';

export function signalboxWith(name: string, active: readonly Feature[]): Contestant {
  return {
    name,
    start: (upstreamUrl, environment = {}) => start({ upstreamUrl, environment, active }),
  };
}

export const signalbox: Contestant = signalboxWith('signalbox', everyday);

interface Start {
  readonly upstreamUrl: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly active: readonly Feature[];
}

async function start(wanted: Start): Promise<Running> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-signalbox-'));
  const file = join(folder, 'signalbox.yaml');
  const dataFolder = join(folder, 'state');
  writeFileSync(file, configText(wanted.upstreamUrl, wanted.active));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const key = mintApiKey('bench', randomBytes(API_KEY_CHANCE_BYTES));
  const child = startChild({
    // As the launcher starts it.
    arguments: [...SERVER_FLAGS, command, 'up', '--config', file],
    environment: {
      SIGNALBOX_DATA: dataFolder,
      SIGNALBOX_PORT: String(port),
      [secretNames.caller]: key,
      [secretNames.upstream]: 'sk-bench',
      ...wanted.environment,
    },
    folder,
  });
  const close = async (): Promise<void> => {
    await child.close();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await waitForStatus(async () => (await fetch(`${url}/readyz`)).status, 200, child);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    url,
    headers: { authorization: `Bearer ${key}` },
    treeRoot: child.pid,
    openTails: (count) => openTails(url, join(dataFolder, 'admin.key'), count),
    close,
  };
}

async function openTails(url: string, keyFile: string, count: number): Promise<() => void> {
  const headers = {
    authorization: `Bearer ${readFileSync(keyFile, 'utf8').trim()}`,
    accept: 'text/event-stream',
  };
  const tails = await Promise.all(
    Array.from({ length: count }, () => openTail(`${url}${tailPath}`, headers)),
  );
  return () => {
    for (const close of tails) close();
  };
}

function openTail(address: string, headers: Readonly<Record<string, string>>): Promise<() => void> {
  return new Promise((resolve, reject) => {
    const request = get(address, { headers }, (response) => {
      if (response.statusCode !== 200) {
        request.destroy();
        reject(new Error(`the console's tail answered ${response.statusCode}`));
        return;
      }
      response.resume();
      response.on('error', () => {});
      resolve(() => request.destroy());
    });
    request.on('error', reject);
  });
}
