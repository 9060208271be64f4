// The official client as it is. Only `baseURL` and `apiKey` are another's.
import { readFileSync } from 'node:fs';
import OpenAI from 'openai';

const client = new OpenAI({
  baseURL: `${process.env.SIGNALBOX_URL ?? 'http://127.0.0.1:4141'}/v1`,
  apiKey: process.env.SIGNALBOX_KEY ?? readFileSync('.signalbox/demo.key', 'utf8').trim(),
});

// Chat, with the id of the decision beside the answer.
const { data: chat, response } = await client.chat.completions
  .create({ model: 'auto', messages: [{ role: 'user', content: 'classify: refund please' }] })
  .withResponse();
console.log('chat:', chat.choices[0].message.content);
console.log('decision:', response.headers.get('x-signalbox-decision-id'));

// A stream.
const stream = await client.chat.completions.create({
  model: 'sim-small',
  stream: true,
  messages: [{ role: 'user', content: 'Hello!' }],
});
let text = '';
for await (const chunk of stream) text += chunk.choices[0]?.delta?.content ?? '';
console.log('stream:', text);

// A tool: the model calls it, the program answers, the model goes on.
const tools = [
  {
    type: 'function',
    function: {
      name: 'get_weather',
      description: 'The weather of a city.',
      parameters: {
        type: 'object',
        properties: { city: { type: 'string' } },
        required: ['city'],
      },
    },
  },
];
const question = { role: 'user', content: 'What is the weather in Paris?' };
const asked = await client.chat.completions.create({
  model: 'sim-frontier',
  messages: [question],
  tools,
});
const [call] = asked.choices[0].message.tool_calls;
console.log('tool:', call.function.name, call.function.arguments);
const answered = await client.chat.completions.create({
  model: 'sim-frontier',
  messages: [
    question,
    asked.choices[0].message,
    { role: 'tool', tool_call_id: call.id, content: '{"sky":"clear","celsius":21}' },
  ],
  tools,
});
console.log('answer:', answered.choices[0].message.content);

// Embeddings.
const embedded = await client.embeddings.create({
  model: 'sim-small',
  input: ['a river', 'a stream'],
});
console.log('embeddings:', embedded.data.length, 'of', embedded.data[0].embedding.length);

// A refusal is the client's own error, with the gateway's code.
try {
  await client.chat.completions.create({ model: 'nobody', messages: [question] });
} catch (error) {
  console.log('refused:', error.status, error.code);
}
