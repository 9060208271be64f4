import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configurationJsonSchema, isObject, type JsonObject } from './json-schema.ts';
import { NOUN_NAMES, NOUNS, type Nouns } from './schema/nouns.ts';
import { type Issue, validate } from './validate.ts';

function issues(noun: keyof Nouns, value: unknown): readonly Issue[] {
  const checked = validate<unknown>(NOUNS[noun].schema, value);
  return checked.ok ? [] : checked.issues;
}

function only(noun: keyof Nouns, value: unknown): Issue {
  const found = issues(noun, value);
  assert.equal(found.length, 1, JSON.stringify(found));
  const [issue] = found;
  assert.ok(issue);
  return issue;
}

test('what is right becomes our document with every default', () => {
  const checked = validate(NOUNS.server.schema, {});
  assert.ok(checked.ok);
  assert.deepEqual(checked.value, {
    host: '127.0.0.1',
    port: 4141,
    bodyBytesMax: 33_554_432,
    headersMsMax: 10_000,
    bodyMsMax: 60_000,
    drainDelayMs: 0,
    drainMsMax: 30_000,
    connectionsMax: 10_000,
    metrics: { port: undefined },
    secretsRefreshMs: 180_000,
    tls: undefined,
  });
});

test('the drain delay follows from the address', () => {
  const delay = (host: string): number | undefined => {
    const checked = validate(NOUNS.server.schema, { host });
    return checked.ok ? checked.value.drainDelayMs : undefined;
  };
  assert.equal(delay('::1'), 0);
  assert.equal(delay('0.0.0.0'), 5_000);
});

test('an unknown key stands at the key, with what was meant', () => {
  const issue = only('endpoints', { url: 'http://x', timers: { conect_ms: 1 } });
  assert.deepEqual(issue.path, ['timers', 'conect_ms']);
  assert.equal(issue.at, 'key');
  assert.equal(issue.hint, 'did you mean `connect_ms`?');
});

test('an unknown key far from all lists what is known', () => {
  const { hint } = only('endpoints', { credentials: [{ secret: 'env:A', zzz: 1 }] });
  assert.equal(hint, 'known here: name, secret, weight, header, limits');
});

test('a required key that is misspelt is one mistake', () => {
  const issue = only('endpoints', { credentials: [{ secrett: 'env:A' }] });
  assert.equal(issue.hint, 'did you mean `secret`?');
});

test('a missing key is named where it should stand', () => {
  const issue = only('rings', {});
  assert.deepEqual(issue.path, ['order']);
  assert.equal(issue.message, '`order` is missing');
});

test('a wrong shape names both shapes', () => {
  assert.equal(only('server', { port: [] }).message, 'must be a number, not a list');
  assert.equal(only('server', []).message, 'must be a mapping, not a list');
  assert.equal(only('server', { port: 1.5 }).message, 'must be a whole number, not a fraction');
  assert.equal(only('server', { port: '80' }).hint, 'write it without quotes');
  assert.equal(only('models', { family: 4 }).hint, 'put it in quotes');
  assert.equal(only('tenants', { plan: null }).message, 'is empty');
  assert.equal(only('aliases', 3).message, 'must be text, a list or a mapping, not a number');
});

test('a number out of bounds names the bound', () => {
  assert.equal(only('server', { port: 70_000 }).message, 'must be at most 65535');
  assert.equal(only('queue', { wait_ms_max: 0 }).message, 'must be at least 1');
  assert.equal(only('endpoints', { rate_limit_buffer: 0 }).message, 'must be more than 0');
  assert.equal(only('tenants', { residency: [] }).message, 'must not be empty');
});

test('a word from a list is proposed, and tiers are explained', () => {
  assert.equal(only('tenants', { topology: 'soverign' }).hint, 'did you mean `sovereign`?');
  assert.match(only('node', { tier: 'local' }).hint ?? '', /tier 1 is the device/);
});

test('inside a choice the branch that fits speaks', () => {
  const issue = only('aliases', ['a', { model: 'b', endpont: 'c' }]);
  assert.deepEqual(issue.path, [1, 'endpont']);
  assert.equal(issue.hint, 'did you mean `endpoint`?');
});

test('a key of a mapping by name is judged as a key', () => {
  const issue = only('endpoints', { models: { 'b c': {} } });
  assert.equal(issue.at, 'key');
  assert.deepEqual(issue.path, ['models', 'b c']);
});

test('what no field can know alone is asked of the whole', () => {
  assert.match(only('keys', { tenant: 'a' }).message, /either `id` and `secret_hash`, or `secret`/);
  const both = { tenant: 'a', id: 'abcdefghijkl', secret_hash: 'a'.repeat(64), secret: 'env:A' };
  assert.match(only('keys', both).message, /either/);
  const rule = (route: unknown): Issue => only('policies', { rules: [{ route }] });
  assert.match(rule({}).message, /at least one thing/);
  assert.match(rule({ tier: 3, tier_max: 1 }).message, /could never route/);
  assert.match(rule({ chain: ['a'], model: 'b' }).message, /already names models/);
});

