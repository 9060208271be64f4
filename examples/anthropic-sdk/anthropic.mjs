// The official client as it is. Only `baseURL` and `apiKey` are another's.
import { readFileSync } from 'node:fs';
import Anthropic from '@anthropic-ai/sdk';

const url = process.env.SIGNALBOX_URL ?? 'http://127.0.0.1:4141';
const key = process.env.SIGNALBOX_KEY ?? readFileSync('.signalbox/demo.key', 'utf8').trim();
const client = new Anthropic({ baseURL: url, apiKey: key });
const settings = { max_tokens: 512 };
const textOf = ({ content }) => content.map((block) => block.text ?? '').join('');

const chat = await client.messages.create({
  ...settings,
  model: 'auto',
  messages: [{ role: 'user', content: 'classify: refund please' }],
});
console.log('chat:', textOf(chat));

const hello = [{ role: 'user', content: 'Hello!' }];
const stream = client.messages.stream({ ...settings, model: 'sim-small', messages: hello });
console.log('stream:', await stream.finalText());

// A tool: the model calls it, the program answers, the model goes on.
const input_schema = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
};
const tools = [{ name: 'get_weather', description: 'The weather of a city.', input_schema }];
const question = { role: 'user', content: 'What is the weather in Paris?' };
const weather = { ...settings, model: 'sim-frontier', tools };
const asked = await client.messages.create({ ...weather, messages: [question] });
const call = asked.content.find(({ type }) => type === 'tool_use');
console.log('tool:', call.name, JSON.stringify(call.input));
const content = [{ type: 'tool_result', tool_use_id: call.id, content: '{"sky":"clear"}' }];
const answered = await client.messages.create({
  ...weather,
  messages: [question, { role: 'assistant', content: asked.content }, { role: 'user', content }],
});
console.log('answer:', textOf(answered));

// A refusal is the client's own error.
try {
  await client.messages.create({ ...settings, model: 'nobody', messages: hello });
} catch (error) {
  console.log('refused:', error.status, error.error.error.code);
}
