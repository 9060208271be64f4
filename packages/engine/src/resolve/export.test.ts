import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Label, type Tier, tenantName } from '@signalbox/contract';
import type { Reach } from '../catalog/catalog.ts';
import { build } from '../house.fixture.ts';
import { exportOf } from './export.ts';

const HOUSE = `
version: 1
node: {name: n1, tier: 1}
endpoints: {near: {url: "http://127.0.0.1:1/v1", models: [small]}}
tenants:
  open: {}
  sovereign: {topology: sovereign}
  zero: {retention: zero}
  eu: {residency: [eu]}
keys: {main: {tenant: open, secret: "env:MAIN"}}
`;

const { tenants } = build(HOUSE).house.now();

type More = { label?: Label; ceiling?: Tier; node?: Tier; ownOnly?: boolean; zero?: boolean };

function told(tenant: string, reach: Reach, more: More) {
  const facts = tenants.tenants.get(tenantName(tenant));
  assert.ok(facts !== undefined);
  const { label = 'public', ceiling = 3, node = 1, ownOnly = false, zero = false } = more;
  const retention = zero ? 'zero' : 'standard';
  const clearance = { ceiling, residency: undefined, retention, ownOnly } as const;
  const url = new URL('http://collector:4318');
  const found = exportOf({ label, clearance }, facts, { url, reach }, { name: 'n1', tier: node });
  return found.ok ? `${found.clearance.terms.subject} ${found.place.tier}` : found.breach;
}

describe('what is told of a call', () => {
  it('goes to a collector that is as near as the call had to stay', () => {
    assert.equal(told('open', 'loopback', { label: 'regulated' }), 'export 1');
    assert.equal(told('open', 'public', { label: 'regulated' }), 'tier');
    assert.equal(told('open', 'public', {}), 'export 3');
    assert.equal(told('open', 'private', {}), 'export 2');
    assert.equal(told('open', 'private', { ceiling: 1 }), 'tier');
    assert.equal(told('open', 'loopback', { ceiling: 1, node: 2 }), 'tier');
  });

  it('stays with its owner, in its region, and where nothing is kept', () => {
    assert.equal(told('sovereign', 'loopback', {}), 'export 1');
    assert.equal(told('sovereign', 'private', {}), 'not-own');
    assert.equal(told('zero', 'public', {}), 'retention');
    assert.equal(told('zero', 'loopback', {}), 'export 1');
    assert.equal(told('eu', 'public', {}), 'residency');
    assert.equal(told('eu', 'loopback', {}), 'export 1');
  });

  it('is bound as its call was, whatever the documents say since', () => {
    assert.equal(told('open', 'public', { ownOnly: true }), 'tier');
    assert.equal(told('open', 'private', { ownOnly: true }), 'not-own');
    assert.equal(told('open', 'public', { zero: true }), 'retention');
    assert.equal(told('open', 'loopback', { ownOnly: true, zero: true }), 'export 1');
  });
});
