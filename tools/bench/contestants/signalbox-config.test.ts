import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConfiguration } from '@signalbox/config';
import { rungs } from '../ladder.ts';
import { configText, everyday } from './signalbox-config.ts';

test('the gateway accepts the configuration of every rung, and all of it has an effect', () => {
  for (const active of [everyday, ...rungs().map((rung) => rung.active)]) {
    const text = configText('http://127.0.0.1:3999', active);
    const read = readConfiguration([{ name: 'signalbox.yaml', text }]);
    assert.ok(read.ok, read.ok ? '' : JSON.stringify(read.problems));
    assert.deepEqual(read.notActive, []);
  }
});
