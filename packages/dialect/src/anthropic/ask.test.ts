import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Ask, Json } from '../canon/canon.ts';
import type { WriteQuirks } from '../canon/codec.ts';
import { jsonOf } from './anthropic.fixture.ts';
import { anthropic } from './anthropic.ts';

const BASE = { model: 'm', max_tokens: 10, messages: [{ role: 'user', content: 'Hi' }] };
const EMPTY: Ask = {
  model: 'm',
  stream: false,
  usageWanted: true,
  system: [],
  turns: [{ role: 'user', parts: [{ kind: 'text', text: 'Hi' }] }],
  tools: [],
};

function read(body: Json): Ask {
  const reading = anthropic.readAsk(body);
  assert.ok(reading.ok);
  return reading.value;
}

function write(ask: Partial<Ask>, quirks: WriteQuirks = {}) {
  const { body, dropped } = anthropic.writeAsk(
    { ...EMPTY, ...ask },
    {
      model: 'm',
      quirks,
      askUsage: false,
    },
  );
  const value: unknown = JSON.parse(new TextDecoder().decode(body));
  const field = (name: string): unknown => Reflect.get(Object(value), name);
  return { value, field, dropped: [...dropped].sort() };
}

const refused = (body: Json): string | undefined => {
  const reading = anthropic.readAsk(body);
  return reading.ok ? undefined : reading.refusal.param;
};

