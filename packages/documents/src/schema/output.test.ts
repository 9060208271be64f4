import assert from 'node:assert/strict';
import { it } from 'node:test';
import { validate } from '../validate.ts';
import { output } from './output.ts';

const cases: readonly (readonly [written: object, says: RegExp])[] = [
  [{}, /checks nothing/],
  [{ retries: 2 }, /checks nothing/],
  [{ not_empty: false }, /checks nothing/],
  [{ characters_min: 5, characters_max: 4 }, /least lies above the most/],
  [{ tokens_min: 5, tokens_max: 4 }, /least lies above the most/],
  [{ schema: { unevaluatedItems: false } }, /`unevaluatedItems` is not checked/],
  [{ schema: { pattern: '(?=a)' } }, /`pattern` is not checked/],
  [{ schema: { properties: { a: { typ: 'string' } } } }, /no JSON Schema has a keyword `typ`/],
  [{ schema: { requierd: ['a'] } }, /keyword `requierd`/],
  [{ json: true, retries: 6 }, /5/],
  [{ jsn: true }, /unknown key `jsn`/],
];
for (const [written, says] of cases) {
  it(`${JSON.stringify(written)} is refused in words`, () => {
    const checked = validate(output, written);
    assert.ok(!checked.ok);
    assert.match(checked.issues.map(({ message }) => message).join('\n'), says);
  });
}

it("notes and keywords of one's own are left alone, and a slip is told its word", () => {
  const notes = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'T',
    'x-ours': 1,
  };
  assert.ok(validate(output, { schema: { ...notes, type: 'object', format: 'uuid' } }).ok);
  const slip = validate(output, { schema: { requierd: ['a'] } });
  assert.ok(!slip.ok);
  assert.equal(slip.issues[0]?.hint, 'did you mean `required`?');
});

it('a schema is kept as JSON text, and the rest has its defaults', () => {
  const checked = validate(output, { schema: { type: 'object', required: ['origin'] } });
  assert.ok(checked.ok);
  assert.equal(checked.value.schema, '{"type":"object","required":["origin"]}');
  assert.deepEqual([checked.value.retries, checked.value.otherwise], [0, 'refuse']);
});
