// The official client, unmodified, in front of the sim.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import OpenAI from 'openai';
import type { ChatCompletionTool } from 'openai/resources/chat/completions';
import { startSim } from './sim.ts';

const sim = await startSim();
const client = new OpenAI({ baseURL: `${sim.url}/v1`, apiKey: 'none', maxRetries: 0 });
after(() => sim.close());

const hello = { role: 'user', content: 'hello' } as const;
const question = { role: 'user', content: 'Explain how tides work near Brittany' } as const;
const weatherTool = {
  type: 'function',
  function: {
    name: 'get_weather',
    description: 'The current weather in a city',
    parameters: {
      type: 'object',
      properties: {
        city: { type: 'string' },
        unit: { type: 'string', enum: ['celsius', 'fahrenheit'] },
      },
      required: ['city', 'unit'],
      additionalProperties: false,
    },
  },
} satisfies ChatCompletionTool;

test('a chat completion has the shape and the counts that the client expects', async () => {
  const made = await client.chat.completions.create({ model: 'sim-small', messages: [hello] });
  assert.match(made.id, /^chatcmpl-\w{29}$/);
  assert.equal(made.object, 'chat.completion');
  assert.equal(made.model, 'sim-small');
  assert.equal(made.choices[0]?.message.content, 'Hello! How can I help you today?');
  assert.equal(made.choices[0]?.finish_reason, 'stop');
  const { usage } = made;
  assert.ok(usage && usage.prompt_tokens > 0 && usage.completion_tokens > 5);
  assert.equal(usage.total_tokens, usage.prompt_tokens + usage.completion_tokens);
  assert.equal(usage.prompt_tokens_details?.cached_tokens, 0);
  assert.equal(usage.completion_tokens_details?.reasoning_tokens, 0);
  assert.match(made._request_id ?? '', /^req_/);
});

test('a stream adds up to the unary answer, and tells usage only when asked', async () => {
  const ask = { model: 'sim-frontier', messages: [question] };
  const unary = await client.chat.completions.create(ask);
  const plain = await client.chat.completions.create({ ...ask, stream: true });
  let text = '';
  for await (const chunk of plain) {
    assert.equal(chunk.id, unary.id);
    assert.equal('usage' in chunk, false);
    text += chunk.choices[0]?.delta.content ?? '';
  }
  assert.equal(text, unary.choices[0]?.message.content);
  const counted = await client.chat.completions.create({
    ...ask,
    stream: true,
    stream_options: { include_usage: true },
  });
  const chunks = [];
  for await (const chunk of counted) chunks.push(chunk);
  const last = chunks.pop();
  assert.deepEqual(last?.choices, []);
  assert.deepEqual(last?.usage, unary.usage);
  assert.ok(chunks.every((chunk) => chunk.usage === null));
  assert.equal(chunks.at(-1)?.choices[0]?.finish_reason, 'stop');
});

test('several choices are told apart by index', async () => {
  const messages = [question];
  const made = await client.chat.completions.create({ model: 'sim-medium', messages, n: 3 });
  assert.deepEqual(
    made.choices.map((choice) => choice.index),
    [0, 1, 2],
  );
  const runner = client.chat.completions.stream({ model: 'sim-medium', messages, n: 3 });
  const folded = await runner.finalChatCompletion();
  assert.deepEqual(
    folded.choices.map((choice) => choice.message.content),
    made.choices.map((choice) => choice.message.content),
  );
});

test('limits and stop sequences cut the answer, and the finish reason says which', async () => {
  const ask = { model: 'sim-small', messages: [question] };
  const whole = (await client.chat.completions.create(ask)).choices[0]?.message.content ?? '';
  const short = await client.chat.completions.create({ ...ask, max_tokens: 4 });
  assert.equal(short.choices[0]?.finish_reason, 'length');
  assert.equal(short.usage?.completion_tokens, 4);
  assert.ok(whole.startsWith(short.choices[0]?.message.content ?? '?'));
  const newer = await client.chat.completions.create({ ...ask, max_completion_tokens: 4 });
  assert.deepEqual(newer.choices[0]?.message, short.choices[0]?.message);
  const word = whole.split(' ')[3] ?? '';
  const stopped = await client.chat.completions.create({ ...ask, stop: [word] });
  assert.equal(stopped.choices[0]?.finish_reason, 'stop');
  assert.equal(stopped.choices[0]?.message.content, whole.slice(0, whole.indexOf(word)));
});

test('logprobs tell a sure answer from an unsure one', async () => {
  const mean = async (model: string): Promise<number> => {
    const made = await client.chat.completions.create({
      model,
      messages: [{ role: 'user', content: 'Prove the theorem of Pythagoras' }],
      logprobs: true,
      top_logprobs: 3,
    });
    const entries = made.choices[0]?.logprobs?.content ?? [];
    const text = entries.map((entry) => entry.token).join('');
    assert.equal(text, made.choices[0]?.message.content);
    assert.ok(entries.every((entry) => entry.top_logprobs.length === 3));
    return entries.reduce((sum, entry) => sum + entry.logprob, 0) / entries.length;
  };
  assert.ok((await mean('sim-frontier')) > -0.3);
  assert.ok((await mean('sim-small')) < -1.5);
});

