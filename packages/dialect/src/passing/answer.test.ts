import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Passing } from '@signalbox/contract';
import { passesUnread, readPassedAnswer } from './answer.ts';

const LIST: Passing = {
  method: 'GET',
  below: '',
  contentType: undefined,
  answers: 'json',
  modelless: true,
  stores: false,
  works: false,
  lists: true,
};
const bytes = (value: object | string): Uint8Array =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
const read = (value: object | string, own?: readonly string[], passing: Passing = LIST) =>
  readPassedAnswer('file', bytes(value), passing, own && ((id) => own.includes(id)));
const text = (body: Uint8Array): string => Buffer.from(body).toString();

describe('a list of files', () => {
  const list = {
    object: 'list',
    data: [{ id: 'file-1', big: 1 }, { id: 'file-2' }, { id: 'file-3' }, { name: 'no id' }],
    first_id: 'file-1',
    last_id: 'file-3',
    has_more: true,
    total: 900,
  };

  it('shows what is the caller’s, and names nothing else', () => {
    const { body, objectIds } = read(list, ['file-1', 'file-2']);
    assert.deepEqual(JSON.parse(text(body)), {
      object: 'list',
      data: [{ id: 'file-1', big: 1 }, { id: 'file-2' }],
      first_id: 'file-1',
      last_id: 'file-2',
      has_more: true,
    });
    assert.deepEqual(objectIds, ['file-1', 'file-2']);
    const none = JSON.parse(text(read(list, []).body));
    assert.deepEqual([none.data, none.first_id, none.last_id], [[], null, null]);
  });

  it('stays as it is where all of it is the caller’s', () => {
    const { body } = read(list);
    assert.equal(text(body), JSON.stringify(list));
  });

  it('is no answer when it is no list', () => {
    for (const bad of ['[]', '{}', '{"data":1}', '<html>']) {
      assert.equal(read(bad, []).malformed, true, bad);
    }
  });
});

describe('an answer about one object', () => {
  const ONE: Passing = { ...LIST, lists: false };
  it('names what a batch has written, and tells no usage of the call', () => {
    const batch = { id: 'batch_1', output_file_id: 'file-9', error_file_id: null };
    const usage = { input_tokens: 5, output_tokens: 6 };
    const told = readPassedAnswer('batch', bytes({ ...batch, usage }), ONE, undefined);
    assert.deepEqual(told.objectIds, ['batch_1', 'file-9']);
    assert.equal(told.usage, undefined);
  });

  it('may be empty: what was removed needs no words', () => {
    const { malformed, objectIds } = read('', undefined, ONE);
    assert.deepEqual([malformed, objectIds], [false, []]);
  });
});

it('only what is no JSON goes on unread, a file always', () => {
  const either: Passing = { ...LIST, answers: 'either' };
  assert.equal(passesUnread(either, 'application/json; charset=utf-8'), false);
  assert.equal(passesUnread(either, 'audio/mpeg'), true);
  assert.equal(passesUnread({ ...LIST, answers: 'bytes' }, 'application/json'), true);
  assert.equal(passesUnread(LIST, 'text/html'), false);
});
