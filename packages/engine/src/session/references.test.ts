import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { endpointName, type Keys, tenantName } from '@signalbox/contract';
import { nodeKeys } from '@signalbox/trust/node';
import { HandClock } from '../house.fixture.ts';
import {
  HELD_MAX,
  HELD_MS,
  PER_TENANT_MAX,
  type Reference,
  type References,
  references,
} from './references.ts';

const real = nodeKeys(new Uint8Array(32).fill(7));
/** As the real ones, only faster. */
const keys: Keys = { ...real, digest: (_, text) => String(text) };
const near = endpointName('near');
const far = endpointName('far');
const of = (id: string, tenant = 'acme'): Reference => ({ tenant: tenantName(tenant), id, keys });
const heldAt = (state: References, id: string, tenant = 'acme') => {
  const held = state.find(of(id, tenant));
  return held === undefined ? undefined : [held.endpoint, held.label];
};

describe('state that an upstream holds', () => {
  it('is known by its id, for the tenant whose call made it', () => {
    const state = references(new HandClock());
    assert.equal(heldAt(state, 'resp_1'), undefined);
    state.keep(of('resp_1'), { endpoint: near, label: 'internal' });
    assert.deepEqual(heldAt(state, 'resp_1'), ['near', 'internal']);
    assert.equal(heldAt(state, 'resp_2'), undefined);
    assert.equal(heldAt(state, 'resp_1', 'other'), undefined);
  });

  it('is kept under a keyed hash of the id', () => {
    const asked: string[] = [];
    const state = references(new HandClock());
    const spying: Keys = {
      ...real,
      digest: (purpose, text, bytes) => {
        asked.push(purpose);
        return real.digest(purpose, text, bytes);
      },
    };
    state.keep({ ...of('resp_1'), keys: spying }, { endpoint: near, label: 'public' });
    assert.ok(state.find({ ...of('resp_1'), keys: spying }));
    assert.equal(state.find(of('resp_1')), undefined, 'the id itself is no name');
    assert.deepEqual(asked, ['reference', 'reference']);
  });

  it('is known for a day', async () => {
    const clock = new HandClock();
    const state = references(clock);
    state.keep(of('resp_1'), { endpoint: near, label: 'public' });
    await clock.turn(HELD_MS - 1);
    assert.ok(state.find(of('resp_1')), 'being asked for does not make it younger');
    await clock.turn(1);
    assert.equal(state.find(of('resp_1')), undefined);
  });

  it('is at no known place when two claim it, and as sensitive as the higher label', () => {
    const state = references(new HandClock());
    state.keep(of('resp_1'), { endpoint: near, label: 'regulated' });
    state.keep(of('resp_1'), { endpoint: far, label: 'public' });
    assert.deepEqual(heldAt(state, 'resp_1'), [undefined, 'regulated']);
    state.keep(of('resp_1'), { endpoint: far, label: 'public' });
    assert.deepEqual(heldAt(state, 'resp_1'), [undefined, 'regulated']);
  });

  it('never becomes less sensitive by being told again', () => {
    const state = references(new HandClock());
    for (const label of ['public', 'personal', 'internal'] as const) {
      state.keep(of('resp_1'), { endpoint: near, label });
    }
    assert.deepEqual(heldAt(state, 'resp_1'), ['near', 'personal']);
  });
});

describe('what is remembered of it', () => {
  const fill = (state: References, tenant: string, count: number): void => {
    for (let i = 0; i < count; i += 1) {
      state.keep(of(`${tenant}-${i}`, tenant), { endpoint: near, label: 'public' });
    }
  };

  it('is bounded for each tenant: what was not used longest goes first', () => {
    const state = references(new HandClock());
    state.keep(of('other', 'other'), { endpoint: near, label: 'public' });
    fill(state, 'acme', PER_TENANT_MAX);
    assert.ok(state.find(of('acme-0')), 'used again');
    state.keep(of('one-more'), { endpoint: near, label: 'public' });
    assert.ok(state.find(of('acme-0')));
    assert.equal(state.find(of('acme-1')), undefined);
    assert.ok(state.find(of('other', 'other')), "another tenant's stays");
  });

  it('is bounded in all: the tenant that was idle longest gives way', () => {
    const state = references(new HandClock());
    const tenants = HELD_MAX / PER_TENANT_MAX;
    for (let i = 0; i < tenants; i += 1) fill(state, `t${i}`, PER_TENANT_MAX);
    state.keep(of('t0-again', 't0'), { endpoint: near, label: 'public' });
    fill(state, 'new', 2);
    assert.equal(state.find(of('t1-0', 't1')), undefined);
    assert.equal(state.find(of('t1-1', 't1')), undefined);
    assert.ok(state.find(of('t1-2', 't1')));
    assert.ok(state.find(of('t2-0', 't2')));
    assert.ok(state.find(of('new-0', 'new')));
  });
});
