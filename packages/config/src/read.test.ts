import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canonicalConfiguration } from '@signalbox/documents';
import fc from 'fast-check';
import { PROBLEMS_MAX } from './problem.ts';
import {
  configurationOf,
  places,
  problemOf,
  problemsOf,
  read,
  WHOLE,
  whole,
} from './read.fixture.ts';
import { readConfiguration } from './read.ts';
import { renderProblems } from './render.ts';
import { sampleConfiguration } from './sample.ts';

test('nothing at all is a configuration of defaults', () => {
  const { configuration } = whole(readConfiguration([]));
  assert.equal(configuration.server.port, 4141);
  assert.equal(configuration.tenants.size, 0);
  assert.deepEqual(configurationOf('version: 1\n'), configuration);
});

test('every mistake of every kind is shown at once, from top to bottom', () => {
  const text = `version: 1
server: { prt: 80, body_bytes_max: big }
endpoints:
  Bad Name: { url: https://x.example/v1 }
  remote:
    url: https://me:pw@x.example
    credentials: [{ secret: sk-abcdefghijkl }]
tenants:
  acme: { plan: gold, topology: clod }
  globex: { plan: gold }
keys:
  k: { tenant: acmee, secret: env:K, networks: [10.0.0.1/8] }
policies:
  p:
    rules:
      - { route: { tier: 1 } }
      - { when: { step: a }, route: { tier: 2 } }
nonsense: 1
`;
  assert.deepEqual(places(problemsOf(text)), [
    '2:11 server.prt',
    '2:36 server.body_bytes_max',
    '4:3 endpoints.Bad Name',
    '6:10 endpoints.remote.url',
    '7:29 endpoints.remote.credentials.0.secret',
    '9:17 tenants.acme.plan',
    '9:33 tenants.acme.topology',
    '10:19 tenants.globex.plan',
    '12:16 keys.k.tenant',
    '12:49 keys.k.networks.0',
    '17:9 policies.p.rules.1',
    '18:1 nonsense',
  ]);
});

test('a secret in the place of a reference is refused without being repeated', () => {
  const problem = problemOf(WHOLE.replace('env:REMOTE_KEY', 'sk-live-0123456789'));
  assert.deepEqual([problem.line, problem.column], [6, 29]);
  assert.match(problem.message, /given by reference/);
  assert.ok(!JSON.stringify(problem).includes('0123456789'));
});

test('wherever a secret is pasted, no message shows it', () => {
  const secret = 'sk-live-QqWwEeRrTtYy0123456789';
  const lines = sampleConfiguration().split('\n');
  for (const [index, line] of lines.entries()) {
    const spots = [...line.matchAll(/[A-Za-z0-9./:_-]+/g)].map((found) => found);
    for (const spot of spots) {
      const changed = line.slice(0, spot.index) + secret + line.slice(spot.index + spot[0].length);
      const text = lines.with(index, changed).join('\n');
      const result = read(text);
      const shown = result.ok
        ? JSON.stringify([result.notActive, result.notices, result.origins()])
        : JSON.stringify(result.problems) + renderProblems(result.problems, { color: false });
      assert.ok(!shown.includes('QqWwEeRrTtYy'), `${changed}\n${shown}`);
    }
  }
});

test('no text makes it throw', () => {
  const sample = sampleConfiguration();
  const signs = fc.constantFrom(
    ...'{}[]:,-*&!|>\'"%@`#? \n\t\\~<'.split(''),
    '\u0000',
    '\ud800',
    '__proto__',
  );
  const edit = fc.record({ at: fc.nat(sample.length), cut: fc.nat(12), put: signs });
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
      const text = edits.reduce(
        (rest, { at, cut, put }) => rest.slice(0, at) + put + rest.slice(at + cut),
        sample,
      );
      const result = read(text);
      if (!result.ok) renderProblems(result.problems, { color: true });
    }),
    { numRuns: 100 },
  );
});

