import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Json } from '../canon/canon.ts';
import { fold } from '../canon/fold.ts';
import { checked, folded, HEAD, only, stream } from './ollama.fixture.ts';
import { ollama } from './ollama.ts';

const said = (content: string, more: { readonly [key: string]: Json } = {}): Json => ({
  role: 'assistant',
  content,
  ...more,
});
const COUNTS = { prompt_eval_count: 31, eval_count: 12 };
const TIMES = { total_duration: 987_654_321, load_duration: 4_000_000, eval_duration: 55_000_001 };
const LAST = { done_reason: 'stop', ...TIMES, ...COUNTS };
const unary = (body: Json) => fold(checked(ollama.readWhole(body)));

describe('a stream by lines', () => {
  const text = stream([said('Nine '), said('planets'), said('')], LAST);

  it('folds to its unary twin, whatever the chunks and the ends of lines', () => {
    const twin = unary({ ...HEAD, message: said('Nine planets'), done: true, ...LAST });
    for (const seed of [0, 1, 2, 3]) {
      assert.deepEqual(folded(ollama, text, seed), twin);
      assert.deepEqual(folded(ollama, text.replaceAll('\n', '\r\n'), seed), twin);
    }
    assert.equal(twin.ended, true);
    assert.equal(twin.created, Date.parse('2026-02-03T04:05:06Z') / 1000);
    assert.deepEqual(twin.usage, {
      inputTokens: 31,
      outputTokens: 12,
      cachedInputTokens: undefined,
      reasoningTokens: undefined,
      source: 'measured',
      extra: { ollama: TIMES },
    });
  });

  it('counts no input where the prompt was in the cache and its count is left out', () => {
    const cached = folded(ollama, stream([said('x')], { done_reason: 'stop', eval_count: 3 }));
    assert.equal(cached.usage?.inputTokens, 0);
    assert.equal(cached.usage.outputTokens, 3);
    assert.equal(folded(ollama, stream([said('x')], {})).usage, undefined);
  });

  it('has no end without its last line', () => {
    const cut = folded(ollama, text.slice(0, text.lastIndexOf('{')));
    assert.equal(cut.ended, false);
    assert.equal(only(cut).stop, undefined);
    assert.equal(only(cut).parts.length, 1);
  });

  it('is an error where a line is no JSON, and says nothing of it', () => {
    for (const line of ['<html>secret</html>', '{"model":"small","mess', '"secret"', '[1]']) {
      const answer = folded(ollama, `${text.split('\n')[0]}\n${line}\n${text}`);
      assert.equal(answer.error?.kind, 'internal');
      assert.ok(!answer.error.message.includes('secret'));
      assert.equal(answer.ended, false);
    }
  });

  it('passes by lines of other kinds, and takes the last usage where it is done twice', () => {
    const again = JSON.stringify({ ...HEAD, done: true, eval_count: 99, done_reason: 'length' });
    const answer = folded(ollama, `{"status":"loading"}\n\n${text}${again}\n`);
    assert.equal(only(answer).stop, 'end');
    assert.equal(answer.usage?.outputTokens, 99);
    assert.equal(answer.ended, true);
  });

  it('ends with an error that comes in the middle', () => {
    const head = text.split('\n')[0] ?? '';
    const failed = folded(ollama, `${head}\n{"error":"the runner has stopped"}\n${text}`);
    assert.deepEqual(failed.error, { kind: 'internal', message: 'the runner has stopped' });
    assert.equal(failed.ended, false);
    assert.equal(only(failed).parts.length, 1);
    const wrapped = '{"error":{"message":"slow down, rate limit","type":"api_error"}}\n';
    assert.deepEqual(folded(ollama, wrapped).error, {
      kind: 'rate_limited',
      message: 'slow down, rate limit',
      type: 'api_error',
    });
  });

  it('is given up when a line is longer than anybody could hold', () => {
    const decoder = ollama.decoder();
    const chunk = new Uint8Array(6_000_000).fill(0x20);
    const events = [chunk, chunk, chunk, chunk].flatMap((one) => decoder.push(one));
    assert.deepEqual(
      events.map(({ kind }) => kind),
      ['error'],
    );
    assert.deepEqual(decoder.end(), []);
  });
});

