// The AI SDK as it is, with three of its providers: each speaks its own dialect to one gateway.
import { readFileSync } from 'node:fs';
import { createAnthropic } from '@ai-sdk/anthropic';
import { createGoogleGenerativeAI } from '@ai-sdk/google';
import { createOpenAI } from '@ai-sdk/openai';
import { embedMany, generateText, isStepCount, jsonSchema, streamText, tool } from 'ai';

const url = process.env.SIGNALBOX_URL ?? 'http://127.0.0.1:4141';
const key = process.env.SIGNALBOX_KEY ?? readFileSync('.signalbox/demo.key', 'utf8').trim();
const providers = {
  openai: createOpenAI({ baseURL: `${url}/v1`, apiKey: key }),
  anthropic: createAnthropic({ baseURL: `${url}/v1`, apiKey: key }),
  google: createGoogleGenerativeAI({ baseURL: `${url}/v1beta`, apiKey: key }),
};
const city = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
const get_weather = tool({
  description: 'The weather of a city.',
  inputSchema: jsonSchema(city),
  execute: () => ({ sky: 'clear', celsius: 21 }),
});

for (const [name, provider] of Object.entries(providers)) {
  const chat = await generateText({ model: provider('auto'), prompt: 'classify: refund please' });
  console.log(`${name} chat:`, chat.text);

  const stream = streamText({ model: provider('sim-small'), prompt: 'Hello!' });
  console.log(`${name} stream:`, await stream.text);

  // A tool: the model calls it, the SDK runs it, the model goes on.
  const { steps, text } = await generateText({
    model: provider('sim-frontier'),
    prompt: 'What is the weather in Paris?',
    tools: { get_weather },
    stopWhen: isStepCount(2),
  });
  const [call] = steps[0].toolCalls;
  console.log(`${name} tool:`, call.toolName, JSON.stringify(call.input));
  console.log(`${name} answer:`, text);
}

const model = providers.openai.embedding('sim-small');
const { embeddings } = await embedMany({ model, values: ['a river', 'a stream'] });
console.log('embeddings:', embeddings.length, 'of', embeddings[0].length);

// A refusal is the SDK's own error.
try {
  await generateText({ model: providers.openai('nobody'), prompt: 'Hello!', maxRetries: 0 });
} catch (error) {
  console.log('refused:', error.statusCode, error.data?.error.code);
}
