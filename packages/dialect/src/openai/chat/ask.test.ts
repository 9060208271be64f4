// Requests, as callers write them and as servers want them.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Ask, Json, Part, Turn } from '../../canon/canon.ts';
import type { WriteQuirks } from '../../canon/codec.ts';
import { parseExact } from '../../canon/exact.ts';
import { completions } from './completion.ts';
import { openai } from './openai.ts';

const HELLO = [{ role: 'user', content: 'Hello' }];

function read(body: object): Ask {
  const read = openai.readAsk(parseExact(JSON.stringify({ model: 'm', messages: HELLO, ...body })));
  assert.ok(read.ok, read.ok ? '' : read.refusal.message);
  return read.value;
}

const bad = (body: Json): string | undefined => {
  const read = openai.readAsk(body);
  return read.ok ? undefined : read.refusal.param;
};

const ASK: Ask = {
  model: 'm',
  stream: false,
  usageWanted: false,
  system: [],
  turns: [{ role: 'user', parts: [{ kind: 'text', text: 'Hello' }] }],
  tools: [],
};

/** What a server gets, and what it does not. */
function written(ask: Partial<Ask>, quirks: WriteQuirks = {}, askUsage = false) {
  const { body, dropped } = openai.writeAsk({ ...ASK, ...ask }, { model: 'up', quirks, askUsage });
  return { body: JSON.parse(new TextDecoder().decode(body)), dropped: [...dropped].sort() };
}

const turns = (...list: readonly (readonly [Turn['role'], ...Part[]])[]): readonly Turn[] =>
  list.map(([role, ...parts]) => ({ role, parts }));
const text = (one: string): Part => ({ kind: 'text', text: one });
const call = (id: string): Part => ({ kind: 'call', id, name: 'look', arguments: '{}' });
const result = (id: string, ...parts: readonly Part[]): Part => ({ kind: 'result', id, parts });
const image: Part = {
  kind: 'media',
  medium: 'image',
  type: 'image/png',
  source: { kind: 'base64', data: 'AAAA' },
};

