import assert from 'node:assert/strict';
import { test } from 'node:test';
import { read, whole } from './read.fixture.ts';
import { sampleConfiguration } from './sample.ts';

test('the sample is read without a mistake and nothing in it is without effect', () => {
  const { configuration, notActive, notices } = whole(read(sampleConfiguration()));
  assert.deepEqual(notActive, []);
  assert.deepEqual(notices, []);
  assert.equal(configuration.endpoints.get('frontier')?.enabled, false);
  assert.equal(configuration.plans.get('starter')?.budget?.amountNanoUsd, 25_000_000_000n);
});

test('its first line leads editors to the schema', () => {
  assert.match(sampleConfiguration(), /^# yaml-language-server: \$schema=\S+\n/);
});

test('it fits a terminal', () => {
  for (const line of sampleConfiguration().split('\n')) assert.ok(line.length <= 100, line);
});
