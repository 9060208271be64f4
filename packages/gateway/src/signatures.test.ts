// Signatures of thoughts and calls, through real sockets: a caller of one dialect in front of
// servers that refuse what they did not sign.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { type Answer, type Gateway, startGateway } from './gateway.fixture.ts';
import { type Signer, startSigner } from './signing.fixture.ts';

/** Answers and histories of several dialects, read freely. */
type Free = ReturnType<typeof JSON.parse>;

let claude: Signer;
let google: Signer;
let gateway: Gateway;

const documents = (): string => `
version: 1
server: {host: 127.0.0.1, port: 0}
node: {name: n1, tier: 1}
endpoints:
  claude:
    kind: anthropic
    url: ${claude.url}/v1
    private_address: true
    models: {thinker: {}}
    credentials: [{secret: "env:CLAUDE"}]
  twin:
    kind: anthropic
    url: ${claude.url}/v1
    private_address: true
    models: {thinker: {name: thinker-twin}}
    credentials: [{secret: "env:CLAUDE"}]
  google:
    kind: gemini
    url: ${google.url}/v1beta
    private_address: true
    models: {gemini-3-pro: {}}
    credentials: [{secret: "env:GOOGLE"}]
aliases:
  either: [thinker, gemini-3-pro]
tenants:
  acme: {}
  other: {}
  strict: {retention: zero}
keys:
  main: {tenant: acme, secret: "env:MAIN"}
  stranger: {tenant: other, secret: "env:STRANGER"}
  strict: {tenant: strict, secret: "env:STRICT"}
`;

const start = async (): Promise<void> => {
  claude = await startSigner('claude');
  google = await startSigner('google');
  gateway = await startGateway(documents);
};
const stop = async (): Promise<void> => {
  await gateway.stop();
  await claude.close();
  await google.close();
};
before(start);
after(stop);

/** A server that was ill has a breaker that is open. */
async function rested(): Promise<void> {
  await stop();
  await start();
}

const TOOL = { name: 'weather', description: 'The weather of a place' };
const SCHEMA = { type: 'object', properties: { place: { type: 'string' } } };

type Talk = {
  readonly ask: (model: string, stream: boolean, turns: readonly Free[]) => Promise<Answer>;
  readonly opening: Free;
  /** What a client makes of an answer: its turn, as it comes; and the same without any proof. */
  readonly kept: (answer: Answer, stream: boolean) => Free[];
  readonly bare: (turns: Free[]) => Free[];
  readonly result: (turns: Free[]) => Free[];
};

const post = (path: string, body: object, session: string, key = 'main'): Promise<Answer> =>
  gateway.ask(path, {
    body,
    key: gateway.key(key),
    headers: { 'x-signalbox-session': session },
  });

const events = (text: string): Free[] =>
  text
    .split(/\r?\n\r?\n/)
    .flatMap((event) => /^data: ?(\{.*)$/m.exec(event)?.[1] ?? [])
    .map((data) => JSON.parse(data));

const without = (value: Free, ...names: readonly string[]): Free =>
  Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)));

