import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  contains,
  hasHostBits,
  isLoopback,
  reachOfHost,
  readAddress,
  readNetwork,
} from './address.ts';

test('an address is read in the one form that has no second meaning', () => {
  assert.deepEqual([...(readAddress('10.0.0.5') ?? [])], [10, 0, 0, 5]);
  assert.equal(readAddress('010.0.0.5'), undefined);
  assert.equal(readAddress('0x0a.0.0.5'), undefined);
  assert.equal(readAddress('10.5'), undefined);
  assert.equal(readAddress('256.0.0.1'), undefined);
  assert.deepEqual([...(readAddress('::1') ?? [])], [...Array(15).fill(0), 1]);
  assert.deepEqual(readAddress('::ffff:1.2.3.4'), readAddress('::ffff:102:304'));
  assert.equal(readAddress('1::2::3'), undefined);
  assert.equal(readAddress('1:2:3:4:5:6:7'), undefined);
  assert.equal(readAddress('1:2:3:4:5:6:7::8'), undefined);
  assert.equal(readAddress('fe80::1%eth0'), undefined);
});

test('a network contains exactly the addresses of its prefix', () => {
  const network = readNetwork('10.16.0.0/12');
  assert.ok(network);
  const inside = (text: string): boolean =>
    contains(network, readAddress(text) ?? new Uint8Array());
  assert.equal(inside('10.16.0.0'), true);
  assert.equal(inside('10.31.255.255'), true);
  assert.equal(inside('10.32.0.0'), false);
  assert.equal(inside('::ffff:10.16.0.1'), false);
  assert.equal(readNetwork('10.0.0.0/33'), undefined);
  assert.equal(readNetwork('10.0.0.0/08'), undefined);
  assert.equal(readNetwork('10.0.0.0/'), undefined);
  assert.equal(readNetwork('fd00::/8')?.bits, 8);
});

test('bits after the prefix are seen', () => {
  const seen = (text: string): boolean | undefined => {
    const network = readNetwork(text);
    return network && hasHostBits(network);
  };
  assert.equal(seen('10.0.0.1/8'), true);
  assert.equal(seen('10.0.0.0/8'), false);
  assert.equal(seen('10.0.0.1'), false);
  assert.equal(seen('0.0.0.0/0'), false);
});

const REACHES: readonly (readonly [string, ReturnType<typeof reachOfHost>])[] = [
  ['localhost', 'private'],
  ['api.localhost', 'private'],
  ['127.8.8.8', 'private'],
  ['[::1]', 'private'],
  ['::', 'private'],
  ['0.0.0.0', 'private'],
  ['10.1.2.3', 'private'],
  ['172.31.0.1', 'private'],
  ['172.32.0.1', 'public'],
  ['192.168.1.1', 'private'],
  ['100.64.0.1', 'private'],
  ['fd12::1', 'private'],
  ['224.0.0.1', 'private'],
  ['255.255.255.255', 'private'],
  ['::ffff:10.0.0.1', 'private'],
  ['64:ff9b::a00:1', 'private'],
  ['2002:a00:1::', 'private'],
  ['2002:808:808::', 'public'],
  ['169.254.169.254', 'metadata'],
  ['::ffff:169.254.169.254', 'metadata'],
  ['fd00:ec2::254', 'metadata'],
  ['fe80::1', 'metadata'],
  ['Metadata.Google.Internal.', 'metadata'],
  ['8.8.8.8', 'public'],
  ['2606:4700::1111', 'public'],
  ['gpu-cluster', 'name'],
  ['10.0.0.1.example.com', 'name'],
];

for (const [host, reach] of REACHES) {
  test(`${host} is ${reach}`, () => assert.equal(reachOfHost(host), reach));
}

test('only this machine is loopback', () => {
  for (const host of ['127.0.0.1', 'localhost', '::1', '[::1]', '::ffff:127.0.0.1']) {
    assert.equal(isLoopback(host), true, host);
  }
  for (const host of ['0.0.0.0', '::', '10.0.0.1', 'example.com', 'localhost.example.com']) {
    assert.equal(isLoopback(host), false, host);
  }
});
