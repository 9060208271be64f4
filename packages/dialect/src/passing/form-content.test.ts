import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readPassed } from './question.ts';

const HEAD = {
  method: 'POST',
  id: undefined,
  deed: undefined,
  query: '',
  after: undefined,
  model: '',
  contentType: 'multipart/form-data; boundary=b',
} as const;

type Part = readonly [head: string, value: string];

/** What stands in the ranges of a form, and whether something could not be read. */
function seen(parts: readonly Part[]): { texts: readonly string[]; unreadable: boolean } {
  const said = parts.map(
    ([head, value]) => `--b\r\ncontent-disposition: form-data; ${head}\r\n\r\n${value}\r\n`,
  );
  const body = Buffer.from(`${said.join('')}--b--\r\n`, 'latin1');
  const read = readPassed('transcription', body, HEAD);
  assert.ok(read.ok);
  const texts = read.value.content().map(({ start, end, plain }) => {
    assert.equal(plain, true);
    return body.subarray(start, end).toString('latin1');
  });
  return { texts, unreadable: read.value.unreadableParts };
}

const MODEL: Part = ['name="model"', 'whisper'];
const file = (value: string, more = ''): Part => [`name="file"; filename="a.bin"${more}`, value];

describe('what a form says', () => {
  it('is its fields, what its files are called, and its text files', () => {
    const { texts, unreadable } = seen([MODEL, ['name="prompt"', 'hello'], file('id,ssn\n1,2')]);
    assert.deepEqual(texts, [
      'content-disposition: form-data; name="prompt"\r\n\r\nhello',
      'content-disposition: form-data; name="file"; filename="a.bin"\r\n\r\nid,ssn\n1,2',
    ]);
    assert.equal(unreadable, false);
  });

  it('of a file that is no text is its name alone', () => {
    const { texts, unreadable } = seen([MODEL, file('\xff\xfb\x90\x00')]);
    assert.deepEqual(texts, [
      'content-disposition: form-data; name="file"; filename="a.bin"\r\n\r\n',
    ]);
    assert.equal(unreadable, true);
  });

  const utf16 = '\r\nContent-Type: text/plain; charset=utf-16';
  const cases: readonly (readonly [name: string, part: Part, unreadable: boolean])[] = [
    ['an empty file', file(''), false],
    [
      'a text whose character is cut where looking ends',
      file(`${'x'.repeat(1_023)}\xc3\xa4`),
      false,
    ],
    ['a text that ends inside a character', file('abc\xc3'), true],
    ['a text with an image in it', file('![](data:image/png;base64,iVBORw0KGgo=)'), true],
    ['a batch of calls', ['name="purpose"', 'batch'], true],
    ['a page description, packed inside', file('%PDF-1.7 text'), true],
    ['a text with a zero', file('a\0b'), true],
    ['a text that names UTF-8', file('a', '\r\nContent-Type: text/csv; charset="UTF-8"'), false],
    ['a text that names another encoding', file('a', utf16), true],
    ['a field that names another encoding', [`name="prompt"${utf16}`, 'a'], true],
  ];
  for (const [name, part, unreadable] of cases) {
    it(`${name}: ${unreadable ? 'not read' : 'read'}`, () =>
      assert.equal(seen([MODEL, part]).unreadable, unreadable));
  }
});
