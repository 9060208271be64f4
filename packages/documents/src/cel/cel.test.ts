import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type CelInput, run as oracle } from '@bufbuild/cel';
import fc from 'fast-check';
import { compileCondition, compileExpression, type Declared } from './compile.ts';
import { FAULT } from './run.ts';
import { BOOL, INT, listOf, mapOf, oneOf, STRING } from './types.ts';

const declared: Declared = {
  call: {
    kind: 'object',
    fields: {
      step: STRING,
      label: oneOf(['public', 'internal', 'personal', 'regulated']),
      tokens: INT,
      stream: BOOL,
      tools: listOf(STRING),
      tags: mapOf(STRING),
    },
  },
};
const call = {
  step: 'code_review',
  label: 'personal',
  tokens: 1_200,
  stream: true,
  tools: ['search', 'send_mail'],
  tags: { team: 'a' },
};

function holds(source: string, values: object = call): boolean | undefined {
  const compiled = compileCondition(source, declared);
  assert.ok(compiled.ok, compiled.ok ? '' : `${source}: ${compiled.refusal.message}`);
  return compiled.value.holds({ call: values });
}

describe('a condition', () => {
  const decided: readonly (readonly [string, boolean | undefined])[] = [
    ['call.step == "code_review" && call.tokens > 1000', true],
    ['call.step in ["a", "b"]', false],
    ['call.label.atLeast("personal")', true],
    ['call.label.atLeast("regulated")', false],
    ['call.tools.exists(t, t.startsWith("send_"))', true],
    ['call.tools.all(t, t == "search")', false],
    ['has(call.tags.team) && call.tags.team == "a"', true],
    ['has(call.tags.other)', false],
    ['call.tags["other"] == "a"', undefined],
    ['call.tags["other"] == "a" || call.stream', true],
    ['call.tags["other"] == "a" && !call.stream', false],
    ['call.tokens / (call.tokens - 1200) > 1', undefined],
    ['call.tools[5] == "search"', undefined],
    ['size(call.tools) == 2 ? call.stream : false', true],
    ['call.step.like("code_*")', true],
  ];
  for (const [source, expected] of decided) {
    it(`${source} is ${expected}`, () => assert.equal(holds(source), expected));
  }

  it('reads the zero of a field that a call lacks, and has() tells', () => {
    assert.equal(holds('call.step == ""', {}), true);
    assert.equal(holds('has(call.step) || call.stream || call.tokens > 0', {}), false);
    assert.equal(holds('"search" in call.tools', {}), false);
    assert.equal(holds('call.tags["team"] == "a"', {}), undefined);
  });

  it('sees no member that every object has', () => {
    for (const name of ['__proto__', 'constructor', 'toString']) {
      assert.equal(holds(`"${name}" in call.tags`), false);
      assert.equal(holds(`call.tags["${name}"] == "x"`), undefined);
      assert.equal(compileCondition(`call.${name} == "x"`, declared).ok, false);
      assert.equal(compileCondition(`${name} == "x"`, declared).ok, false);
    }
  });

  it('says what it reads', () => {
    const source = 'has(call.tags.team) && call.tools.exists(t, t == call.step)';
    const compiled = compileCondition(source, declared);
    assert.deepEqual(compiled.ok && compiled.value.reads, ['call.step', 'call.tags', 'call.tools']);
  });

  const refused: readonly (readonly [string, RegExp, number])[] = [
    ['call.stepp == "a"', /`stepp` is not known/, 0],
    ['cal.step == "a"', /`cal` is not known/, 0],
    ['call.step = "a"', /`=` means nothing/, 10],
    ['call.label == "personel"', /never "personel"/, 14],
    ['call.label in ["public", "interna"]', /never "interna"/, 25],
    ['call.label.atLeast("secret")', /never "secret"/, 19],
    ['call.tokens > 1.5', /`int > double` is not defined/, 0],
    ['call.tokens', /a condition is true or false, and this is int/, 0],
    ['call.step && true', /`&&` takes true or false/, 0],
    ['call.step.matches("a+")', /regular expressions/, 0],
    ['', /ends too early/, 0],
    ['(call.stream', /`\)` is expected here, not the end/, 12],
    ['call.stream call.stream', /`call` is not expected here/, 12],
    ['"abc', /not closed/, 0],
    ['99999999999999999999 > 1', /integers go up to/, 0],
    ['call.tools.all(t, call.tools.all(u, call.tools.all(v, v == t)))', /nested 2 deep/, 36],
    ['[1, "a"] == []', /a list of int holds no string/, 4],
    [`${'('.repeat(60)}true${')'.repeat(60)}`, /too deeply nested/, 48],
    [`${'!'.repeat(60)}true`, /too deeply nested/, 47],
    [`true${' '.repeat(5_000)}`, /at most 4096 characters/, 4_096],
    [`[${'1,'.repeat(1_001)}] == []`, /too long/, 2_001],
  ];
  for (const [source, message, at] of refused) {
    it(`is refused: ${source.slice(0, 50)}`, () => {
      const compiled = compileCondition(source, declared);
      assert.ok(!compiled.ok);
      assert.match(compiled.refusal.message, message);
      assert.equal(compiled.refusal.at, at);
    });
  }
});

