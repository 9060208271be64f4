import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConfiguration } from './read.ts';

const problemOf = (when: string): string => {
  const text = `version: 1\npolicies:\n  p:\n    rules: [{when: ${when}, route: {tier: 1}}]\n`;
  const read = readConfiguration([{ name: 'signalbox.yaml', text }]);
  return read.ok ? '' : read.problems.map(({ message, hint }) => `${message} | ${hint}`).join('\n');
};

test('a condition that cannot be read is shown with its part, and with what is known', () => {
  assert.match(problemOf(`'call.stepp == "a"'`), /at `call.stepp`: `stepp` is not known \| .*step/);
  assert.match(problemOf(`{if: 'call.label == "secret"'}`), /never "secret" \| one of public, /);
  assert.match(problemOf(`'call.step ='`), /at `=`.*\| write `==`/);
  assert.match(problemOf(`''`), /at character 1: the condition ends too early/);
});

test('a rule behind one without a condition can never match', () => {
  const text = (when: string): string => `version: 1
policies:
  p:
    rules:
      - {${when}route: {tier: 1}}
      - {name: late, when: {if: 'call.stream'}, route: {tier: 2}}
`;
  const problems = (when: string): number => {
    const read = readConfiguration([{ name: 'signalbox.yaml', text: text(when) }]);
    return read.ok ? 0 : read.problems.length;
  };
  assert.equal(problems(''), 1);
  assert.equal(problems(`when: 'call.tools_offered', `), 0);
  assert.equal(problems(`when: 'call.stream', `), 1);
});