test('a tool is called when the prompt asks for it, and its result is told', async () => {
  const user = { role: 'user', content: 'What is the weather in Paris and Rome?' } as const;
  const ask = { model: 'sim-small', messages: [user], tools: [weatherTool] };
  const made = await client.chat.completions.create(ask);
  const message = made.choices[0]?.message;
  assert.ok(message);
  assert.equal(made.choices[0]?.finish_reason, 'tool_calls');
  assert.equal(message.content, null);
  const cities = message.tool_calls?.map((call) => {
    assert.ok(call.type === 'function');
    assert.equal(call.function.name, 'get_weather');
    return JSON.parse(call.function.arguments).city;
  });
  assert.deepEqual(cities, ['Paris', 'Rome']);
  const streamed = await client.chat.completions.stream(ask).finalChatCompletion();
  assert.deepEqual(
    streamed.choices[0]?.message.tool_calls?.map((call) => call.id),
    message.tool_calls?.map((call) => call.id),
  );
  const results = (message.tool_calls ?? []).map(
    (call) => ({ role: 'tool', tool_call_id: call.id, content: '{"degrees":21}' }) as const,
  );
  const told = await client.chat.completions.create({
    ...ask,
    messages: [user, message, ...results],
  });
  assert.match(told.choices[0]?.message.content ?? '', /degrees is 21/);
});

test('tool_choice is obeyed', async () => {
  const ask = { model: 'sim-small', messages: [hello], tools: [weatherTool] };
  const create = client.chat.completions.create.bind(client.chat.completions);
  const called = async (choice: 'auto' | 'none' | 'required'): Promise<number> => {
    const made = await create({ ...ask, tool_choice: choice });
    return made.choices[0]?.message.tool_calls?.length ?? 0;
  };
  assert.equal(await called('auto'), 0);
  assert.equal(await called('required'), 1);
  assert.equal(await called('none'), 0);
  const named = { type: 'function', function: { name: 'get_weather' } } as const;
  const made = await create({ ...ask, tool_choice: named, parallel_tool_calls: false });
  assert.equal(made.choices[0]?.message.tool_calls?.length, 1);
});

test('structured output follows the schema', async () => {
  const made = await client.chat.completions.create({
    model: 'sim-medium',
    messages: [{ role: 'user', content: 'Ticket: the invoice of anna@x.org is wrong, urgent' }],
    response_format: {
      type: 'json_schema',
      json_schema: {
        name: 'ticket',
        strict: true,
        schema: {
          type: 'object',
          properties: {
            category: { type: 'string', enum: ['shipping', 'billing', 'other'] },
            email: { type: 'string', format: 'email' },
            priority: { type: 'integer', minimum: 1, maximum: 5 },
          },
          required: ['category', 'email', 'priority'],
          additionalProperties: false,
        },
      },
    },
  });
  const value = JSON.parse(made.choices[0]?.message.content ?? '');
  assert.equal(value.category, 'billing');
  assert.equal(value.email, 'anna@x.org');
  assert.ok(value.priority >= 1 && value.priority <= 5);
  const loose = await client.chat.completions.create({
    model: 'sim-small',
    messages: [{ role: 'user', content: 'Answer in JSON: what are tides?' }],
    response_format: { type: 'json_object' },
  });
  assert.equal(typeof JSON.parse(loose.choices[0]?.message.content ?? ''), 'object');
});

test('content in parts is read like text', async () => {
  const content = [{ type: 'text', text: 'hello' } as const];
  const made = await client.chat.completions.create({
    model: 'sim-small',
    messages: [
      { role: 'developer', content: 'Be brief.' },
      { role: 'user', content },
    ],
  });
  assert.equal(made.choices[0]?.message.content, 'Hello! How can I help you today?');
});

test('embeddings have length one, the dimensions asked for, and sense', async () => {
  const input = ['the red train leaves', 'the red train arrives', 'quarterly tax report'];
  const made = await client.embeddings.create({ model: 'sim-small', input, dimensions: 256 });
  const vectors = made.data.map((entry) => entry.embedding);
  const dot = (one: number[] = [], other: number[] = []): number =>
    one.reduce((sum, value, at) => sum + value * (other[at] ?? 0), 0);
  for (const vector of vectors) {
    assert.equal(vector.length, 256);
    assert.ok(Math.abs(dot(vector, vector) - 1) < 1e-5);
  }
  assert.ok(dot(vectors[0], vectors[1]) > dot(vectors[0], vectors[2]) + 0.2);
  const plain = await client.embeddings.create({
    model: 'sim-small',
    input,
    dimensions: 256,
    encoding_format: 'float',
  });
  assert.deepEqual(plain.data[0]?.embedding, vectors[0]);
  assert.ok(made.usage.prompt_tokens > 0);
});

