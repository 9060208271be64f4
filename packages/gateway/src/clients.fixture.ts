// The official clients, unmodified, each told to do the same few things.

import { createAnthropic } from '@ai-sdk/anthropic';
import { createGoogleGenerativeAI } from '@ai-sdk/google';
import { createOpenAI } from '@ai-sdk/openai';
import Anthropic from '@anthropic-ai/sdk';
import { GoogleGenAI } from '@google/genai';
import {
  generateText,
  isStepCount,
  jsonSchema,
  type LanguageModel,
  Output,
  streamText,
  tool,
} from 'ai';
import { Ollama } from 'ollama';
import OpenAI from 'openai';

export type Call = { readonly name: string; readonly input: unknown };

/** `ask` and `stream` give the text; `tool` gives the call, then the text after its result. */
export type Client = {
  readonly ask: (model: string, text: string) => Promise<string>;
  readonly stream: (model: string, text: string) => Promise<string>;
  readonly tool: (model: string, text: string) => Promise<readonly [Call | undefined, string]>;
  readonly json: (model: string, text: string) => Promise<unknown>;
  /** Hangs up after the first piece. @returns whether there was one. */
  readonly leave: (model: string, text: string) => Promise<boolean>;
  readonly status: (error: unknown) => unknown;
};

export type Make = (origin: string, key: string) => Client;

const WEATHER = {
  type: 'object',
  properties: { place: { type: 'string' } },
  required: ['place'],
  additionalProperties: false,
} as const;
const PERSON = {
  type: 'object',
  properties: { name: { type: 'string' }, age: { type: 'integer' } },
  required: ['name', 'age'],
  additionalProperties: false,
} as const;
const RESULT = 'sunny, 21 degrees';
const DESCRIPTION = 'The weather of a place';

const openai: Make = (origin, apiKey) => {
  const client = new OpenAI({ baseURL: `${origin}/v1`, apiKey, maxRetries: 0 });
  const { completions } = client.chat;
  const asked = (model: string, content: string) => ({
    model,
    messages: [{ role: 'user' as const, content }],
  });
  return {
    async ask(model, text) {
      const answer = await completions.create(asked(model, text));
      return answer.choices[0]?.message.content ?? '';
    },
    async stream(model, text) {
      const stream = completions.stream({ ...asked(model, text) });
      return (await stream.finalContent()) ?? '';
    },
    async tool(model, content) {
      const tools = [
        {
          type: 'function' as const,
          function: { name: 'weather', description: DESCRIPTION, parameters: WEATHER },
        },
      ];
      const user = { role: 'user' as const, content };
      const first = await completions.create({ model, messages: [user], tools });
      const message = first.choices[0]?.message;
      const call = message?.tool_calls?.[0];
      if (message === undefined || call?.type !== 'function') return [undefined, ''];
      const told = { role: 'tool' as const, tool_call_id: call.id, content: RESULT };
      const second = await completions.create({ model, messages: [user, message, told], tools });
      const { name, arguments: text } = call.function;
      return [{ name, input: JSON.parse(text) }, second.choices[0]?.message.content ?? ''];
    },
    async json(model, text) {
      const answer = await completions.create({
        ...asked(model, text),
        response_format: {
          type: 'json_schema',
          json_schema: { name: 'person', schema: PERSON, strict: true },
        },
      });
      return JSON.parse(answer.choices[0]?.message.content ?? '');
    },
    async leave(model, text) {
      const stream = await completions.create({ ...asked(model, text), stream: true });
      for await (const _ of stream) return true;
      return false;
    },
    status: (error) => (error instanceof OpenAI.APIError ? error.status : error),
  };
};

const anthropic: Make = (origin, apiKey) => {
  const client = new Anthropic({ baseURL: origin, apiKey, maxRetries: 0 });
  const asked = (model: string, content: string) => ({
    model,
    max_tokens: 512,
    messages: [{ role: 'user' as const, content }],
  });
  const textOf = ({ content }: Anthropic.Message): string =>
    content.map((block) => (block.type === 'text' ? block.text : '')).join('');
  return {
    ask: async (model, text) => textOf(await client.messages.create(asked(model, text))),
    stream: (model, text) => client.messages.stream(asked(model, text)).finalText(),
    async tool(model, content) {
      const tools = [
        {
          name: 'weather',
          description: DESCRIPTION,
          input_schema: { ...WEATHER, required: ['place'] },
        },
      ];
      const user = { role: 'user' as const, content };
      const first = await client.messages
        .stream({ model, max_tokens: 512, messages: [user], tools })
        .finalMessage();
      const call = first.content.find((block) => block.type === 'tool_use');
      if (call === undefined) return [undefined, ''];
      const second = await client.messages.create({
        model,
        max_tokens: 512,
        tools,
        messages: [
          user,
          { role: 'assistant', content: first.content },
          {
            role: 'user',
            content: [{ type: 'tool_result', tool_use_id: call.id, content: RESULT }],
          },
        ],
      });
      return [{ name: call.name, input: call.input }, textOf(second)];
    },
    async json(model, text) {
      const format = { type: 'json_schema' as const, schema: PERSON };
      const answer = await client.messages.create({
        ...asked(model, text),
        output_config: { format },
      });
      return JSON.parse(textOf(answer));
    },
    async leave(model, text) {
      const stream = await client.messages.create({ ...asked(model, text), stream: true });
      for await (const { type } of stream) if (type === 'content_block_delta') return true;
      return false;
    },
    status: (error) => (error instanceof Anthropic.APIError ? error.status : error),
  };
};

