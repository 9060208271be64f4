import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readConfiguration } from '@signalbox/config';
import { createClock, createRandom, createSink } from '@signalbox/ports';
import { nodeKeys } from '@signalbox/trust/node';
import { listenForMetrics } from './metrics-port.ts';

const withPort = (line: string): Parameters<typeof listenForMetrics>[0] => {
  const text = `version: 1\nserver: { host: 127.0.0.1${line} }\n`;
  const read = readConfiguration([{ name: 'signalbox.yaml', text }]);
  assert.ok(read.ok);
  const clock = createClock();
  const data = {
    ...{ path: '', journalFolder: '', recordsPath: '', eventsPath: '' },
    ...{ pepper: new Uint8Array(32), kek: new Uint8Array(32), isNew: true },
  };
  return {
    configuration: read.configuration,
    // no folder is opened here
    data: data as unknown as Parameters<typeof listenForMetrics>[0]['data'],
    telemetry: createSink({ fd: 2, level: 'error', clock }),
    clock,
    random: createRandom(),
    keys: nodeKeys(new Uint8Array(32)),
  };
};

describe('metrics on a port of their own', () => {
  it('are read without a key, and nothing else is there', async () => {
    const options = withPort(', metrics: { port: 0 }');
    const listening = await listenForMetrics(options);
    assert.ok(listening !== undefined);
    try {
      options.telemetry.count('calls_total', { tier: '1' });
      const base = `http://127.0.0.1:${listening.port}`;
      const scraped = await fetch(`${base}/metrics`);
      assert.equal(scraped.status, 200);
      assert.match(await scraped.text(), /signalbox_calls_total\{tier="1"\} 1/);
      const other = await fetch(`${base}/v1/models`);
      assert.equal(other.status, 404);
    } finally {
      await listening.close(0);
      options.telemetry.close();
    }
  });

  it('are not there without a configured port', async () => {
    const options = withPort('');
    assert.equal(await listenForMetrics(options), undefined);
    options.telemetry.close();
  });
});
