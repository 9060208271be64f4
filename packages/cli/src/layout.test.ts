import assert from 'node:assert/strict';
import { test } from 'node:test';
import { columns, printable } from './layout.ts';
import { paints } from './terminal.ts';

test('columns are as wide as their widest cell, colours not counted', () => {
  const { green } = paints(true);
  assert.equal(
    columns([
      ['a', 'bbb', 'c'],
      [green('dd'), 'e', 'ff'],
    ]),
    `a   bbb  c\n${green('dd')}  e    ff\n`,
  );
});

test('without colours nothing is painted', () => {
  assert.equal(paints(false).red('x'), 'x');
});

test('control characters and marks that turn text around are made harmless', () => {
  assert.equal(printable('a\u001b[31mb\u202ec\u0007\r'), 'a?[31mb?c??');
  assert.equal(printable('ünïcode 漢字 fine'), 'ünïcode 漢字 fine');
});
