import { setTimeout as pause } from 'node:timers/promises';
import type { Contestant } from './contestants/contestant.ts';
import { readTree } from './proc-tree.ts';
import { messageOf, type Setting, targetOf } from './setting.ts';

/**
 * How much memory open streams cost: a fresh process, a few calls so that its code is compiled,
 * then thousands of streams that say one chunk a second. Measured once for each contestant, after
 * the rounds, one contestant at a time.
 */

const streamsFull = 5_000;
const streamsQuick = 500;
const openingAtOnce = 50;
const holdSeconds = 6;
const holdSecondsQuick = 2;
const warmUpRequests = 500;

export async function measureMemory(setting: Setting): Promise<void> {
  for (const contestant of setting.options.contestants) {
    if (contestant.name === 'direct') continue;
    try {
      await measureOne(setting, contestant);
    } catch (error) {
      setting.faults.push(`${contestant.name}, slow streams: ${messageOf(error)}`);
    }
  }
}

async function measureOne(setting: Setting, contestant: Contestant): Promise<void> {
  const { options, driver, book } = setting;
  const streams = options.quick ? streamsQuick : streamsFull;
  options.say(`${streams} slow streams: ${contestant.name}`);
  const running = await contestant.start(setting.mock.url);
  try {
    const root = running.treeRoot;
    if (root === undefined) return;
    const target = targetOf(running);
    await driver.run({
      kind: 'closed',
      target,
      shape: { mode: 'u1', bodyBytes: 1_024, usageAsked: false },
      connections: 8,
      durationMs: 20_000,
      requestsMax: warmUpRequests,
    });
    await pause(1_000);
    const idleBytes = readTree(root).rssBytes;
    const result = await driver.run({
      kind: 'hold',
      target,
      shape: { mode: 'sl', bodyBytes: 1_024, usageAsked: false },
      streams,
      openingAtOnce,
    });
    if (result.failures > 0) throw new Error(`${result.failures} streams: ${result.failureFirst}`);
    const bytes = (await highest(root, options.quick ? holdSecondsQuick : holdSeconds)) - idleBytes;
    const name = streams.toLocaleString('en-US');
    const entry = { contestant: contestant.name, round: 0 };
    book.write({ ...entry, figure: `rss of ${name} slow streams`, value: bytes / 1_000_000 });
    book.write({ ...entry, figure: 'rss per open stream', value: bytes / streams / 1_000 });
  } finally {
    const { failures } = await driver.run({ kind: 'release' });
    if (failures > 0) setting.faults.push(`${contestant.name}: held streams were cut`);
    await running.close();
  }
}

/** The highest sum seen while the streams are held, looked at once a second. */
async function highest(root: number, seconds: number): Promise<number> {
  let bytes = readTree(root).rssBytes;
  for (let second = 0; second < seconds; second += 1) {
    await pause(1_000);
    bytes = Math.max(bytes, readTree(root).rssBytes);
  }
  return bytes;
}
