import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Ask, Json, JsonObject, Media, Part } from '../canon/canon.ts';
import type { WriteQuirks } from '../canon/codec.ts';
import { textOf } from './gemini.fixture.ts';
import { gemini } from './gemini.ts';

const PATH = { model: 'm', stream: false };
const user = (...parts: Json[]): Json => ({ role: 'user', parts });
const model = (...parts: Json[]): Json => ({ role: 'model', parts });
const call = (name: string, more: JsonObject = {}): Json => ({
  functionCall: { name, args: {}, ...more },
});
const response = (name: string, more: JsonObject = {}): Json => ({
  functionResponse: { name, response: { output: name }, ...more },
});

function read(body: JsonObject): Ask {
  const ask = gemini.readAsk({ ...PATH, contents: [], ...body });
  assert.ok(ask.ok, JSON.stringify(ask));
  return ask.value;
}

function write(ask: Partial<Ask>, name = 'm', quirks: WriteQuirks = {}) {
  const whole: Ask = {
    ...{ model: 'm', stream: false, usageWanted: true, system: [], tools: [] },
    turns: [{ role: 'user', parts: [{ kind: 'text', text: 'a' }] }],
    ...ask,
  };
  const { body, dropped } = gemini.writeAsk(whole, { model: name, quirks, askUsage: false });
  return { body: JSON.parse(textOf(body)), dropped: [...dropped] };
}

const idsOf = (contents: Json): string[] =>
  read({ contents })
    .turns.flatMap(({ parts }) => parts)
    .flatMap((part) => (part.kind === 'call' || part.kind === 'result' ? [part.id] : []));