describe('a request that is read', () => {
  it('puts instructions above the conversation where they stand above it', () => {
    const { system, turns: read_ } = read({
      messages: [
        { role: 'system', content: 'Be kind.' },
        { role: 'developer', content: [{ type: 'text', text: 'Be brief.' }] },
        { role: 'user', content: 'Hello', name: 'ann' },
        { role: 'system', content: 'Be quick.' },
      ],
    });
    assert.deepEqual(system, [text('Be kind.'), text('Be brief.')]);
    assert.deepEqual(read_, [
      { role: 'user', parts: [text('Hello')], name: 'ann' },
      { role: 'system', parts: [text('Be quick.')] },
    ]);
  });

  it('makes one turn of the results of parallel calls', () => {
    const calls = ['a', 'b'].map((id) => ({
      id,
      type: 'function',
      function: { name: 'look', arguments: '{}' },
    }));
    const { turns: found } = read({
      messages: [
        ...HELLO,
        { role: 'assistant', content: null, tool_calls: calls },
        { role: 'tool', tool_call_id: 'a', content: 'one' },
        { role: 'tool', tool_call_id: 'b', content: [{ type: 'text', text: 'two' }] },
        { role: 'user', content: 'And?' },
      ],
    });
    assert.deepEqual(
      found.slice(1),
      turns(
        ['assistant', call('a'), call('b')],
        ['tool', result('a', text('one')), result('b', text('two'))],
        ['user', text('And?')],
      ),
    );
  });

  it('finds the call of a result without an id, by name or by order', () => {
    const { turns: found } = read({
      messages: [
        ...HELLO,
        { role: 'assistant', function_call: { name: 'look', arguments: { a: 1 } } },
        { role: 'function', name: 'look', content: 'one' },
      ],
    });
    const [, asked, answered] = found;
    const [made] = asked?.parts ?? [];
    const [given] = answered?.parts ?? [];
    assert.ok(made?.kind === 'call' && given?.kind === 'result');
    assert.deepEqual([made.arguments, made.id], ['{"a":1}', given.id]);
  });

  it('reads every kind of part', () => {
    const [turn] = read({
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Look', cache_control: { type: 'ephemeral' } },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA', detail: 'low' } },
            { type: 'image_url', image_url: 'https://a.example/b.png' },
            { type: 'input_audio', input_audio: { data: 'AAAA', format: 'mp3' } },
            { type: 'file', file: { file_id: 'file-1' } },
            {
              type: 'file',
              file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,AA==' },
            },
            { type: 'document_url', document_url: 'https://a.example/c.pdf' },
            { type: 'video_url', video_url: { url: 'https://a.example/d.mp4' } },
            { type: 'hologram', hologram: 1 },
          ],
        },
      ],
    }).turns;
    const media = { kind: 'media' } as const;
    const url = (end: string) => ({ kind: 'url', url: `https://a.example/${end}` }) as const;
    assert.deepEqual(turn?.parts, [
      { ...text('Look'), extra: { openai: { cache_control: { type: 'ephemeral' } } } },
      { ...image, extra: { openai: { image_url: { detail: 'low' } } } },
      { ...media, medium: 'image', source: url('b.png') },
      { ...media, medium: 'audio', type: 'audio/mpeg', source: { kind: 'base64', data: 'AAAA' } },
      { ...media, medium: 'file', source: { kind: 'id', id: 'file-1' } },
      {
        ...media,
        medium: 'file',
        type: 'application/pdf',
        source: { kind: 'base64', data: 'AA==' },
        name: 'a.pdf',
      },
      { ...media, medium: 'file', source: url('c.pdf') },
      { ...media, medium: 'video', source: url('d.mp4') },
      { kind: 'opaque', wire: 'openai', value: { type: 'hologram', hologram: 1 } },
    ]);
  });

  it('knows formats and efforts by all their names', () => {
    const schema = { type: 'object' };
    const format = (body: object) => read(body).format;
    const asked = { type: 'json_schema', json_schema: { name: 'n', schema, strict: true } };
    assert.deepEqual(format({ response_format: asked }), {
      kind: 'schema',
      schema,
      name: 'n',
      strict: true,
    });
    assert.deepEqual(format({ response_format: { type: 'json_object', schema } }), {
      kind: 'schema',
      schema,
    });
    assert.deepEqual(format({ guided_choice: ['a', 'b'] }), {
      kind: 'choice',
      choices: ['a', 'b'],
    });
    assert.deepEqual(format({ structured_outputs: { regex: 'a+' } }), {
      kind: 'regex',
      pattern: 'a+',
    });
    assert.deepEqual(format({ grammar: 'root ::= "a"' }), {
      kind: 'grammar',
      grammar: 'root ::= "a"',
    });
    const reasoning = (body: object) => read(body).reasoning;
    assert.deepEqual(reasoning({ reasoning_effort: 'low' }), { effort: 'low' });
    assert.deepEqual(reasoning({ reasoning: { max_tokens: 9, exclude: true } }), {
      tokensMax: 9,
      shown: false,
    });
    assert.deepEqual(reasoning({ thinking: { type: 'disabled' } }), { effort: 'none' });
    assert.deepEqual(read({ reasoning_effort: 'default' }).extra, {
      openai: { reasoning_effort: 'default' },
    });
  });

  it('keeps what it has no word for, and forgets nulls', () => {
    const more = { logit_bias: { 1: 2 }, store: true, metadata: null, temperature: null };
    const options = { stream_options: { include_usage: true, include_obfuscation: false } };
    const ask = read({ ...more, ...options, stream: true });
    assert.equal(ask.usageWanted, true);
    assert.deepEqual(ask.extra, {
      openai: { logit_bias: { 1: 2 }, store: true, stream_options: { include_obfuscation: false } },
    });
    assert.equal(read({ max_tokens: -1 }).outputTokensMax, undefined);
    assert.equal(read({ n: 1 }).answers, undefined);
    assert.deepEqual(read({ max_completion_tokens: 5, max_tokens: 9, n: 2 }).outputTokensMax, 5);
  });

  it('reads numbers beside one that no double holds', () => {
    const { temperature, tools } = read({
      temperature: 1e-7,
      tools: [{ type: 'function', function: { name: 'f', parameters: { const: 0 } } }],
    });
    assert.deepEqual([temperature, tools.length], [1e-7, 1]);
    const raw = parseExact(
      '{"model":"m","temperature":0.10,"messages":[{"role":"user","content":"x"}],' +
        '"id":12345678901234567890}',
    );
    const ask = openai.readAsk(raw);
    assert.equal(ask.ok && ask.value.temperature, 0.1);
  });

  it('names the first field of a wrong type', () => {
    const messages = (...list: readonly Json[]): Json => ({ model: 'm', messages: list });
    const part = (one: Json): Json => messages({ role: 'user', content: [one] });
    const cases: readonly (readonly [Json, string | undefined])[] = [
      [[], undefined],
      [{ messages: HELLO }, 'model'],
      [{ model: 'm' }, 'messages'],
      [{ model: 'm', messages: [] }, 'messages'],
      [{ model: 'm', messages: HELLO, temperature: 'hot' }, 'temperature'],
      [{ model: 'm', messages: HELLO, n: 1.5 }, 'n'],
      [{ model: 'm', messages: HELLO, stream: 'yes' }, 'stream'],
      [{ model: 'm', messages: HELLO, stop: [1] }, 'stop'],
      [{ model: 'm', messages: HELLO, logprobs: 3 }, 'logprobs'],
      [{ model: 'm', messages: HELLO, tool_choice: 'perhaps' }, 'tool_choice'],
      [{ model: 'm', messages: HELLO, tools: [{ type: 'function' }] }, 'tools[0].function'],
      [{ model: 'm', messages: HELLO, response_format: 'json' }, 'response_format'],
      [
        { model: 'm', messages: HELLO, stream_options: { include_usage: 1 } },
        'stream_options.include_usage',
      ],
      [messages('Hello'), 'messages[0]'],
      [messages({ role: 'ghost', content: '' }), 'messages[0].role'],
      [messages({ role: 'user', content: 5 }), 'messages[0].content'],
      [messages({ role: 'user', content: null }), 'messages[0].content'],
      [messages({ role: 'user', content: '', name: 5 }), 'messages[0].name'],
      [messages({ role: 'tool', content: 'x' }), 'messages[0].tool_call_id'],
      [
        messages({ role: 'assistant', tool_calls: [{ id: 'a' }] }),
        'messages[0].tool_calls[0].function',
      ],
      [part('Hello'), 'messages[0].content[0]'],
      [part({ text: 'x' }), 'messages[0].content[0].type'],
      [part({ type: 'text', text: 5 }), 'messages[0].content[0].text'],
      [part({ type: 'image_url', image_url: {} }), 'messages[0].content[0].image_url'],
      [part({ type: 'input_audio', input_audio: {} }), 'messages[0].content[0].input_audio.data'],
    ];
    for (const [body, param] of cases) {
      assert.equal(openai.readAsk(body).ok, false, JSON.stringify(body));
      assert.equal(bad(body), param);
    }
  });
});

