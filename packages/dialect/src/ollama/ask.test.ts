import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { asks } from '../canon/arbitrary-ask.fixture.ts';
import type { Ask, Json, Part } from '../canon/canon.ts';
import type { WriteQuirks } from '../canon/codec.ts';
import { parseExact } from '../canon/exact.ts';
import { bytesOf, textOf } from './ollama.fixture.ts';
import { ollama } from './ollama.ts';

fc.configureGlobal({ seed: 4141 });

function readOf(body: Json): Ask {
  const read = ollama.readAsk(parseExact(bytesOf(JSON.stringify(body))));
  assert.ok(read.ok, JSON.stringify(read));
  return read.value;
}
const wrongOf = (body: Json): string | undefined => {
  const read = ollama.readAsk(body);
  return read.ok ? 'nothing' : read.refusal.param;
};
function written(ask: Ask, quirks: WriteQuirks = {}) {
  const { body, dropped } = ollama.writeAsk(ask, { model: ask.model, quirks, askUsage: true });
  return { body: JSON.parse(textOf(body)), text: textOf(body), dropped: [...dropped].sort() };
}
const ASK: Ask = {
  model: 'm',
  stream: true,
  usageWanted: true,
  system: [],
  turns: [{ role: 'user', parts: [{ kind: 'text', text: 'hi' }] }],
  tools: [],
};
const asked = (more: Partial<Ask>, quirks: WriteQuirks = {}) =>
  written({ ...ASK, ...more }, quirks);
const saying = (...parts: readonly Part[]): Partial<Ask> => ({ turns: [{ role: 'user', parts }] });
const user = (content: string): Json => ({ role: 'user', content });

describe('what this dialect can carry', () => {
  it('is asked for again in the same words', () => {
    const carried = asks({
      fields: [
        ...(['tools', 'outputTokensMax', 'temperature', 'topP', 'topK', 'minP', 'seed'] as const),
        ...(['stop', 'frequencyPenalty', 'presencePenalty', 'logprobs', 'format'] as const),
        'reasoning',
      ],
      formats: ['json', 'schema'],
      schemaNamed: false,
      reasoning: fc.constantFrom(
        { effort: 'none' as const },
        { shown: true },
        ...(['low', 'medium', 'high'] as const).map((effort) => ({ effort, shown: true })),
      ),
      resultNames: true,
      systemTurns: true,
      usageWanted: true,
      assistant: {
        parts: ['thought', 'sealed', 'text', 'call'],
        grouped: true,
        single: ['text'],
        thoughtSignature: 'some',
        callSignature: 'some',
        arguments: 'object',
      },
    });
    const run = (ask: Ask): void => {
      const described = ask.tools.map((tool) => ({
        ...tool,
        parameters: tool.parameters ?? { type: 'object', properties: {} },
      }));
      const { text, dropped } = written(ask);
      const read = ollama.readAsk(parseExact(text));
      assert.deepEqual(read, { ok: true, value: { ...ask, tools: described } });
      assert.deepEqual(dropped, []);
    };
    fc.assert(fc.property(carried, run), { numRuns: 300 });
  });

  it('keeps what only this dialect has words for', () => {
    const body = {
      model: 'm',
      messages: [user('hi')],
      keep_alive: '5m',
      truncate: true,
      options: { num_ctx: 8192, num_predict: -1, repeat_penalty: 1.1, stop: 'x' },
      tools: [{ type: 'function', items: [], function: { name: 'a', kind: 'b', parameters: {} } }],
    };
    const { body: again, dropped } = written(readOf(body));
    assert.deepEqual(again, { ...body, stream: true, options: { ...body.options, stop: ['x'] } });
    assert.deepEqual(dropped, []);
  });
});

describe('a prompt that does not fit', () => {
  it('is to be refused, not cut, where the caller speaks another dialect', () => {
    assert.equal(asked({}).body.truncate, false);
    const { extra } = readOf({ model: 'm', messages: [user('hi')], truncate: false });
    assert.equal(extra, undefined);
  });
});