/** Texts of a given type over declared names, for both readers. */
const { bool } = fc.letrec<{ bool: string; int: string; text: string; list: string }>((tie) => ({
  int: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'cel' },
    fc.integer({ min: -5, max: 9 }).map((n) => (n < 0 ? `(${n})` : String(n))),
    fc.constantFrom('n', 'size(s)', 'size(xs)'),
    fc
      .tuple(tie('int'), fc.constantFrom('+', '-', '*', '/', '%'), tie('int'))
      .map(([a, operator, b]) => `(${a} ${operator} ${b})`),
    fc.tuple(tie('bool'), tie('int'), tie('int')).map(([c, a, b]) => `(${c} ? ${a} : ${b})`),
  ),
  text: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'cel' },
    fc.constantFrom('"a"', "'é😀'", '"\\n"', 's', 'm["k"]', 'm["none"]', '""'),
    fc.tuple(tie('text'), tie('text')).map(([a, b]) => `(${a} + ${b})`),
  ),
  list: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'cel' },
    fc.constantFrom('xs', '[7]', '[1, 2]'),
    fc.array(tie('int'), { minLength: 1, maxLength: 3 }).map((items) => `[${items.join(', ')}]`),
    fc.tuple(tie('list'), tie('int')).map(([list, n]) => `${list}.map(x, x + ${n})`),
    fc.tuple(tie('list'), tie('int')).map(([list, n]) => `${list}.filter(x, x > ${n})`),
  ),
  bool: fc.oneof(
    { maxDepth: 5, depthIdentifier: 'cel' },
    fc.constantFrom('true', 'false', 'b', '"k" in m', 'has(m.none)', 'has(m.k)'),
    fc.tuple(tie('bool'), fc.constantFrom('&&', '||'), tie('bool')).map((x) => `(${x.join(' ')})`),
    tie('bool').map((of) => `!(${of})`),
    fc
      .tuple(tie('int'), fc.constantFrom('==', '!=', '<', '<=', '>', '>='), tie('int'))
      .map((x) => `(${x.join(' ')})`),
    fc
      .tuple(tie('text'), fc.constantFrom('==', '!=', '<', '>='), tie('text'))
      .map((x) => `(${x.join(' ')})`),
    fc
      .tuple(tie('text'), fc.constantFrom('contains', 'startsWith', 'endsWith'), tie('text'))
      .map(([a, name, b]) => `${a}.${name}(${b})`),
    fc
      .tuple(tie('list'), fc.constantFrom('all', 'exists', 'exists_one'), tie('int'))
      .map(([list, macro, n]) => `${list}.${macro}(x, 6 / x > ${n})`),
    fc.tuple(tie('int'), tie('list')).map(([n, list]) => `(${n} in ${list})`),
    fc
      .tuple(tie('list'), fc.oneof(tie('list'), fc.constant('[]')))
      .map(([a, b]) => `(${a} == ${b})`),
  ),
}));

describe('compiled conditions', () => {
  const names: Declared = {
    ...{ n: INT, s: STRING, b: BOOL, xs: listOf(INT), m: mapOf(STRING) },
  };
  it('decide as another implementation of CEL does', () => {
    const seen = { true: 0, false: 0, fault: 0 };
    const judge = (source: string, n: number, s: string, b: boolean): void => {
      const xs = [3, 0, n];
      const compiled = compileExpression(source, names);
      assert.ok(compiled.ok, compiled.ok ? '' : `${source}: ${compiled.refusal.message}`);
      const ours = compiled.value.run({ n, s, b, xs, m: { k: s } });
      const bound: Record<string, CelInput> = {
        ...{ n: BigInt(n), s, b, xs: xs.map(BigInt), m: new Map([['k', s]]) },
      };
      const theirs = oracle(source, bound);
      if (typeof theirs !== 'boolean') assert.equal(ours, FAULT, source);
      else assert.equal(ours, theirs, source);
      seen[theirs === true ? 'true' : theirs === false ? 'false' : 'fault'] += 1;
    };
    const text = fc.constantFrom('', 'a', 'ab', '😀', '\ufffd');
    const n = fc.integer({ min: -3, max: 3 });
    fc.assert(fc.property(bool, n, text, fc.boolean(), judge), { numRuns: 1_500 });
    for (const [what, count] of Object.entries(seen)) assert.ok(count > 50, `${what}: ${count}`);
  });
});