test('the Responses API answers, streams and remembers', async () => {
  const ask = { model: 'sim-small', input: 'Explain how tides work', instructions: 'Be kind.' };
  const made = await client.responses.create(ask);
  assert.equal(made.status, 'completed');
  assert.ok(made.output_text.length > 20);
  assert.ok(made.usage && made.usage.output_tokens > 5);
  const types: string[] = [];
  let text = '';
  for await (const event of await client.responses.create({ ...ask, stream: true })) {
    assert.equal(event.sequence_number, types.length);
    types.push(event.type);
    if (event.type === 'response.output_text.delta') text += event.delta;
    if (event.type === 'response.completed') assert.equal(event.response.id, made.id);
  }
  assert.equal(text, made.output_text);
  assert.equal(types[0], 'response.created');
  assert.equal(types.at(-1), 'response.completed');
  const previous = { previous_response_id: made.id };
  const next = await client.responses.create({ ...ask, ...previous, input: 'hello' });
  assert.ok((next.usage?.input_tokens ?? 0) > (made.usage?.input_tokens ?? 0));
  const cut = await client.responses.create({ ...ask, max_output_tokens: 3 });
  assert.equal(cut.status, 'incomplete');
  assert.equal(cut.incomplete_details?.reason, 'max_output_tokens');
});

test('the Responses API calls functions and takes their results', async () => {
  const { name, description, parameters } = weatherTool.function;
  const tool = { type: 'function', name, description, parameters, strict: true } as const;
  const input = 'What is the weather in Paris?';
  const ask = { model: 'sim-small', input, tools: [tool] };
  const streamed = await client.responses.stream(ask).finalResponse();
  const call = streamed.output[0];
  assert.ok(call?.type === 'function_call');
  assert.equal(JSON.parse(call.arguments).city, 'Paris');
  const told = await client.responses.create({
    ...ask,
    previous_response_id: streamed.id,
    input: [{ type: 'function_call_output', call_id: call.call_id, output: '{"degrees":9}' }],
  });
  assert.match(told.output_text, /degrees is 9/);
});

test('legacy completions answer, batch, echo and stream', async () => {
  const ask = { model: 'sim-small', prompt: ['what is 2+3', 'hello'], echo: true, logprobs: 2 };
  const made = await client.completions.create(ask);
  assert.deepEqual(
    made.choices.map((choice) => choice.text),
    ['what is 2+35', 'helloHello! How can I help you today?'],
  );
  assert.equal(made.choices[0]?.logprobs?.tokens?.join(''), '5');
  const texts = ['', ''];
  for await (const chunk of await client.completions.create({ ...ask, stream: true })) {
    for (const choice of chunk.choices) texts[choice.index] += choice.text;
  }
  assert.deepEqual(
    texts,
    made.choices.map((choice) => choice.text),
  );
});

test('models are listed and found', async () => {
  const ids: string[] = [];
  for await (const model of client.models.list()) ids.push(model.id);
  assert.deepEqual(ids, ['sim-small', 'sim-medium', 'sim-frontier']);
  assert.equal((await client.models.retrieve('sim-medium')).id, 'sim-medium');
});

test('errors are the errors that the client knows', async () => {
  const create = client.chat.completions.create.bind(client.chat.completions);
  const unknown = create({ model: 'gpt-none', messages: [hello] });
  await assert.rejects(unknown, (error) => error instanceof OpenAI.NotFoundError);
  const empty = create({ model: 'sim-small', messages: [] });
  await assert.rejects(empty, (error) => {
    return error instanceof OpenAI.BadRequestError && error.code === 'empty_array';
  });
  const long = 'word '.repeat(40_000);
  const full = create({ model: 'sim-small', messages: [{ role: 'user', content: long }] });
  await assert.rejects(full, (error) => {
    return error instanceof OpenAI.BadRequestError && error.code === 'context_length_exceeded';
  });
  sim.script('status=429,retry-after=1');
  await assert.rejects(create({ model: 'sim-small', messages: [hello] }), OpenAI.RateLimitError);
  sim.script('error-in-stream=2');
  const broken = await create({ model: 'sim-small', messages: [question], stream: true });
  await assert.rejects(async () => {
    for await (const _ of broken);
  }, OpenAI.APIError);
});

test('a client that aborts is counted at once, and nothing stays open', async () => {
  sim.reset();
  const controller = new AbortController();
  const stream = await client.chat.completions.create(
    { model: 'sim-small', messages: [question], stream: true },
    { signal: controller.signal, headers: { 'x-sim': 'tokens=50,latency-token=5000' } },
  );
  await assert.rejects(async () => {
    for await (const chunk of stream) if (chunk.choices[0]?.delta.content) controller.abort();
    throw new Error('aborted streams end quietly');
  }, /quietly|aborted/);
  const deadline = Date.now() + 2_000;
  while (sim.requests().aborted === 0 && Date.now() < deadline) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { aborted, open, completed } = sim.requests();
  assert.deepEqual({ aborted, open, completed }, { aborted: 1, open: 0, completed: 0 });
});