describe('a request that is written', () => {
  it('says to the reference what it knows', () => {
    const { body, dropped } = written(
      {
        stream: true,
        usageWanted: true,
        system: [text('Be kind.')],
        outputTokensMax: 9,
        stop: ['#'],
        logprobs: 0,
        answers: 2,
        user: 'u',
      },
      {},
    );
    assert.deepEqual(dropped, []);
    assert.deepEqual(body, {
      model: 'up',
      messages: [{ role: 'system', content: 'Be kind.' }, ...HELLO],
      stream: true,
      stream_options: { include_usage: true },
      max_completion_tokens: 9,
      stop: ['#'],
      n: 2,
      user: 'u',
      logprobs: true,
    });
    assert.deepEqual(written({ stream: true }, {}, true).body.stream_options, {
      include_usage: true,
    });
    assert.equal(written({ stream: true }).body.stream_options, undefined);
  });

  it('obeys where a server wants the bound, and that it wants one', () => {
    assert.equal(
      written({ outputTokensMax: 9 }, { outputTokensField: 'max_tokens' }).body.max_tokens,
      9,
    );
    const quirks = { outputTokensField: 'max_tokens', outputTokensDefault: 64 } as const;
    assert.equal(written({}, quirks).body.max_tokens, 64);
    assert.equal(written({ outputTokensMax: 9 }, quirks).body.max_tokens, 9);
  });

  it('asks for structure in the field that the server has', () => {
    const schema = { type: 'object' };
    const format = { kind: 'schema', schema } as const;
    const by = (schemaField: NonNullable<WriteQuirks['schemaField']>) =>
      written({ format }, { schemaField });
    assert.deepEqual(by('response_format').body.response_format, {
      type: 'json_schema',
      json_schema: { name: 'answer', schema },
    });
    assert.deepEqual(by('structured_outputs').body.structured_outputs, { json: schema });
    assert.deepEqual(by('format').body.format, schema);
    assert.deepEqual(by('json_schema').body.json_schema, schema);
    assert.deepEqual(by('none').dropped, ['format']);
    const { tools, tool_choice: choice } = by('tool').body;
    assert.deepEqual(tools[0].function.parameters, schema);
    assert.equal(choice.function.name, tools[0].function.name);
    const own = { kind: 'function', name: 'look' } as const;
    const beside = written({ format, tools: [own] }, { schemaField: 'tool' }).body;
    assert.deepEqual([beside.tools.length, beside.tool_choice], [2, 'required']);
  });

  it('asks for a grammar in the field that the server has', () => {
    const by = (grammarField: NonNullable<WriteQuirks['grammarField']>, format: Ask['format']) =>
      written(format === undefined ? {} : { format }, { grammarField });
    const choices = { kind: 'choice', choices: ['yes', 'no "no"'] } as const;
    const regex = { kind: 'regex', pattern: 'a+' } as const;
    assert.equal(by('grammar', choices).body.grammar, 'root ::= "yes" | "no \\"no\\""');
    assert.deepEqual(by('structured_outputs', choices).body.structured_outputs, {
      choice: choices.choices,
    });
    assert.deepEqual(by('grammar', regex).dropped, ['format.regex']);
    assert.deepEqual(by('none', choices).dropped, ['format.choice']);
  });

  it('asks for effort in the field that the server has', () => {
    const by = (
      effortField: NonNullable<WriteQuirks['effortField']>,
      reasoning: Ask['reasoning'],
    ) => written(reasoning === undefined ? {} : { reasoning }, { effortField });
    const low = { effort: 'low' } as const;
    assert.equal(by('reasoning_effort', low).body.reasoning_effort, 'low');
    assert.deepEqual(by('reasoning', { ...low, shown: false }).body.reasoning, {
      effort: 'low',
      exclude: true,
    });
    assert.deepEqual(by('thinking', { tokensMax: 9 }).body.thinking, {
      type: 'enabled',
      budget_tokens: 9,
    });
    assert.deepEqual(by('thinking', { effort: 'none' }).body.thinking, { type: 'disabled' });
    assert.deepEqual(by('chat_template_kwargs', low).body.chat_template_kwargs, {
      enable_thinking: true,
    });
    assert.deepEqual(by('chat_template_kwargs', low).dropped, ['reasoning.effort']);
    assert.deepEqual(by('none', low).dropped, ['reasoning']);
    const budget = by('reasoning_effort', { tokensMax: 4_000 });
    assert.deepEqual(
      [budget.body.reasoning_effort, budget.dropped],
      ['medium', ['reasoning.tokensMax']],
    );
  });

  it('gives thoughts back as the server wants them', () => {
    const thought = { kind: 'thought', text: 'hm', signature: 's' } as const;
    const signed: Part = { kind: 'call', id: 'a', name: 'look', arguments: '{}', signature: 'g' };
    const by = (thoughtField: NonNullable<WriteQuirks['thoughtField']>) => {
      const { body, dropped } = written(
        { turns: turns(['assistant', thought, text('ok'), signed]) },
        { thoughtField },
      );
      return { message: body.messages[0], dropped };
    };
    const details = [{ type: 'reasoning.text', text: 'hm', signature: 's', index: 0 }];
    assert.equal(by('reasoning_content').message.reasoning_content, 'hm');
    assert.deepEqual(by('reasoning').message.reasoning_details, details);
    assert.equal(by('reasoning').message.reasoning, 'hm');
    assert.equal(by('reasoning').message.tool_calls[0].extra_content.google.thought_signature, 'g');
    assert.deepEqual(by('content_parts').message.content, [
      { type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] },
      { type: 'text', text: 'ok' },
    ]);
    assert.deepEqual(by('none').dropped, ['call.signature', 'part.thought']);
    assert.deepEqual(Object.keys(by('none').message), ['role', 'content', 'tool_calls']);
  });

  it('leaves out what the server lacks, and says so', () => {
    const lacks = ['top_k', 'n', 'name', 'strict', 'logprobs', 'stream_options', 'content_parts'];
    const { body, dropped } = written(
      {
        topK: 5,
        answers: 2,
        logprobs: 2,
        stream: true,
        usageWanted: true,
        turns: [{ role: 'user', parts: [text('a'), text('b')], name: 'ann' }],
        tools: [{ kind: 'function', name: 'look', strict: true }],
      },
      { lacks },
    );
    assert.deepEqual(dropped, ['answers', 'logprobs', 'tools.strict', 'topK', 'turn.name']);
    assert.deepEqual(body, {
      model: 'up',
      messages: [{ role: 'user', content: 'a\n\nb' }],
      stream: true,
      tools: [{ type: 'function', function: { name: 'look' } }],
    });
  });

  it('shows pictures in results after them, unless the server looks there', () => {
    const asked = {
      turns: turns(
        ['assistant', call('a'), call('b')],
        ['tool', result('a', image), result('b', text('two'))],
      ),
    };
    const roles = (quirks: WriteQuirks) =>
      written(asked, quirks).body.messages.map((one: { role: string }) => one.role);
    assert.deepEqual(roles({}), ['assistant', 'tool', 'tool', 'user']);
    assert.deepEqual(roles({ mediaInResults: true }), ['assistant', 'tool', 'tool']);
    assert.equal(written(asked).body.messages[3].content[0].type, 'image_url');
    assert.deepEqual(written(asked).dropped, []);
  });

  it('writes instructions under the role that the server knows', () => {
    const asked = { system: [text('a')], turns: turns(['user', text('b')], ['system', text('c')]) };
    const { messages } = written(asked, { systemRole: 'developer' }).body;
    assert.deepEqual(
      messages.map((one: { role: string }) => one.role),
      ['developer', 'user', 'developer'],
    );
  });

  it('renames ids that the server would refuse, alike in calls and results', () => {
    const ids = ['toolu_01ABC', 'aB3dE6gH9', 'call_x'];
    const asked = turns(['assistant', ...ids.map(call)], ['tool', ...ids.map((id) => result(id))]);
    const { messages } = written({ turns: asked }, { callIdShape: 'nine-alphanumeric' }).body;
    const [first, ...results] = messages;
    const renamed = first.tool_calls.map((one: { id: string }) => one.id);
    assert.ok(renamed.every((id: string) => /^[a-zA-Z0-9]{9}$/.test(id)));
    assert.equal(new Set(renamed).size, 3);
    assert.equal(renamed[1], 'aB3dE6gH9');
    assert.deepEqual(
      renamed,
      results.map((one: { tool_call_id: string }) => one.tool_call_id),
    );
    assert.equal(written({ turns: asked }).body.messages[0].tool_calls[0].id, 'toolu_01ABC');
  });

  it('names what another dialect said and this one cannot', () => {
    const { body, dropped } = written({
      extra: { anthropic: { metadata: {} }, openai: { store: false } },
      tools: [
        { kind: 'hosted', name: 'web_search', extra: { anthropic: { type: 'web_search' } } },
        { kind: 'hosted', name: 'browser', extra: { openai: { type: 'browser' } } },
      ],
      toolChoice: { kind: 'any' },
      turns: turns(['user', { kind: 'opaque', wire: 'gemini', value: {} }, text('Hello')]),
    });
    assert.deepEqual(dropped, ['anthropic.metadata', 'part.opaque', 'tools.hosted']);
    assert.deepEqual(
      [body.store, body.tools, body.tool_choice],
      [false, [{ type: 'browser' }], 'required'],
    );
    const failed: Part = { kind: 'result', id: 'a', parts: [], failed: true };
    assert.deepEqual(written({ turns: turns(['tool', failed]) }).dropped, ['result.failed']);
    const bare = written({ toolChoice: { kind: 'auto' }, parallelTools: false }).body;
    assert.deepEqual([bare.tool_choice, bare.parallel_tool_calls], [undefined, undefined]);
  });
});

describe('a request of the older completions', () => {
  it('is one turn of a user', () => {
    const asked = completions.readAsk({
      model: 'm',
      prompt: ['Once'],
      max_tokens: 5,
      logprobs: 2,
      n: 2,
    });
    assert.deepEqual(asked.ok && asked.value, {
      ...ASK,
      turns: turns(['user', text('Once')]),
      outputTokensMax: 5,
      logprobs: 2,
      answers: 2,
    });
  });

  it('is refused where a chat cannot answer it', () => {
    const param = (body: Json) => {
      const asked = completions.readAsk(body);
      return asked.ok ? undefined : asked.refusal.param;
    };
    assert.equal(param({ model: 'm' }), 'prompt');
    assert.equal(param({ model: 'm', prompt: ['a', 'b'] }), 'prompt');
    assert.equal(param({ model: 'm', prompt: [1, 2] }), 'prompt');
    assert.equal(param({ model: 'm', prompt: 'a', echo: true }), 'echo');
    assert.equal(param({ model: 'm', prompt: 'a', suffix: 'b' }), 'suffix');
  });
});