const talks = (session: string, key?: string): Readonly<Record<string, Talk>> => ({
  gemini: {
    ask: (model, stream, contents) =>
      post(
        `/v1beta/models/${model}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
        { contents, tools: [{ functionDeclarations: [{ ...TOOL, parameters: SCHEMA }] }] },
        session,
        key,
      ),
    opening: { role: 'user', parts: [{ text: 'weather in Bern?' }] },
    kept: ({ text }, stream) => {
      const all = stream ? events(text) : [JSON.parse(text)];
      const parts = all.flatMap(({ candidates }) => candidates[0].content?.parts ?? []);
      return [{ role: 'model', parts }];
    },
    bare: ([{ role, parts }]) => [
      {
        role,
        parts: parts
          .filter(({ functionCall }: Free) => functionCall !== undefined)
          .map((part: Free) => without(part, 'thoughtSignature')),
      },
    ],
    result: ([{ parts }]) => [
      {
        role: 'user',
        parts: parts
          .filter(({ functionCall }: Free) => functionCall !== undefined)
          .map(({ functionCall: { id, name } }: Free) => ({
            functionResponse: { id, name, response: { output: 'sunny' } },
          })),
      },
    ],
  },
  ollama: {
    ask: (model, stream, messages) =>
      post(
        '/api/chat',
        {
          model,
          stream,
          messages,
          tools: [{ type: 'function', function: { ...TOOL, parameters: SCHEMA } }],
        },
        session,
        key,
      ),
    opening: { role: 'user', content: 'weather in Bern?' },
    kept: ({ text }) =>
      text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).message)
        .filter((message) => message !== undefined && Object.keys(message).length > 1),
    bare: (messages) =>
      messages
        .filter(({ tool_calls }) => tool_calls !== undefined)
        .map((message) => ({
          ...without(message, 'thinking', 'reasoning_details'),
          tool_calls: message.tool_calls.map((call: Free) => without(call, 'extra_content')),
        })),
    result: (messages) =>
      messages
        .flatMap(({ tool_calls = [] }) => tool_calls)
        .map(({ id, function: { name } }) => ({
          role: 'tool',
          tool_call_id: id,
          tool_name: name,
          content: 'sunny',
        })),
  },
  responses: {
    ask: (model, stream, input) =>
      post(
        '/v1/responses',
        {
          model,
          stream,
          input,
          store: false,
          include: ['reasoning.encrypted_content'],
          tools: [{ type: 'function', ...TOOL, parameters: SCHEMA }],
        },
        session,
        key,
      ),
    opening: { role: 'user', content: 'weather in Bern?' },
    kept: ({ text }, stream) =>
      stream
        ? events(text).find(({ type }) => type === 'response.completed').response.output
        : JSON.parse(text).output,
    bare: (items) =>
      items
        .filter(({ type }) => type === 'function_call')
        .map((item) => without(item, 'extra_content')),
    result: (items) =>
      items
        .filter(({ type }) => type === 'function_call')
        .map(({ call_id }) => ({ type: 'function_call_output', call_id, output: 'sunny' })),
  },
  anthropic: {
    ask: (model, stream, messages) =>
      post(
        '/v1/messages',
        { model, stream, messages, max_tokens: 512, tools: [{ ...TOOL, input_schema: SCHEMA }] },
        session,
        key,
      ),
    opening: { role: 'user', content: 'weather in Bern?' },
    kept: ({ text }) => [{ role: 'assistant', content: JSON.parse(text).content }],
    bare: ([{ role, content }]) => [
      {
        role,
        content: content
          .filter(({ type }: Free) => type === 'tool_use')
          .map((block: Free) => without(block, 'extra_content')),
      },
    ],
    result: ([{ content }]) => [
      {
        role: 'user',
        content: content
          .filter(({ type }: Free) => type === 'tool_use')
          .map(({ id }: Free) => ({ type: 'tool_result', tool_use_id: id, content: 'sunny' })),
      },
    ],
  },
});

let sessions = 0;
const newSession = (): string => `s${++sessions}`;

function talk(caller: string, session = newSession(), key?: string): Talk {
  const found = talks(session, key)[caller];
  assert.ok(found !== undefined);
  return found;
}

/** A question, and its answer with a call. */
async function opened(one: Talk, model: string, stream = false): Promise<Free[]> {
  const answer = await one.ask(model, stream, [one.opening]);
  assert.equal(answer.status, 200, answer.text);
  return one.kept(answer, stream);
}

const goOn = (one: Talk, model: string, turns: Free[]): Promise<Answer> =>
  one.ask(model, false, [one.opening, ...turns, ...one.result(turns)]);

const dropped = ({ headers }: Answer): string => String(headers['x-signalbox-dropped'] ?? '');
const last = (signer: Signer): string => JSON.stringify(signer.bodies.at(-1));
const signedBy = (name: string): string => Buffer.from(`${name} signed`).toString('base64');

beforeEach(() => {
  claude.bodies.length = 0;
  google.bodies.length = 0;
});

describe('a signature that the caller has no place for', () => {
  const pairs = [
    ['responses', 'thinker'],
    ['gemini', 'thinker'],
    ['ollama', 'thinker'],
    ['responses', 'gemini-3-pro'],
    ['ollama', 'gemini-3-pro'],
    ['anthropic', 'gemini-3-pro'],
  ] as const;
  for (const [caller, model] of pairs) {
    for (const stream of caller === 'anthropic' ? [false] : [false, true]) {
      const how = `${caller} in front of ${model}${stream ? ', stream' : ''}`;
      // Of a stream, clients of Ollama keep what they know.
      const keepsAll = caller !== 'ollama' || !stream;
      if (keepsAll)
        it(`comes back with a client that keeps every field: ${how}`, async () => {
          const one = talk(caller);
          const turns = await opened(one, model, stream);
          // Not from here: another session knows nothing of it.
          const other = talk(caller);
          const answer = await goOn(other, model, turns);
          assert.equal(answer.status, 200, answer.text);
          assert.match(last(model === 'thinker' ? claude : google), signatures(model));
          assert.doesNotMatch(dropped(answer), /signature|sealed/);
        });

      it(`is put back for a client that drops the fields: ${how}`, async () => {
        const one = talk(caller);
        const turns = one.bare(await opened(one, model, stream));
        assert.doesNotMatch(JSON.stringify(turns), signatures(model), 'nothing is left of it');
        const answer = await goOn(one, model, turns);
        assert.equal(answer.status, 200, answer.text);
        assert.match(last(model === 'thinker' ? claude : google), signatures(model));
      });
    }
  }

  const signatures = (model: string): RegExp =>
    new RegExp(signedBy(model === 'thinker' ? 'claude' : 'google').slice(0, 12));

  it('is the same thought again, and what was sealed beside it', async () => {
    const one = talk('responses');
    const turns = one.bare(await opened(one, 'thinker'));
    await goOn(one, 'thinker', turns);
    const [, said] = claude.bodies.at(-1).messages;
    const kinds = said.content.map(({ type }: Free) => type);
    assert.deepEqual(kinds, ['thinking', 'redacted_thinking', 'tool_use']);
    assert.equal(said.content[0].thinking, 'It asks for Bern. I look.');
  });

  it('belongs to its session, its tenant and its endpoint', async () => {
    const session = newSession();
    const one = talk('responses', session);
    const turns = one.bare(await opened(one, 'thinker'));
    const others: readonly (readonly [Talk, string])[] = [
      [talk('responses'), 'thinker'],
      [talk('responses', session, 'stranger'), 'thinker'],
      [one, 'thinker-twin'],
    ];
    for (const [other, model] of others) {
      const answer = await goOn(other, model, turns);
      assert.equal(answer.status, 400, answer.text);
      assert.doesNotMatch(last(claude), /"thinking"/);
    }
    assert.equal((await goOn(one, 'thinker', turns)).status, 200);
  });

  it('is not kept for a tenant that wants nothing kept', async () => {
    const one = talk('responses', newSession(), 'strict');
    const turns = one.bare(await opened(one, 'thinker'));
    const answer = await goOn(one, 'thinker', turns);
    assert.equal(answer.status, 400, answer.text);
    assert.doesNotMatch(last(claude), /"thinking"/);
  });
});

describe('a signature of another provider', () => {
  for (const caller of ['responses', 'ollama', 'anthropic']) {
    it(`is never sent, and named: ${caller}, from Google to Anthropic`, async () => {
      const one = talk(caller);
      const turns = await opened(one, 'gemini-3-pro');
      const answer = await goOn(one, 'thinker', turns);
      // The server wants a thought of its own: nobody has one.
      assert.equal(answer.status, 400, answer.text);
      assert.match(answer.text, /begins with a thinking block/);
      assert.ok(!last(claude).includes(signedBy('google').slice(0, 12)));
      assert.ok(!last(claude).includes('Sbx0'));
      assert.match(dropped(answer), /call\.signature/);
    });
  }

  for (const caller of ['responses', 'ollama', 'gemini']) {
    it(`is never sent, and named: ${caller}, from Anthropic to Google`, async () => {
      const one = talk(caller);
      const turns = await opened(one, 'thinker');
      const answer = await goOn(one, 'gemini-3-pro', turns);
      assert.equal(answer.status, 200, answer.text);
      assert.ok(!last(google).includes(signedBy('claude').slice(0, 12)));
      assert.match(dropped(answer), /part\.signature|part\.sealed/);
    });
  }

  it('goes back to its own again', async () => {
    const one = talk('responses');
    const turns = await opened(one, 'thinker');
    await goOn(one, 'gemini-3-pro', turns);
    const again = await goOn(talk('responses'), 'thinker', turns);
    assert.equal(again.status, 200, again.text);
  });

  it('is left out after a failover', async () => {
    const one = talk('responses');
    const turns = await opened(one, 'either');
    assert.equal(claude.bodies.length, 1);
    claude.ill = true;
    const answer = await goOn(one, 'either', turns);
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.headers['x-signalbox-endpoint'], 'google');
    assert.ok(!last(google).includes(signedBy('claude').slice(0, 12)));
    assert.match(dropped(answer), /part\.signature/);
    await rested();
  });
});