describe('a request of a caller', () => {
  it('may be written in either spelling, with objects for lists of one', () => {
    const camel = {
      systemInstruction: { parts: [{ text: 'Be brief.' }] },
      contents: [user({ inlineData: { mimeType: 'image/png', data: 'AA==' } })],
      tools: [{ functionDeclarations: [{ name: 'f', parameters: { type: 'OBJECT' } }] }],
      toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['f'] } },
      generationConfig: {
        maxOutputTokens: 9,
        stopSequences: ['x'],
        thinkingConfig: { thinkingBudget: 0 },
      },
    };
    const snake = {
      system_instruction: { parts: { text: 'Be brief.' } },
      contents: { parts: { inline_data: { mime_type: 'image/png', data: 'AA==' } } },
      tools: { function_declarations: { name: 'f', parameters: { type: 'object' } } },
      tool_config: { function_calling_config: { mode: 'any', allowed_function_names: ['f'] } },
      generation_config: {
        max_output_tokens: '9',
        stop_sequences: ['x'],
        thinking_config: { thinking_budget: 0 },
      },
    };
    assert.deepEqual(read(snake), read(camel));
    assert.deepEqual(read(camel).toolChoice, { kind: 'tool', name: 'f' });
    assert.equal(read(camel).reasoning?.effort, 'none');
  });

  it('is refused with the path of what is wrong', () => {
    const wrong: readonly (readonly [JsonObject, string])[] = [
      [{ contents: 'a' }, 'contents'],
      [{ contents: [{ role: 'robot', parts: [] }] }, 'contents[0].role'],
      [{ contents: [user({ text: 1 })] }, 'contents[0].parts[0].text'],
      [{ contents: [7] }, 'contents[0]'],
      [{ contents: [user(7)] }, 'contents[0].parts[0]'],
      [{ tools: [1] }, 'tools[0]'],
      [{ tools: [{ functionDeclarations: [{}] }] }, 'tools[0].functionDeclarations[0].name'],
      [{ generationConfig: { seed: 1.5 } }, 'generationConfig.seed'],
      [{ generationConfig: { temperature: 'hot' } }, 'generationConfig.temperature'],
      [{ generationConfig: { stopSequences: [1] } }, 'generationConfig.stopSequences[0]'],
      [{ model: 1 }, 'model'],
    ];
    for (const [body, param] of wrong) {
      const ask = gemini.readAsk({ ...PATH, contents: [], ...body });
      assert.ok(!ask.ok, param);
      assert.equal(ask.refusal.param, param);
      assert.match(ask.refusal.message, /\.$/);
    }
    const none = gemini.readAsk(PATH);
    assert.equal(!none.ok && none.refusal.param, 'contents');
    assert.equal(gemini.readAsk('x').ok, false);
  });

  it('gives ids by position to calls, and to their responses by name and order', () => {
    const contents = [
      user({ text: 'a' }),
      model(call('f'), call('g'), call('f')),
      user(response('g'), response('f'), response('f')),
      model(call('f')),
      { role: 'function', parts: [response('f')] },
    ];
    const calls = ['call_1_0', 'call_1_1', 'call_1_2'];
    assert.deepEqual(idsOf(contents), [
      ...calls,
      ...['call_1_1', 'call_1_0', 'call_1_2'],
      ...['call_3_0', 'call_3_0'],
    ]);
    // More turns change no earlier id.
    assert.deepEqual(idsOf(contents.slice(0, 3)).slice(0, 3), calls);
  });

  it('keeps ids, and gives a response without a call one of its own', () => {
    const contents = [
      model(call('f', { id: 'a' }), call('f', { id: 'b' })),
      user(response('f', { id: 'b' }), response('f'), response('other')),
    ];
    assert.deepEqual(idsOf(contents), ['a', 'b', 'b', 'a', 'call_1_0']);
  });

  it('reads results as the tool gave them', () => {
    const of = (given: Json) => {
      const contents = [user({ functionResponse: { name: 'f', response: given } })];
      const [part] = read({ contents }).turns[0]?.parts ?? [];
      assert.ok(part?.kind === 'result');
      const [text] = part.parts;
      return [text?.kind === 'text' ? text.text : undefined, part.failed];
    };
    assert.deepEqual(of({ output: 'sunny' }), ['sunny', undefined]);
    assert.deepEqual(of({ output: { t: 1 } }), ['{"t":1}', undefined]);
    assert.deepEqual(of({ error: 'no' }), ['no', true]);
    assert.deepEqual(of({ result: 'sunny' }), ['{"result":"sunny"}', undefined]);
  });

  it('keeps what has no word of ours for its own dialect', () => {
    const body = {
      contents: [user({ text: 'a' })],
      safetySettings: [{ category: 'X', threshold: 'OFF' }],
      cachedContent: 'cachedContents/1',
      tools: [{ googleSearch: {}, codeExecution: {} }, { urlContext: {} }],
      toolConfig: {
        functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['f', 'g'] },
        retrievalConfig: { languageCode: 'de' },
      },
      generationConfig: {
        responseModalities: ['IMAGE'],
        thinkingConfig: { thinkingBudget: -1, includeThoughts: true },
      },
    };
    const ask = read(body);
    assert.deepEqual(ask.toolChoice, { kind: 'any' });
    assert.ok(ask.tools.every(({ kind }) => kind === 'hosted'));
    const written = write(ask);
    assert.deepEqual(written.dropped, []);
    assert.deepEqual(written.body, {
      ...body,
      tools: [{ googleSearch: {} }, { codeExecution: {} }, { urlContext: {} }],
    });
  });

  it('joins what clients keep of streams: contents and parts for each chunk', () => {
    const thought = (text: string, more = {}): Json => ({ text, thought: true, ...more });
    const sign = { thoughtSignature: 'YQ==' };
    const contents = [
      model(thought('Let me ')),
      model(thought('see.'), thought('', sign)),
      model({ text: 'It ' }),
      model({ text: 'is.' }, { text: '', ...sign }),
      model(call('f', { id: 'a' })),
      model({ text: '' }),
      user(response('f')),
    ];
    const [turn, results] = read({ contents }).turns;
    assert.deepEqual(turn, {
      role: 'assistant',
      parts: [
        { kind: 'thought', text: 'Let me see.', signature: 'YQ==' },
        { kind: 'text', text: 'It is.' },
        { kind: 'thought', text: '', signature: 'YQ==' },
        { kind: 'call', id: 'a', name: 'f', arguments: '{}' },
      ],
    });
    assert.equal(results?.role, 'tool');
  });

  it('tells a sealed thought from the signature of one that is shown', () => {
    const sealed = { kind: 'thought', text: '', sealed: 'YQ==' };
    const shown = { kind: 'thought', text: 'a', signature: 'Yg==' };
    const parts: Json[] = [
      { text: 'a', thought: true, thoughtSignature: 'Yg==' },
      { text: '', thought: true, thoughtSignature: 'YQ==' },
    ];
    assert.deepEqual(read({ contents: [model(...parts)] }).turns[0]?.parts, [shown, sealed]);
    const bare = [
      { text: 'b', thought: true },
      { thought: true, thoughtSignature: 'YQ==' },
    ];
    assert.deepEqual(read({ contents: [model(...bare)] }).turns[0]?.parts, [
      { kind: 'thought', text: 'b' },
      sealed,
    ]);
  });

  it('drops the empty texts that streams leave in histories', () => {
    const contents = [model({ text: 'a' }, { text: '' }), user({ text: '' })];
    assert.deepEqual(
      read({ contents }).turns.map(({ parts }) => parts),
      [[{ kind: 'text', text: 'a' }], [{ kind: 'text', text: '' }]],
    );
  });
});