test('the whole is asked whatever else is wrong in it', () => {
  const messages = (noun: keyof Nouns, value: unknown): readonly string[] =>
    issues(noun, value).map(({ message }) => message);
  assert.equal(messages('keys', { tenant: 'a', expires: 5, zzz: 1 }).length, 3);
  assert.match(messages('keys', { tenant: 'a', expires: 5 }).join(), /either `id` and/);
  const route = { tier: 3, tier_max: 1, endpoint: 5 };
  assert.match(messages('policies', { rules: [{ route }] }).join(), /could never route/);
});

test('what is missing because it is misspelt is not said twice', () => {
  assert.equal(only('keys', { tenant: 'a', secrett: 'env:A' }).hint, 'did you mean `secret`?');
  const issue = only('policies', { rules: [{ route: { teir: 1 } }] });
  assert.equal(issue.hint, 'did you mean `tier`?');
});

test('every issue says what to do', () => {
  const values: readonly unknown[] = [null, '', 'A B', [], [[]], {}, { a: 1 }, -1, 0.5, 1e9, true];
  const seen = new Set<string>();
  for (const noun of NOUN_NAMES) {
    const shape = configurationJsonSchema();
    for (const path of fieldsOf(shape, noun)) {
      for (const value of values) {
        for (const { message, hint } of issues(noun, placed(path, value))) {
          seen.add(hint);
          assert.ok(hint.length > 4, message);
          assert.doesNotMatch(hint, /docs\/reference/, `${noun} ${path.join(' ')}: ${message}`);
        }
      }
    }
  }
  assert.ok(seen.size > 30);
});

/** Paths of the fields of one document; a list or a mapping by name has one entry, `x`. */
function fieldsOf(schema: JsonObject, noun: string): readonly (readonly string[])[] {
  const whole = at(at(schema, 'properties'), noun);
  const one = NOUNS_BY_NAME.has(noun) ? at(whole, 'additionalProperties') : whole;
  return walk(noun === 'prices' ? at(whole, 'items') : one, []);
}

const NOUNS_BY_NAME: ReadonlySet<string> = new Set(
  NOUN_NAMES.filter((noun) => NOUNS[noun].shape === 'many'),
);

function walk(schema: JsonObject, base: readonly string[]): readonly (readonly string[])[] {
  const choices = schema['anyOf'];
  const branches = Array.isArray(choices) ? choices.filter(isObject) : [schema];
  return branches.flatMap((branch) => {
    const inner = Object.keys(at(branch, 'properties')).flatMap((key) =>
      walk(at(at(branch, 'properties'), key), [...base, key]),
    );
    const items = 'items' in branch ? walk(at(branch, 'items'), [...base, '0']) : [];
    const named = isObject(branch['additionalProperties'])
      ? walk(at(branch, 'additionalProperties'), [...base, 'x'])
      : [];
    return [base, ...inner, ...items, ...named];
  });
}

function at(schema: JsonObject, key: string): JsonObject {
  const found = schema[key];
  return isObject(found) ? found : {};
}

function placed(path: readonly string[], value: unknown): unknown {
  return path.reduceRight<unknown>(
    (inner, key) => (key === '0' ? [inner] : { [key]: inner }),
    value,
  );
}

test('no message repeats the value', () => {
  const secret = 'sk-live-0123456789abcdef';
  const values: readonly [keyof Nouns, unknown][] = [
    ['endpoints', { url: secret, kind: secret, credentials: [{ secret }] }],
    ['keys', { tenant: secret, secret, id: secret, secret_hash: secret, expires: secret }],
    ['tenants', { topology: secret, default_label: secret, budget: { amount_usd: secret } }],
    ['policies', { rules: [{ when: { sensitivity: secret }, route: { tier: secret } }] }],
  ];
  for (const [noun, value] of values) {
    const found = issues(noun, value);
    assert.ok(found.length > 0);
    for (const issue of found) assert.ok(!JSON.stringify(issue).includes(secret), issue.message);
  }
});

test('headers that carry credentials or belong to the connection are closed', () => {
  for (const name of ['authorization', 'cookie', 'host', 'transfer-encoding', 'x-api-key']) {
    const { message, hint } = only('endpoints', { headers: { forward: [name] } });
    assert.match(message, /belongs to the connection/);
    assert.match(hint, /under `credentials`/);
  }
  assert.equal(issues('endpoints', { headers: { forward: ['openai-beta'] } }).length, 0);
  const split = { headers: { set: { 'x-a': 'b\r\nhost: c' } } };
  assert.match(only('endpoints', split).message, /one line/);
});

test('a mapping may hold names that objects have by themselves', () => {
  const value = { models: { constructor: {}, toString: { name: 'x' } } };
  const checked = validate(NOUNS.endpoints.schema, value);
  assert.ok(checked.ok);
  assert.deepEqual([...checked.value.models.keys()], ['constructor', 'toString']);
});
