import assert from 'node:assert/strict';
import { test } from 'node:test';
import { find } from './planted.fixture.ts';

type Texts = Readonly<Record<string, string>>;

/** The planted files break exactly these rules, at these places. */
function breaks(files: Texts, expected: readonly string[]): void {
  const found = find(files).map(({ path, line, rule }) => `${path}:${line} ${rule}`);
  assert.deepEqual([...new Set(found)], expected);
}

const TENANT = 'packages/engine/src/tenant/tenant.ts';
const RESOLVE = 'packages/engine/src/resolve/resolve.ts';
const GATEWAY = 'packages/gateway/src/index.ts';
const admitting = (text: string): string =>
  [
    'export type Admitted = { readonly id: string };',
    "export const admit = (): Admitted => ({ id: 'a' });",
    `${text}\n`,
  ].join('\n');
const clearing = (text: string): string =>
  `${text}\nexport const clear = (call: unknown) => call;\n`;

test('a sound house breaks nothing', () => breaks({}, []));

test('a package may not import one of its own floor or a higher one', () => {
  breaks({ [GATEWAY]: "import { x } from '@signalbox/edge';\nexport const y = x;\n" }, [
    `${GATEWAY}:1 undeclared`,
  ]);
  const sim = {
    'packages/sim/package.json': '{"name":"@signalbox/sim","exports":{".":"./src/index.ts"}}',
    'packages/sim/src/index.ts': 'export const sim = 1;\n',
  };
  breaks({ ...sim, [GATEWAY]: "import { sim } from '@signalbox/sim';\nexport const y = sim;\n" }, [
    ...[`${GATEWAY}:1 floors`, `${GATEWAY}:1 undeclared`],
  ]);
});

test('a package may not even declare a package of a higher floor', () => {
  const path = 'packages/trust/package.json';
  const text = `{"name":"@signalbox/trust","dependencies":{"@signalbox/ports":"0.1.0"},
    "exports":{".":"./src/index.ts","./node":"./src/node.ts"}}`;
  breaks({ [path]: text }, [`${path}:1 floors`]);
});

test('a package without a floor is not let in', () => {
  const path = 'packages/attic/package.json';
  breaks({ [path]: '{"name":"@signalbox/attic"}' }, [`${path}:1 floors`]);
});

test('a test may import from its own floor, but not from a higher one', () => {
  const sim = {
    'packages/sim/package.json': '{"name":"@signalbox/sim","exports":{".":"./src/index.ts"}}',
    'packages/sim/src/index.ts': 'export const sim = 1;\n',
    'packages/gateway/package.json':
      '{"name":"@signalbox/gateway","dependencies":{"@signalbox/ports":"0"},' +
      '"exports":{".":"./src/index.ts"},"devDependencies":{"@signalbox/sim":"0"}}',
  };
  const gatewayTest = 'packages/gateway/src/serve.test.ts';
  const contractTest = 'packages/contract/src/ids.test.ts';
  const text = "import { sim } from '@signalbox/sim';\nsim;\n";
  breaks({ ...sim, [gatewayTest]: text }, []);
  breaks({ ...sim, [contractTest]: text }, [
    ...[`${contractTest}:1 floors`, `${contractTest}:1 undeclared`],
  ]);
});

test('a path may not leave its package', () => {
  const text = "import { now } from '../../ports/src/index.ts';\nexport const y = now;\n";
  breaks({ [GATEWAY]: text }, [`${GATEWAY}:1 floors`]);
  const tool = "import { now } from '../packages/ports/src/index.ts';\nnow();\n";
  breaks({ 'examples/x.ts': tool }, ['examples/x.ts:1 floors']);
  breaks({ 'tools/x.ts': tool }, []);
});

test('a package from outside is declared, for tests in development too', () => {
  breaks({ [GATEWAY]: "import zod from 'zod/v4';\nexport const y = zod;\n" }, [
    `${GATEWAY}:1 undeclared`,
  ]);
  breaks({ 'packages/gateway/src/a.test.ts': "import fc from 'fast-check';\nfc;\n" }, []);
  breaks({ [GATEWAY]: "import fc from 'fast-check';\nexport const y = fc;\n" }, [
    `${GATEWAY}:1 undeclared`,
  ]);
  breaks({ 'tools/x.ts': "import { join } from 'path';\njoin('a');\n" }, [
    'tools/x.ts:1 undeclared',
  ]);
});