describe('calls of tools', () => {
  const call = (name: string, given: Json, more: { readonly [key: string]: Json } = {}): Json => ({
    function: { name, arguments: given },
    ...more,
  });

  it('get ids by position that differ between answers, and stop the answer for tools', () => {
    const calls = [call('weather', { city: 'Oslo' }), call('weather', { city: 'Bergen' })];
    const text = stream([said('', { tool_calls: calls })], LAST);
    const answer = folded(ollama, text);
    const twin = unary({ ...HEAD, message: said('', { tool_calls: calls }), done: true, ...LAST });
    assert.deepEqual(answer, twin);
    assert.equal(only(answer).stop, 'tools');
    const ids = only(answer).parts.map((part) => (part.kind === 'call' ? part.id : ''));
    assert.equal(new Set(ids).size, 2);
    const later = folded(ollama, text.replaceAll('04:05:06', '04:05:07'));
    assert.ok(only(later).parts.every((part) => part.kind === 'call' && !ids.includes(part.id)));
  });

  it('keep ids of newer servers, also when the last line tells them again', () => {
    const one = call('weather', { city: 'Oslo' }, { id: 'call_7f' });
    const again = { message: said('', { tool_calls: [one] }), ...LAST };
    const answer = folded(ollama, stream([said('', { tool_calls: [one] })], again));
    assert.deepEqual(only(answer).parts, [
      { kind: 'call', id: 'call_7f', name: 'weather', arguments: '{"city":"Oslo"}' },
    ]);
  });

  it('keep every digit of their numbers', () => {
    const line = stream([said('', { tool_calls: [call('pay', { to: 1 }, { id: 'a' })] })], LAST);
    const exact = line.replace('"to":1', '"to":12345678901234567890');
    const [part] = only(folded(ollama, exact)).parts;
    assert.ok(part?.kind === 'call');
    assert.equal(part.arguments, '{"to":12345678901234567890}');
  });

  it('may have their arguments as text, or none', () => {
    const calls = [call('a', '{"x": 1}', { id: '1' }), { id: '2', function: { name: 'b' } }];
    const answer = folded(ollama, stream([said('', { tool_calls: calls })], LAST));
    const given = only(answer).parts.map((part) => (part.kind === 'call' ? part.arguments : ''));
    assert.deepEqual(given, ['{"x": 1}', '{}']);
  });
});

describe('what stands beside the text', () => {
  it('is a thought of its own, before the text', () => {
    const lines = [said('', { thinking: 'Is it ' }), said('', { thinking: 'Pluto?' }), said('No')];
    const answer = folded(ollama, stream(lines, LAST));
    const together = said('No', { thinking: 'Is it Pluto?' });
    assert.deepEqual(answer, unary({ ...HEAD, message: together, done: true, ...LAST }));
    assert.deepEqual(only(answer).parts, [
      { kind: 'thought', text: 'Is it Pluto?' },
      { kind: 'text', text: 'No' },
    ]);
  });

  it('is log-probabilities of the tokens, chunk by chunk', () => {
    const token = { token: 'No', logprob: -0.25, bytes: [78, 111] };
    const top = [{ token: 'No', logprob: -0.25 }, { token: 'Yes' }];
    const line = { ...HEAD, message: said('No'), logprobs: [{ ...token, top_logprobs: top }, {}] };
    const answer = folded(ollama, `${JSON.stringify(line)}\n${stream([], LAST)}`);
    assert.deepEqual(only(answer).logprobs, [{ ...token, top: [{ token: 'No', logprob: -0.25 }] }]);
  });

  it('is an image that a model made', () => {
    const answer = folded(ollama, stream([said('', { images: ['iVBORw0KGgoAAA'] })], LAST));
    assert.deepEqual(only(answer).parts, [
      {
        kind: 'media',
        medium: 'image',
        type: 'image/png',
        source: { kind: 'base64', data: 'iVBORw0KGgoAAA' },
      },
    ]);
  });

  it('names where a passed-on request was answered', () => {
    const remote = { remote_model: 'large', remote_host: 'https://host.example' };
    const body = { ...HEAD, ...remote, message: said('x'), done: true, ...LAST };
    assert.deepEqual(unary(body).extra, { ollama: remote });
  });
});

describe('the reason for the end', () => {
  const reason = (word: string | undefined, more: { readonly [key: string]: Json } = {}) => {
    const { stop, native } = only(
      folded(
        ollama,
        stream([said('x')], word === undefined ? more : { done_reason: word, ...more }),
      ),
    );
    return [stop, native];
  };

  it('is read from the word of the server', () => {
    assert.deepEqual(reason('stop'), ['end', undefined]);
    assert.deepEqual(reason(undefined), ['end', undefined]);
    assert.deepEqual(reason('length'), ['length', undefined]);
    assert.deepEqual(reason('load'), ['end', 'load']);
    assert.deepEqual(reason('unload'), ['end', 'unload']);
    assert.deepEqual(reason('something new'), ['end', 'something new']);
  });
});

describe('a whole answer', () => {
  it('may hide an error, hold nothing, or not be done', () => {
    assert.equal(unary({ error: 'model runner has crashed' }).error?.kind, 'internal');
    assert.equal(unary({}).error?.kind, 'internal');
    assert.equal(unary([1]).error?.kind, 'internal');
    assert.equal(unary({ ...HEAD, message: said('x'), done: false }).ended, false);
    assert.equal(unary({ ...HEAD, message: said('x') }).ended, true);
  });

  it('answers a request that only loads the model', () => {
    const loaded = unary({ ...HEAD, message: said(''), done_reason: 'load', done: true });
    assert.equal(loaded.ended, true);
    assert.deepEqual(only(loaded).parts, []);
    assert.equal(loaded.usage, undefined);
  });
});
