import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type Belonging,
  openContent,
  SEAL_OVERHEAD_BYTES,
  sealContent,
  sealVersion,
  xaesOpen,
  xaesSeal,
} from './envelope.ts';
import { nodeCipher } from './node.ts';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

// Vectors: C2SP, XAES-256-GCM, "Test Vectors" (CC BY 4.0). The first key's derivation does not
// carry out of its block, the second's does.
const vectors = [
  {
    key: 1,
    additional: '',
    sealed: 'ce546ef63c9cc60765923609b33a9a1974e96e52daf2fcf7075e2271',
  },
  {
    key: 3,
    additional: 'c2sp.org/XAES-256-GCM',
    sealed: '986ec1832593df5443a179437fd083bf3fdb41abd740a21f71eb769d',
  },
] as const;

describe('XAES-256-GCM', () => {
  for (const vector of vectors) {
    const use = {
      key: new Uint8Array(32).fill(vector.key),
      nonce: text('ABCDEFGHIJKLMNOPQRSTUVWX'),
      additional: text(vector.additional),
    };
    it(`seals and opens the published text under the key of ${vector.key}s`, () => {
      const sealed = xaesSeal(nodeCipher, { ...use, bytes: text('XAES-256-GCM') });
      assert.equal(hex(sealed), vector.sealed);
      const opened = xaesOpen(nodeCipher, { ...use, bytes: sealed });
      assert.deepEqual(opened && Buffer.from(opened), Buffer.from('XAES-256-GCM'));
    });
    it(`opens nothing that is cut at any length, key of ${vector.key}s`, () => {
      const sealed = Buffer.from(vector.sealed, 'hex');
      for (let length = 0; length < sealed.length; length += 1) {
        const bytes = sealed.subarray(0, length);
        assert.equal(xaesOpen(nodeCipher, { ...use, bytes }), undefined);
      }
    });
  }
});

describe('a sealed content', () => {
  const dataKey = { version: 7, key: new Uint8Array(32).fill(9) };
  const belonging: Belonging = { tenant: 'acme', purpose: 'credential/openai' };
  const nonce = new Uint8Array(24).fill(5);
  const sealed = sealContent(nodeCipher, dataKey, belonging, { bytes: text('sk-secret'), nonce });

  it('opens for whom it was sealed', () => {
    assert.equal(sealed.length, 'sk-secret'.length + SEAL_OVERHEAD_BYTES);
    assert.equal(sealVersion(sealed), 7);
    const opened = openContent(nodeCipher, dataKey, belonging, sealed);
    assert.equal(opened && Buffer.from(opened).toString(), 'sk-secret');
  });

  it('opens for no other tenant, purpose, version or key', () => {
    const others: readonly Belonging[] = [
      { ...belonging, tenant: 'acmf' },
      { ...belonging, purpose: 'credential/openai2' },
      { tenant: 'acme|17|credential', purpose: '/openai' },
    ];
    for (const other of others) {
      assert.equal(openContent(nodeCipher, dataKey, other, sealed), undefined);
    }
    const key = new Uint8Array(32).fill(8);
    assert.equal(openContent(nodeCipher, { version: 7, key }, belonging, sealed), undefined);
    assert.equal(openContent(nodeCipher, { ...dataKey, version: 8 }, belonging, sealed), undefined);
  });

  it('opens no more when any one of its bytes is another', () => {
    for (let i = 0; i < sealed.length; i += 1) {
      const altered = sealed.map((byte, k) => (k === i ? byte ^ 1 : byte));
      assert.equal(openContent(nodeCipher, dataKey, belonging, altered), undefined, `byte ${i}`);
    }
  });
});
