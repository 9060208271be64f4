// One agent on a model whose template knows no system role, whose server passes over tools and
// formats, and whose context is short: asked in its manner it answers as the others do. What checks
// of answers teach of a place is thought of by the calls after it.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Answer, documents, type Gateway, json, startGateway } from './gateway.fixture.ts';

const CHAT = '/v1/chat/completions';
const PLAIN = 'no-system,no-tools,no-format,context=700';
const MANNERS = '{system: user, tools: prompted, format: prompted, trim: true}';
const WEATHER = {
  name: 'get_weather',
  description: 'The current weather in a city',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};
const tools = [{ type: 'function', function: WEATHER }];
const ASKED = 'How is the weather in Paris?';
const CHECKS = 'asked_format: true, tool_arguments: true, otherwise: flag';
const SYSTEM = { role: 'system', content: 'Be brief.' };

/** `sim-small` at two places more: as it comes, and in its manner. */
const withManners = (url: string): string => {
  const what = `kind: openai-compatible, url: "${url}/v1", tier: 1`;
  const at = (name: string, more: string): string =>
    `\n  ${name}: {${what}, models: {sim-small: {name: ${name}${more}}}}`;
  const told = `, context_tokens: 700, manners: ${MANNERS}`;
  const facts = at('raw', ', capabilities: [tools]') + at('told', told);
  return documents(url)
    .replace('\nendpoints:', `\nendpoints:${facts}`)
    .replace('  acme: {}', '  acme: {policies: [checked]}')
    .concat(`\npolicies: {checked: {output: {${CHECKS}}}}`);
};

let gateway: Gateway;
before(async () => {
  gateway = await startGateway(withManners);
  gateway.sim.script(PLAIN, { model: 'sim-small' });
});
after(() => gateway.stop());

const ask = (model: string, more: object, step = 'tool_select'): Promise<Answer> =>
  gateway.ask(CHAT, {
    body: { model, messages: [SYSTEM, { role: 'user', content: ASKED }], ...more },
    headers: { 'x-signalbox-step': step },
  });

describe('a model that is asked in its manner', () => {
  it('is refused as it comes', async () => {
    const answer = await ask('raw', { tools });
    assert.deepEqual([answer.status, answer.headers['x-signalbox-rewritten']], [400, undefined]);
  });

  it('calls tools as any other, whole and as a stream, and the caller sees no tag', async () => {
    for (const stream of [false, true]) {
      const answer = await ask('told', { tools, stream });
      assert.equal(answer.status, 200, answer.text);
      assert.equal(answer.headers['x-signalbox-rewritten'], 'tools=prompted,system=user');
      assert.match(answer.text, /"name":"get_weather"/);
      assert.match(answer.text, /"finish_reason":"tool_calls"/);
      assert.doesNotMatch(answer.text, /tool_call>/);
      if (!stream) {
        const [call] = Object(json(answer))['choices'][0].message.tool_calls;
        assert.deepEqual(JSON.parse(call.function.arguments), { city: 'Paris' });
      }
    }
  });

  it('does so for callers of another dialect', async () => {
    const { name, description, parameters } = WEATHER;
    const answer = await gateway.ask('/v1/messages', {
      body: {
        model: 'told',
        max_tokens: 64,
        system: 'Be brief.',
        messages: [{ role: 'user', content: ASKED }],
        tools: [{ name, description, input_schema: parameters }],
      },
    });
    const body = Object(json(answer));
    assert.equal(body.stop_reason, 'tool_use', answer.text);
    assert.deepEqual(body.content.at(-1).input, { city: 'Paris' });
  });

  it('has what does not fit left out, and the record says how much', async () => {
    const old = Array.from({ length: 80 }, (_, at) => [
      { role: 'user', content: `Question ${at} of long ago, and some words more` },
      { role: 'assistant', content: `Answer ${at} of long ago, and some words more` },
    ]).flat();
    const messages = [SYSTEM, ...old, { role: 'user', content: 'hello' }];
    const answer = await ask('told', { messages });
    assert.equal(answer.status, 200, answer.text);
    assert.match(String(answer.headers['x-signalbox-rewritten']), /^turns=-\d+,system=user$/);
    const decision = String(answer.headers['x-signalbox-decision-id']);
    const record = JSON.parse((await gateway.ask(`/v1/decisions/${decision}`)).text);
    assert.equal(record.attempts[0].rewritten.length, 2);
  });
});

describe('a place whose answers have the wrong form', () => {
  const schema = { type: 'object', properties: { n: { type: 'number' } }, required: ['n'] };
  const extract = (model: string, step: string): Promise<Answer> =>
    ask(
      model,
      {
        messages: [{ role: 'user', content: 'Extract the number: 7' }],
        response_format: { type: 'json_schema', json_schema: { name: 'n', schema } },
      },
      step,
    );

  it('comes after the others for calls of that step, and only for those', async () => {
    const first = await extract('need:tools', 'extract');
    assert.equal(first.headers['x-signalbox-endpoint'], 'raw', first.text);
    assert.equal(first.headers['x-signalbox-repair'], 'flagged');
    for (let call = 0; call < 20; call += 1) await extract('raw', 'extract');
    const later = await extract('need:tools', 'extract');
    assert.equal(later.headers['x-signalbox-endpoint'], 'told', later.text);
    assert.equal(later.headers['x-signalbox-repair'], undefined);
    const other = await extract('need:tools', 'classify');
    assert.equal(other.headers['x-signalbox-endpoint'], 'raw');
  });
});