const gemini: Make = (baseUrl, apiKey) => {
  const { models } = new GoogleGenAI({ apiKey, httpOptions: { baseUrl } });
  return {
    ask: async (model, contents) => (await models.generateContent({ model, contents })).text ?? '',
    async stream(model, contents) {
      let said = '';
      for await (const chunk of await models.generateContentStream({ model, contents })) {
        said += chunk.text ?? '';
      }
      return said;
    },
    async tool(model, text) {
      const tools = [
        {
          functionDeclarations: [
            { name: 'weather', description: DESCRIPTION, parametersJsonSchema: WEATHER },
          ],
        },
      ];
      const user = { role: 'user', parts: [{ text }] };
      const first = await models.generateContent({ model, contents: [user], config: { tools } });
      const call = first.functionCalls?.[0];
      const said = first.candidates?.[0]?.content;
      if (call === undefined || said === undefined) return [undefined, ''];
      const { id, name = '' } = call;
      const response = { result: RESULT };
      const told = { functionResponse: { ...(id === undefined ? {} : { id }), name, response } };
      const contents = [user, said, { role: 'user', parts: [told] }];
      const second = await models.generateContent({ model, contents, config: { tools } });
      return [{ name, input: call.args }, second.text ?? ''];
    },
    async json(model, contents) {
      const config = { responseMimeType: 'application/json', responseJsonSchema: PERSON };
      const answer = await models.generateContent({ model, contents, config });
      return JSON.parse(answer.text ?? '');
    },
    async leave(model, contents) {
      const left = new AbortController();
      const config = { abortSignal: left.signal };
      const stream = await models.generateContentStream({ model, contents, config });
      let heard = false;
      for await (const _ of stream) {
        heard = true;
        break;
      }
      left.abort();
      return heard;
    },
    status: (error) => Object(error).status,
  };
};

const ollama: Make = (host, key) => {
  const client = new Ollama({ host, headers: { authorization: `Bearer ${key}` } });
  const asked = (model: string, content: string) => ({
    model,
    messages: [{ role: 'user', content }],
  });
  return {
    ask: async (model, text) => (await client.chat(asked(model, text))).message.content,
    async stream(model, text) {
      let said = '';
      for await (const { message } of await client.chat({ ...asked(model, text), stream: true })) {
        said += message.content;
      }
      return said;
    },
    async tool(model, content) {
      const parameters = { ...WEATHER, required: ['place'] };
      const tools = [
        { type: 'function', function: { name: 'weather', description: DESCRIPTION, parameters } },
      ];
      const user = { role: 'user', content };
      const { message } = await client.chat({ model, messages: [user], tools });
      const call = message.tool_calls?.[0];
      if (call === undefined) return [undefined, ''];
      const told = { role: 'tool', content: RESULT, tool_name: 'weather' };
      const second = await client.chat({ model, messages: [user, message, told], tools });
      const { name, arguments: input } = call.function;
      return [{ name, input }, second.message.content];
    },
    async json(model, text) {
      const { message } = await client.chat({ ...asked(model, text), format: PERSON });
      return JSON.parse(message.content);
    },
    async leave(model, text) {
      const stream = await client.chat({ ...asked(model, text), stream: true });
      for await (const _ of stream) {
        stream.abort();
        return true;
      }
      return false;
    },
    status: (error) => Object(error).status_code,
  };
};

type Provide = (origin: string, apiKey: string) => (model: string) => LanguageModel;

/** The AI SDK with one of its providers. */
const ai =
  (provide: Provide): Make =>
  (origin, key) => {
    const modelOf = provide(origin, key);
    const asked = (model: string, prompt: string) => ({
      model: modelOf(model),
      prompt,
      maxRetries: 0,
    });
    return {
      ask: async (model, prompt) => (await generateText(asked(model, prompt))).text,
      stream: async (model, prompt) => streamText(asked(model, prompt)).text,
      async tool(model, prompt) {
        const inputSchema = jsonSchema<{ place: string }>({ ...WEATHER, required: ['place'] });
        const execute = (): string => RESULT;
        const weather = tool({ description: DESCRIPTION, inputSchema, execute });
        const { steps, text } = await generateText({
          ...asked(model, prompt),
          tools: { weather },
          stopWhen: isStepCount(2),
        });
        const call = steps[0]?.toolCalls[0];
        return [call && { name: call.toolName, input: call.input }, text];
      },
      async json(model, prompt) {
        const schema = jsonSchema({ ...PERSON, required: ['name', 'age'] });
        const output = Output.object({ schema });
        return (await generateText({ ...asked(model, prompt), output })).output;
      },
      async leave(model, prompt) {
        const left = new AbortController();
        const stream = streamText({ ...asked(model, prompt), abortSignal: left.signal });
        let heard = false;
        for await (const _ of stream.textStream) {
          heard = true;
          break;
        }
        left.abort();
        return heard;
      },
      status: (error) => Object(error).statusCode,
    };
  };

export const CLIENTS: Readonly<Record<string, Make>> = {
  openai,
  anthropic,
  gemini,
  ollama,
  'ai with openai chat': ai(
    (origin, apiKey) => createOpenAI({ baseURL: `${origin}/v1`, apiKey }).chat,
  ),
  'ai with openai responses': ai(
    (origin, apiKey) => createOpenAI({ baseURL: `${origin}/v1`, apiKey }).responses,
  ),
  'ai with anthropic': ai((origin, apiKey) => createAnthropic({ baseURL: `${origin}/v1`, apiKey })),
  'ai with google': ai((origin, apiKey) =>
    createGoogleGenerativeAI({ baseURL: `${origin}/v1beta`, apiKey }),
  ),
};