describe('a request that is read', () => {
  it('has system, messages and settings in our words', () => {
    const ask = read({
      model: 'claude-x',
      max_tokens: 100,
      system: [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral' } }],
      messages: [
        { role: 'user', content: 'Tides?' },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'Moon', signature: 'c2ln' },
            { type: 'tool_use', id: 'toolu_1', name: 'tides', input: { at: 'Cuxhaven' } },
          ],
        },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 'toolu_1', content: '2', is_error: false },
            { type: 'text', text: 'And?' },
          ],
        },
      ],
      stream: true,
      temperature: 0.5,
      top_k: 5,
      stop_sequences: ['END'],
      metadata: { user_id: 'u-1' },
      service_tier: 'auto',
      tools: [
        { name: 'tides', description: 'When', input_schema: { type: 'object', required: ['at'] } },
        { type: 'web_search_20250305', name: 'web_search', max_uses: 2 },
      ],
      tool_choice: { type: 'auto', disable_parallel_tool_use: true },
      thinking: { type: 'enabled', budget_tokens: 2_000 },
      output_config: { format: { type: 'json_schema', schema: { type: 'object' } } },
    });
    const cached = { anthropic: { cache_control: { type: 'ephemeral' } } };
    assert.deepEqual(ask, {
      model: 'claude-x',
      stream: true,
      usageWanted: true,
      system: [{ kind: 'text', text: 'Be brief.', extra: cached }],
      turns: [
        { role: 'user', parts: [{ kind: 'text', text: 'Tides?' }] },
        {
          role: 'assistant',
          parts: [
            { kind: 'thought', text: 'Moon', signature: 'c2ln' },
            { kind: 'call', id: 'toolu_1', name: 'tides', arguments: '{"at":"Cuxhaven"}' },
          ],
        },
        {
          role: 'tool',
          parts: [
            { kind: 'result', id: 'toolu_1', parts: [{ kind: 'text', text: '2' }], failed: false },
          ],
        },
        { role: 'user', parts: [{ kind: 'text', text: 'And?' }] },
      ],
      tools: [
        {
          kind: 'function',
          name: 'tides',
          description: 'When',
          parameters: { type: 'object', required: ['at'] },
        },
        {
          kind: 'hosted',
          name: 'web_search',
          extra: {
            anthropic: { type: 'web_search_20250305', name: 'web_search', max_uses: 2 },
          },
        },
      ],
      toolChoice: { kind: 'auto' },
      parallelTools: false,
      outputTokensMax: 100,
      temperature: 0.5,
      topK: 5,
      stop: ['END'],
      reasoning: { tokensMax: 2_000, shown: true },
      format: { kind: 'schema', schema: { type: 'object' } },
      user: 'u-1',
      extra: { anthropic: { service_tier: 'auto' } },
    });
  });

  it('says every way of thinking', () => {
    const reasoning = (more: { readonly [key: string]: Json }) =>
      read({ ...BASE, ...more }).reasoning;
    assert.deepEqual(reasoning({}), undefined);
    assert.deepEqual(reasoning({ thinking: { type: 'disabled' } }), { effort: 'none' });
    assert.deepEqual(reasoning({ thinking: { type: 'adaptive' } }), { shown: true });
    const effort = { output_config: { effort: 'max' } };
    assert.deepEqual(reasoning(effort), { effort: 'max' });
    const hidden = { type: 'adaptive', display: 'omitted' };
    assert.deepEqual(reasoning({ ...effort, thinking: hidden }), { effort: 'max', shown: false });
  });

  it('gives back what only this wire has', () => {
    const content = [
      {
        type: 'image',
        source: { type: 'file', file_id: 'f1' },
        cache_control: { type: 'ephemeral' },
      },
      { type: 'document', source: { type: 'url', url: 'https://x.example/a.pdf' }, title: 'A' },
      { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'Words' } },
      { type: 'search_result', source: 's', title: 't', content: [{ type: 'text', text: 'w' }] },
      { type: 'container_upload', file_id: 'f2' },
    ];
    const said = [
      { type: 'redacted_thinking', data: 'c2VhbA' },
      { type: 'server_tool_use', id: 's1', name: 'web_search', input: {} },
      { type: 'web_search_tool_result', tool_use_id: 's1', content: [] },
      { type: 'text', text: 'So', citations: [{ type: 'char_location' }] },
    ];
    const body = {
      ...BASE,
      messages: [
        { role: 'user', content },
        { role: 'assistant', content: said, odd: 1 },
        { role: 'user', content: 'Go on' },
      ],
      thinking: { type: 'between_tools' },
      container: 'c1',
      mcp_servers: [{ type: 'url', url: 'https://x.example', name: 'x' }],
      tools: [{ type: 'mcp_toolset', mcp_server_name: 'x' }],
    };
    const { value, dropped } = write(read(body));
    assert.deepEqual(dropped, []);
    assert.deepEqual(value, body);
  });

  it('is text for others where a block is only text', () => {
    const content = [
      { type: 'document', source: { type: 'text', data: 'Words' }, title: 'T' },
      { type: 'search_result', source: 's', title: 't', content: [{ type: 'text', text: 'w' }] },
      {
        type: 'document',
        source: { type: 'content', content: [{ type: 'text', text: 'inner' }] },
      },
    ];
    const [turn] = read({ ...BASE, messages: [{ role: 'user', content }] }).turns;
    const texts = turn?.parts.map((part) => (part.kind === 'text' ? part.text : part.kind));
    assert.deepEqual(texts, ['T\nWords', 't\ns\nw', 'inner']);
  });

  it('is refused with the path of what is wrong', () => {
    const message = (content: Json): Json => ({ ...BASE, messages: [{ role: 'user', content }] });
    for (const [body, param] of [
      [[], undefined],
      [{ ...BASE, model: 3 }, 'model'],
      [{ model: 'm', max_tokens: 1 }, 'messages'],
      [{ ...BASE, max_tokens: 'many' }, 'max_tokens'],
      [{ ...BASE, max_tokens: -1 }, 'max_tokens'],
      [{ ...BASE, stream: 'yes' }, 'stream'],
      [{ ...BASE, stop_sequences: [1] }, 'stop_sequences.0'],
      [{ ...BASE, tools: [{ name: 1 }] }, 'tools.0.name'],
      [{ ...BASE, tool_choice: { type: 'all' } }, 'tool_choice.type'],
      [{ ...BASE, output_config: { format: { type: 'xml' } } }, 'output_config.format.type'],
      [{ ...BASE, metadata: { user_id: 1 } }, 'metadata.user_id'],
      [{ ...BASE, messages: [{ role: 'tool', content: '' }] }, 'messages.0.role'],
      [{ ...BASE, messages: [{ role: 'user' }] }, 'messages.0.content'],
      [message(1), 'messages.0.content'],
      [message([{ type: 'text' }]), 'messages.0.content.0.text'],
      [message([{ text: 'x' }]), 'messages.0.content.0.type'],
      [message([{ type: 'image', source: {} }]), 'messages.0.content.0.source.type'],
      [message([{ type: 'tool_result' }]), 'messages.0.content.0.tool_use_id'],
      [message([{ type: 'tool_use', id: 'a', name: 'b', input: 1 }]), 'messages.0.content.0.input'],
    ] as const) {
      assert.equal(refused(body), param, JSON.stringify(body));
      assert.equal(anthropic.readAsk(body).ok, false);
    }
  });
});

