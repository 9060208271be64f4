import assert from 'node:assert/strict';
import { test } from 'node:test';
import { callOf, commandOf, otherwiseOf } from './question.ts';

const query = new URLSearchParams({
  ...{ model: 'auto', step: 'code review', tokens: '9000', down: 'far, near', residency: 'eu' },
  ...{ plan: '', policy: 'draft:first', difficulty: 'hard' },
});
const draft = (name: string): string | undefined => (name === 'first' ? 'rules: []' : undefined);

test('an address is a call, and what is otherwise than it is', () => {
  assert.deepEqual(callOf(query, 'acme'), {
    ...{ tenant: 'acme', model: 'auto', step: 'code review', difficulty: 'hard' },
    input_tokens: 9_000,
  });
  assert.deepEqual(otherwiseOf(query, draft), {
    ...{ down: ['far', 'near'], residency: ['eu'] },
    draft: { name: 'first', text: 'rules: []' },
  });
  const other = (policy: string) => otherwiseOf(new URLSearchParams({ policy }), draft);
  assert.deepEqual(other('strict'), { policies: ['strict'] });
  assert.deepEqual(other('none'), { policies: [] });
  // A draft of another window is not there.
  assert.equal(other('draft:gone'), undefined);
  assert.equal(otherwiseOf(new URLSearchParams('tokens=x'), draft), undefined);
  assert.deepEqual(callOf(new URLSearchParams('tokens=x'), 'acme'), { tenant: 'acme' });
});

test('the same can be asked on the command line', () => {
  assert.equal(
    commandOf(query, 'acme'),
    "signalbox policy explain --tenant acme --model auto --step 'code review' --difficulty hard " +
      '--input-tokens 9000 --down far --down near --residency eu',
  );
});
