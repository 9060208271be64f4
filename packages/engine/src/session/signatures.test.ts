import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { endpointName, sessionId, tenantName } from '@signalbox/contract';
import type { SignedCall } from '@signalbox/dialect';
import { HandClock } from '../house.fixture.ts';
import {
  PER_SESSION_CHARS_MAX,
  PER_SESSION_MAX,
  PER_TENANT_CHARS_MAX,
  SIGNED_CHARS_MAX,
  SIGNED_MS,
  type Signatures,
  type Signer,
  signatures,
} from './signatures.ts';

const signer = (session: string, tenant = 'acme', endpoint = 'near'): Signer => ({
  tenant: tenantName(tenant),
  session: sessionId(session.padStart(26, '0')),
  endpoint: endpointName(endpoint),
});
const call = (id: string, chars = 1): SignedCall => ({
  id,
  signature: 's'.repeat(chars),
  thoughts: [],
});
const has = (state: Signatures, of: Signer, id: string): boolean =>
  state.find(of)?.has(id) === true;

describe('what was signed of a call', () => {
  it('is known by its id, to its session, tenant and endpoint alone', () => {
    const state = signatures(new HandClock());
    const made = call('call_1');
    state.keep(signer('a'), [made]);
    assert.equal(state.find(signer('a'))?.get('call_1'), made);
    assert.equal(state.find(signer('a'))?.get('call_2'), undefined);
    assert.equal(state.find(signer('b')), undefined);
    assert.equal(state.find(signer('a', 'other')), undefined);
    assert.equal(state.find(signer('a', 'acme', 'far')), undefined);
  });

  it('is known as long as its session goes on, and an hour', async () => {
    const clock = new HandClock();
    const state = signatures(clock);
    state.keep(signer('a'), [call('call_1')]);
    await clock.turn(SIGNED_MS - 1);
    assert.ok(has(state, signer('a'), 'call_1'));
    await clock.turn(SIGNED_MS - 1);
    assert.ok(has(state, signer('a'), 'call_1'));
    await clock.turn(SIGNED_MS);
    assert.equal(state.find(signer('a')), undefined);
    state.keep(signer('a'), [call('call_2')]);
    assert.equal(has(state, signer('a'), 'call_1'), false, 'it does not come back');
  });

  it('is the last that was told, where an id comes twice', () => {
    const state = signatures(new HandClock());
    state.keep(signer('a'), [call('call_1', 1)]);
    state.keep(signer('a'), [call('call_1', 2)]);
    assert.equal(state.find(signer('a'))?.get('call_1')?.signature, 'ss');
  });
});

describe('what is remembered of it', () => {
  it('is bounded for a session: the oldest calls go first', () => {
    const state = signatures(new HandClock());
    for (let i = 0; i <= PER_SESSION_MAX; i += 1) state.keep(signer('a'), [call(`call_${i}`)]);
    assert.equal(state.find(signer('a'))?.size, PER_SESSION_MAX);
    assert.equal(has(state, signer('a'), 'call_0'), false);
    assert.ok(has(state, signer('a'), 'call_1'));
    state.keep(signer('a'), [call('large', PER_SESSION_CHARS_MAX - 1_000)]);
    assert.ok(has(state, signer('a'), 'large'));
    assert.equal(has(state, signer('a'), 'call_1'), false);
    state.keep(signer('a'), [call('too-large', PER_SESSION_CHARS_MAX)]);
    assert.equal(has(state, signer('a'), 'too-large'), false);
    assert.ok(has(state, signer('a'), 'large'));
  });

  const LARGE = PER_SESSION_CHARS_MAX - 1_000;
  const fill = (state: Signatures, tenant: string, charsMax: number): number => {
    const count = Math.floor(charsMax / PER_SESSION_CHARS_MAX);
    for (let i = 0; i < count; i += 1) state.keep(signer(`s${i}`, tenant), [call('c', LARGE)]);
    return count;
  };

  it('is bounded for a tenant: the session that was idle longest gives way', () => {
    const state = signatures(new HandClock());
    state.keep(signer('s0', 'other'), [call('c')]);
    fill(state, 'acme', PER_TENANT_CHARS_MAX);
    assert.ok(has(state, signer('s0'), 'c'), 'used again');
    state.keep(signer('one-more'), [call('c', LARGE)]);
    assert.ok(has(state, signer('s0'), 'c'));
    assert.equal(state.find(signer('s1')), undefined);
    assert.ok(has(state, signer('s0', 'other'), 'c'), "another tenant's stays");
  });

  it('is bounded in all: the tenant that was idle longest gives way', () => {
    const state = signatures(new HandClock());
    const tenants = SIGNED_CHARS_MAX / PER_TENANT_CHARS_MAX;
    for (let i = 0; i < tenants; i += 1) fill(state, `t${i}`, PER_TENANT_CHARS_MAX);
    state.keep(signer('again', 't0'), [call('c')]);
    state.keep(signer('s', 'new'), [call('c', LARGE)]);
    assert.equal(state.find(signer('s0', 't1')), undefined);
    assert.ok(has(state, signer('s1', 't1'), 'c'));
    assert.ok(has(state, signer('s0', 't0'), 'c'));
    assert.ok(has(state, signer('s', 'new'), 'c'));
  });
});
