import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { build } from '../house.fixture.ts';
import { tiersOf } from './reach.ts';
import { resolution } from './resolving.fixture.ts';

const house = (registry: string, models = ''): string => `
version: 1
node: {name: n1, tier: 1}
endpoints:
  one: {url: "http://127.0.0.1:9001/v1", models: [old, new, other]}
  two: {url: "http://127.0.0.1:9002/v1", models: [old]}
registry: {rollouts: {step-up: {model: old, to: new, ${registry}}}}
rings:
  early: {order: 0}
  late: {order: 1}
tenants:
  acme: {ring: 1${models === '' ? '' : `, models: ${models}`}}
  zoo: {ring: 0}
keys:
  main: {tenant: acme, secret: "env:MAIN"}
  zoo: {tenant: zoo, secret: "env:ZOO"}
`;

const first = async (yaml: string, key: string, session = 's1'): Promise<string | undefined> =>
  (await resolution(build(yaml), 'old', { key, session })).offers[0];

describe('a model that is rolled out', () => {
  it('goes to the tenants and the rings that are named, with the former behind it', async () => {
    const yaml = house('tenants: [acme]');
    const { offers } = await resolution(build(yaml), 'old', { key: 'main' });
    assert.deepEqual(offers, ['one/new', 'one/old', 'two/old']);
    assert.equal(await first(yaml, 'zoo'), 'one/old');
    assert.equal(await first(house('rings: [0]'), 'zoo'), 'one/new');
    assert.equal(await first(house('rings: [0]'), 'main'), 'one/old');
  });

  it('goes to its share of sessions, and a session keeps it while the share grows', async () => {
    const sessions = Array.from({ length: 400 }, (_, i) => `session-${i}`);
    const having = async (percent: number): Promise<readonly string[]> => {
      const built = build(house(`percent: ${percent}`));
      const found = await Promise.all(
        sessions.map(async (session) => (await resolution(built, 'old', { session })).offers[0]),
      );
      return sessions.filter((_, at) => found[at] === 'one/new');
    };
    const few = await having(20);
    const many = await having(60);
    assert.ok(few.length > 40 && few.length < 120, String(few.length));
    assert.ok(many.length > 180 && many.length < 300, String(many.length));
    assert.ok(few.every((session) => many.includes(session)));
    assert.equal((await having(100)).length, sessions.length);
  });

  it('is taken back from the next call on', async () => {
    const built = build(house('percent: 100'));
    const now = async () => (await resolution(built, 'old', { session: 's' })).offers[0];
    assert.equal(await now(), 'one/new');
    built.swap(house('percent: 100, enabled: false'));
    assert.equal(await now(), 'one/old');
  });
});

describe('what a tenant has otherwise', () => {
  const yaml = (models: string): string => house('enabled: false', models);

  it('is hidden, and is no candidate of anything', async () => {
    const built = build(yaml('{hide: ["o*"]}'));
    assert.equal((await resolution(built, 'old')).refusal?.code, 'model_unknown');
    assert.equal((await resolution(built, 'one/other')).refusal?.code, 'model_unknown');
    assert.deepEqual(Object.keys((await resolution(built, 'auto')).gates), ['one/new']);
    assert.deepEqual((await resolution(built, 'old', { key: 'zoo' })).offers.length, 2);
    const { call } = await resolution(built, 'auto');
    assert.deepEqual(tiersOf('old', call, built.house.now().catalog), []);
  });

  it('is pinned to one endpoint', async () => {
    assert.deepEqual((await resolution(build(yaml('{pin: {old: two}}')), 'old')).offers, [
      'two/old',
    ]);
  });

  it('has a name of its own', async () => {
    const built = build(yaml('{rename: {our-model: other, GPT-4: "need:tools"}}'));
    assert.deepEqual((await resolution(built, 'our-model')).offers, ['one/other']);
    assert.equal((await resolution(built, 'GPT-4')).refusal?.code, 'need_unsatisfiable');
    const strange = await resolution(built, 'our-model', { key: 'zoo' });
    assert.equal(strange.refusal?.code, 'model_unknown');
  });
});
