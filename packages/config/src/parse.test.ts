import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEPTH_MAX, FILE_CHARACTERS_MAX, parseSource, VALUES_MAX } from './parse.ts';
import type { Problem } from './problem.ts';
import { makeSource, Places, positionOf, type Tree } from './source.ts';

function parse(text: string): {
  tree: Tree | undefined;
  problems: readonly Problem[];
  lost: ReadonlySet<string>;
  places: Places;
} {
  const places = new Places();
  return { ...parseSource(makeSource('a.yaml', text), places), places };
}

function refusal(text: string): string {
  const { tree } = parse(text);
  assert.equal(tree, undefined);
  return onlyProblem(text);
}

/** What is left of the text can be read on. */
function remark(text: string): string {
  assert.notEqual(parse(text).tree, undefined);
  return onlyProblem(text);
}

function onlyProblem(text: string): string {
  const { problems } = parse(text);
  assert.equal(problems.length, 1, JSON.stringify(problems));
  const [problem] = problems;
  return `${problem?.line}:${problem?.column} ${problem?.message}`;
}

test('a tree knows the place of every key and value', () => {
  const { tree, places } = parse('a:\n  b: [x, {c: y}]\n');
  assert.ok(tree !== undefined);
  const at = (...path: (string | number)[]): string => {
    const spot = places.find(tree, path);
    assert.ok(spot);
    const { line, column } = positionOf(spot.source, spot.value.from);
    return `${line}:${column}`;
  };
  assert.equal(at('a', 'b'), '2:6');
  assert.equal(at('a', 'b', 0), '2:7');
  assert.equal(at('a', 'b', 1, 'c'), '2:14');
  assert.equal(at('a', 'b', 1, 'missing'), '2:10');
});

test('an alias repeats its value and shows the place of the anchor', () => {
  const { tree, places } = parse('a: &x {b: 1}\nc: *x\n');
  assert.ok(tree !== undefined);
  assert.deepEqual(JSON.parse(JSON.stringify(tree)), { a: { b: 1 }, c: { b: 1 } });
  assert.equal(places.find(tree, ['c', 'b'])?.value.from, 10);
});

test('an empty text is an empty mapping', () => {
  for (const text of ['', '\n', '# nothing\n', '---\n', '\uFEFF']) {
    assert.deepEqual(Object.keys(parse(text).tree ?? { none: 1 }), [], JSON.stringify(text));
  }
});

test('keys that reach into prototypes are refused wherever they stand', () => {
  assert.equal(remark('__proto__: {a: 1}\n'), '1:1 this key is not allowed');
  assert.equal(remark('a: {"__proto__": 1}\n'), '1:5 this key is not allowed');
  const { tree } = parse('constructor: {prototype: {a: 1}}\n');
  assert.ok(tree !== undefined);
  assert.equal(Object.getPrototypeOf(tree), null);
  assert.equal(Reflect.get({}, 'a'), undefined);
});

test('a key twice is refused with the line of the first', () => {
  assert.equal(remark('a: 1\nb: 2\na: 3\n'), '3:1 `a` stands here twice; first on line 1');
  assert.equal(remark('a: 1\n"a": 2\n'), '2:1 `a` stands here twice; first on line 1');
});

test('what is left out is known by the key at the top', () => {
  assert.deepEqual([...parse('a: {b: 1, b: 2}\nc: 3\n').lost], ['a']);
  assert.deepEqual([...parse('a: 1\nc: 3\na: 2\n').lost], ['a']);
  assert.deepEqual([...parse('<<: {b: 1}\nc: 3\n').lost], ['<<']);
  assert.deepEqual([...parse('a: 1\n').lost], []);
});

test('keys that are no plain text are refused', () => {
  assert.equal(remark('[a]: 1\n'), '1:1 a key must be plain text');
  assert.equal(remark('? {a: 1}\n: 2\n'), '1:3 a key must be plain text');
  assert.equal(remark('a: {<<: {b: 1}}\n'), '1:5 merge keys are not read');
});

test('depth is bounded before anything recurses', () => {
  const nested = (depth: number): string => `a: ${'['.repeat(depth)}${']'.repeat(depth)}\n`;
  assert.ok(parse(nested(DEPTH_MAX - 1)).tree !== undefined);
  assert.match(refusal(nested(DEPTH_MAX + 1)), /nests deeper/);
  assert.match(refusal('['.repeat(100_000)), /nests deeper/);
  assert.match(refusal('{a: '.repeat(100_000)), /nests deeper/);
  assert.match(refusal('- '.repeat(20_000)), /nests deeper/);
  const stairs = Array.from({ length: 200 }, (_, index) => `${' '.repeat(index)}a:`).join('\n');
  assert.match(refusal(stairs), /nests deeper/);
});

test('brackets inside text are text', () => {
  const many = '['.repeat(1_000);
  for (const text of [`a: "${many}"\n`, `a: |\n  ${many}\n`, `# ${many}\na: 1\n`]) {
    assert.deepEqual(parse(text).problems, []);
  }
});

test('aliases cannot nest deeper, expand wider or turn in a circle', () => {
  const chain = Array.from({ length: 40 }, (_, i) => `k${i + 1}: &k${i + 1} [*k${i}]`).join('\n');
  assert.match(
    refusal(`k0: &k0 [x]\n${chain}\n`.split('\n').slice(0, 34).join('\n')),
    /nests deeper/,
  );
  let laughs = 'k0: &k0 [x, x, x, x, x, x, x, x, x, x]\n';
  for (let i = 1; i < 9; i += 1) {
    laughs += `k${i}: &k${i} [${Array(10)
      .fill(`*k${i - 1}`)
      .join(', ')}]\n`;
  }
  assert.match(refusal(laughs), new RegExp(`more than ${VALUES_MAX} values`));
  assert.match(refusal('a: &a [*a]\n'), /not complete before it/);
  assert.match(refusal('a: *b\n'), /alias/i);
});

test('a large file is refused unread', () => {
  assert.match(refusal('a'.repeat(FILE_CHARACTERS_MAX + 1)), /larger than/);
});

test('only YAML 1.2 without tags, and one document a file', () => {
  assert.match(refusal('%YAML 1.1\n---\na: 1\n'), /another version/);
  assert.match(refusal('a: !!binary AAAA\n'), /1:4 not readable as YAML: Unresolved tag/);
  assert.match(refusal('a: !x 1\n'), /Unresolved tag/);
  assert.match(refusal('a: 1\n---\nb: 2\n'), /2:1 holds a second document/);
  const core = parse('a: no\nb: 0o17\nc: 1_000\n').tree;
  assert.equal(JSON.stringify(core), '{"a":"no","b":15,"c":"1_000"}');
});

test('what is no mapping is refused', () => {
  for (const text of ['hello', '[a]', '3']) assert.match(refusal(text), /^1:1 must be a mapping/);
});

test('a broken text says where it breaks', () => {
  const { problems } = parse('a: [1, 2\nb: "x\n');
  assert.deepEqual(
    problems.map((one) => one.line),
    [2, 3],
  );
});
