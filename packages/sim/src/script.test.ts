import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newCues } from './cues.ts';
import { parseScript, scriptWords } from './script.ts';

function scriptOf(source: string): object {
  const parsed = parseScript(source);
  assert.ok(parsed.ok, source);
  return parsed.value;
}

test('a script is words and values between commas', () => {
  assert.deepEqual(scriptOf('latency-first=50, latency-token=5,tokens=200,unsure'), {
    latencyFirstMs: 50,
    latencyTokenMs: 5,
    tokens: 200,
    sure: false,
  });
  assert.deepEqual(scriptOf(''), {});
});

test('fault=NAME:VALUE is the same as NAME=VALUE', () => {
  assert.deepEqual(scriptOf('fault=die-after:10'), scriptOf('die-after=10'));
  assert.deepEqual(scriptOf('fault=hang'), scriptOf('hang'));
  assert.deepEqual(scriptOf('fault=redirect:http://127.0.0.1/x'), {
    redirect: 'http://127.0.0.1/x',
  });
});

test('texts are percent-encoded, so that they may hold commas', () => {
  assert.deepEqual(scriptOf('text=one%2C%20two'), { text: 'one, two' });
  assert.deepEqual(scriptOf('header=x-a:1,header=x-b:2%2C3'), {
    headers: [
      ['x-a', '1'],
      ['x-b', '2,3'],
    ],
  });
});

test('an unknown word or a value that does not fit is refused', () => {
  const wrong = [
    'latency-frist=5',
    'latency-first',
    'latency-first=soon',
    'latency-first=99999999',
    'status=999',
    'hang=1',
    'text=%zz',
    'header=nocolon',
    'header=x-a:a%0d%0ab',
    'redirect=http://a%0d%0ax',
    '__proto__=1',
    'x'.repeat(9_000),
  ];
  for (const source of wrong) {
    const parsed = parseScript(source);
    assert.equal(parsed.ok, false, source);
    if (!parsed.ok) assert.equal(parsed.problem.code, 'bad_script');
  }
});

test('every word of the language is in the README', async () => {
  const { readFile } = await import('node:fs/promises');
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  for (const word of scriptWords) assert.ok(readme.includes(`\`${word}`), word);
});

const post = { method: 'POST', path: '/v1/chat/completions', model: 'sim-small' };

test('counted scripts are used up in the order given, before lasting ones', () => {
  const cues = newCues();
  cues.add({ status: 500 }, {});
  cues.add({ status: 501 }, { times: 1 });
  cues.add({ status: 502 }, { times: 2 });
  const taken = [1, 2, 3, 4, 5].map(() => cues.take(post)?.status);
  assert.deepEqual(taken, [501, 502, 502, 500, 500]);
});

test('a script waits for its model and its path', () => {
  const cues = newCues();
  cues.add({ status: 500 }, { model: 'sim-medium' });
  cues.add({ status: 503 }, { path: '/health' });
  assert.equal(cues.take(post), undefined);
  assert.equal(cues.take({ ...post, model: 'sim-medium' })?.status, 500);
  assert.equal(cues.take({ method: 'GET', path: '/health', model: undefined })?.status, 503);
});

test('calls to models are what a script without a path means; a star means everything', () => {
  const cues = newCues();
  cues.add({ status: 500 }, {});
  const health = { method: 'GET', path: '/health', model: undefined };
  assert.equal(cues.take(health), undefined);
  const remove = cues.add({ status: 503 }, { path: '*' });
  assert.equal(cues.take(health)?.status, 503);
  remove();
  assert.equal(cues.take(health), undefined);
});
