import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { boundaryOf, type FormField, PARTS_MAX, readForm } from './form.ts';
import { readPassed } from './question.ts';

fc.configureGlobal({ seed: 4141 });

const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const part = (head: string, value: string): string => `--b\r\n${head}\r\n\r\n${value}\r\n`;
const field = (name: string, value: string): string =>
  part(`Content-Disposition: form-data; name="${name}"`, value);
const HEAD = {
  method: 'POST',
  id: undefined,
  deed: undefined,
  query: '',
  after: undefined,
  model: '',
  contentType: 'multipart/form-data; boundary=b',
} as const;
const asked = (text: string) => readPassed('transcription', bytes(text), HEAD);

describe('a form', () => {
  it('has the fields that another parser reads, whatever they hold', async () => {
    const name = fc.stringMatching(/^[a-z][a-z_]{0,11}$/);
    const value = fc.oneof(
      fc.string({ unit: 'binary' }).map((text) => new Blob([text])),
      fc.uint8Array({ maxLength: 300 }).map((all) => new Blob([all])),
      fc.constantFrom(new Blob(['\r\n--']), new Blob(['--\r\n\r\n'])),
    );
    const given = fc.array(fc.tuple(name, value), { minLength: 1, maxLength: 6 });
    const property = fc.asyncProperty(given, async (entries) => {
      const form = new FormData();
      for (const [key, blob] of entries) form.append(key, blob, 'a.bin');
      const response = new Response(form);
      const boundary = boundaryOf(response.headers.get('content-type') ?? '');
      assert.ok(boundary !== undefined);
      const body = new Uint8Array(await response.arrayBuffer());
      const read = readForm(body, boundary);
      assert.ok(read.ok);
      assert.equal(read.value.length, entries.length);
      for (const [at, [key, blob]] of entries.entries()) {
        const found: FormField | undefined = read.value[at];
        assert.ok(found?.isFile === true);
        assert.equal(found.name, key);
        const held: Uint8Array = Buffer.from(body.subarray(found.start, found.end));
        assert.deepEqual(held, Buffer.from(await blob.arrayBuffer()));
      }
    });
    await fc.assert(property, { numRuns: 60 });
  });

  it('changes the name of its model and no other byte', () => {
    const file = part('Content-Disposition: form-data; name="file"; filename="model"', '\0\xff');
    const text = `${field('model', 'ours')}${file}${field('stream', 'true')}--b--\r\n`;
    const read = asked(text);
    assert.ok(read.ok);
    assert.equal(read.value.model, 'ours');
    assert.equal(read.value.stream, true);
    assert.equal(read.value.render('ours', false), read.value.bytes);
    const sent = Buffer.from(read.value.render('a longer name', false)).toString('latin1');
    assert.equal(sent, text.replace('ours', 'a longer name'));
  });

  it('names the file that a server is to take as state that it holds', () => {
    const read = asked(`${field('model', 'm')}${field('file_id', 'file-1')}--b--`);
    assert.ok(read.ok);
    assert.equal(read.value.statefulReference, 'file-1');
  });

  const two = 'Content-Disposition: form-data; name="model"';
  const encoded = 'Content-Transfer-Encoding: base64';
  const bad: Readonly<Record<string, string>> = {
    'no model': `${field('file', 'a')}--b--`,
    'two models': `${field('model', 'a')}${field('model', 'b')}--b--`,
    'two files by id': `${field('model', 'a')}${field('file_id', 'a').repeat(2)}--b--`,
    'a model that is a file': `${part(`${two}; filename="a"`, 'm')}--b--`,
    'a model in another encoding': `${part(`${two}\r\n${encoded}`, 'bQ')}--b--`,
    'two names': `${part(`${two}; name="file"`, 'm')}--b--`,
    'two dispositions': `${part(`${two}\r\n${two}`, 'm')}--b--`,
    'a name with an escape': `${part('Content-Disposition: form-data; name="mod\\el"', 'm')}--b--`,
    'a model with a line end': `${field('model', 'a\r\nb')}--b--`,
    'a model that is not UTF-8': `${field('model', '\xff')}--b--`,
    'text before the first boundary': `hello\r\n${field('model', 'a')}--b--`,
    'no last boundary': field('model', 'a'),
    'a boundary that goes on': `${field('model', 'a')}--bc--`,
    'too many parts': `${field('model', 'a')}${field('x', 'y').repeat(PARTS_MAX)}--b--`,
    'a head without an end': `--b\r\n${'x'.repeat(10_000)}`,
    nothing: '',
  };
  for (const [what, text] of Object.entries(bad)) {
    it(`is refused with ${what}`, () => {
      const read = asked(text);
      assert.ok(!read.ok);
      assert.equal(read.refusal.code, 'body_invalid');
    });
  }

  it('is read in time that grows with its length', () => {
    const near = '\r\n--\r\n-'.repeat(200_000);
    const read = asked(`${field('model', 'a')}${field('x', near)}--b--`);
    assert.ok(read.ok);
  });
});
