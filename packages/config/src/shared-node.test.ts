import assert from 'node:assert/strict';
import { it } from 'node:test';
import { readConfiguration } from './read.ts';

const noticesOf = (node: string, tenant: string): readonly string[] => {
  const text = `version: 1\nnode: ${node}\ntenants:\n  crypt: ${tenant}\n`;
  const read = readConfiguration([{ name: 'a.yaml', text }]);
  assert.ok(read.ok, JSON.stringify(read));
  return read.notices.map(({ file, line, path, message }) => `${file}:${line} ${path} ${message}`);
};

it('a sovereign tenant that this node refuses is told of, with what to do', () => {
  const [notice = '', ...more] = noticesOf('{tier: 2}', '{topology: sovereign}');
  assert.match(notice, /^a\.yaml:4 tenants\.crypt\.topology a node of tier 2 is shared/);
  assert.match(notice, /own\.networks.*shared_nodes: allow/);
  assert.deepEqual(more, []);
  const elsewhere = '{topology: sovereign, own: {networks: [b]}}';
  assert.equal(noticesOf('{tier: 3, network: a}', elsewhere).length, 1);
});

it('nothing is said where its calls are taken', () => {
  for (const [node, tenant] of [
    ['{tier: 1}', '{topology: sovereign}'],
    ['{tier: 2}', '{topology: sovereign, shared_nodes: allow}'],
    ['{tier: 2, network: a}', '{topology: sovereign, own: {networks: [a]}}'],
    ['{tier: 2}', '{topology: hybrid}'],
  ] as const) {
    assert.deepEqual(noticesOf(node, tenant), [], `${node} ${tenant}`);
  }
});
