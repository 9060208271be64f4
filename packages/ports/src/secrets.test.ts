import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { inspect } from 'node:util';
import type { SecretReference } from '@signalbox/documents';
import { readSecret, splitCommand } from './secrets.ts';

const folder = mkdtempSync(join(tmpdir(), 'signalbox-secrets-'));
after(() => rmSync(folder, { recursive: true }));

const environment = { PATH: process.env['PATH'], TOKEN: 'value-of-token', EMPTY: '' };
const NODE = process.execPath;

async function readText(reference: SecretReference): Promise<string> {
  const read = await readSecret(reference, { environment, folder });
  return read.ok ? read.secret.reveal() : `refused: ${read.why}`;
}

function file(name: string, text: string, mode = 0o600): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

test('a variable, a file and a command give a secret, without the newline at the end', async () => {
  file('key', 'from-file\n');
  assert.equal(await readText({ kind: 'env', value: 'TOKEN' }), 'value-of-token');
  assert.equal(await readText({ kind: 'file', value: 'key' }), 'from-file');
  const command = `"${NODE}" -e "process.stdout.write('from-command\\n')"`;
  assert.equal(await readText({ kind: 'exec', value: command }), 'from-command');
});

test('what is missing or empty is refused with its name', async () => {
  file('empty', '\n');
  assert.match(await readText({ kind: 'env', value: 'MISSING' }), /refused: the variable MISSING/);
  assert.match(await readText({ kind: 'env', value: 'EMPTY' }), /refused: the value is empty/);
  assert.match(await readText({ kind: 'file', value: 'absent' }), /absent does not exist/);
  assert.match(await readText({ kind: 'file', value: '.' }), /not a file/);
  assert.match(await readText({ kind: 'file', value: 'empty' }), /the value is empty/);
  assert.match(await readText({ kind: 'exec', value: 'no-such-program-here' }), /ENOENT/);
  assert.match(await readText({ kind: 'exec', value: '  ' }), /empty/);
});

test('a file that others can read works, and is warned about', async () => {
  file('wide', 'secret-value', 0o644);
  const read = await readSecret({ kind: 'file', value: 'wide' }, { environment, folder });
  assert.equal(read.ok && read.secret.reveal(), 'secret-value');
  assert.match(read.ok ? (read.warnings[0] ?? '') : '', /wide can be read by others \(mode 644\)/);
});

test('a file that is too large is not read', async () => {
  file('large', 'x'.repeat(100_000));
  assert.match(await readText({ kind: 'file', value: 'large' }), /larger than 65536/);
});

test('a command is started without a shell and sees only the environment it is given', async () => {
  const script = 'JSON.stringify([process.argv.slice(1), process.env.HOME])';
  const echo = `"${NODE}" -p "${script}" '$HOME; echo x' "a b"`;
  assert.equal(await readText({ kind: 'exec', value: echo }), '[["$HOME; echo x","a b"],null]');
});

test('a command that hangs, floods or fails is ended; no refusal holds its output', async () => {
  const settings = { environment, folder, execMs: 300 };
  const hang = `"${NODE}" -e "console.log('leak-me'); setInterval(() => {}, 1000)"`;
  const hung = await readSecret({ kind: 'exec', value: hang }, settings);
  assert.match(hung.ok ? '' : hung.why, /took longer than 300 ms/);
  const flood = `"${NODE}" -e "process.stdout.write('x'.repeat(200000))"`;
  assert.match(await readText({ kind: 'exec', value: flood }), /wrote more than/);
  const fail = `"${NODE}" -e "console.error('leak-me'); process.exit(3)"`;
  const failed = await readText({ kind: 'exec', value: fail });
  assert.match(failed, /ended with 3/);
  assert.equal(`${inspect(hung)}${failed}`.includes('leak-me'), false);
});

test('outside the operator’s own files only variables are read', async () => {
  const settings = { environment, folder, envOnly: true };
  assert.equal((await readSecret({ kind: 'env', value: 'TOKEN' }, settings)).ok, true);
  assert.equal((await readSecret({ kind: 'file', value: 'key' }, settings)).ok, false);
  assert.equal((await readSecret({ kind: 'exec', value: 'true' }, settings)).ok, false);
});

test('arguments are split by blanks, quotes and backslashes, and by nothing else', () => {
  assert.deepEqual(splitCommand(`a 'b c' "d e" f\\ g "" h'i'j`), [
    'a',
    'b c',
    'd e',
    'f g',
    '',
    'hij',
  ]);
  assert.deepEqual(splitCommand('a $(b) `c` | d > e'), ['a', '$(b)', '`c`', '|', 'd', '>', 'e']);
  assert.equal(splitCommand("a 'b"), undefined);
});