test('a room may not import values of an earlier room', () => {
  const text = "import { admit } from '../tenant/tenant.ts';\nadmit();";
  breaks({ [RESOLVE]: clearing(text) }, [`${RESOLVE}:1 rooms`]);
});

test('a room may not import a later room, not even its types', () => {
  const text = "import type { T } from '../settle/settle.ts';\nexport type S = T;";
  const settle = 'packages/engine/src/settle/settle.ts';
  const planted = { [TENANT]: admitting(text), [settle]: 'export type T = 1;\n' };
  breaks(planted, [`${TENANT}:3 rooms`]);
});

test('a room may not import the line, and nothing of the engine is outside its rooms', () => {
  const shared = 'packages/engine/src/reasons.ts';
  const text = "import { reason } from '../reasons.ts';\nreason;";
  breaks({ [shared]: 'export const reason = 1;\n', [RESOLVE]: clearing(text) }, [
    ...[`${shared}:1 rooms`, `${RESOLVE}:1 rooms`],
  ]);
});

test('only resolve mints a clearance', () => {
  const text = "import { mint } from '@signalbox/contract/mint';\nmint;";
  breaks({ [TENANT]: admitting(text) }, [`${TENANT}:3 gates`]);
  const index = 'packages/contract/src/index.ts';
  breaks({ [index]: "export { mint } from './mint.ts';\n" }, [`${index}:1 gates`]);
  breaks({ 'packages/engine/src/tenant/a.test.ts': text }, []);
});

test('only ports and composers bind trust to Node', () => {
  const text = "import { bound } from '@signalbox/trust/node';\nexport const b = bound;\n";
  const ports = 'packages/ports/src/index.ts';
  breaks({ [ports]: `${text}export const now = 1;\n` }, []);
  breaks({ [TENANT]: admitting(text) }, [`${TENANT}:3 gates`]);
});

test('a cycle is found, also through types and re-exports', () => {
  const a = 'packages/gateway/src/index.ts';
  const b = 'packages/gateway/src/b.ts';
  const c = 'packages/gateway/src/c.ts';
  const planted = {
    [a]: "export { b } from './b.ts';\nexport type A = 1;\n",
    [b]: "import type { C } from './c.ts';\nexport const b = (c: C) => c;\n",
    [c]: "import type { A } from './index.ts';\nexport type C = A;\n",
  };
  breaks(planted, [`${a}:1 cycles`]);
});

test('every banned call is found in a pure package', () => {
  const calls = [
    ...['Date.now()', 'new Date()', 'new Date;', 'Date()', 'performance.now()', 'Math.random()'],
    ...['crypto.randomUUID()', 'globalThis.crypto.subtle', 'setTimeout(f, 1)', 'setInterval(f, 1)'],
    ...['setImmediate(f)', 'process.env', "process['env']", 'fetch(url)', 'Buffer.from(a)'],
    ...['process.hrtime()', "console.log('a')", "import('node:fs')"],
  ];
  for (const call of calls) breaks({ [TENANT]: admitting(`${call};`) }, [`${TENANT}:3 effects`]);
  breaks({ [TENANT]: admitting("import { sign } from 'node:crypto';\nsign;") }, [
    `${TENANT}:3 effects`,
  ]);
});

test('what only looks like a banned call is none', () => {
  const calls = [
    ...['new Date(atMs)', 'clock.Date.now', "'Date.now()'", '// Date.now()', 'ports.fetch(url)'],
    ...['`Math.random()`', 'Date.parse(text)', 'const a = { process: 1 };', 'x.setTimeout(1)'],
    'const sign = (crypto: Signer) => crypto.sign(1);',
    ...['type A = { fetch(id: string): string }', 'const a = { fetch(id) { return id; } }'],
  ];
  for (const call of calls) breaks({ [TENANT]: admitting(`${call};`) }, []);
});