describe('a request of a caller', () => {
  it('is a stream unless it says otherwise, and always tells usage', () => {
    assert.equal(readOf({ model: 'm', messages: [] }).stream, true);
    assert.equal(readOf({ model: 'm', messages: [], stream: null }).stream, true);
    assert.equal(readOf({ model: 'm', messages: [], stream: false }).stream, false);
    assert.equal(readOf({ model: 'm' }).usageWanted, true);
  });

  it('may say nothing with empty texts, as older clients do', () => {
    const empty = { format: '', options: {}, keep_alive: null, tools: [], template: '' };
    const { usageWanted: _, ...ask } = readOf({ model: 'm', messages: [user('hi')], ...empty });
    assert.deepEqual(ask, {
      model: 'm',
      stream: true,
      system: [],
      turns: [{ role: 'user', parts: [{ kind: 'text', text: 'hi' }] }],
      tools: [],
    });
  });

  it('names calls without ids by their place, and finds the call that a result answers', () => {
    const call = (name: string): Json => ({ function: { name, arguments: { n: name } } });
    const { turns } = readOf({
      model: 'm',
      messages: [
        user('go'),
        { role: 'assistant', content: '', tool_calls: [call('a'), call('b'), call('b')] },
        { role: 'tool', tool_name: 'b', content: 'second' },
        { role: 'tool', content: 'first' },
        { role: 'tool', tool_name: 'b', content: 'third' },
      ],
    });
    const [, answered, results] = turns;
    assert.deepEqual(
      answered?.parts.map((part) => part.kind === 'call' && [part.id, part.arguments]),
      [
        ['call_1_0', '{"n":"a"}'],
        ['call_1_1', '{"n":"b"}'],
        ['call_1_2', '{"n":"b"}'],
      ],
    );
    assert.equal(turns.length, 3);
    assert.deepEqual(
      results?.parts.map((part) => part.kind === 'result' && part.id),
      ['call_1_1', 'call_1_0', 'call_1_2'],
    );
  });

  it('takes images as base64 or as data addresses, and knows their types', () => {
    const images = ['iVBORw0KGgoAA', '/9j/4AAQ', 'data:image/webp;base64,UklGRgAA', 'AAAA'];
    const { turns } = readOf({
      model: 'm',
      messages: [{ role: 'User', content: 'what?', images }],
    });
    const parts = turns[0]?.parts ?? [];
    assert.deepEqual(
      parts.map((part) => (part.kind === 'media' ? part.type : part.kind)),
      ['image/png', 'image/jpeg', 'image/webp', undefined, 'text'],
    );
    const webp = parts[2];
    assert.ok(webp?.kind === 'media');
    assert.deepEqual(webp.source, { kind: 'base64', data: 'UklGRgAA' });
  });

  it('is refused at the field that has the wrong type', () => {
    const messages = [user('hi')];
    const wrong: readonly (readonly [Json, string])[] = [
      [[], 'body'],
      [{ messages }, 'model'],
      [{ model: '', messages }, 'model'],
      [{ model: 'm', messages: 'hi' }, 'messages'],
      [{ model: 'm', messages: ['hi'] }, 'messages[0]'],
      [{ model: 'm', messages: [{ content: 'hi' }] }, 'messages[0].role'],
      [{ model: 'm', messages: [{ role: 'robot', content: '' }] }, 'messages[0].role'],
      [{ model: 'm', messages: [{ role: 'user', content: [] }] }, 'messages[0].content'],
      [{ model: 'm', messages: [{ role: 'user', images: [1] }] }, 'messages[0].images[0]'],
      [{ model: 'm', stream: 'yes' }, 'stream'],
      [{ model: 'm', format: 'xml' }, 'format'],
      [{ model: 'm', think: 3 }, 'think'],
      [{ model: 'm', options: [] }, 'options'],
      [{ model: 'm', options: { temperature: 'hot' } }, 'options.temperature'],
      [{ model: 'm', options: { stop: [1] } }, 'options.stop[0]'],
      [{ model: 'm', tools: [{ type: 'function' }] }, 'tools[0].function.name'],
      [
        { model: 'm', messages: [{ role: 'assistant', tool_calls: [{ function: {} }] }] },
        'messages[0].tool_calls[0].function.name',
      ],
    ];
    for (const [body, param] of wrong) assert.equal(wrongOf(body), param);
  });

  it('keeps a seed with more digits than a number has', () => {
    const read = ollama.readAsk(
      parseExact('{"model":"m","options":{"seed":12345678901234567890}}'),
    );
    assert.ok(read.ok);
    assert.equal(read.value.seed, undefined);
    assert.ok(written(read.value).text.includes('"seed":12345678901234567890'));
  });
});

