import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { format, inspect } from 'node:util';
import { Secret } from './secret.ts';

const VALUE = 'sk-very-secret';
const secret = new Secret(VALUE);

describe('a secret', () => {
  it('is revealed on purpose', () => assert.equal(secret.reveal(), VALUE));

  const printed: readonly (readonly [name: string, print: () => string])[] = [
    ['a template', () => `${secret}`],
    ['a sum', () => `${['x'].concat(String(secret))}`],
    ['JSON', () => JSON.stringify({ deep: [secret] })],
    ['inspect', () => inspect(secret)],
    [
      'inspect of what holds it',
      () => inspect({ a: [{ secret }] }, { depth: 9, showHidden: true }),
    ],
    ['a format', () => format('%s %o %O %j', secret, secret, secret, secret)],
    ['an error', () => String(new Error(`failed with ${secret}`).stack)],
    ['its keys', () => JSON.stringify(Object.entries(secret))],
    ['a copy', () => JSON.stringify({ ...secret })],
    ['a primitive', () => Object.prototype.toString.call(secret) + String(Object(secret))],
  ];
  for (const [name, print] of printed) {
    it(`never prints: ${name}`, () => assert.doesNotMatch(print(), /very/));
  }

  it('cannot be cloned out of its class', () => {
    assert.doesNotMatch(JSON.stringify(structuredClone(secret)), /very/);
  });
});
