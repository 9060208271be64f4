import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { freePort } from '../free-port.ts';
import { checkCommands, commandNames } from './commands.ts';
import { checkLinks } from './links.ts';
import { type Fence, readPage } from './markdown.ts';
import { openSession } from './session.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const page = (...lines: readonly string[]) => readPage('docs/a.md', lines.join('\n'));
const shell = (text: string, ...words: readonly string[]): Fence => ({
  kind: 'sh',
  words,
  text,
  line: 1,
});

test('fences are found with their kind, their words and their line', () => {
  const { fences } = page(
    '# A',
    '```sh background',
    'npm start',
    '```',
    'x',
    '~~~yaml',
    '```',
    '~~~',
  );
  assert.deepEqual(fences, [
    { kind: 'sh', words: ['background'], text: 'npm start\n', line: 3 },
    { kind: 'yaml', words: [], text: '```\n', line: 7 },
  ]);
});

test('a fence in a list loses the indent of the list', () => {
  const [fence] = page('- a', '  ```sh', '  one', '    two', '  ```').fences;
  assert.equal(fence?.text, 'one\n  two\n');
});

test('links are found in prose, not in code', () => {
  const { links } = page(
    '[a](b.md) ![c](<d.png> "t") `[e](f.md)`',
    '[g]: h.md',
    '```',
    '[i](j.md)',
    '```',
  );
  assert.deepEqual(
    links.map(({ target, line }) => `${target}:${line}`),
    ['b.md:1', 'd.png:1', 'h.md:2'],
  );
});

test('a link leads to a file, and to a heading that the file has', () => {
  const from = page(
    ...['# Own', '[ok](b.md#two-words) [ok](#own) [ok](../README.md) [ok](https://example.org/x)'],
    ...['[bad](c.md)', '[bad](b.md#three)', '[bad](/b.md)', '[bad](../../x)'],
  );
  const other = readPage('docs/b.md', '## Two `words`');
  const there = new Set(['docs/b.md', 'docs/a.md', 'README.md']);
  const found = checkLinks([from, other], (path) => there.has(path));
  assert.deepEqual(
    found.map(({ line }) => line),
    [3, 4, 5, 6],
  );
});

test('the second heading of the same text has a number', () => {
  assert.deepEqual([...page('# A b!', '## A b!').anchors], ['a-b', 'a-b-1']);
});

test('a console fence names commands, scripts and files that exist', () => {
  const known = {
    commands: commandNames({ commands: [{ name: 'up' }, { name: 'endpoint add' }] }),
    scripts: new Set(['start', 'bench']),
    exists: (path: string) => path === 'tools/a.mjs',
  };
  const shown = (line: string): number =>
    checkCommands(page('```console', line, '```'), known).length;
  const good = [
    ...['$ signalbox up --port 1', 'npx --no signalbox endpoint add NAME', 'A=b npm start'],
    ...['$ npm run bench -- overhead', 'node tools/a.mjs', 'curl -s x | jq .', 'npm ci'],
    '$ signalbox --version',
  ];
  const bad = [
    ...['$ signalbox down', 'npx --no signalbox endpoint fly NAME', '$ npm run dance'],
    ...['node tools/b.mjs', 'cd a && npm fly', '$ signalbox endpoint'],
  ];
  for (const line of good) assert.equal(shown(line), 0, line);
  for (const line of bad) assert.equal(shown(line), 1, line);
});

test('lines without a prompt are output when others have one', () => {
  const known = { commands: new Set(['up']), scripts: new Set(['x']), exists: () => false };
  const shown = page('```console', '$ signalbox up', 'signalbox says hello', '```');
  assert.deepEqual(checkCommands(shown, known), []);
});

test('fences share a folder, exports and where they went, and not the checkout', async () => {
  const session = openSession(ROOT, await freePort());
  try {
    assert.equal(
      await session.run(shell('export WORD=kept; mkdir made; cd made; touch here')),
      undefined,
    );
    assert.equal(await session.run(shell('test -f here; test "$WORD" = kept')), undefined);
    assert.equal(await session.run(shell('test -f ../package.json; test ! -e ../.git')), undefined);
  } finally {
    await session.close();
  }
});

test('a fence that fails says with what, and one that hangs is stopped', async () => {
  const session = openSession(ROOT, await freePort());
  try {
    assert.match((await session.run(shell('echo why; false'))) ?? '', /ended with 1\nwhy/);
    const hangs = shell('sleep 60', 'timeout=0.2');
    assert.match((await session.run(hangs)) ?? '', /did not end within 0\.2 s/);
  } finally {
    await session.close();
  }
});

test('a background fence is ready before the next one runs, and gone at the end', async () => {
  const port = await freePort();
  const session = openSession(ROOT, port);
  const server = `'${process.execPath}' -e '
    require("node:http").createServer((_, response) => response.end("ok"))
      .listen(process.env.SIGNALBOX_PORT)'`;
  try {
    assert.equal(await session.run(shell(server, 'background')), undefined);
    const ask = `'${process.execPath}' -e 'fetch("http://127.0.0.1:4141/").then((r) => r.text())'`;
    assert.equal(await session.run(shell(ask)), undefined);
  } finally {
    await session.close();
  }
  await assert.rejects(fetch(`http://127.0.0.1:${port}/`));
});
