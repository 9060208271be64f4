import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { inNetworks, type Network, readNetwork } from './networks.ts';

fc.configureGlobal({ seed: 4141 });

function networkOf(text: string): Network {
  const network = readNetwork(text);
  assert.ok(network !== undefined, text);
  return network;
}

describe('a network', () => {
  const cases: readonly (readonly [network: string, address: string, inside: boolean])[] = [
    ['10.0.0.0/8', '10.255.255.255', true],
    ['10.0.0.0/8', '11.0.0.0', false],
    ['10.1.2.3', '10.1.2.3', true],
    ['10.1.2.3', '10.1.2.4', false],
    ['0.0.0.0/0', '203.0.113.9', true],
    ['0.0.0.0/0', '::1', false],
    ['192.168.1.128/25', '192.168.1.127', false],
    ['192.168.1.128/25', '192.168.1.255', true],
    ['10.0.0.0/8', '::ffff:10.1.2.3', true],
    ['::ffff:10.0.0.1', '10.0.0.1', true],
    ['2001:db8::/32', '2001:db8:ffff::1', true],
    ['2001:db8::/32', '2001:db9::1', false],
    ['2001:db8::/33', '2001:db8:7fff::', true],
    ['2001:db8::/33', '2001:db8:8000::', false],
    ['::1', '0:0:0:0:0:0:0:1', true],
    ['fe80::/10', 'FEBF::1', true],
    ['::/0', '2001:db8::1', true],
    ['::/0', '10.0.0.1', false],
  ];
  for (const [network, address, inside] of cases) {
    it(`${network} ${inside ? 'holds' : 'does not hold'} ${address}`, () => {
      assert.equal(inNetworks([networkOf(network)], address), inside);
    });
  }

  const nonsense = ['', '10', '10.0.0', '10.0.0.256', '10.0.0.01', '10.0.0.0/33', '10.0.0.0/'];
  const more = ['10.0.0.0/-1', '10.0.0.0/8/8', '10.0.0.0/0x8', '10.0.0.0/1e1', '10.0.0.0/ 8'];
  const six = ['::/129', '1::2::3', ':::', '1:2:3', '1:2:3:4:5:6:7:8:9', 'g::1', '::1%eth0'];
  for (const text of [...nonsense, ...more, ...six, 'localhost', '::ffff:10.0.0.0/104']) {
    it(`is not ${JSON.stringify(text)}`, () => assert.equal(readNetwork(text), undefined));
  }

  it('holds no address that cannot be read', () => {
    for (const address of ['', 'unknown', '10.0.0.1:80', '[::1]']) {
      assert.equal(inNetworks([networkOf('0.0.0.0/0'), networkOf('::/0')], address), false);
    }
  });

  it('agrees with arithmetic on 32 bits', () => {
    const word = fc.nat({ max: 2 ** 32 - 1 });
    const dotted = (value: number): string =>
      [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');
    fc.assert(
      fc.property(
        word,
        fc.nat({ max: 32 }),
        word,
        fc.nat({ max: 31 }),
        (base, length, other, bit) => {
          const near = (base ^ (1 << bit)) >>> 0;
          for (const address of [base, other, near]) {
            const size = 2 ** (32 - length);
            const inside = Math.floor(base / size) === Math.floor(address / size);
            const network = networkOf(`${dotted(base)}/${length}`);
            assert.equal(inNetworks([network], dotted(address)), inside);
          }
        },
      ),
    );
  });

  it('agrees with arithmetic on 128 bits', () => {
    const bits = fc.bigInt({ min: 0n, max: 2n ** 128n - 1n });
    const written = (value: bigint): string =>
      Array.from({ length: 8 }, (_, i) =>
        ((value >> BigInt(112 - 16 * i)) & 0xffffn).toString(16),
      ).join(':');
    fc.assert(
      fc.property(bits, fc.nat({ max: 128 }), fc.nat({ max: 127 }), (base, length, bit) => {
        const near = base ^ (1n << BigInt(bit));
        const rest = BigInt(128 - length);
        const inside = base >> rest === near >> rest;
        const network = networkOf(`${written(base)}/${length}`);
        assert.equal(inNetworks([network], written(near)), inside);
      }),
    );
  });
});