describe('a request for an upstream', () => {
  it('has instructions apart, also those that began the conversation', () => {
    const text = (one: string) => ({ kind: 'text', text: one }) as const;
    const { body, dropped } = write({
      system: [text('a')],
      turns: [
        { role: 'system', parts: [text('b')] },
        { role: 'user', parts: [text('c')] },
        { role: 'system', parts: [text('d')] },
      ],
    });
    assert.deepEqual(body, {
      systemInstruction: { parts: [{ text: 'a' }, { text: 'b' }] },
      contents: [user({ text: 'c' }), user({ text: 'd' })],
    });
    assert.deepEqual(dropped, ['turn.system']);
    assert.deepEqual(write({ system: [text('a')], turns: [] }).body, {
      contents: [user({ text: 'a' })],
    });
  });

  it('has the results of one turn together, in the order of their calls', () => {
    const result = (id: string): Part => ({
      kind: 'result',
      id,
      parts: [{ kind: 'text', text: id }],
    });
    const made = (id: string): Part => ({ kind: 'call', id, name: `f${id}`, arguments: '' });
    const { body } = write({
      turns: [
        { role: 'assistant', parts: [made('1'), made('2')] },
        { role: 'tool', parts: [result('2')] },
        { role: 'tool', parts: [result('1')] },
      ],
    });
    assert.deepEqual(body.contents, [
      model(call('f1', { id: '1' }), call('f2', { id: '2' })),
      user(
        response('f1', { id: '1', response: { output: '1' } }),
        response('f2', { id: '2', response: { output: '2' } }),
      ),
    ]);
  });

  it('has no ids for servers that know none', () => {
    const turns = read({ contents: [model(call('f', { id: 'a' })), user(response('f'))] }).turns;
    const { body } = write({ turns }, 'm', { lacks: ['functionCall.id'] });
    assert.deepEqual(body.contents, [model(call('f')), user(response('f'))]);
  });

  it('puts media of a result beside it, or into it where the server takes that', () => {
    const image = { inlineData: { mimeType: 'image/png', data: 'AA==' } };
    const contents = [model(call('f')), user(response('f', { parts: [image] }))];
    const { turns } = read({ contents });
    const given = { id: 'call_0_0' };
    assert.deepEqual(write({ turns }).body.contents[1], user(response('f', given), image));
    const inside = write({ turns }, 'm', { mediaInResults: true }).body.contents[1];
    assert.deepEqual(inside, user(response('f', { ...given, parts: [image] })));
  });

  it('signs the first call of a step for models that demand it, and reads no such mark', () => {
    const { turns } = read({ contents: [model(call('f'), call('g')), user(response('f'))] });
    const of = (name: string) => write({ turns }, name).body.contents[0].parts;
    const [first, second] = of('gemini-3-pro');
    assert.equal(first.thoughtSignature, 'skip_thought_signature_validator');
    assert.equal(second.thoughtSignature, undefined);
    assert.equal(of('gemini-2.5-pro')[0].thoughtSignature, undefined);
    const again = read({ contents: [model(...of('gemini-3-pro')), user(response('f'))] });
    assert.deepEqual(again.turns[0], turns[0]);
  });

  it('tells older models how much to think and newer ones how well', () => {
    const of = (name: string, reasoning: NonNullable<Ask['reasoning']>) => {
      const { body, dropped } = write({ reasoning }, name);
      return [body.generationConfig?.thinkingConfig, ...dropped];
    };
    assert.deepEqual(of('gemini-2.5-flash', { effort: 'low' }), [{ thinkingBudget: 1_024 }]);
    assert.deepEqual(of('models/gemini-2.5-flash', { effort: 'none' }), [{ thinkingBudget: 0 }]);
    assert.deepEqual(of('gemini-3-pro', { effort: 'low', shown: true }), [
      { thinkingLevel: 'low', includeThoughts: true },
    ]);
    assert.deepEqual(of('gemini-3-pro', { tokensMax: 99 }), [{ thinkingBudget: 99 }]);
    assert.deepEqual(of('gemini-3-pro', { effort: 'max', tokensMax: 9 }), [
      { thinkingLevel: 'high' },
      ...['reasoning.tokensMax', 'reasoning.effort'],
    ]);
  });

  it('gives no shape beside functions to models that refuse both', () => {
    const ask: Partial<Ask> = {
      tools: [{ kind: 'function', name: 'f' }],
      format: { kind: 'json' },
    };
    assert.deepEqual(write(ask, 'gemini-2.5-pro').dropped, ['format']);
    assert.deepEqual(write(ask, 'gemini-3-pro').dropped, []);
  });

  it('names what it cannot carry', () => {
    const { dropped } = write(
      {
        ...{ minP: 0.1, user: 'u', parallelTools: false, seed: 2 ** 40, topK: 3 },
        stop: ['1', '2', '3', '4', '5', '6'],
        tools: [{ kind: 'hosted', name: 'x', extra: { openai: {} } }],
        format: { kind: 'grammar', grammar: 'root ::= "a"' },
        extra: { openai: { service_tier: 'flex' } },
        turns: [
          {
            role: 'user',
            name: 'Ann',
            parts: [
              { kind: 'text', text: 'a' },
              { kind: 'media', medium: 'file', source: { kind: 'id', id: 'file-1' } },
              { kind: 'opaque', wire: 'anthropic', value: {} },
            ],
          },
        ],
      },
      'm',
      { lacks: ['topK'] },
    );
    assert.deepEqual(dropped.sort(), [
      ...['format.grammar', 'minP', 'openai.service_tier', 'parallelTools', 'part.file'],
      ...['part.opaque', 'seed', 'stop', 'tools.hosted', 'topK', 'turn.name', 'user'],
    ]);
  });

  it('has arguments that were cut off in a member that no tool has', () => {
    const turns: Ask['turns'] = [
      {
        role: 'assistant',
        parts: [{ kind: 'call', id: 'a', name: 'f', arguments: '{"x": "y' }],
      },
    ];
    const { body } = write({ turns });
    const [part] = body.contents[0].parts;
    assert.deepEqual(part.functionCall.args, { $arguments: '{"x": "y' });
    assert.deepEqual(read(body).turns, turns);
  });

  it('names where a medium is, and its type where the address tells it', () => {
    const media = (source: Media['source']): Ask['turns'] => [
      { role: 'user', parts: [{ kind: 'media', medium: 'image', source }] },
    ];
    const of = (source: Media['source']) =>
      write({ turns: media(source) }).body.contents[0].parts[0];
    assert.deepEqual(of({ kind: 'url', url: 'https://a.example/b.JPG?x=1' }), {
      fileData: { mimeType: 'image/jpeg', fileUri: 'https://a.example/b.JPG?x=1' },
    });
    assert.deepEqual(of({ kind: 'url', url: 'data:image/gif;base64,AA==' }), {
      inlineData: { mimeType: 'image/gif', data: 'AA==' },
    });
    assert.deepEqual(of({ kind: 'id', id: 'gs://b/c' }), { fileData: { fileUri: 'gs://b/c' } });
  });
});
