import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { filterOf, filterQuery, filterText, parseFilter } from './filter.ts';

describe('the filter of the list', () => {
  it('reads what it writes', () => {
    const parsed = parseFilter('  model=qwen3:8b tier=3  ending=refused ');
    assert.ok(parsed.ok);
    assert.equal(filterText(parsed.filter), 'tier=3 ending=refused model=qwen3:8b');
    const query = filterQuery(parsed.filter);
    assert.equal(query, 'tier=3&ending=refused&model=qwen3%3A8b');
    assert.deepEqual(filterOf(new URLSearchParams(query)), parsed.filter);
  });

  it('says what it does not understand', () => {
    const problem = (text: string): string => {
      const parsed = parseFilter(text);
      return parsed.ok ? '' : parsed.problem;
    };
    assert.match(problem('teir=3'), /“teir=3” is not understood/);
    assert.match(problem('acme'), /“acme” is not understood/);
    assert.match(problem('=acme'), /is not understood/);
    assert.match(problem('tier=4'), /1, 2 or 3/);
    assert.match(problem('ending=odd'), /answered, refused/);
    assert.match(problem('tenant='), /value after tenant=/);
  });

  it('takes from the address only what it understands', () => {
    const query = new URLSearchParams('tier=9&tenant=acme&x=1&constructor=2');
    assert.deepEqual(filterOf(query), { tenant: 'acme' });
  });
});
