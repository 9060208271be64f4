// The troubles that servers make in answers of this dialect.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Json } from '../../canon/canon.ts';
import { fold } from '../../canon/fold.ts';
import { checked, decoded, whole } from './chat.fixture.ts';
import {
  BASE,
  call,
  chunk,
  DONE,
  delta,
  event,
  finish,
  parts,
  read,
  readWhole,
  tool,
  USAGE,
} from './chunks.fixture.ts';
import { openai } from './openai.ts';

describe('a stream of the OpenAI dialect', () => {
  it('is the same as its whole twin', () => {
    const streamed = read(
      delta({ role: 'assistant', content: '', refusal: null }),
      delta({ content: null, reasoning_content: 'hm, ' }),
      delta({ reasoning_content: 'yes' }),
      delta({ content: 'Sun' }),
      delta({ content: 'ny' }),
      delta(
        tool({ index: 0, id: 'c1', type: 'function', function: { name: 'look', arguments: '' } }),
      ),
      delta(tool({ index: 0, function: { arguments: '{"at"' } })),
      delta(tool({ index: 0, function: { arguments: ':1}' } })),
      finish('tool_calls'),
      event({ ...BASE, choices: [], usage: USAGE }),
      DONE,
    );
    const whole = readWhole(
      {
        role: 'assistant',
        content: 'Sunny',
        reasoning_content: 'hm, yes',
        tool_calls: [
          { id: 'c1', type: 'function', function: { name: 'look', arguments: '{"at":1}' } },
        ],
      },
      { usage: USAGE },
      { finish_reason: 'tool_calls' },
    );
    assert.deepEqual(streamed, whole);
    assert.deepEqual(parts(whole), [
      { kind: 'thought', text: 'hm, yes' },
      { kind: 'text', text: 'Sunny' },
      call('c1', 'look', '{"at":1}'),
    ]);
  });

  it('has no end before its own', () => {
    const cut = read(delta({ content: 'Sun' }));
    assert.deepEqual([cut.ended, cut.answers[0]?.stop], [false, undefined]);
    const closed = read(delta({ content: 'Sun' }), finish('stop'));
    assert.deepEqual([closed.ended, closed.answers[0]?.stop], [true, 'end']);
    const half = read(
      delta({ content: 'a' }, 0),
      delta({ content: 'b' }, 1),
      chunk({ index: 1, delta: {}, finish_reason: 'stop' }),
    );
    assert.equal(half.ended, false);
    assert.deepEqual(decoded(new Uint8Array(0)), []);
  });

  it('says nothing after an error', () => {
    for (const error of [
      `event: error\n${event({ error: { message: 'No.', type: 'server_error', code: 500 } })}`,
      event({
        ...BASE,
        choices: [{ index: 0, delta: { content: '' }, finish_reason: 'error' }],
        error: { code: 502, message: 'No.' },
      }),
      'error: {"code":500,"message":"No.","type":"server_error"}\n\n',
      event({ object: 'error', message: 'No.', type: 'InternalServerError', code: 500 }),
      event({ error: 'No.' }),
      event({ ...BASE, choices: [{ index: 0, delta: {}, error: { code: 502, message: 'No.' } }] }),
    ]) {
      const answer = read(
        delta({ content: 'Sun' }),
        error,
        delta({ content: 'ny' }),
        finish('stop'),
        DONE,
      );
      assert.deepEqual([answer.error?.kind, answer.error?.message], ['internal', 'No.']);
      assert.deepEqual([answer.ended, parts(answer)], [false, [{ kind: 'text', text: 'Sun' }]]);
    }
  });

  it('fails where an event is no JSON, without telling it', () => {
    const answer = read(
      delta({ content: 'Sun' }),
      'data: {"choices":[{"delta":{"content":"secr\n\n',
    );
    assert.equal(answer.error?.kind, 'internal');
    assert.doesNotMatch(answer.error?.message ?? '', /secr/);
    assert.equal(answer.ended, false);
  });

  it('may be a whole answer, or none at all', () => {
    const whole = {
      ...BASE,
      choices: [{ index: 0, message: { content: 'Hi' }, finish_reason: 'stop' }],
    };
    assert.deepEqual(parts(read(`\n ${JSON.stringify(whole)}`)), [{ kind: 'text', text: 'Hi' }]);
    assert.equal(read('{"error":{"message":"No.","code":429}}').error?.kind, 'rate_limited');
    assert.equal(read('<html><title>Bad gateway</title></html>').error?.kind, 'internal');
  });

  it('may begin with a chunk of filters and tell nothing but empty names', () => {
    const answer = read(
      event({ choices: [], created: 0, id: '', model: '', object: '', prompt_filter_results: [] }),
      delta({ content: 'Half', role: 'assistant' }),
      finish('content_filter'),
      DONE,
    );
    assert.deepEqual([answer.id, answer.model, answer.created], ['chatcmpl-1', 'm', 7]);
    assert.equal(answer.answers[0]?.stop, 'filtered');
    const nameless = read(
      event({
        id: '',
        created: 0,
        model: 'a',
        choices: [{ index: 0, finish_reason: '', delta: { content: 'ok' } }],
      }),
      event({ id: '', created: 0, model: 'a', choices: [], usage: USAGE }),
      DONE,
    );
    assert.deepEqual([nameless.id, nameless.created, nameless.ended], [undefined, undefined, true]);
    assert.equal(nameless.answers[0]?.stop, 'end');
  });

  it('may finish twice, and go on after its finish', () => {
    const answer = read(
      delta({ content: 'ok' }),
      finish('stop', { native_finish_reason: 'end_turn' }),
      finish('stop', { native_finish_reason: 'end_turn', delta: { content: '!' } }),
      DONE,
      delta({ content: 'never' }),
    );
    assert.deepEqual(parts(answer), [{ kind: 'text', text: 'ok!' }]);
    assert.deepEqual([answer.answers[0]?.stop, answer.answers[0]?.native], ['end', 'end_turn']);
  });

  it('tells usage anywhere, the last one wins', () => {
    const usage = (output: number) => ({ ...USAGE, completion_tokens: output });
    const places = [
      [
        chunk({ index: 0, delta: { content: 'a' } }, { usage: usage(1) }),
        chunk({ index: 0, delta: {}, finish_reason: 'stop' }, { usage: usage(3) }),
      ],
      [finish('stop', {}), event({ ...BASE, choices: [], x_groq: { usage: usage(3) } })],
      [chunk({ index: 0, delta: {}, finish_reason: 'stop', usage: usage(3) })],
      [
        chunk({ index: 0, delta: {}, finish_reason: 'stop' }, { usage: null }),
        event({ choices: [], usage: usage(3) }),
      ],
    ];
    for (const events of places) assert.equal(read(...events, DONE).usage?.outputTokens, 3);
  });

  it('tells several answers apart', () => {
    const answer = read(
      delta({ content: 'a' }, 0),
      delta({ content: 'x' }, 1),
      delta({ content: 'b' }, 0),
      chunk({ index: 1, delta: {}, finish_reason: 'length' }),
      finish('stop'),
      DONE,
    );
    assert.deepEqual(
      answer.answers.map(({ parts: [part], stop }) => [part?.kind === 'text' && part.text, stop]),
      [
        ['ab', 'end'],
        ['x', 'length'],
      ],
    );
  });

  it('has one text, whatever stands between its pieces', () => {
    const note = (url: string) => ({ type: 'url_citation', url_citation: { url } });
    const answer = read(
      delta({ content: 'a' }),
      delta({ annotations: [note('x')] }),
      delta(tool({ index: 0, id: 'c1', function: { name: 'look', arguments: '{}' } })),
      delta({ content: 'b', annotations: [note('y')] }),
      finish('tool_calls'),
      DONE,
    );
    const annotations = [note('x'), note('y')];
    assert.deepEqual(parts(answer), [
      { kind: 'text', text: 'ab' },
      call('c1', 'look', '{}'),
      { kind: 'opaque', wire: 'openai', value: { annotations } },
    ]);
    assert.deepEqual(fold(whole(openai, answer)), answer);
  });

  it('keeps what stands between texts in content of typed parts', () => {
    const content: Json = [
      { type: 'text', text: 'a' },
      { type: 'reference', reference_ids: [1] },
      { type: 'text', text: 'b' },
    ];
    const answer = readWhole({ content });
    assert.deepEqual(
      parts(answer)?.map(({ kind }) => kind),
      ['text', 'opaque', 'text'],
    );
    assert.deepEqual(fold(whole(openai, answer)), answer);
    assert.deepEqual(parts(read(delta({ content }))), parts(answer));
  });

  it('passes comments, unknown events, nulls and CRLF', () => {
    const events = [
      ': PROCESSING\n\n',
      'event: ping\ndata: {}\n\n',
      'data: null\n\n',
      delta({ content: 'ok', role: null as Json, tool_calls: null, reasoning_content: null }),
      finish('stop'),
      DONE,
    ];
    const answer = read(events.join('').replaceAll('\n', '\r\n'));
    assert.deepEqual([parts(answer), answer.ended], [[{ kind: 'text', text: 'ok' }], true]);
  });
});

