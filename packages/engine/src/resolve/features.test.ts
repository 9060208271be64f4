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
