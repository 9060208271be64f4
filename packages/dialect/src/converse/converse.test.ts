import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AnswerEvent, Ask, Json } from '../canon/canon.ts';
import { fold } from '../canon/fold.ts';
import { Order } from '../canon/order.ts';
import { converse } from './converse.ts';

const CLAUDE = 'eu.anthropic.claude-x-v1:0';
const NOVA = 'amazon.nova-x-v1:0';
const ASK: Ask = {
  model: 'm',
  stream: false,
  usageWanted: true,
  system: [],
  turns: [{ role: 'user', parts: [{ kind: 'text', text: 'Hi' }] }],
  tools: [],
};

function asked(more: Partial<Ask>, model: string = CLAUDE): readonly [Json, readonly string[]] {
  const to = { model, quirks: {}, askUsage: false };
  const { body, dropped } = converse.writeAsk({ ...ASK, ...more }, to);
  return [JSON.parse(new TextDecoder().decode(body)), [...dropped].sort()];
}

describe('a request', () => {
  it('has no model and no stream in it: both stand in the path', () => {
    const [body] = asked({ stream: true, outputTokensMax: 9, temperature: 0.5, stop: ['END'] });
    assert.deepEqual(body, {
      messages: [{ role: 'user', content: [{ text: 'Hi' }] }],
      inferenceConfig: { maxTokens: 9, temperature: 0.5, stopSequences: ['END'] },
      additionalModelResponseFieldPaths: ['/stop_sequence', '/delta/stop_sequence'],
    });
  });

  it('gives calls, results, thoughts and marks for the cache blocks of their own', () => {
    const cached = { anthropic: { cache_control: { type: 'ephemeral' } } };
    const [body, dropped] = asked({
      system: [{ kind: 'text', text: 'Be brief.', extra: cached }],
      tools: [{ kind: 'function', name: 'look', parameters: { type: 'object' }, strict: true }],
      toolChoice: { kind: 'tool', name: 'look' },
      turns: [
        { role: 'user', parts: [{ kind: 'text', text: 'Look.' }] },
        {
          role: 'assistant',
          parts: [
            { kind: 'thought', text: 'Hm.', signature: 'sig' },
            { kind: 'call', id: 'call.1', name: 'look', arguments: '{"at":1}' },
          ],
        },
        {
          role: 'tool',
          parts: [
            { kind: 'result', id: 'call.1', parts: [{ kind: 'text', text: 'no' }], failed: true },
          ],
        },
      ],
    });
    assert.deepEqual(body, {
      system: [{ text: 'Be brief.' }, { cachePoint: { type: 'default' } }],
      messages: [
        { role: 'user', content: [{ text: 'Look.' }] },
        {
          role: 'assistant',
          content: [
            { reasoningContent: { reasoningText: { text: 'Hm.', signature: 'sig' } } },
            { toolUse: { toolUseId: 'call_1', name: 'look', input: { at: 1 } } },
          ],
        },
        {
          role: 'user',
          content: [
            { toolResult: { toolUseId: 'call_1', content: [{ text: 'no' }], status: 'error' } },
          ],
        },
      ],
      toolConfig: {
        tools: [{ toolSpec: { name: 'look', inputSchema: { json: { type: 'object' } } } }],
        toolChoice: { tool: { name: 'look' } },
      },
    });
    assert.deepEqual(dropped, ['tools.strict']);
  });

  it('names the tools of earlier calls where none are offered: without them it is refused', () => {
    const call = { kind: 'call', id: 'c', name: 'look', arguments: '{}' } as const;
    const [body] = asked({ turns: [...ASK.turns, { role: 'assistant', parts: [call] }] });
    const toolSpec = { name: 'look', inputSchema: { json: { type: 'object', properties: {} } } };
    assert.deepEqual(JSON.parse(JSON.stringify(body)).toolConfig, { tools: [{ toolSpec }] });
  });

  it('has a schema as text', () => {
    const [body] = asked({ format: { kind: 'schema', schema: { type: 'object' }, name: 'n' } });
    assert.deepEqual(JSON.parse(JSON.stringify(body)).outputConfig, {
      textFormat: {
        type: 'json_schema',
        structure: { jsonSchema: { schema: '{"type":"object"}', name: 'n' } },
      },
    });
  });

  it('asks for thoughts where a model has words for that, and says where not', () => {
    const reasoning = { effort: 'low' } as const;
    const [body, dropped] = asked({ reasoning, temperature: 0.2, outputTokensMax: 4_096 });
    const { additionalModelRequestFields, inferenceConfig } = JSON.parse(JSON.stringify(body));
    assert.deepEqual(additionalModelRequestFields.thinking, {
      type: 'enabled',
      budget_tokens: 2_048,
    });
    assert.deepEqual(inferenceConfig, { maxTokens: 4_096 });
    assert.deepEqual(dropped, ['temperature']);
    const [other, missing] = asked({ reasoning, topK: 4, temperature: 0.2, topP: 0.5 }, NOVA);
    assert.deepEqual(missing, ['reasoning', 'topK']);
    const { inferenceConfig: kept } = JSON.parse(JSON.stringify(other));
    assert.deepEqual(kept, { temperature: 0.2, topP: 0.5 });
  });

  it('carries images and documents, and drops those at addresses by name', () => {
    const [body, dropped] = asked({
      turns: [
        {
          role: 'user',
          parts: [
            {
              kind: 'media',
              medium: 'image',
              type: 'image/jpeg',
              source: { kind: 'base64', data: '/9j/' },
            },
            {
              kind: 'media',
              medium: 'file',
              type: 'application/pdf',
              name: 'a_b.pdf',
              source: { kind: 'base64', data: 'JVBERg==' },
            },
            {
              kind: 'media',
              medium: 'image',
              source: { kind: 'url', url: 'https://a.test/x.png' },
            },
            { kind: 'media', medium: 'image', source: { kind: 'url', url: 's3://b/x.webp' } },
            { kind: 'media', medium: 'audio', source: { kind: 'base64', data: 'AA==' } },
          ],
        },
      ],
    });
    const { messages } = JSON.parse(JSON.stringify(body));
    assert.deepEqual(messages[0].content, [
      { image: { format: 'jpeg', source: { bytes: '/9j/' } } },
      { document: { format: 'pdf', name: 'a b pdf 1', source: { bytes: 'JVBERg==' } } },
      { image: { format: 'webp', source: { s3Location: { uri: 's3://b/x.webp' } } } },
    ]);
    assert.deepEqual(dropped, ['part.audio', 'part.image.url']);
  });

  it('says what it cannot carry', () => {
    const [, dropped] = asked({
      minP: 0.1,
      seed: 1,
      logprobs: 2,
      answers: 2,
      user: 'u',
      frequencyPenalty: 1,
      parallelTools: false,
      tools: [{ kind: 'function', name: 'f' }],
      extra: { openai: { store: true } },
      format: { kind: 'json' },
    });
    const wanted = ['answers', 'format.json', 'frequencyPenalty', 'logprobs', 'minP'];
    assert.deepEqual(dropped, [...wanted, 'openai.store', 'parallelTools', 'seed', 'user']);
  });
});