test('a composed package takes time and disk from ports, a main and a test need not', () => {
  const text =
    "import { readFileSync } from 'node:fs';\nexport const y = [Date.now(), readFileSync];\n";
  breaks({ [GATEWAY]: text }, [`${GATEWAY}:1 effects`, `${GATEWAY}:2 effects`]);
  breaks({ 'packages/gateway/src/main.ts': text, 'packages/gateway/src/a.test.ts': text }, []);
  breaks(
    { [GATEWAY]: "import { join } from 'node:path';\nexport const y = join(String(Buffer));\n" },
    [],
  );
});

test('decisions do not use functions that differ in the last bit', () => {
  breaks({ [TENANT]: admitting('Math.log(2);') }, [`${TENANT}:3 inexact`]);
  breaks({ [TENANT]: admitting('Math.floor(Math.sqrt(2));') }, []);
});

test('only the line, the rounds, the queue and dispatch wait', () => {
  breaks({ [TENANT]: admitting('export const f = async () => 1;') }, [`${TENANT}:3 waiting`]);
  breaks({ [TENANT]: admitting('await 1;') }, [`${TENANT}:3 waiting`]);
  const schedule = 'packages/engine/src/schedule/schedule.ts';
  const rounds = 'packages/engine/src/rounds.ts';
  breaks(
    {
      [schedule]: 'export const wait = async () => 1;\n',
      [rounds]: "import { wait } from './schedule/schedule.ts';\nawait wait();\n",
      'packages/engine/src/index.ts': "export { serve } from './line.ts';\nimport './rounds.ts';\n",
    },
    [],
  );
});

test('a file has at most 400 lines, a test 600, a table any number', () => {
  const lines = (count: number): string => '// a line\n'.repeat(count);
  breaks({ 'tools/a.ts': lines(400), 'tools/a.test.ts': lines(600) }, []);
  breaks({ 'tools/a.ts': lines(401), 'tools/b.table.ts': lines(900) }, ['tools/a.ts:401 limits']);
  breaks({ 'tools/a.test.ts': lines(601) }, ['tools/a.test.ts:601 limits']);
});

test('the line has at most 100 lines and the contract 1,600', () => {
  const line = 'packages/engine/src/line.ts';
  const text =
    "export { admit } from './tenant/tenant.ts';\nexport { clear } from './resolve/resolve.ts';\n";
  breaks({ [line]: `${text}export const serve = 1;\n${'//\n'.repeat(98)}` }, [
    `${line}:101 limits`,
  ]);
  const parts = Object.fromEntries(
    [1, 2, 3, 4].map((part) => [`packages/contract/src/part${part}.ts`, '//\n'.repeat(399)]),
  );
  const index = 'packages/contract/src/index.ts';
  const imports = [1, 2, 3, 4].map((part) => `export * from './part${part}.ts';\n`).join('');
  breaks({ ...parts, [index]: imports }, [`${index}:1 limits`]);
});

test('a function has at most 70 lines, of whatever kind it is', () => {
  const body = (count: number): string => `{\n${'  f();\n'.repeat(count)}}`;
  const heads = [
    ...['function a(): void ', 'function* a() ', 'const a = () => ', 'async function a<T>(x: T) '],
    ...['function a(): { b: number } ', 'function a(x: { y: 1 }): Promise<{ b: 1 }> | undefined '],
  ];
  for (const head of heads) {
    breaks({ 'tools/a.ts': `\n${head}${body(69)}\n` }, ['tools/a.ts:2 limits']);
    breaks({ 'tools/a.ts': `\n${head}${body(68)}\n` }, []);
  }
  const method = `class A {\n  get b(): string ${body(69)}\n}\n`;
  breaks({ 'tools/a.ts': method }, ['tools/a.ts:2 limits']);
  breaks({ 'tools/a.ts': `const a = {\n  b(c: number) ${body(69)},\n};\n` }, [
    'tools/a.ts:2 limits',
  ]);
  breaks({ 'tools/a.ts': `const a = () => (\n${'1 +\n'.repeat(70)}1);\n` }, [
    'tools/a.ts:1 limits',
  ]);
  breaks({ 'tools/a.test.ts': `function a() ${body(200)}\n` }, []);
  breaks({ 'tools/a.ts': `while (go()) ${body(99)}\nif (x) ${body(99)}\n` }, []);
});

