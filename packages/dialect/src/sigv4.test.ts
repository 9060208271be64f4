// Signatures are those of the AWS Signature Version 4 test suite (Apache-2.0, as in
// awslabs/aws-c-auth, tests/aws-signing-test-suite/v4), whose keys are made up; here they are named
// by its cases.
import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { describe, it } from 'node:test';
import { authorization, signingKeysOf, signingTime, toSign, type Unsigned } from './sigv4.ts';

const SECRET = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
const TIME = '20150830T123600Z';
const SCOPE = { time: TIME, region: 'us-east-1', service: 'service' };
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer =>
  createHmac('sha256', key).update(text).digest();

function signature(request: Partial<Unsigned>): string {
  const headers = [['x-amz-date', TIME] as const, ...(request.headers ?? [])];
  const body = { method: 'GET', host: 'example.amazonaws.com', path: '/', bodyDigest: sha256('') };
  const { text } = toSign({ ...body, ...request, headers }, SCOPE, sha256);
  const key = [TIME.slice(0, 8), 'us-east-1', 'service', 'aws4_request'].reduce<string | Buffer>(
    hmac,
    `AWS4${SECRET}`,
  );
  return hmac(key, text).toString('hex');
}

describe('the text that is signed', () => {
  const cases: readonly (readonly [name: string, request: Partial<Unsigned>, wanted: string])[] = [
    ['get-vanilla', {}, '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
    [
      'get-vanilla-query-order-key-case',
      { path: '/?Param2=value2&Param1=value1' },
      'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
    ],
    [
      'post-vanilla',
      { method: 'POST' },
      '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b',
    ],
    [
      'post-x-www-form-urlencoded',
      {
        method: 'POST',
        headers: [['content-type', 'application/x-www-form-urlencoded']],
        bodyDigest: sha256('Param1=value1'),
      },
      'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
    ],
  ];
  for (const [name, request, wanted] of cases) {
    it(`gives the published signature: ${name}`, () => assert.equal(signature(request), wanted));
  }

  it('escapes a path once more, and orders headers by their names', () => {
    const path = '/model/anthropic.claude-x-v1%3A0/converse';
    const seen: string[] = [];
    const { signed } = toSign(
      {
        method: 'POST',
        host: 'h',
        path,
        headers: [
          ['x-amz-date', TIME],
          ['content-type', 'application/json'],
        ],
        bodyDigest: 'digest',
      },
      SCOPE,
      (text) => {
        seen.push(text);
        return 'hash';
      },
    );
    assert.equal(signed, 'content-type;host;x-amz-date');
    assert.equal(seen[0]?.split('\n')[1], '/model/anthropic.claude-x-v1%253A0/converse');
  });

  it('goes into one header', () => {
    const made = { text: 't', scope: 's', signed: 'host' };
    const header = authorization('AKIDEXAMPLE', made, 'abc');
    assert.equal(
      header,
      'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/s, SignedHeaders=host, Signature=abc',
    );
    assert.equal(signingTime(Date.UTC(2015, 7, 30, 12, 36)), TIME);
  });
});

describe('keys out of one secret', () => {
  const id = 'AKIDEXAMPLE00001';
  it('are a pair, or three with a token', () => {
    const pair = { accessKeyId: id, secretAccessKey: SECRET };
    assert.deepEqual(signingKeysOf(`${id}:${SECRET}`), pair);
    assert.deepEqual(signingKeysOf(`${id}:${SECRET}:tok/en==\n`), {
      ...pair,
      sessionToken: 'tok/en==',
    });
  });

  it('are read from what commands print for the tools of the vendor', () => {
    const printed = { Version: 1, AccessKeyId: id, SecretAccessKey: 's', SessionToken: 't' };
    const keys = { accessKeyId: id, secretAccessKey: 's', sessionToken: 't' };
    assert.deepEqual(signingKeysOf(JSON.stringify(printed, undefined, 2)), keys);
  });

  it('are none where a key is meant to be sent', () => {
    for (const key of ['ABSKQmVkcm9ja0FQSUtleQ==', 'bedrock-api-key-YW==', 'a:b', '{}', `${id}:`]) {
      assert.equal(signingKeysOf(key), undefined, key);
    }
  });
});