function streamed(messages: readonly object[]): readonly AnswerEvent[] {
  const decoder = converse.decoder();
  const order = new Order();
  const text = messages.map((one) => `data: ${JSON.stringify(one)}\n\n`).join('');
  const events = [...decoder.push(new TextEncoder().encode(text)), ...decoder.end()];
  for (const event of events) order.check(event);
  return events;
}

const delta = (contentBlockIndex: number, one: object): object => ({
  contentBlockDelta: { contentBlockIndex, delta: one },
});
const stop = (stopReason: string): object => ({ messageStop: { stopReason } });
const start = { messageStart: { role: 'assistant' } };
const usage = {
  inputTokens: 3,
  outputTokens: 2,
  cacheReadInputTokens: 5,
  cacheWriteInputTokens: 7,
};

describe('an answer', () => {
  it('is the same as a stream and as a whole', () => {
    const stream = fold(
      streamed([
        start,
        delta(0, { reasoningContent: { text: 'Hm.' } }),
        delta(0, { reasoningContent: { signature: 'sig' } }),
        { contentBlockStop: { contentBlockIndex: 0 } },
        delta(1, { text: 'I ' }),
        delta(1, { text: 'look.' }),
        {
          contentBlockStart: {
            contentBlockIndex: 2,
            start: { toolUse: { toolUseId: 't', name: 'look' } },
          },
        },
        delta(2, { toolUse: { input: '' } }),
        { contentBlockStop: { contentBlockIndex: 2 } },
        stop('tool_use'),
        { metadata: { usage } },
      ]),
    );
    const whole = fold(
      converse.readWhole({
        output: {
          message: {
            role: 'assistant',
            content: [
              { reasoningContent: { reasoningText: { text: 'Hm.', signature: 'sig' } } },
              { text: 'I look.' },
              { toolUse: { toolUseId: 't', name: 'look', input: {} } },
            ],
          },
        },
        stopReason: 'tool_use',
        usage,
      }),
    );
    assert.deepEqual(stream, whole);
    assert.equal(whole.answers[0]?.stop, 'tools');
    assert.equal(whole.ended, true);
    const { inputTokens, outputTokens, cachedInputTokens, cacheWriteTokens } = whole.usage ?? {};
    assert.deepEqual(
      [inputTokens, outputTokens, cachedInputTokens, cacheWriteTokens],
      [15, 2, 5, 7],
    );
  });

  it('may have arguments that are an object, in a stream too', () => {
    const toolUse = { toolUseId: 't', name: 'look' };
    const begun = { contentBlockStart: { contentBlockIndex: 0, start: { toolUse } } };
    const events = [start, begun, delta(0, { toolUse: { input: { a: 1 } } }), stop('tool_use')];
    const [part] = fold(streamed([...events, { metadata: { usage } }])).answers[0]?.parts ?? [];
    assert.equal(part?.kind === 'call' && part.arguments, '{"a":1}');
  });

  it('ends where usage came first, or not at all, and not where no reason was told', () => {
    const usageFirst = fold(streamed([start, { metadata: { usage } }, stop('end_turn')]));
    assert.deepEqual([usageFirst.ended, usageFirst.answers[0]?.stop], [true, 'end']);
    assert.equal(fold(streamed([delta(0, { text: 'a' }), stop('max_tokens')])).ended, true);
    assert.equal(fold(streamed([start, delta(0, { text: 'a' })])).ended, false);
  });

  it('tells filters, and a word of theirs that says more', () => {
    const { answers } = fold(streamed([start, stop('guardrail_intervened')]));
    assert.deepEqual([answers[0]?.stop, answers[0]?.native], ['filtered', 'guardrail_intervened']);
  });

  it('that fails in the middle fails with its kind, and says nothing after it', () => {
    for (const [name, kind] of [
      ['throttlingException', 'rate_limited'],
      ['validationException', 'invalid'],
      ['modelStreamErrorException', 'internal'],
      ['somethingNewException', 'internal'],
      ['error', 'internal'],
    ] as const) {
      const { error, ended } = fold(
        streamed([
          start,
          delta(0, { text: 'a' }),
          { [name]: { message: 'why' } },
          stop('end_turn'),
        ]),
      );
      assert.deepEqual([error?.kind, error?.message, ended], [kind, 'why', false], name);
    }
    const orphan = fold(streamed([start, delta(4, { toolUse: { input: '{' } })]));
    assert.equal(orphan.error?.kind, 'internal');
  });

  it('that is no message is an error', () => {
    const [error] = converse.readWhole({ Output: {}, Version: '1.0' });
    assert.equal(error?.kind, 'error');
  });
});
