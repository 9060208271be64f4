import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { build, chatOf, type Heads } from '../house.fixture.ts';
import { resolution } from './resolving.fixture.ts';

const documents = (features: string): string => `
version: 1
endpoints:
  near: {url: "http://127.0.0.1:9001/v1", models: [small]}
plans:
  lean: {${features}}
tenants:
  acme: {plan: lean}
keys:
  main: {tenant: acme, secret: "env:MAIN"}
`;

const CHAT = chatOf('small');
const STREAM = { ...Object(CHAT), stream: true };
const TOOLS = {
  ...Object(CHAT),
  tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'object' } } }],
};
const showing = (part: object): object => ({
  ...Object(CHAT),
  messages: [{ role: 'user', content: [{ type: 'text', text: 'what is it?' }, part] }],
});
const IMAGE = showing({ type: 'image_url', image_url: { url: 'https://img.example/a.png' } });
const AUDIO = showing({ type: 'input_audio', input_audio: { data: 'AA==', format: 'wav' } });
const SHOT = {
  ...{ model: 'small', max_tokens: 9 },
  messages: [
    {
      role: 'user',
      content: [
        {
          ...{ type: 'tool_result', tool_use_id: 'a' },
          content: [{ type: 'image', source: { type: 'url', url: 'https://img.example/a.png' } }],
        },
      ],
    },
  ],
};
const EMBEDDING = { model: 'small', input: 'hello' };

describe('the features of a plan', () => {
  const cases: readonly (readonly [features: string, body: object, head: Heads, lacks: string])[] =
    [
      ['', TOOLS, {}, ''],
      ['features: []', Object(CHAT), {}, ''],
      ['features: []', TOOLS, {}, 'tools'],
      ['features: [streaming]', TOOLS, {}, 'tools'],
      ['features: [tools]', TOOLS, {}, ''],
      ['features: [tools]', STREAM, {}, 'streaming'],
      ['features: [tools, streaming]', STREAM, {}, ''],
      ['features: [tools]', EMBEDDING, { operation: 'embedding' }, 'embeddings'],
      ['features: [tools]', IMAGE, {}, 'images'],
      ['features: [images]', IMAGE, {}, ''],
      ['features: [images]', AUDIO, {}, 'audio'],
      ['features: [audio]', AUDIO, {}, ''],
      ['features: [tools]', SHOT, { dialect: 'anthropic' }, 'images'],
      ['features: [embeddings]', EMBEDDING, { operation: 'embedding' }, ''],
    ];
  for (const [features, body, head, lacks] of cases) {
    const what = JSON.stringify({ ...body, messages: undefined }).slice(0, 60);
    const does = lacks === '' ? 'include' : `lack \`${lacks}\` for`;
    it(`${does} ${what} under {${features}}`, async () => {
      const { refusal } = await resolution(build(documents(features)), body, head);
      assert.equal(refusal?.code, lacks === '' ? undefined : 'not_entitled', refusal?.message);
      if (lacks === '') return;
      assert.equal(refusal?.message, `The plan \`lean\` does not include \`${lacks}\`.`);
      assert.match(refusal?.hint ?? '', /operator.*plans\.lean\.features.*tenant set acme --plan/);
    });
  }
});
