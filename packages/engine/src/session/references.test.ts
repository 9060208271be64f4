import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { endpointName, type Keys, tenantName } from '@signalbox/contract';
import { nodeKeys } from '@signalbox/trust/node';
import { HandClock } from '../house.fixture.ts';
import {
  CHECKPOINT_MAX,
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

describe('a checkpoint of it', () => {
  const again = (state: References, clock: HandClock): References => {
    const next = references(clock);
    for (const { tenant, name, at, ...held } of state.checkpoint()) {
      next.restore(tenant, name, held, at);
    }
    return next;
  };

  it('brings it back for its tenant alone, with the time that it has left', async () => {
    const clock = new HandClock();
    const state = references(clock);
    const name = state.keep(of('resp_1'), { endpoint: near, label: 'personal' });
    state.keep(of('resp_2'), { endpoint: near, label: 'public' });
    state.keep(of('resp_2'), { endpoint: far, label: 'public' });
    assert.deepEqual(state.checkpoint()[0]?.name, name);
    await clock.turn(HELD_MS - 10);
    const next = again(state, clock);
    assert.deepEqual(heldAt(next, 'resp_1'), ['near', 'personal']);
    assert.deepEqual(heldAt(next, 'resp_2'), [undefined, 'public']);
    assert.equal(heldAt(next, 'resp_1', 'other'), undefined);
    await clock.turn(10);
    assert.equal(heldAt(next, 'resp_1'), undefined);
    assert.deepEqual(state.checkpoint(), []);
  });

  it('makes nothing younger, whatever the clock on the wall says', () => {
    const clock = new HandClock();
    const state = references(clock);
    const held = { endpoint: near, label: 'public' } as const;
    state.restore(tenantName('acme'), 'old', held, clock.now() - HELD_MS);
    state.restore(tenantName('acme'), 'ahead', held, clock.now() + HELD_MS);
    assert.equal(heldAt(state, 'old'), undefined);
    assert.equal(state.checkpoint()[0]?.at, clock.now());
  });

  it('is bounded: each tenant has the same share, what was used last', () => {
    const state = references(new HandClock());
    for (let i = 0; i < 5; i += 1) {
      for (let j = 0; j < PER_TENANT_MAX; j += 1) {
        state.keep(of(`${j}`, `t${i}`), { endpoint: near, label: 'public' });
      }
    }
    state.keep(of('alone', 'small'), { endpoint: near, label: 'public' });
    const kept = state.checkpoint();
    assert.ok(kept.length <= CHECKPOINT_MAX && kept.length > CHECKPOINT_MAX / 2);
    const next = again(state, new HandClock());
    assert.ok(next.find(of('alone', 'small')));
    assert.ok(next.find(of(`${PER_TENANT_MAX - 1}`, 't0')));
    assert.equal(next.find(of('0', 't0')), undefined);
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
