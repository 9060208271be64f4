import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Ask, Json } from '../canon/canon.ts';
import { parseExact } from '../canon/exact.ts';
import { responses } from './responses.ts';

const TO = { model: 'theirs', quirks: {}, askUsage: false };

function read(body: { readonly [key: string]: Json }): Ask {
  const result = responses.readAsk({ model: 'm', ...body });
  assert.ok(result.ok, result.ok ? '' : result.refusal.message);
  return result.value;
}

const written = (ask: Ask): { readonly [key: string]: unknown } =>
  parseExact(responses.writeAsk(ask, TO).body) as { readonly [key: string]: unknown };

describe('requests of the responses wire are read', () => {
  it('with input as text or as items of every kind', () => {
    assert.deepEqual(read({ input: 'Hi' }).turns, [
      { role: 'user', parts: [{ kind: 'text', text: 'Hi' }] },
    ]);
    const ask = read({
      instructions: 'Be brief.',
      input: [
        { role: 'developer', content: 'In German.' },
        { role: 'user', content: [{ type: 'input_text', text: 'Weather?' }] },
        {
          type: 'reasoning',
          id: 'rs_1',
          summary: [{ type: 'summary_text', text: 'Look it up.' }],
          encrypted_content: 'sealed',
        },
        { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Wait.' }] },
        { type: 'function_call', call_id: 'c1', name: 'look', arguments: '{"a": 1}' },
        { type: 'custom_tool_call', call_id: 'c2', name: 'sql', input: 'SELECT "x"' },
        { type: 'function_call_output', call_id: 'c1', output: 'Rain' },
        {
          type: 'custom_tool_call_output',
          call_id: 'c2',
          output: [{ type: 'input_text', text: 'none' }],
        },
        { type: 'web_search_call', id: 'ws_1', status: 'completed' },
        { type: 'item_reference', id: 'msg_9' },
        { role: 'user', content: 'Thanks' },
      ],
    });
    assert.deepEqual(
      ask.system.map((part) => part.kind === 'text' && part.text),
      ['Be brief.', 'In German.'],
    );
    assert.deepEqual(
      ask.turns.map(({ role, parts }) => [role, ...parts.map(({ kind }) => kind)]),
      [
        ['user', 'text'],
        ['assistant', 'thought', 'text', 'call', 'call'],
        ['tool', 'result', 'result'],
        ['assistant', 'opaque', 'opaque'],
        ['user', 'text'],
      ],
    );
    const [thought, , , custom] = ask.turns[1]?.parts ?? [];
    assert.equal(thought?.kind === 'thought' && thought.signature, 'sealed');
    assert.equal(custom?.kind === 'call' && custom.arguments, '{"input":"SELECT \\"x\\""}');
    const items = written(ask)['input'] as readonly { readonly type: string }[];
    assert.deepEqual(
      items.map(({ type }) => type),
      [
        ...['message', 'message', 'reasoning', 'message', 'function_call', 'custom_tool_call'],
        ...['function_call_output', 'custom_tool_call_output', 'web_search_call'],
        ...['item_reference', 'message'],
      ],
    );
  });

  it('with media by address, by id and as bytes', () => {
    const content = [
      { type: 'input_image', image_url: 'https://a.example/x.png', detail: 'low' },
      { type: 'input_image', image_url: 'data:image/png;base64,AAAA' },
      { type: 'input_file', file_id: 'file_1' },
      { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,BBBB' },
      { type: 'input_audio', input_audio: { data: 'CCCC', format: 'mp3' } },
    ];
    const ask = read({ input: [{ role: 'user', content }] });
    const media = ask.turns[0]?.parts.map((part) => part.kind === 'media' && part);
    assert.deepEqual(
      media?.map((one) => one && [one.medium, one.type, one.source.kind]),
      [
        ['image', undefined, 'url'],
        ['image', 'image/png', 'base64'],
        ['file', undefined, 'id'],
        ['file', 'application/pdf', 'base64'],
        ['audio', 'audio/mp3', 'base64'],
      ],
    );
    const { body, dropped } = responses.writeAsk(ask, TO);
    assert.deepEqual([...dropped], ['part.audio']);
    const [message] = (parseExact(body) as { input: readonly { content: unknown }[] }).input;
    assert.deepEqual(message?.content, content.slice(0, 4));
  });

  it('with tools of every kind, and the choice among them', () => {
    const ask = read({
      input: 'x',
      tools: [
        { type: 'function', name: 'look', parameters: { type: 'object' }, strict: false },
        { type: 'function', name: 'exact', parameters: null, strict: true },
        { type: 'custom', name: 'sql', format: { type: 'text' } },
        { type: 'web_search', search_context_size: 'low' },
      ],
      tool_choice: { type: 'custom', name: 'sql' },
      parallel_tool_calls: false,
    });
    assert.deepEqual(
      ask.tools.map(({ kind, name, strict }) => [kind, name, strict]),
      [
        ['function', 'look', undefined],
        ['function', 'exact', true],
        ['function', 'sql', undefined],
        ['hosted', 'web_search', undefined],
      ],
    );
    assert.deepEqual(ask.toolChoice, { kind: 'tool', name: 'sql' });
    const body = written(ask);
    assert.deepEqual(body['tool_choice'], { type: 'custom', name: 'sql' });
    assert.deepEqual(body['tools'], [
      { type: 'function', name: 'look', parameters: { type: 'object' }, strict: false },
      { type: 'function', name: 'exact', parameters: null, strict: true },
      { type: 'custom', name: 'sql', format: { type: 'text' } },
      { type: 'web_search', search_context_size: 'low' },
    ]);
    const allowed = { type: 'allowed_tools', mode: 'required', tools: [{ type: 'web_search' }] };
    const chosen = read({ input: 'x', tool_choice: allowed });
    assert.deepEqual(chosen.toolChoice, { kind: 'any' });
    assert.deepEqual(written(chosen)['tool_choice'], allowed);
  });

  it('and keep what has no word of ours for their own wire', () => {
    const own = {
      previous_response_id: 'resp_0',
      conversation: { id: 'conv_1' },
      metadata: { a: 'b' },
      service_tier: 'flex',
      truncation: 'auto',
      store: true,
      include: ['file_search_call.results'],
    };
    const ask = read({
      input: 'x',
      ...own,
      reasoning: { effort: 'low', summary: 'detailed' },
      text: { verbosity: 'low', format: { type: 'json_object' } },
    });
    assert.deepEqual(ask.reasoning, { effort: 'low', shown: true });
    const body = written(ask);
    for (const [key, value] of Object.entries(own)) assert.deepEqual(body[key], value);
    assert.deepEqual(body['reasoning'], { effort: 'low', summary: 'detailed' });
    assert.deepEqual(body['text'], { verbosity: 'low', format: { type: 'json_object' } });
  });

  it('and refuse wrong types by the path of the field', () => {
    const cases: readonly (readonly [{ readonly [key: string]: Json }, string])[] = [
      [{ model: 1 }, 'model'],
      [{ input: 5 }, 'input'],
      [{ input: ['x'] }, 'input[0]'],
      [{ input: [{ role: 'robot', content: '' }] }, 'input[0].role'],
      [{ input: [{ role: 'user', content: 7 }] }, 'input[0].content'],
      [{ input: [{ role: 'user', content: [{ text: 'x' }] }] }, 'input[0].content[0].type'],
      [{ input: [{ type: 'function_call', call_id: 'c' }] }, 'input[0].name'],
      [
        { input: [{ role: 'user', content: [{ type: 'input_image' }] }] },
        'input[0].content[0].image_url',
      ],
      [{ temperature: 'warm' }, 'temperature'],
      [{ max_output_tokens: -1 }, 'max_output_tokens'],
      [{ stream: 'yes' }, 'stream'],
      [{ tools: {} }, 'tools'],
      [{ tools: [{ type: 'function' }] }, 'tools[0].name'],
      [{ tool_choice: 'maybe' }, 'tool_choice'],
      [{ text: { format: { type: 'poem' } } }, 'text.format.type'],
      [{ text: { format: { type: 'json_schema' } } }, 'text.format.schema'],
      [{ stop: [1] }, 'stop'],
    ];
    for (const [body, param] of cases) {
      const result = responses.readAsk({ model: 'm', input: 'x', ...body });
      assert.equal(result.ok, false, param);
      assert.equal(!result.ok && result.refusal.param, param);
    }
    assert.equal(responses.readAsk([]).ok, false);
  });
});

describe('requests of the responses wire are written', () => {
  const ask: Ask = {
    model: 'm',
    stream: true,
    usageWanted: false,
    system: [],
    turns: [{ role: 'user', parts: [{ kind: 'text', text: 'Hi' }] }],
    tools: [],
  };

  it('without what the wire cannot say, by name', () => {
    const { dropped } = responses.writeAsk(
      {
        ...ask,
        topK: 3,
        seed: 1,
        stop: ['x'],
        answers: 2,
        frequencyPenalty: 1,
        reasoning: { tokensMax: 100 },
        format: { kind: 'grammar', grammar: 'root ::= "x"' },
        tools: [{ kind: 'hosted', name: 'search', extra: { anthropic: { type: 'search' } } }],
        extra: { anthropic: { container: 'c' } },
      },
      TO,
    );
    assert.deepEqual([...dropped].sort(), [
      ...['answers', 'anthropic.container', 'format.grammar', 'frequencyPenalty'],
      ...['reasoning.tokensMax', 'seed', 'stop', 'tools.hosted', 'topK'],
    ]);
  });

  it('leaving nothing with the provider, with sealed thoughts where it thinks', () => {
    assert.equal(written(ask)['store'], false);
    assert.equal(written(ask)['include'], undefined);
    const thinking = written({ ...ask, reasoning: { effort: 'high' } });
    assert.deepEqual(thinking['include'], ['reasoning.encrypted_content']);
    const not = written({ ...ask, reasoning: { effort: 'none' } });
    assert.equal(not['include'], undefined);
  });

  it('for a server that lacks fields', () => {
    const quirks = { lacks: ['store', 'top_p'], outputTokensDefault: 500 };
    const { body, dropped } = responses.writeAsk({ ...ask, topP: 0.5 }, { ...TO, quirks });
    const said = parseExact(body) as { readonly [key: string]: unknown };
    assert.equal('store' in said, false);
    assert.equal('top_p' in said, false);
    assert.equal(said['max_output_tokens'], 500);
    assert.deepEqual([...dropped], ['topP']);
  });

  it('with a grammar where the server has a place for it', () => {
    const format = { kind: 'regex', pattern: '^a+$' } as const;
    const quirks = { grammarField: 'structured_outputs' } as const;
    const { body } = responses.writeAsk({ ...ask, format }, { ...TO, quirks });
    const said = parseExact(body) as { readonly [key: string]: unknown };
    assert.deepEqual(said['structured_outputs'], { regex: '^a+$' });
  });
});
