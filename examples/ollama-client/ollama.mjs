// The official client as it is. Only `host` is another's, and a header brings the key.
import { readFileSync } from 'node:fs';
import { Ollama } from 'ollama';

const url = process.env.SIGNALBOX_URL ?? 'http://127.0.0.1:4141';
const key = process.env.SIGNALBOX_KEY ?? readFileSync('.signalbox/demo.key', 'utf8').trim();
const client = new Ollama({ host: url, headers: { authorization: `Bearer ${key}` } });

const messages = [{ role: 'user', content: 'classify: refund please' }];
const chat = await client.chat({ model: 'auto', messages });
console.log('chat:', chat.message.content);

let text = '';
const prompt = 'Hello!';
for await (const piece of await client.generate({ model: 'sim-small', prompt, stream: true })) {
  text += piece.response;
}
console.log('stream:', text);

// A tool: the model calls it, the program answers, the model goes on.
const parameters = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
};
const weather = { name: 'get_weather', description: 'The weather of a city.', parameters };
const tools = [{ type: 'function', function: weather }];
const question = { role: 'user', content: 'What is the weather in Paris?' };
const model = 'sim-frontier';
const asked = await client.chat({ model, messages: [question], tools });
const call = asked.message.tool_calls[0].function;
console.log('tool:', call.name, JSON.stringify(call.arguments));
const told = { role: 'tool', tool_name: call.name, content: '{"sky":"clear"}' };
const answered = await client.chat({ model, messages: [question, asked.message, told], tools });
console.log('answer:', answered.message.content);

const embedded = await client.embed({ model: 'sim-small', input: ['a river', 'a stream'] });
console.log('embeddings:', embedded.embeddings.length, 'of', embedded.embeddings[0].length);

// A refusal is the client's own error.
try {
  await client.chat({ model: 'nobody', messages: [question] });
} catch (error) {
  console.log('refused:', error.status_code, error.message);
}
