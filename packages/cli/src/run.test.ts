import assert from 'node:assert/strict';
import { test } from 'node:test';
import { everyCommand } from './nouns.table.ts';
import { folderFor, parsed, typed } from './testing.fixture.ts';
import { VERSION } from './version.ts';

test('the version is that of the manifest', async (context) => {
  const folder = folderFor(context);
  const said = await typed(folder, ['--version']);
  assert.equal(said.exit, 0);
  assert.match(said.out, new RegExp(`^signalbox ${VERSION.replaceAll('.', '\\.')} `));
  assert.equal(parsed(await typed(folder, ['version', '--json']))['version'], VERSION);
});

test('help lists every command, for eyes and for programs', async (context) => {
  const folder = folderFor(context);
  const names = (await everyCommand()).map(({ name }) => name);
  for (const words of [['--help'], ['help'], []]) {
    const said = await typed(folder, words);
    assert.equal(said.exit, 0);
    for (const name of names) assert.ok(said.out.includes(`  ${name} `), name);
  }
  const { commands } = parsed(await typed(folder, ['--help', '--json']));
  assert.ok(Array.isArray(commands));
  assert.deepEqual(
    commands.map((one: unknown) => Reflect.get(Object(one), 'name')),
    names,
  );
});

test('help of a command begins with examples of that command', async (context) => {
  const folder = folderFor(context);
  for (const command of await everyCommand()) {
    assert.ok(command.examples.length > 0, command.name);
    assert.ok(command.examples.some((one) => one.includes(`signalbox ${command.name}`)));
    const said = await typed(folder, [...command.name.split(' '), '--help']);
    assert.equal(said.exit, 0);
    assert.equal(said.out.split('\n')[0], `  ${command.examples[0]}`);
  }
});

test('help of a noun shows its verbs', async (context) => {
  const said = await typed(folderFor(context), ['endpoint', '--help']);
  assert.equal(said.exit, 0);
  assert.match(said.out, /endpoint drain NAME/);
  assert.doesNotMatch(said.out, /tenant create/);
});

test('what changes something can be tried, and asks for nothing with --yes', async () => {
  for (const command of await everyCommand()) {
    const verbs = /(create|set|remove|enable|drain|add|activate|rotate|revoke|journal| key|-key)$/;
    const deeds =
      /^((policy|route) (promote|rollback)|policy approve|session declassify|event redeliver)$/;
    const mutates = new RegExp(`${verbs.source}|${deeds.source}|^init$|^import `);
    assert.equal(command.changes === true, mutates.test(command.name), command.name);
  }
});

const WRONG: readonly (readonly [words: readonly string[], said: RegExp])[] = [
  [['endpiont', 'list'], /no command `endpiont`.*Did you mean `signalbox endpoint`/s],
  [['xyzzy'], /no command `xyzzy`.*signalbox --help/s],
  [['endpoint', 'drian'], /no verb `drian`.*signalbox endpoint drain/s],
  [['endpoint'], /wants a verb.*signalbox endpoint list/s],
  [['ask'], /wants TEXT/],
  [['ask', 'hi', '--modle', 'x'], /no flag --modle.*--model/s],
  [['ask', 'hi', '--model'], /--model/],
  [['explain', 'a', 'b'], /`b` is one word too many/],
  [['tail', '--where', 'tiger=3'], /`tiger=3` is no condition.*tier=3/s],
  [['key', 'create', 'x'], /wants --tenant/],
  [['tenant', 'create', 'x', '--budget-usd', 'lots'], /no amount in dollars/],
  [['up', '--role', 'king'], /no role `king`/],
  [['api', 'LOOK', '/'], /no method/],
  [['--url', 'ftp://x', 'endpoint', 'list'], /no http URL/],
];

for (const [words, said] of WRONG) {
  test(`\`signalbox ${words.join(' ')}\` is refused with a hint and exit 2`, async (context) => {
    const ended = await typed(folderFor(context), words);
    assert.equal(ended.exit, 2);
    assert.equal(ended.out, '');
    assert.match(ended.err, said);
  });
}

test('a refusal is JSON when JSON was asked for', async (context) => {
  const ended = await typed(folderFor(context), ['xyzzy', '--json']);
  assert.equal(ended.exit, 2);
  const value: unknown = JSON.parse(ended.err);
  assert.match(
    String(Reflect.get(Object(Reflect.get(Object(value), 'error')), 'message')),
    /xyzzy/,
  );
});

test('without a gateway a command says how to start one, and sends no key', async (context) => {
  const ended = await typed(folderFor(context), ['ask', 'hi']);
  assert.equal(ended.exit, 6);
  assert.match(ended.err, /No gateway runs on the data folder.*signalbox up/s);
});

test('an absent gateway is down, a missing key is a matter of auth', async (context) => {
  const folder = folderFor(context);
  const url = 'http://127.0.0.1:1';
  const none = await typed(folder, ['ask', 'hi'], { SIGNALBOX_URL: url });
  assert.equal(none.exit, 3);
  assert.match(none.err, /SIGNALBOX_KEY/);
  const down = await typed(folder, ['ask', 'hi'], { SIGNALBOX_URL: url, SIGNALBOX_KEY: 'x' });
  assert.equal(down.exit, 6);
  assert.match(down.err, /No gateway answers at http:\/\/127\.0\.0\.1:1/);
});
