import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AnswerEvent, Ask, Json } from '../canon/canon.ts';
import { fold } from '../canon/fold.ts';
import { Order } from '../canon/order.ts';
import { cohere } from './cohere.ts';

const ASK: Ask = {
  model: 'm',
  stream: false,
  usageWanted: true,
  system: [],
  turns: [{ role: 'user', parts: [{ kind: 'text', text: 'Hi' }] }],
  tools: [],
};

function asked(more: Partial<Ask>): readonly [Record<string, Json>, readonly string[]] {
  const to = { model: 'command-x', quirks: {}, askUsage: false };
  const { body, dropped } = cohere.writeAsk({ ...ASK, ...more }, to);
  return [JSON.parse(new TextDecoder().decode(body)), [...dropped].sort()];
}

describe('a request', () => {
  it('has its own names for what every format has', () => {
    const [body, dropped] = asked({
      stream: true,
      outputTokensMax: 9,
      temperature: 0.5,
      topP: 0.9,
      topK: 40,
      seed: 7,
      stop: ['END'],
      presencePenalty: 0.1,
    });
    assert.deepEqual(body, {
      model: 'command-x',
      messages: [{ role: 'user', content: 'Hi' }],
      stream: true,
      max_tokens: 9,
      temperature: 0.5,
      p: 0.9,
      k: 40,
      seed: 7,
      stop_sequences: ['END'],
      presence_penalty: 0.1,
    });
    assert.deepEqual(dropped, []);
  });

  it('keeps within the bounds of the reference, and says so', () => {
    const stop = ['a', 'b', 'c', 'd', 'e', 'f'];
    const [body, dropped] = asked({ topP: 1, topK: 900, frequencyPenalty: -1, stop });
    assert.deepEqual([body['p'], body['k'], body['frequency_penalty']], [0.99, 500, 0]);
    assert.deepEqual(body['stop_sequences'], stop.slice(0, 5));
    assert.deepEqual(dropped, ['frequencyPenalty', 'stop', 'topK', 'topP']);
  });

  it('has instructions first, a plan before calls, and results by the id of their call', () => {
    const [body, dropped] = asked({
      system: [{ kind: 'text', text: 'Be brief.' }],
      turns: [
        { role: 'user', parts: [{ kind: 'text', text: 'Look.', extra: { openai: { x: 1 } } }] },
        {
          role: 'assistant',
          parts: [
            { kind: 'thought', text: 'I will look.', signature: 'sig' },
            { kind: 'call', id: 'c', name: 'look', arguments: '{"at":1}' },
          ],
        },
        {
          role: 'tool',
          parts: [{ kind: 'result', id: 'c', name: 'look', parts: [{ kind: 'text', text: 'no' }] }],
        },
        { role: 'system', parts: [{ kind: 'text', text: 'And kind.' }] },
        {
          role: 'assistant',
          parts: [
            { kind: 'thought', text: 'Hm.' },
            { kind: 'text', text: 'No.' },
          ],
        },
      ],
    });
    const text = (said: string) => ({ type: 'text', text: said });
    const fn = { name: 'look', arguments: '{"at":1}' };
    assert.deepEqual(body['messages'], [
      { role: 'system', content: [text('Be brief.'), text('And kind.')] },
      { role: 'user', content: [text('Look.')] },
      {
        role: 'assistant',
        content: null,
        tool_plan: 'I will look.',
        tool_calls: [{ id: 'c', type: 'function', function: fn }],
      },
      { role: 'tool', content: 'no', tool_call_id: 'c' },
      { role: 'assistant', content: [{ type: 'thinking', thinking: 'Hm.' }, text('No.')] },
    ]);
    assert.deepEqual(dropped, ['openai.x', 'part.signature', 'turn.system']);
  });

  it('offers one tool alone where that one must be called', () => {
    const tools = [
      { kind: 'function', name: 'look', description: 'Looks.', strict: true },
      { kind: 'function', name: 'leap', parameters: { type: 'object' } },
    ] as const;
    const [any] = asked({ tools, toolChoice: { kind: 'any' } });
    assert.equal(any['tool_choice'], 'REQUIRED');
    assert.equal(Object(any['tools']).length, 2);
    const [one, dropped] = asked({ tools, toolChoice: { kind: 'tool', name: 'look' } });
    const parameters = { type: 'object', properties: {} };
    assert.deepEqual(one['tools'], [
      { type: 'function', function: { name: 'look', description: 'Looks.', parameters } },
    ]);
    assert.equal(one['tool_choice'], 'REQUIRED');
    assert.deepEqual(dropped, ['tools.strict']);
    assert.equal(asked({ tools, toolChoice: { kind: 'none' } })[0]['tool_choice'], 'NONE');
    assert.equal(asked({ tools, toolChoice: { kind: 'auto' } })[0]['tool_choice'], undefined);
    assert.deepEqual(asked({ toolChoice: { kind: 'any' } })[1], ['toolChoice']);
  });

  it('asks for a schema, and not beside tools, where it would be refused', () => {
    const format = { kind: 'schema', schema: { type: 'object' }, name: 'n' } as const;
    assert.deepEqual(asked({ format })[0]['response_format'], {
      type: 'json_object',
      json_schema: { type: 'object' },
    });
    assert.deepEqual(asked({ format: { kind: 'json' } })[0]['response_format'], {
      type: 'json_object',
    });
    const [body, dropped] = asked({ format, tools: [{ kind: 'function', name: 'f' }] });
    assert.deepEqual([body['response_format'], dropped], [undefined, ['format.schema']]);
  });

  it('asks for thoughts with a budget, or for none', () => {
    assert.deepEqual(asked({ reasoning: { tokensMax: 512 } })[0]['thinking'], {
      type: 'enabled',
      token_budget: 512,
    });
    const [off] = asked({ reasoning: { effort: 'none' } });
    assert.deepEqual(off['thinking'], { type: 'disabled' });
  });

  it('shows images, and says what it cannot carry', () => {
    const image = { kind: 'url', url: 'https://a.test/x.png' } as const;
    const data = { kind: 'base64', data: 'AA==' } as const;
    const [body, dropped] = asked({
      turns: [
        {
          role: 'user',
          parts: [
            { kind: 'media', medium: 'image', source: image },
            { kind: 'media', medium: 'audio', type: 'audio/wav', source: data },
            { kind: 'media', medium: 'file', type: 'application/pdf', source: data },
          ],
        },
      ],
      minP: 0.1,
      logprobs: 2,
      answers: 2,
      user: 'u',
      extra: { openai: { store: true } },
      format: { kind: 'regex', pattern: 'a+' },
    });
    const url = 'https://a.test/x.png';
    assert.deepEqual(Object(body['messages'])[0].content, [
      { type: 'image_url', image_url: { url } },
    ]);
    const lost = ['answers', 'format.regex', 'logprobs', 'minP', 'openai.store'];
    assert.deepEqual(dropped, [...lost, 'part.audio', 'part.file', 'user']);
  });
});