describe('a request that is written', () => {
  it('always has a bound: of the caller, of the server kind, or the usual one', () => {
    assert.equal(write({}).field('max_tokens'), 4_096);
    assert.equal(write({}, { outputTokensDefault: 9 }).field('max_tokens'), 9);
    assert.equal(write({ outputTokensMax: 7 }, { outputTokensDefault: 9 }).field('max_tokens'), 7);
  });

  it('takes turns, with the results of tools first', () => {
    const result = (id: string) => ({ kind: 'result' as const, id, parts: [] });
    const text = (one: string) => ({ kind: 'text' as const, text: one });
    const call = (id: string) => ({ kind: 'call' as const, id, name: 'f', arguments: '{}' });
    const { field } = write({
      turns: [
        { role: 'user', parts: [text('a')] },
        { role: 'user', parts: [text('b')] },
        { role: 'assistant', parts: [call('t1')] },
        { role: 'assistant', parts: [{ kind: 'thought', text: 'Hm', signature: 's' }, call('t2')] },
        { role: 'user', parts: [text('c')] },
        { role: 'tool', parts: [result('t1')] },
        { role: 'tool', parts: [result('t2')] },
      ],
    });
    assert.deepEqual(field('messages'), [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'a' },
          { type: 'text', text: 'b' },
        ],
      },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'Hm', signature: 's' },
          { type: 'tool_use', id: 't1', name: 'f', input: {} },
          { type: 'tool_use', id: 't2', name: 'f', input: {} },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 't1' },
          { type: 'tool_result', tool_use_id: 't2' },
          { type: 'text', text: 'c' },
        ],
      },
    ]);
  });

  it('has instructions above, wherever they stood', () => {
    const turn = { role: 'system', parts: [{ kind: 'text', text: 'New rule.' }] } as const;
    const system = [{ kind: 'text', text: 'Rule.' }] as const;
    const { field, dropped } = write({ system, turns: [...EMPTY.turns, turn] });
    assert.deepEqual(dropped, ['turn.system']);
    assert.deepEqual(field('system'), [
      { type: 'text', text: 'Rule.' },
      { type: 'text', text: 'New rule.' },
    ]);
    const between = write({ system, turns: [...EMPTY.turns, turn] }, { systemRole: 'system' });
    assert.equal(between.field('system'), 'Rule.');
    assert.deepEqual(Reflect.get(Object(between.field('messages')), 1), {
      role: 'system',
      content: 'New rule.',
    });
  });

  it('leaves out blank text beside other blocks, and empty turns', () => {
    const { field, dropped } = write({
      turns: [
        ...EMPTY.turns,
        {
          role: 'assistant',
          parts: [
            { kind: 'text', text: '\n\n' },
            { kind: 'call', id: 't1', name: 'f', arguments: '' },
          ],
        },
        { role: 'user', parts: [] },
      ],
    });
    assert.deepEqual(Reflect.get(Object(field('messages')), 1), {
      role: 'assistant',
      content: [{ type: 'tool_use', id: 't1', name: 'f', input: {} }],
    });
    assert.equal(Object(field('messages')).length, 2);
    assert.deepEqual(dropped, ['part.text.blank']);
  });

  it('gives calls ids in the letters of the wire, the same ones to their results', () => {
    const call = (id: string, json: string) =>
      ({ kind: 'call', id, name: 'f', arguments: json }) as const;
    const { field } = write({
      turns: [
        ...EMPTY.turns,
        { role: 'assistant', parts: [call('f:0', '{"a":1}'), call('f_0', '{"cut'), call('', '')] },
        { role: 'tool', parts: [{ kind: 'result', id: 'f_0', parts: [] }] },
      ],
    });
    const [, said, given] = Object(field('messages'));
    assert.deepEqual(said.content, [
      { type: 'tool_use', id: 'f_0', name: 'f', input: { a: 1 } },
      { type: 'tool_use', id: 'f_0_2', name: 'f', input: { INVALID_JSON: '{"cut' } },
      { type: 'tool_use', id: 'call', name: 'f', input: {} },
    ]);
    assert.equal(given.content[0].tool_use_id, 'f_0_2');
  });

  it('keeps digits that a double cannot hold', () => {
    const arguments_ = '{"id":12345678901234567890}';
    const { body } = anthropic.writeAsk(
      {
        ...EMPTY,
        turns: [
          ...EMPTY.turns,
          {
            role: 'assistant',
            parts: [{ kind: 'call', id: 't', name: 'f', arguments: arguments_ }],
          },
        ],
      },
      { model: 'm', quirks: {}, askUsage: false },
    );
    assert.ok(new TextDecoder().decode(body).includes(arguments_));
    assert.ok(anthropic.readAsk(jsonOf(body)).ok);
  });

  it('sends back only thoughts that are signed or sealed, unless the server takes all', () => {
    const turns: Ask['turns'] = [
      ...EMPTY.turns,
      {
        role: 'assistant',
        parts: [
          { kind: 'thought', text: 'Hm' },
          { kind: 'text', text: 'Yes' },
        ],
      },
    ];
    const reference = write({ turns });
    assert.deepEqual(reference.dropped, ['part.thought']);
    assert.deepEqual(Object(reference.field('messages'))[1].content, 'Yes');
    const lenient = write({ turns }, { thoughtField: 'content_parts' });
    assert.deepEqual(lenient.dropped, []);
    assert.deepEqual(Object(lenient.field('messages'))[1].content[0], {
      type: 'thinking',
      thinking: 'Hm',
      signature: '',
    });
  });

  it('knows images by their first bytes, and text files from others', () => {
    const file = (type: string, data: string) =>
      ({ kind: 'media', medium: 'file', type, source: { kind: 'base64', data } }) as const;
    const { field, dropped } = write({
      turns: [
        {
          role: 'user',
          parts: [
            { kind: 'media', medium: 'image', source: { kind: 'base64', data: '/9j/4AAQ' } },
            file('text/csv', 'YSxi'),
            file('application/zip', 'AAAA'),
            { kind: 'media', medium: 'audio', source: { kind: 'base64', data: 'AAAA' } },
          ],
        },
      ],
    });
    assert.deepEqual(Object(field('messages'))[0].content, [
      { type: 'image', source: { type: 'base64', media_type: 'image/jpeg', data: '/9j/4AAQ' } },
      { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'a,b' } },
    ]);
    assert.deepEqual(dropped, ['part.audio', 'part.file']);
  });

  it('names what the wire cannot say', () => {
    const { dropped } = write({
      minP: 0.1,
      seed: 1,
      logprobs: 0,
      answers: 2,
      frequencyPenalty: 1,
      presencePenalty: 0,
      stop: ['\n\n', 'END'],
      temperature: 2,
      topP: 0.5,
      format: { kind: 'json' },
      tools: [{ kind: 'hosted', name: 'code', extra: { openai: { type: 'code' } } }],
      toolChoice: { kind: 'any' },
      extra: { openai: { store: false } },
    });
    assert.deepEqual(dropped, [
      ...['answers', 'format.json', 'frequencyPenalty', 'logprobs', 'minP', 'openai.store'],
      ...['seed', 'stop', 'temperature', 'toolChoice', 'tools.hosted', 'topP'],
    ]);
  });

  it('leaves out what the server lacks', () => {
    const cached = { anthropic: { cache_control: { type: 'ephemeral' } } };
    const { value, dropped } = write(
      { topK: 3, system: [{ kind: 'text', text: 'Rule.', extra: cached }] },
      { lacks: ['top_k', 'cache_control', 'thinking'] },
    );
    assert.deepEqual(value, {
      model: 'm',
      max_tokens: 4_096,
      system: 'Rule.',
      messages: BASE.messages,
    });
    assert.deepEqual(dropped, ['anthropic.cache_control', 'topK']);
  });
});