describe('a request for an upstream', () => {
  const image: Part = {
    kind: 'media',
    medium: 'image',
    source: { kind: 'base64', data: 'iVBORw0KGgo' },
  };
  const text = (said: string): Part => ({ kind: 'text', text: said });

  it('has one message of instructions, and messages in the order of texts and images', () => {
    const parts = [text('left:'), image, text('right:'), image];
    const { body } = asked({ system: [text('Be brief.'), text('Be kind.')], ...saying(...parts) });
    assert.deepEqual(body.messages, [
      { role: 'system', content: 'Be brief.\n\nBe kind.' },
      { role: 'user', content: 'left:', images: ['iVBORw0KGgo'] },
      { role: 'user', content: 'right:', images: ['iVBORw0KGgo'] },
    ]);
  });

  it('has results as messages of their own, with the name of their tool', () => {
    const { body, dropped } = asked({
      turns: [
        { role: 'assistant', parts: [{ kind: 'call', id: 'c1', name: 'look', arguments: '' }] },
        {
          role: 'user',
          parts: [
            { kind: 'result', id: 'c1', parts: [text('two'), image, text('cats')], failed: true },
            text('and now?'),
          ],
        },
      ],
    });
    assert.deepEqual(body.messages.slice(1), [
      {
        role: 'tool',
        content: 'two\ncats',
        images: ['iVBORw0KGgo'],
        tool_name: 'look',
        tool_call_id: 'c1',
      },
      { role: 'user', content: 'and now?' },
    ]);
    assert.deepEqual(dropped, ['result.failed']);
  });

  it('gives thoughts back unless the server has no place for them', () => {
    const turns = [
      { role: 'assistant', parts: [{ kind: 'thought', text: 'hm' }, text('ok')] },
    ] as const;
    assert.equal(asked({ turns }).body.messages[0].thinking, 'hm');
    const none = asked({ turns }, { thoughtField: 'none' });
    assert.deepEqual(none.body.messages, [{ role: 'assistant', content: 'ok' }]);
    assert.deepEqual(none.dropped, ['part.thought']);
  });

  it('offers no tools where none may be called', () => {
    const tools = [{ kind: 'function', name: 'a' }] as const;
    assert.equal(asked({ tools, toolChoice: { kind: 'none' } }).body.tools, undefined);
    assert.deepEqual(asked({ tools, toolChoice: { kind: 'any' } }).dropped, ['toolChoice']);
    assert.deepEqual(asked({ tools, toolChoice: { kind: 'auto' } }).dropped, []);
    assert.equal(asked({ tools }).body.tools.length, 1);
  });

  it('names what it cannot say', () => {
    const opaque = { kind: 'opaque', wire: 'anthropic', value: {} } as const;
    const cached: Part = { kind: 'text', text: 'x', extra: { anthropic: { cache_control: {} } } };
    const audio: Part = { ...image, medium: 'audio' };
    const url: Part = { ...image, source: { kind: 'url', url: 'https://x.example' } };
    const { dropped } = asked({
      ...saying(cached, audio, url, opaque),
      tools: [{ kind: 'hosted', name: 'search' }],
      parallelTools: false,
      answers: 2,
      user: 'u1',
      format: { kind: 'grammar', grammar: 'root ::= "a"' },
      reasoning: { effort: 'max', tokensMax: 100 },
      extra: { openai: { store: true }, ollama: { template: '{{ .Prompt }}' } },
    });
    assert.deepEqual(dropped, [
      ...['answers', 'anthropic.cache_control', 'format.grammar', 'ollama.template'],
      ...['openai.store', 'parallelTools', 'part.audio', 'part.image.url', 'part.opaque'],
      ...['reasoning.effort', 'reasoning.tokensMax', 'tools.hosted', 'user'],
    ]);
  });

  it('leaves out what a server lacks', () => {
    const quirks: WriteQuirks = { lacks: ['think', 'options.min_p', 'options.seed', 'logprobs'] };
    const more = { minP: 0.1, reasoning: { effort: 'low' }, temperature: 0.5 } as const;
    const { body, dropped } = asked(more, quirks);
    assert.equal(body.think, undefined);
    assert.deepEqual(body.options, { temperature: 0.5 });
    assert.deepEqual(dropped, ['options.min_p', 'think']);
    assert.equal(asked({ minP: 0.1 }, quirks).body.options, undefined);
  });

  it('asks for a thought as the server knows it', () => {
    const think = (reasoning: NonNullable<Ask['reasoning']>) => asked({ reasoning }).body.think;
    assert.equal(think({ effort: 'none' }), false);
    assert.equal(think({ effort: 'minimal' }), 'low');
    assert.equal(think({ effort: 'xhigh' }), 'high');
    assert.equal(think({ tokensMax: 1000 }), true);
    assert.equal(think({ shown: false }), false);
    assert.equal(think({}), undefined);
  });

  it('bounds the answer where the server wants it', () => {
    assert.equal(asked({}, { outputTokensDefault: 77 }).body.options.num_predict, 77);
    const own = asked({ outputTokensMax: 5 }, { outputTokensDefault: 77 });
    assert.equal(own.body.options.num_predict, 5);
  });
});