test('no value in any place makes it throw, or become something that was not written', () => {
  const value = fc.oneof(
    fc.constantFrom(
      '{}',
      '[]',
      '~',
      '""',
      '-1',
      '1e400',
      '.nan',
      '[[1]]',
      '{ a: { b: ~ } }',
      'true',
    ),
    fc.constantFrom('{ constructor: 1 }', '{ toString: ~ }', '0x10', '2026-01-01', '"\\u0000"'),
  );
  const nouns = [...WHOLE.matchAll(/: (\[[^\]]*\]|[A-Za-z0-9./:_-]+)/g)];
  fc.assert(
    fc.property(fc.constantFrom(...nouns), value, (spot, written) => {
      const at = spot.index + 2;
      read(WHOLE.slice(0, at) + written + WHOLE.slice(at + (spot[1] ?? '').length));
    }),
    { numRuns: 200 },
  );
  assert.equal(Object.keys(Object.prototype).length, 0);
});

test('the order of files does not change what they mean', () => {
  const files = [
    { name: 'a.yaml', text: 'version: 1\nplans: { gold: {}, base: {} }\n' },
    { name: 'b.yaml', text: 'version: 1\ntenants: { acme: { plan: gold } }\n' },
  ];
  const one = canonicalConfiguration(whole(readConfiguration(files)).configuration);
  const two = canonicalConfiguration(whole(readConfiguration(files.toReversed())).configuration);
  assert.equal(one, two);
});

test('tenants may have names that objects have by themselves', () => {
  const { tenants } = configurationOf('version: 1\ntenants: { constructor: {}, valueof: {} }\n');
  assert.deepEqual([...tenants.keys()], ['constructor', 'valueof']);
  assert.match(problemOf('version: 1\ntenants: { a: { plan: constructor } }\n').message, /no plan/);
});

test('ten thousand tenants are read, each with its line', () => {
  const { tenants } = configurationOf(manyTenants(10_000, 'gold'));
  assert.equal(tenants.size, 10_000);
  assert.equal(tenants.get('t9999')?.origin?.line, 2 + 1 + 2 * 9_999 + 1);
});

test('ten thousand mistakes are cut to a bounded number', () => {
  assert.equal(problemsOf(manyTenants(10_000, 'golden')).length, PROBLEMS_MAX);
});

function manyTenants(count: number, plan: string): string {
  const lines = ['version: 1', 'plans: { gold: {} }', 'tenants:'];
  for (let index = 0; index < count; index += 1) {
    lines.push(`  t${index}:`, `    { plan: ${plan}, topology: cloud, residency: [eu] }`);
  }
  return `${lines.join('\n')}\n`;
}

test('a key that is not active is accepted and listed', () => {
  const text = `${WHOLE}rings: { early: { order: 0, percent: 5 } }\n`;
  const { notActive } = whole(read(`${text}authority: { changes: signed }\n`));
  assert.deepEqual(
    notActive.map((one) => `${one.line} ${one.path}`),
    ['20 rings.early.percent', '21 authority'],
  );
  assert.deepEqual(whole(read(text, { notActive: [] })).notActive, []);
});

test('of a list only the values that are not active are listed', () => {
  const text = WHOLE.replace('tenant: acme, sec', 'tenant: acme, scopes: [call, audit], sec');
  const instead = 'nobody is one yet';
  const row = { path: ['keys', '*', 'scopes', '*'], instead, values: ['audit', 'finance'] };
  assert.deepEqual(
    whole(read(text, { notActive: [row] })).notActive.map(({ path, message }) => [path, message]),
    [['keys.laptop.scopes.1', `accepted, not active: ${instead}`]],
  );
});

test('the files are exported as one that reads the same', () => {
  const { configuration, yaml } = whole(read(WHOLE, { flags: { port: '9' } }));
  assert.equal(configuration.server.port, 9);
  const again = whole(read(yaml())).configuration;
  assert.equal(canonicalConfiguration(again), canonicalConfiguration(configurationOf(WHOLE)));
});
