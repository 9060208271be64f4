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

it('a schema is kept as JSON text, and the rest has its defaults', () => {
  const checked = validate(output, { schema: { type: 'object', required: ['origin'] } });
  assert.ok(checked.ok);
  assert.equal(checked.value.schema, '{"type":"object","required":["origin"]}');
  assert.deepEqual([checked.value.retries, checked.value.otherwise], [0, 'refuse']);
});