describe('a whole answer', () => {
  it('may be an error, or hold one', () => {
    const error = (body: Json) => fold(checked(openai.readWhole(body))).error;
    assert.equal(error({ error: { message: 'slow down', code: 429 } })?.kind, 'rate_limited');
    assert.equal(error({ detail: 'no such thing' })?.message, 'no such thing');
    assert.equal(error([])?.kind, 'internal');
    assert.equal(error({ id: 'x' })?.kind, 'internal');
    const choice = { index: 0, error: { code: 502, message: 'gone' }, finish_reason: 'error' };
    assert.equal(error({ ...BASE, choices: [choice] })?.message, 'gone');
    assert.equal(fold(openai.readWhole({ ...BASE, choices: [choice] })).ended, false);
  });

  it('may speak, refuse and cite', () => {
    const audio = { id: 'a1', data: 'AAAA', transcript: 'beep', expires_at: 9 };
    const annotations = [{ type: 'url_citation', url_citation: { url: 'https://a.example' } }];
    const answer = readWhole({ content: null, refusal: 'No.', audio, annotations });
    assert.deepEqual(parts(answer), [
      { kind: 'refusal', text: 'No.' },
      { kind: 'opaque', wire: 'openai', value: { annotations } },
      {
        kind: 'media',
        medium: 'audio',
        source: { kind: 'base64', data: 'AAAA' },
        extra: { openai: { id: 'a1', transcript: 'beep', expires_at: 9 } },
      },
    ]);
    const spoken = read(
      delta({ audio: { id: 'a1', transcript: 'be' } }),
      delta({ audio: { data: 'AA==', transcript: 'ep' } }),
      delta({ audio: { data: 'AAA=' } }),
      delta({ audio: { expires_at: 9 } }),
      finish('stop'),
      DONE,
    );
    assert.deepEqual(parts(spoken), parts(answer)?.slice(2));
  });

  it('ends for reasons beyond the reference', () => {
    const stop = (choice: object) => readWhole({ content: '' }, {}, choice).answers[0];
    assert.equal(stop({ finish_reason: 'model_length' })?.stop, 'context');
    assert.equal(stop({ finish_reason: 'eos' })?.stop, 'end');
    assert.equal(stop({ finish_reason: 'insufficient_system_resource' })?.stop, 'error');
    assert.deepEqual(
      [stop({ stop_reason: '##' })?.stop, stop({ stop_reason: '##' })?.sequence],
      ['stop_sequence', '##'],
    );
    assert.equal(stop({ stop_reason: 128_009 })?.stop, 'end');
    const odd = stop({ finish_reason: 'bored' });
    assert.deepEqual([odd?.stop, odd?.native], ['end', 'bored']);
  });

  it('reads log-probabilities of both kinds', () => {
    const told = (logprobs: Json) =>
      readWhole({ content: 'a' }, {}, { logprobs }).answers[0]?.logprobs;
    const top = [{ token: 'b', logprob: -2, bytes: null }];
    assert.deepEqual(
      told({ content: [{ token: 'a', logprob: -1, bytes: [97], top_logprobs: top }] }),
      [{ token: 'a', logprob: -1, bytes: [97], top: [{ token: 'b', logprob: -2 }] }],
    );
    assert.deepEqual(
      told({
        tokens: ['a', '!'],
        token_logprobs: [-1, null],
        top_logprobs: [{ a: -1, b: -2 }],
        text_offset: [0, 1],
      }),
      [
        {
          token: 'a',
          logprob: -1,
          top: [
            { token: 'a', logprob: -1 },
            { token: 'b', logprob: -2 },
          ],
        },
      ],
    );
  });
});
