// What a call declares of its tools is held to: no other is called by its answer, in any dialect,
// whole or as a stream, and none that a provider would run by itself is asked for.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { SPOKEN } from './dialects.fixture.ts';
import {
  type Answer,
  chat,
  documents,
  type Gateway,
  json,
  refused,
  startGateway,
} from './gateway.fixture.ts';

const CHAT = '/v1/chat/completions';
const MODEL = 'sim-small';
/** The second rule cannot be decided of what nobody here sees. */
const POLICIES = `
policies:
  ruled:
    rules:
      - {name: calm, when: {agent: calm}, tools: {deny: [delete_*]}}
      - name: etc
        when: {agent: careful}
        tools: {deny: [{name: web_search, if: 'args.query == "x"'}]}
`;
let gateway: Gateway;
before(async () => {
  const ruled = (url: string): string =>
    documents(url).replace('  acme: {}', '  acme: {policies: [ruled]}') + POLICIES;
  gateway = await startGateway(ruled);
});
beforeEach(() => gateway.sim.reset());
after(() => gateway.stop());

const asked = (path: string, body: object, declared?: string, agent = 'none'): Promise<Answer> =>
  gateway.ask(path, {
    body,
    headers: {
      'x-signalbox-agent': agent,
      ...(declared === undefined ? {} : { 'x-signalbox-declared-tools': declared }),
    },
  });
const calls = (name: string): void => {
  gateway.sim.script(`call=${name},args=${encodeURIComponent('{"place":"Rome"}')}`, { times: 1 });
};
async function record(
  answer: Answer,
): Promise<{ code: string; attempts: { rejected?: string }[] }> {
  const decision = String(answer.headers['x-signalbox-decision-id']);
  return JSON.parse((await gateway.ask(`/v1/decisions/${decision}`)).text);
}
const param = (answer: Answer, code: string): unknown => refused(answer, 403, code)['param'];
const TOOL = { type: 'function', function: { name: 'weather', parameters: {} } };

describe('an answer that calls a tool that was not declared', () => {
  for (const [dialect, { path, body }] of Object.entries(SPOKEN)) {
    for (const stream of [false, true]) {
      it(`goes to nobody: ${dialect}, ${stream ? 'streamed' : 'whole'}`, async () => {
        const send = (declared?: string): Promise<Answer> => {
          calls('weather');
          return asked(path(MODEL, stream), body(MODEL, 'how is it?', stream, true), declared);
        };
        const bad = await send('search,read_file');
        assert.equal(bad.status, 502, bad.text);
        assert.equal(bad.text.includes('Rome'), false);
        const { code, attempts } = await record(bad);
        assert.equal(code, 'output_rejected');
        assert.deepEqual(
          attempts.map((one) => one.rejected),
          ['declared_tools: weather'],
        );
        for (const declared of ['search,weather', undefined]) {
          const good = await send(declared);
          assert.equal(good.status, 200, good.text);
          assert.match(good.text, /Rome/);
        }
      });
    }
  }

  it('is refused when none was declared; an answer in words is not', async () => {
    calls('weather');
    refused(await asked(CHAT, chat(MODEL, 'x', { tools: [TOOL] }), ''), 502, 'output_rejected');
    assert.equal((await asked(CHAT, chat(MODEL, 'x', { tools: [TOOL] }), '')).status, 200);
  });

  it('is refused by a rule, too, whatever was declared', async () => {
    calls('delete_all');
    const bad = await asked(CHAT, chat(MODEL, 'x', { tools: [TOOL] }), 'delete_all', 'calm');
    refused(bad, 502, 'output_rejected');
    assert.equal((await record(bad)).attempts[0]?.rejected, 'tools: delete_all');
  });

  it('is foreseen by a dry run', async () => {
    const explained = await asked('/v1/route/explain', chat(MODEL, 'x'), 'search');
    assert.deepEqual(Object(json(explained))['output'].declared_tools, ['search']);
  });
});

describe('a tool that the provider runs by itself', () => {
  const messages = [{ role: 'user', content: 'news?' }];
  const gemini = `/v1beta/models/${MODEL}:generateContent`;
  const offers: readonly (readonly [path: string, body: object])[] = [
    ['/v1/responses', { model: MODEL, input: 'news?', tools: [{ type: 'web_search' }] }],
    [CHAT, chat(MODEL, 'news?', { web_search_options: {} })],
    [
      '/v1/messages',
      {
        ...{ model: MODEL, max_tokens: 9, messages },
        tools: [{ type: 'web_search_20250305', name: 'web_search' }],
      },
    ],
    [
      gemini,
      { contents: [{ role: 'user', parts: [{ text: 'x' }] }], tools: [{ googleSearch: {} }] },
    ],
  ];
  for (const [path, body] of offers) {
    it(`is not asked for unless it was declared: ${path}`, async () => {
      const bad = await asked(path, body, 'search');
      assert.equal(bad.status, 403, bad.text);
      const { code, attempts } = await record(bad);
      assert.deepEqual([code, attempts], ['policy_denied', []]);
      assert.equal(gateway.sim.requests().completed, 0, 'nobody was asked');
      const good = await asked(path, body, 'web_search,googleSearch');
      assert.notEqual(good.status, 403, good.text);
    });
  }

  it('is denied by a rule that would have to see its arguments', async () => {
    const body = chat(MODEL, 'news?', { web_search_options: {} });
    assert.equal(param(await asked(CHAT, body, undefined, 'careful'), 'policy_denied'), 'tools');
    assert.equal((await asked(CHAT, body, undefined, 'calm')).status, 200);
  });

  it('is not asked for when nobody can tell what is offered', async () => {
    const body = { ...chat(MODEL, 'x'), tools: [7] };
    refused(await asked(CHAT, body, 'search'), 403, 'policy_denied');
  });
});
