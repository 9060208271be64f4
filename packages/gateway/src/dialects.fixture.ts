// How each dialect asks and how its answers read, written without the product's own codecs.
import assert from 'node:assert/strict';

const TOOL = {
  name: 'weather',
  description: 'The weather of a place',
  schema: { type: 'object', properties: { place: { type: 'string' } }, required: ['place'] },
};

export type Said = {
  readonly text: string;
  readonly calls: readonly object[];
  readonly stop: unknown;
};

export type Spoken = {
  readonly path: (model: string, stream: boolean) => string;
  readonly body: (model: string, text: string, stream: boolean, tools: boolean) => object;
  readonly whole: (body: Free) => Said;
  readonly streamed: (text: string) => Said;
};

/** Answers of four dialects, read freely. */
type Free = ReturnType<typeof JSON.parse>;

const events = (text: string): readonly Free[] =>
  text
    .split(/\r?\n\r?\n/)
    .flatMap((event) => /^data: ?(.*)$/m.exec(event)?.[1] ?? [])
    .filter((data) => data !== '[DONE]')
    .map((data) => JSON.parse(data));

export const SPOKEN: Readonly<Record<string, Spoken>> = {
  openai: {
    path: () => '/v1/chat/completions',
    body: (model, text, stream, tools) => ({
      model,
      stream,
      messages: [{ role: 'user', content: text }],
      ...(tools
        ? { tools: [{ type: 'function', function: { ...TOOL, parameters: TOOL.schema } }] }
        : {}),
    }),
    whole: (body) => {
      const [choice] = body['choices'];
      const calls = (choice.message.tool_calls ?? []).map((call: Free) => ({
        name: call.function.name,
        input: JSON.parse(call.function.arguments),
      }));
      return { text: choice.message.content ?? '', calls, stop: choice.finish_reason };
    },
    streamed: (text) => {
      assert.match(text, /data: \[DONE\]\n\n$/);
      const said = { text: '', calls: [] as Free[], stop: undefined as unknown };
      for (const { choices } of events(text)) {
        for (const { delta, finish_reason } of choices) {
          said.text += delta.content ?? '';
          for (const call of delta.tool_calls ?? []) {
            said.calls[call.index] ??= { name: call.function.name, input: '' };
            said.calls[call.index].input += call.function.arguments ?? '';
          }
          said.stop = finish_reason ?? said.stop;
        }
      }
      return {
        ...said,
        calls: said.calls.map((one) => ({ ...one, input: JSON.parse(one.input) })),
      };
    },
  },
  anthropic: {
    path: () => '/v1/messages',
    body: (model, text, stream, tools) => ({
      model,
      stream,
      max_tokens: 512,
      messages: [{ role: 'user', content: text }],
      ...(tools
        ? {
            tools: [{ name: TOOL.name, description: TOOL.description, input_schema: TOOL.schema }],
          }
        : {}),
    }),
    whole: (body) => {
      const { content, stop_reason, type } = body;
      assert.equal(type, 'message');
      return {
        text: content.map((block: Free) => block.text ?? '').join(''),
        calls: content
          .filter((block: Free) => block.type === 'tool_use')
          .map(({ name, input }: Free) => ({ name, input })),
        stop: stop_reason,
      };
    },
    streamed: (text) => {
      const said = { text: '', calls: [] as Free[], stop: undefined as unknown };
      const all = events(text);
      assert.equal(all.at(-1).type, 'message_stop');
      for (const event of all) {
        if (event.type === 'content_block_start' && event.content_block.type === 'tool_use') {
          said.calls.push({ name: event.content_block.name, input: '' });
        }
        if (event.type === 'content_block_delta') {
          said.text += event.delta.text ?? '';
          if (event.delta.partial_json !== undefined) {
            said.calls.at(-1).input += event.delta.partial_json;
          }
        }
        if (event.type === 'message_delta') said.stop = event.delta.stop_reason;
      }
      return {
        ...said,
        calls: said.calls.map((one) => ({ ...one, input: JSON.parse(one.input) })),
      };
    },
  },
  gemini: {
    path: (model, stream) =>
      `/v1beta/models/${model}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
    body: (_, text, __, tools) => ({
      contents: [{ role: 'user', parts: [{ text }] }],
      ...(tools
        ? {
            tools: [
              {
                functionDeclarations: [
                  { name: TOOL.name, description: TOOL.description, parameters: TOOL.schema },
                ],
              },
            ],
          }
        : {}),
    }),
    whole: (body) => {
      const [{ content, finishReason }] = body['candidates'];
      return {
        text: content.parts.map((part: Free) => part.text ?? '').join(''),
        calls: content.parts
          .filter((part: Free) => part.functionCall !== undefined)
          .map(({ functionCall: { name, args } }: Free) => ({ name, input: args })),
        stop: finishReason,
      };
    },
    streamed: (text) => {
      const said = { text: '', calls: [] as Free[], stop: undefined as unknown };
      for (const { candidates = [] } of events(text)) {
        for (const { content = { parts: [] }, finishReason } of candidates) {
          for (const part of content.parts ?? []) {
            said.text += part.text ?? '';
            if (part.functionCall !== undefined) {
              said.calls.push({ name: part.functionCall.name, input: part.functionCall.args });
            }
          }
          said.stop = finishReason ?? said.stop;
        }
      }
      return said;
    },
  },
  ollama: {
    path: () => '/api/chat',
    body: (model, text, stream, tools) => ({
      model,
      stream,
      messages: [{ role: 'user', content: text }],
      ...(tools
        ? { tools: [{ type: 'function', function: { ...TOOL, parameters: TOOL.schema } }] }
        : {}),
    }),
    whole: (body) => {
      const { message, done_reason, done } = body;
      assert.equal(done, true);
      const calls = (message.tool_calls ?? []).map((call: Free) => ({
        name: call.function.name,
        input: call.function.arguments,
      }));
      return { text: message.content, calls, stop: done_reason };
    },
    streamed: (text) => {
      const said = { text: '', calls: [] as Free[], stop: undefined as unknown };
      const all = text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      assert.equal(all.at(-1).done, true);
      for (const { message, done_reason } of all) {
        said.text += message?.content ?? '';
        for (const call of message?.tool_calls ?? []) {
          said.calls.push({ name: call.function.name, input: call.function.arguments });
        }
        said.stop = done_reason ?? said.stop;
      }
      return said;
    },
  },
};

export const STOPS: Readonly<Record<string, readonly [end: string, tools: string]>> = {
  openai: ['stop', 'tool_calls'],
  anthropic: ['end_turn', 'tool_use'],
  gemini: ['STOP', 'STOP'],
  ollama: ['stop', 'stop'],
};

/** The other API of OpenAI's, for tests that ask in five. */
export const RESPONSES: Spoken = {
  path: () => '/v1/responses',
  body: (model, text, stream, tools) => ({
    model,
    stream,
    input: text,
    ...(tools ? { tools: [{ type: 'function', ...TOOL, parameters: TOOL.schema }] } : {}),
  }),
  whole: ({ output, status, incomplete_details: details }) => ({
    text: output
      .flatMap((item: Free) => item.content ?? [])
      .map((part: Free) => part.text)
      .join(''),
    calls: output
      .filter((item: Free) => item.type === 'function_call')
      .map((item: Free) => ({ name: item.name, input: JSON.parse(item.arguments) })),
    stop: details?.reason ?? status,
  }),
  streamed: (text) => {
    const all = events(text);
    const last = all.at(-1);
    assert.equal(last.type, 'response.completed');
    const deltas = all.filter(({ type }) => type === 'response.output_text.delta');
    const said = RESPONSES.whole(last.response);
    assert.equal(deltas.map(({ delta }) => delta).join(''), said.text);
    return said;
  },
};
