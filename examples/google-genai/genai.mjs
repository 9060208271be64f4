// The official client as it is. Only `baseUrl` and `apiKey` are another's.
import { readFileSync } from 'node:fs';
import { GoogleGenAI } from '@google/genai';

const url = process.env.SIGNALBOX_URL ?? 'http://127.0.0.1:4141';
const key = process.env.SIGNALBOX_KEY ?? readFileSync('.signalbox/demo.key', 'utf8').trim();
const { models } = new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: url } });

const chat = await models.generateContent({ model: 'auto', contents: 'classify: refund please' });
console.log('chat:', chat.text);

let text = '';
const stream = await models.generateContentStream({ model: 'sim-small', contents: 'Hello!' });
for await (const chunk of stream) text += chunk.text ?? '';
console.log('stream:', text);

// A tool: the model calls it, the program answers, the model goes on.
const parametersJsonSchema = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
};
const name = 'get_weather';
const description = 'The weather of a city.';
const tools = [{ functionDeclarations: [{ name, description, parametersJsonSchema }] }];
const question = { role: 'user', parts: [{ text: 'What is the weather in Paris?' }] };
const weather = { model: 'sim-frontier', config: { tools } };
const asked = await models.generateContent({ ...weather, contents: [question] });
const [call] = asked.functionCalls;
console.log('tool:', call.name, JSON.stringify(call.args));
const functionResponse = { id: call.id, name: call.name, response: { sky: 'clear' } };
const told = { role: 'user', parts: [{ functionResponse }] };
const contents = [question, asked.candidates[0].content, told];
console.log('answer:', (await models.generateContent({ ...weather, contents })).text);

const embedded = await models.embedContent({
  model: 'sim-small',
  contents: ['a river', 'a stream'],
});
console.log('embeddings:', embedded.embeddings.length, 'of', embedded.embeddings[0].values.length);

// A refusal is the client's own error.
try {
  await models.generateContent({ model: 'nobody', contents: 'Hello!' });
} catch (error) {
  console.log('refused:', error.status, error.message.match(/model_unknown/)?.[0]);
}
