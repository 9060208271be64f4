import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Book } from './book.ts';
import { freePort, type Started, startChild } from './child.ts';
import { startGoals } from './goals.table.ts';
import { readTree } from './proc-tree.ts';
import type { Report } from './report.ts';
import { messageOf } from './setting.ts';
import { root, versions } from './versions.ts';

/**
 * How long `npm start` takes from typing to the first answer of a model, and what it weighs then.
 *
 * The first start makes the data folder and is reported without a goal: on a fresh clone it also
 * installs, and the network's share of that is the bootstrap's to tell. Then every round is a
 * second start. The answer is a real call with the demo key, asked for as soon as the key exists.
 */

export interface StartOptions {
  readonly rounds: number;
  readonly quick: boolean;
  readonly say: (line: string) => void;
}

const firstAnswerMsMax = 120_000;
const askEveryMs = 10;
const settledMs = 10_000;
const settledMsQuick = 3_000;
/** The bootstrap starts the gateway as a child, or in itself where its own Node is new enough. */
const gatewayCommands = ['packages/cli/src/main.ts', 'tools/bootstrap.mjs'];

export async function start(options: StartOptions): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-start-'));
  const book = new Book();
  const faults: string[] = [];
  const settle = options.quick ? settledMsQuick : settledMs;
  try {
    options.say('first start');
    const first = await oneStart(folder, 0);
    book.write({ ...entry(0), figure: 'first start to first 200', value: first.seconds });
    for (let round = 0; round < options.rounds; round += 1) {
      options.say(`second start, round ${round + 1} of ${options.rounds}`);
      const seen = await oneStart(folder, settle);
      book.write({ ...entry(round), figure: 'second start to first 200', value: seen.seconds });
      book.write({ ...entry(round), figure: 'rss of the gateway', value: seen.gatewayMb });
      book.write({ ...entry(round), figure: 'rss with npm and bootstrap', value: seen.allMb });
    }
  } catch (error) {
    faults.push(messageOf(error));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return { name: 'start', versions: versions(), rows: book.rows(startGoals, true), faults };
}

function entry(round: number): { readonly contestant: string; readonly round: number } {
  return { contestant: 'signalbox', round };
}

interface Seen {
  readonly seconds: number;
  readonly gatewayMb: number;
  readonly allMb: number;
}

async function oneStart(folder: string, settle: number): Promise<Seen> {
  const port = await freePort();
  const typedMs = performance.now();
  const child = startChild({
    command: 'npm',
    arguments: ['start'],
    environment: { SIGNALBOX_DATA: join(folder, 'state'), SIGNALBOX_PORT: String(port) },
    folder: root,
  });
  try {
    await firstAnswer(`http://127.0.0.1:${port}`, join(folder, 'state', 'demo.key'), child);
    const seconds = (performance.now() - typedMs) / 1_000;
    await pause(settle);
    const all = readTree(child.pid);
    const gateway = readTree(gatewayOf(all.members) ?? child.pid);
    return { seconds, gatewayMb: gateway.rssBytes / 1e6, allMb: all.rssBytes / 1e6 };
  } finally {
    await stop(child);
  }
}

async function firstAnswer(url: string, keyFile: string, child: Started): Promise<void> {
  const body = JSON.stringify({
    model: 'auto',
    messages: [{ role: 'user', content: 'Say hello.' }],
  });
  const endAtMs = performance.now() + firstAnswerMsMax;
  let last = 'no answer';
  while (performance.now() < endAtMs) {
    if (child.handle.exitCode !== null) throw new Error(`npm start ended: ${child.tail()}`);
    try {
      const key = readFileSync(keyFile, 'utf8').trim();
      const response = await fetch(`${url}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body,
      });
      await response.arrayBuffer();
      if (response.status === 200) return;
      last = `status ${response.status}`;
    } catch (error) {
      last = messageOf(error);
    }
    await pause(askEveryMs);
  }
  throw new Error(`no 200 within ${firstAnswerMsMax} ms (${last}): ${child.tail()}`);
}

/** The process that runs the gateway; npm and the bootstrap above it only wait for it. */
function gatewayOf(members: readonly number[]): number | undefined {
  for (const command of gatewayCommands) {
    const found = members.find((pid) => commandOf(pid).some((word) => word.endsWith(command)));
    if (found !== undefined) return found;
  }
  return undefined;
}

function commandOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}

/** npm passes a signal on late or not at all: the gateway is told first, and npm ends after it. */
async function stop(child: Started): Promise<void> {
  try {
    const gateway = gatewayOf(readTree(child.pid).members);
    if (gateway !== undefined) process.kill(gateway, 'SIGTERM');
  } catch {
    // It has ended by itself; what it said is in the message of the failure.
  }
  await child.close();
}