describe('thinking that is asked for', () => {
  const effort = { reasoning: { effort: 'high' } } as const;

  it('is by effort, and by a budget where the server wants one', () => {
    const reference = write(effort);
    assert.deepEqual(reference.field('thinking'), { type: 'adaptive' });
    assert.deepEqual(reference.field('output_config'), { effort: 'high' });
    const budget = write(effort, { effortField: 'thinking' });
    assert.deepEqual(budget.field('thinking'), { type: 'enabled', budget_tokens: 16_384 });
    assert.equal(budget.field('max_tokens'), 4_096 + 16_384);
    assert.deepEqual(write(effort, { effortField: 'none' }).dropped, ['reasoning']);
    assert.deepEqual(write({ reasoning: { effort: 'minimal' } }).dropped, ['reasoning.effort']);
  });

  it('has a budget below the bound of the answer, and at least what the wire wants', () => {
    const budget = (tokensMax: number, outputTokensMax: number) => {
      const { field, dropped } = write({ reasoning: { tokensMax }, outputTokensMax });
      return [Object(field('thinking')).budget_tokens, dropped];
    };
    assert.deepEqual(budget(2_000, 3_000), [2_000, []]);
    assert.deepEqual(budget(2_000, 1_500), [1_499, ['reasoning.tokensMax']]);
    assert.deepEqual(budget(100, 3_000), [1_024, ['reasoning.tokensMax']]);
    assert.deepEqual(budget(2_000, 1_000), [undefined, ['reasoning.tokensMax']]);
  });

  it('gives way to a forced tool, and ways of sampling give way to it', () => {
    const tools = [{ kind: 'function', name: 'f' }] as const;
    const forced = write({ ...effort, tools, toolChoice: { kind: 'any' } });
    assert.deepEqual(forced.dropped, ['reasoning']);
    assert.equal(forced.field('thinking'), undefined);
    const sampled = write({ ...effort, temperature: 0.3, topP: 0.5, topK: 4 });
    assert.deepEqual(sampled.dropped, ['temperature', 'topK', 'topP']);
    assert.equal(sampled.field('temperature'), undefined);
  });
});
