import assert from 'node:assert/strict';
import { test } from 'node:test';
import { markerOf, prepareRequest, withMarker } from './requests.ts';

const target = { url: 'http://127.0.0.1:9', headers: { authorization: 'Bearer x' }, model: 'm' };

test('bodies have the very length that was asked for and are JSON', () => {
  for (const bodyBytes of [1_024, 1_025, 4_099, 102_400]) {
    const shape = { mode: 'u1', bodyBytes, usageAsked: false } as const;
    const text = withMarker(prepareRequest(target, shape), markerOf(42)).toString();
    const [head = '', body = ''] = text.split('\r\n\r\n');
    assert.match(head, new RegExp(`content-length: ${bodyBytes}\\r\\n`));
    assert.equal(Buffer.byteLength(body), bodyBytes);
    assert.ok(JSON.stringify(JSON.parse(body)).includes('bench:u1:00000042;'));
  }
});

test('a stream is asked for as one, with usage only when wanted', () => {
  for (const usageAsked of [true, false]) {
    const shape = { mode: 's2', bodyBytes: 1_024, usageAsked } as const;
    const text = prepareRequest(target, shape).bytes.toString();
    assert.ok(text.includes('"stream":true'));
    assert.equal(text.includes('"include_usage":true'), usageAsked);
  }
});

test('a marker keeps its width however many requests there were', () => {
  assert.equal(markerOf(7), '00000007');
  assert.equal(markerOf(123_456_789_012), '56789012');
});
