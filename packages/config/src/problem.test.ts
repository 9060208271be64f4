import assert from 'node:assert/strict';
import { test } from 'node:test';
import { problemIn, sortProblems } from './problem.ts';
import { renderProblems } from './render.ts';
import { makeSource, positionOf } from './source.ts';

const WRONG = { message: 'wrong', hint: 'mend it' };

test('lines and columns count from one, at every line ending', () => {
  const source = makeSource('a', 'ab\ncd\r\n\nef');
  const at = (offset: number): string => {
    const { line, column } = positionOf(source, offset);
    return `${line}:${column}`;
  };
  assert.deepEqual([0, 1, 3, 7, 8, 9].map(at), ['1:1', '1:2', '2:1', '3:1', '4:1', '4:2']);
});

test('the excerpt is the line with a caret under the place', () => {
  const source = makeSource('a', 'one: 1\ntwo: xyz # why\n');
  const problem = problemIn(source, { from: 12, to: 15 }, WRONG);
  assert.equal(problem.excerpt, 'two: xyz # why\n     ^^^');
});

test('a long line is cut around the place', () => {
  const source = makeSource('a', `${'a'.repeat(5_000)} bad ${'b '.repeat(5_000)}`);
  const problem = problemIn(source, { from: 5_001, to: 5_004 }, WRONG);
  const [line = '', caret = ''] = problem.excerpt.split('\n');
  assert.ok(line.length <= 100);
  assert.equal(line.slice(caret.indexOf('^'), caret.lastIndexOf('^') + 1), 'bad');
});

test('a place at the end of the text has an excerpt too', () => {
  const source = makeSource('a', 'a: "x\n');
  const problem = problemIn(source, { from: 6, to: 6 }, WRONG);
  assert.deepEqual([problem.line, problem.column, problem.excerpt], [2, 1, '\n^']);
});

test('problems are sorted by place and said once', () => {
  const source = makeSource('b', 'x: 1\ny: 2\n');
  const make = (from: number, message: string): ReturnType<typeof problemIn> =>
    problemIn(source, { from, to: from + 1 }, { message, hint: 'mend it' });
  const other = problemIn(
    makeSource('a', 'z'),
    { from: 0, to: 1 },
    { message: 'first', hint: 'mend it' },
  );
  const sorted = sortProblems([make(5, 'two'), make(0, 'one'), make(5, 'two'), other]);
  assert.deepEqual(
    sorted.map((one) => one.message),
    ['first', 'one', 'two'],
  );
});

test('a rendered problem reads from place to hint, with and without colours', () => {
  const source = makeSource('signalbox.yaml', 'version: 1\ntenant: {}\n');
  const text = {
    message: 'unknown key `tenant`',
    hint: 'did you mean `tenants`?',
    path: ['tenant'],
  };
  const problem = problemIn(source, { from: 11, to: 17 }, text);
  assert.equal(
    renderProblems([problem], { color: false }),
    [
      'signalbox.yaml:2:1 tenant: unknown key `tenant`',
      '  2 | tenant: {}',
      '    | ^^^^^^',
      '  hint: did you mean `tenants`?',
      '',
      '1 problem',
      '',
    ].join('\n'),
  );
  const gone = { ...problem, path: '', message: 'does not exist', excerpt: '\n' };
  assert.equal(
    renderProblems([gone], { color: false }),
    'signalbox.yaml:2:1 does not exist\n  hint: did you mean `tenants`?\n\n1 problem\n',
  );
  const colored = renderProblems([problem], { color: true });
  assert.ok(colored.includes(`\u001b[31m^^^^^^\u001b[0m`));
});
