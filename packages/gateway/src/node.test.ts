import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { readConfiguration } from '@signalbox/config';
import { createClock, createRandom, createSink, openDataFolder } from '@signalbox/ports';
import { nodeKeys } from '@signalbox/trust/node';
import { type NodeOptions, openNode } from './node.ts';

/** A port that somebody else has. */
async function takenPort(context: TestContext): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  context.after(() => server.close());
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function optionsFor(context: TestContext): Promise<(server: string) => NodeOptions> {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-node-'));
  context.after(() => rm(folder, { recursive: true, force: true }));
  const clock = createClock();
  const random = createRandom();
  const data = await openDataFolder({ path: join(folder, 'data'), random, program: 'test 0' });
  const telemetry = createSink({ fd: 2, level: 'error', clock });
  context.after(() => telemetry.close());
  return (server) => {
    const configuration = configured(server);
    return {
      ...{ configuration, data, telemetry, clock, random, folder },
      ...{ version: '0.0.0', digest: 'first', keys: nodeKeys(data.pepper), environment: {} },
      isAdmin: () => false,
      mounted: () => [],
    };
  };
}

function configured(server: string, more = ''): NodeOptions['configuration'] {
  const text = `version: 1\nserver: { host: 127.0.0.1, ${server} }\n${more}`;
  const read = readConfiguration([{ name: 'signalbox.yaml', text }]);
  assert.ok(read.ok);
  return read.configuration;
}

const IN_USE = { code: 'EADDRINUSE' };

for (const [name, server] of [
  ['its port', (port: number) => `port: ${port}`],
  ['the port of the metrics', (port: number) => `port: 0, metrics: { port: ${port} }`],
] as const) {
  test(`a node that does not get ${name} leaves nothing open`, async (context) => {
    const options = await optionsFor(context);
    const port = await takenPort(context);
    const before = process.getActiveResourcesInfo().filter(isLasting);
    await assert.rejects(openNode(options(server(port))), IN_USE);
    assert.deepEqual(process.getActiveResourcesInfo().filter(isLasting), before);
    // The journal has one writer: it opens again only when the one before let it go.
    const node = await openNode(options('port: 0'));
    await node.stop();
  });
}

/** The listeners, and the thread of the records. */
const isLasting = (kind: string): boolean => /Server|MessagePort|Worker/.test(kind);

test('documents that come while a node stops leave no round behind', async (context) => {
  const options = (await optionsFor(context))('port: 0');
  const waiting = new Set<() => void>();
  const clock: NodeOptions['clock'] = {
    ...options.clock,
    after(ms, then) {
      const cancel = options.clock.after(ms, () => {
        waiting.delete(cancel);
        then();
      });
      waiting.add(cancel);
      return () => {
        waiting.delete(cancel);
        cancel();
      };
    },
  };
  const node = await openNode({ ...options, clock });
  const away = 'endpoints: { away: { url: "http://127.0.0.1:9/v1", private_address: true } }\n';
  const swapped = node.swap(configured('port: 0', away), 'second');
  await node.stop();
  await swapped;
  // Long enough for a first round to fail and to set the timer of the next.
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(waiting.size, 0);
});
