import assert from 'node:assert/strict';
import { test } from 'node:test';
import { originsOf } from './origins.ts';

test('on loopback a server answers to the names of this machine, the bound one first', () => {
  const origins = originsOf({ host: '127.0.0.1', port: 4141 }, undefined);
  assert.equal(origins[0], 'http://127.0.0.1:4141');
  assert.ok(origins.includes('http://localhost:4141'));
  assert.equal(originsOf({ host: '::1', port: 1 }, undefined)[0], 'http://[::1]:1');
});

test('on every address it answers to those of this machine, and to no other name', () => {
  const origins = originsOf({ host: '0.0.0.0', port: 4141 }, undefined);
  assert.ok(origins.includes('http://localhost:4141'));
  assert.ok(!origins.includes('http://0.0.0.0:4141'));
  assert.deepEqual(originsOf({ host: '10.1.2.3', port: 80 }, undefined), ['http://10.1.2.3']);
});

test('where a proxy stands in front, its address is the one that is shown', () => {
  const origins = originsOf({ host: '0.0.0.0', port: 4141 }, 'https://signalbox.example/v1');
  assert.equal(origins[0], 'https://signalbox.example');
});

test('on loopback a stated address is answered to, and not shown', () => {
  const origins = originsOf({ host: '127.0.0.1', port: 4141 }, 'https://signalbox.example');
  assert.equal(origins[0], 'http://127.0.0.1:4141');
  assert.ok(origins.includes('https://signalbox.example'));
});
