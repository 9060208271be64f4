// Hints, messages and comments of every package may name commands of this program. Those that they
// name exist, with the flags that they show.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type Command, flagsOf } from './command.ts';
import { everyCommand } from './nouns.table.ts';

const PACKAGES = fileURLToPath(new URL('../..', import.meta.url));
const TESTS = /\.(test|test-d|suite|fixture)\.tsx?$/;

/** `signalbox tenant set acme --plan gold`, up to the quote or the line that ends it. */
const NAMED = /(?:\bsignalbox|\$\{command\}) (?=[a-z])([^`'"\n<;]*)/g;
/** Words that belong to the program itself. */
const OWN = new Set(['help', 'version']);

let commands: ReadonlyMap<string, Command> = new Map();
before(async () => {
  commands = new Map((await everyCommand()).map((command) => [command.name, command]));
});

/** Why the words after `signalbox` are no command, or undefined. */
function wrongIn(text: string): string | undefined {
  const [, noun = '', verb = ''] = /^([a-z-]+)(?: ([a-z][a-z-]*))?/.exec(text) ?? [];
  if (OWN.has(noun)) return undefined;
  const command = commands.get(`${noun} ${verb}`) ?? commands.get(noun);
  if (command === undefined) {
    const isNoun = [...commands.keys()].some((name) => name.startsWith(`${noun} `));
    return isNoun && verb === '' ? undefined : `names \`${`${noun} ${verb}`.trimEnd()}\``;
  }
  const known = flagsOf(command);
  const flags = [...text.matchAll(/ --([a-z-]+)/g)].map((found) => found[1] ?? '');
  const strange = flags.find((flag) => !Object.hasOwn(known, flag));
  return strange === undefined ? undefined : `names --${strange} of \`${command.name}\``;
}

test('every command that a package names exists', () => {
  const files = globSync('*/src/**/*.{ts,tsx}', { cwd: PACKAGES }).filter(
    (file) => !TESTS.test(file),
  );
  assert.ok(files.length > 300, `${files.length} files`);
  let named = 0;
  const wrong = files.flatMap((file) => {
    const text = readFileSync(`${PACKAGES}/${file}`, 'utf8');
    return [...text.matchAll(NAMED)].flatMap((found) => {
      named += 1;
      const why = wrongIn(found[1] ?? '');
      const line = text.slice(0, found.index).split('\n').length;
      return why === undefined ? [] : [`${relative('.', file)}:${line} ${why}`];
    });
  });
  assert.deepEqual(wrong, []);
  assert.ok(named > 100, `${named} commands are named`);
});

test('a command that is not there is seen', () => {
  assert.match(wrongIn('budget set') ?? '', /names `budget set`/);
  assert.match(wrongIn('restore') ?? '', /names `restore`/);
  assert.match(wrongIn('tenant rename acme') ?? '', /names `tenant rename`/);
  assert.match(wrongIn('tenant set acme --nonsense 1') ?? '', /names --nonsense of/);
  assert.equal(wrongIn('tenant set acme --plan gold'), undefined);
  assert.equal(wrongIn('up'), undefined);
});