function streamed(messages: readonly (object | string)[]): readonly AnswerEvent[] {
  const decoder = cohere.decoder();
  const order = new Order();
  const lines = messages.map((one) => (typeof one === 'string' ? one : JSON.stringify(one)));
  const bytes = new TextEncoder().encode(lines.map((one) => `data: ${one}\n\n`).join(''));
  const events: AnswerEvent[] = [];
  for (const byte of bytes) events.push(...decoder.push(Uint8Array.of(byte)));
  events.push(...decoder.end());
  for (const event of events) order.check(event);
  return events;
}

const at = (type: string, index: number, message: object): object => ({
  type,
  index,
  delta: { message },
});
const start = { id: 'one', type: 'message-start', delta: { message: { role: 'assistant' } } };
const usage = {
  billed_units: { input_tokens: 8, output_tokens: 5 },
  tokens: { input_tokens: 1_394, output_tokens: 9 },
  cached_tokens: 1_360,
};
const end = (finish_reason: string, more: object = {}): object => ({
  type: 'message-end',
  delta: { finish_reason, usage, ...more },
});
const cited = { start: 0, end: 3, text: 'Yes', sources: [] };

describe('an answer', () => {
  it('is the same as a stream and as a whole', () => {
    const begun = { id: 'c', type: 'function', function: { name: 'look', arguments: '' } };
    const stream = fold(
      streamed([
        start,
        at('tool-plan-delta', 0, { tool_plan: 'I will ' }),
        at('tool-plan-delta', 0, { tool_plan: 'look.' }),
        at('content-start', 0, { content: { type: 'thinking', thinking: '' } }),
        at('content-delta', 0, { content: { thinking: 'Hm.' } }),
        { type: 'content-end', index: 0 },
        at('content-start', 1, { content: { type: 'text', text: '' } }),
        at('content-delta', 1, { content: { text: 'Yes' } }),
        at('citation-start', 0, { citations: cited }),
        { type: 'citation-end', index: 0 },
        at('content-delta', 1, { content: { text: '.' } }),
        at('tool-call-start', 0, { tool_calls: begun }),
        at('tool-call-delta', 0, { tool_calls: { function: { arguments: '{"a"' } } }),
        at('tool-call-delta', 0, { tool_calls: { function: { arguments: ':1}' } } }),
        { type: 'tool-call-end', index: 0 },
        at('tool-call-start', 1, { tool_calls: { ...begun, id: 'd' } }),
        { type: 'tool-call-end', index: 1 },
        end('TOOL_CALL'),
        '[DONE]',
      ]),
    );
    const called = (id: string, text: string) => ({
      id,
      type: 'function',
      function: { name: 'look', arguments: text },
    });
    const whole = fold(
      cohere.readWhole({
        id: 'one',
        message: {
          role: 'assistant',
          tool_plan: 'I will look.',
          content: [
            { type: 'thinking', thinking: 'Hm.' },
            { type: 'text', text: 'Yes.' },
          ],
          tool_calls: [called('c', '{"a":1}'), called('d', 'null')],
          citations: [cited],
        },
        finish_reason: 'TOOL_CALL',
        usage,
      }),
    );
    assert.deepEqual(stream, whole);
    const [answer] = whole.answers;
    assert.deepEqual(
      answer?.parts.map(({ kind }) => kind),
      ['thought', 'thought', 'text', 'call', 'call', 'opaque'],
    );
    assert.deepEqual([answer?.stop, whole.id, whole.ended], ['tools', 'one', true]);
  });

  it('may have arguments that are an object', () => {
    const call = { id: 'c', type: 'function', function: { name: 'look', arguments: { a: 1 } } };
    const message = { role: 'assistant', tool_calls: [call] };
    for (const events of [
      streamed([start, at('tool-call-start', 0, { tool_calls: call }), end('TOOL_CALL')]),
      cohere.readWhole({ id: 'one', finish_reason: 'TOOL_CALL', message, usage }),
    ]) {
      const [part] = fold(events).answers[0]?.parts ?? [];
      assert.equal(part?.kind === 'call' && part.arguments, '{"a":1}');
    }
  });

  it('counts what is billed, and tokens only where no bill is told', () => {
    const message = { role: 'assistant', content: [{ type: 'text', text: 'a' }] };
    const counted = (told: object) =>
      fold(cohere.readWhole(JSON.parse(JSON.stringify({ message, usage: told })))).usage;
    assert.equal(counted(usage)?.inputTokens, 8);
    assert.equal(counted(usage)?.cachedInputTokens, undefined);
    assert.equal(counted({ tokens: usage.tokens })?.inputTokens, 1_394);
  });

  it('says why it ended, in a word of theirs where ours says less', () => {
    for (const [word, reason, native] of [
      ['COMPLETE', 'end', undefined],
      ['MAX_TOKENS', 'length', undefined],
      ['STOP_SEQUENCE', 'stop_sequence', undefined],
      ['SOMETHING_NEW', 'end', 'SOMETHING_NEW'],
    ] as const) {
      const [answer] = fold(streamed([start, end(word)])).answers;
      assert.deepEqual([answer?.stop, answer?.native], [reason, native], word);
    }
  });

  it('that fails is an error, however late, and what was billed is told before it', () => {
    const late = fold(streamed([start, end('ERROR', { error: 'no luck' })]));
    assert.deepEqual([late.error?.kind, late.error?.message], ['internal', 'no luck']);
    assert.deepEqual([late.usage?.outputTokens, late.ended], [5, false]);
    assert.equal(fold(streamed([start, end('TIMEOUT')])).error?.kind, 'timeout');
    const said = fold(streamed([start, { message: 'broken' }, end('COMPLETE')]));
    assert.deepEqual([said.error?.message, said.ended], ['broken', false]);
    const orphan = at('tool-call-delta', 4, { tool_calls: { function: { arguments: '{' } } });
    assert.equal(fold(streamed([start, orphan])).error?.kind, 'internal');
    assert.equal(fold(streamed([start, 'no JSON'])).error?.kind, 'internal');
    const [error] = cohere.readWhole({ id: 'x', message: 'invalid request' });
    assert.equal(error?.kind === 'error' ? error.error.message : '', 'invalid request');
  });

  it('that breaks off has no end', () => {
    const broken = fold(streamed([start, at('content-delta', 0, { content: { text: 'a' } })]));
    assert.deepEqual([broken.ended, broken.error], [false, undefined]);
  });
});