test('a line has at most 100 columns, unless it is an import or holds an address', () => {
  const long = 'x'.repeat(100);
  breaks({ 'tools/a.ts': `// ${long}\n` }, ['tools/a.ts:1 limits']);
  breaks({ 'tools/a.ts': `${'é'.repeat(100)}\n` }, []);
  breaks({ 'tools/a.ts': `// https://example.org/${long}\n` }, []);
  breaks({ 'tools/a.table.ts': `export const a = '${long}';\n` }, []);
});

test('any is not used, in whatever place of a type', () => {
  const types = [
    'a: any',
    'a: any[]',
    'a: Set<any>',
    'a: Map<string, any>',
    'a: string | any',
    'a = b as any',
  ];
  for (const type of types) breaks({ 'tools/a.ts': `const ${type};\n` }, ['tools/a.ts:1 any']);
  breaks(
    {
      'tools/a.ts': "Promise.any([]);\nconst a = { any: 1 };\nb = any.filter(c);\n// any\n'any';\n",
    },
    [],
  );
});

test('casts have a budget, brands and constants do not count', () => {
  const free = [
    ...['const a = [1] as const;', 'const a = b as Id; // brand: minted here'],
    ...['// brand: minted here\nconst a = b as Id;', "import { a as b } from './b.ts';"],
    ...["import * as a from './b.ts';", 'export { a as b, c as d };', 'const as = 1;'],
  ];
  const file = (text: string): string => `const x = y as Z;\n${text}\n`;
  for (const text of free) breaks({ 'tools/a.ts': file(text) }, []);
  const two = ['tools/a.ts:1 casts', 'tools/a.ts:2 casts'];
  for (const text of ['const a = b as Id;', 'f(<T>(b) as Id);', 'f(b! as { c: 1 });']) {
    breaks({ 'tools/a.ts': file(text) }, two);
  }
  breaks(
    {
      'tools/a.ts': file(`const a = b as Id;\n${'//\n'.repeat(380)}`),
      'tools/b.ts': '//\n'.repeat(390),
      'tools/c.ts': '//\n'.repeat(390),
    },
    [],
  );
});

test('names say something, in kebab-case', () => {
  const bad = [
    ...['utils.ts', 'helpers/a.ts', 'key-manager.ts', 'common/a.ts', 'data.ts', 'process.ts'],
    ...['string-util.ts', 'misc.test.ts', 'data/a.ts'],
  ];
  for (const name of bad) breaks({ [`tools/${name}`]: '' }, [`tools/${name}:1 names`]);
  for (const name of ['keyRing.ts', 'Key.ts', 'a_b.ts']) {
    breaks({ [`tools/${name}`]: '' }, [`tools/${name}:1 names`]);
  }
  breaks({ 'tools/data-plane.ts': '', 'tools/a.test-d.ts': '', 'tools/process-tree.ts': '' }, []);
});

test('a file that nothing but its test imports is dead', () => {
  const path = 'packages/gateway/src/attic.ts';
  const tested = "import { a } from './attic.ts';\na;\n";
  const planted = { [path]: 'export const a = 1;\n', 'packages/gateway/src/attic.test.ts': tested };
  breaks(planted, [`${path}:1 dead`]);
  const worker = "export const at = new URL('./attic.ts', import.meta.url);\n";
  breaks({ ...planted, [GATEWAY]: worker }, []);
  breaks({ 'packages/gateway/src/main.ts': '', 'packages/gateway/src/disk-worker.ts': '' }, []);
});

test('every violation says what to do instead', () => {
  const found = find({
    [GATEWAY]: "import zod from 'zod';\nexport const y = [zod, Date.now()];\n",
  });
  assert.equal(found.length, 2);
  assert.match(found[1]?.instead ?? '', /Clock/);
  for (const { what, instead } of found) assert.ok(what.length > 0 && instead.length > 0);
});
