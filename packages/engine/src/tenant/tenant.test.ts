import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Code, Keys } from '@signalbox/contract';
import { mintApiKey } from '@signalbox/trust';
import { type Built, build, chatOf, type Heads, STARTED_AT } from '../house.fixture.ts';
import { admit, identify } from './tenant.ts';

const YAML = `
version: 1
endpoints:
  near: {url: "http://127.0.0.1:9001/v1", models: [small]}
tenants:
  acme: {}
  other: {}
keys:
  main: {tenant: acme, secret: "env:MAIN"}
  another: {tenant: other, secret: "env:ANOTHER"}
  old: {tenant: acme, secret: "env:OLD", expires: "2025-10-09T08:53:19Z"}
  ending: {tenant: acme, secret: "env:ENDING", expires: "2025-10-09T08:53:21Z"}
  gone: {tenant: acme, secret: "env:RETIRED", revoked: true}
  at-home: {tenant: acme, secret: "env:HOME", networks: ["192.0.2.0/24", "2001:db8::/32"]}
  reader: {tenant: acme, secret: "env:READER", scopes: [audit]}
  unread: {tenant: acme, secret: "env:GONE_FILE"}
`;

const STRANGER = mintApiKey('test', new Uint8Array(48).fill(9));

function codeOf(built: Built, head: Heads): Code | 'admitted' {
  const { house } = built;
  const admitted = admit(built.call(chatOf('small'), head), house.now().tenants, house.ports);
  return admitted.ok ? 'admitted' : admitted.refusal.code;
}

describe('who is asking', () => {
  const built = build(YAML);
  const mistyped = (text: string): string =>
    `${text.slice(0, -1)}${text.endsWith('0') ? '1' : '0'}`;
  const otherSecret = (text: string): string => {
    const chance = new Uint8Array(48).fill(3);
    const [, , , secret] = mintApiKey('test', chance).split('_');
    const parts = text.split('_');
    return [parts[0], parts[1], parts[2], secret, parts[4]].join('_');
  };

  const cases: readonly (readonly [name: string, head: Heads, code: Code | 'admitted'])[] = [
    ['a good key', { key: 'main' }, 'admitted'],
    ['no key', { key: { text: undefined } }, 'key_missing'],
    ['an empty key', { key: { text: '' } }, 'key_invalid'],
    ['nonsense', { key: { text: 'sk-1234' } }, 'key_invalid'],
    ['a very long key', { key: { text: 'sbx_'.repeat(10_000) } }, 'key_invalid'],
    ['a well-formed key of nobody', { key: { text: STRANGER } }, 'key_invalid'],
    ['a mistyped key', { key: { text: mistyped(built.keyText('main')) } }, 'key_invalid'],
    [
      'a known id with another secret',
      { key: { text: otherSecret(built.keyText('main')) } },
      'key_invalid',
    ],
    ['a key with white space', { key: { text: ` ${built.keyText('main')}` } }, 'key_invalid'],
    ['an expired key', { key: 'old' }, 'key_expired'],
    ['a key that expires in a second', { key: 'ending' }, 'admitted'],
    ['a revoked key', { key: 'retired' }, 'key_revoked'],
    ['a key at home', { key: 'home', address: '192.0.2.200' }, 'admitted'],
    ['a key at home over IPv6', { key: 'home', address: '2001:db8::7' }, 'admitted'],
    ['a key away from home', { key: 'home', address: '198.51.100.1' }, 'not_entitled'],
    ['a key at an unknown address', { key: 'home', address: '' }, 'not_entitled'],
    ['a key without the scope', { key: 'reader' }, 'not_entitled'],
    ['a key whose secret could not be read', { key: 'gone_file' }, 'key_invalid'],
  ];
  for (const [name, head, code] of cases) {
    it(`is told ${code} for ${name}`, () => assert.equal(codeOf(built, head), code));
  }

  it('expires at the moment it says', async () => {
    const fresh = build(YAML);
    await fresh.clock.turn(999);
    assert.equal(codeOf(fresh, { key: 'ending' }), 'admitted');
    await fresh.clock.turn(1);
    assert.equal(codeOf(fresh, { key: 'ending' }), 'key_expired');
  });

  it('belongs to the tenant of its key', () => {
    const { house } = built;
    for (const [key, tenant] of [
      ['main', 'acme'],
      ['another', 'other'],
    ] as const) {
      const admitted = admit(
        built.call(chatOf('small'), { key }),
        house.now().tenants,
        house.ports,
      );
      assert.ok(admitted.ok);
      assert.equal(admitted.value.tenant.name, tenant);
      assert.equal(admitted.value.key.name, key);
    }
  });

  it('may be asked without the scope to call, for pages that need no call', () => {
    const { house } = built;
    const found = identify(built.keyText('reader'), '', house.now().tenants, house.ports);
    assert.equal(found.ok, true);
  });

  it('says the same of a key that does not exist and of a wrong secret', () => {
    const { house } = built;
    const [nobody, wrong] = [STRANGER, otherSecret(built.keyText('main'))].map((text) =>
      identify(text, '', house.now().tenants, house.ports),
    );
    assert.deepEqual(nobody, wrong);
  });

  it('costs the same work for a key that does not exist as for one that does', () => {
    const { house } = built;
    const workOf = (text: string): readonly string[] => {
      const steps: string[] = [];
      const counted: Keys = {
        ...house.ports.keys,
        mac: (purpose, bytes) => {
          steps.push(`mac ${bytes.length}`);
          return house.ports.keys.mac(purpose, bytes);
        },
        equal: (a, b) => {
          steps.push(`equal ${a.length} ${b.length}`);
          return house.ports.keys.equal(a, b);
        },
      };
      // The first time each: what was verified before is remembered.
      const tenants = { ...house.now().tenants, verified: new Map() };
      identify(text, '', tenants, { keys: counted, clock: house.ports.clock });
      return steps;
    };
    const known = workOf(built.keyText('main'));
    assert.ok(known.length > 0);
    assert.deepEqual(workOf(STRANGER), known);
    assert.deepEqual(workOf(built.keyText('gone_file')), known);
    assert.deepEqual(workOf(built.keyText('retired')), known);
  });

  it('never repeats the key in a refusal', () => {
    const text = built.keyText('main');
    for (const key of ['old', 'retired', 'home', 'reader'] as const) {
      const { house } = built;
      const call = built.call(chatOf('small'), { key, address: '198.51.100.1' });
      const admitted = admit(call, house.now().tenants, house.ports);
      assert.equal(admitted.ok, false);
      assert.doesNotMatch(JSON.stringify(admitted), /sbx_/);
    }
    assert.ok(text.startsWith('sbx_'));
    assert.equal(STARTED_AT, built.clock.now());
  });
});
