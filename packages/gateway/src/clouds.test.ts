// Clouds that are reached in ways of their own, through real sockets: a server here answers as they
// do, in binary frames too, and keeps what it was asked.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { EventStreamCodec } from '@smithy/eventstream-codec';
import { chat, type Gateway, startGateway } from './gateway.fixture.ts';

type Seen = {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: ReturnType<typeof JSON.parse>;
};

const KEYS = 'AKIDEXAMPLE00001:wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY:token==';
const seen: Seen[] = [];
let server: Server;
let gateway: Gateway;

const codec = new EventStreamCodec(
  (bytes) => (typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString('utf8')),
  (text) => Buffer.from(text, 'utf8'),
);
const frame = (type: string, body: object): Uint8Array =>
  codec.encode({
    headers: {
      ':message-type': {
        type: 'string',
        value: type.endsWith('Exception') ? 'exception' : 'event',
      },
      [type.endsWith('Exception') ? ':exception-type' : ':event-type']: {
        type: 'string',
        value: type,
      },
    },
    body: Buffer.from(JSON.stringify(body)),
  });

const usage = { inputTokens: 12, outputTokens: 3 };
const WHOLE = {
  output: { message: { role: 'assistant', content: [{ text: 'Grüß Gott' }] } },
  stopReason: 'end_turn',
  usage,
};
const FRAMES = [
  frame('messageStart', { role: 'assistant' }),
  frame('contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'Grüß ' } }),
  frame('contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'Gott' } }),
  frame('messageStop', { stopReason: 'end_turn' }),
  frame('metadata', { usage }),
];
const MESSAGE = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-x',
  content: [{ type: 'text', text: 'Servus' }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 4, output_tokens: 2 },
};
const COMPLETION = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'gpt-x',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
};
const FILTERED = {
  error: {
    message: 'The prompt was filtered.',
    param: 'prompt',
    code: 'content_filter',
    status: 400,
    innererror: { code: 'ResponsibleAIPolicyViolation' },
  },
};

before(async () => {
  server = createServer(async (request, response) => {
    let text = '';
    for await (const piece of request) text += piece;
    const path = request.url ?? '';
    // Questions about the server itself have no body.
    if (text !== '') seen.push({ path, headers: request.headers, body: JSON.parse(text) });
    if (path.includes('slow')) {
      response.writeHead(429, {
        'content-type': 'application/json',
        'x-amzn-errortype': 'ThrottlingException',
      });
      response.end('{"message":"Too many requests, please wait before trying again."}');
    } else if (path.endsWith('/converse-stream')) {
      response.setHeader('content-type', 'application/vnd.amazon.eventstream');
      for (const one of path.includes('breaks') ? FRAMES.slice(0, 2) : FRAMES) response.write(one);
      if (path.includes('breaks')) response.write(frame('throttlingException', { message: 'no' }));
      response.end();
    } else {
      const body = path.endsWith('/converse')
        ? WHOLE
        : path.includes('rawPredict')
          ? MESSAGE
          : path.includes('filtered')
            ? FILTERED
            : COMPLETION;
      response.writeHead(body === FILTERED ? 400 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const url = `http://127.0.0.1:${port}`;
  const at = (kind: string, path: string, secret: string): string =>
    `kind: ${kind}
    url: ${url}${path}
    private_address: true
    tier: 3
` +
    `    region: eu-central-1
    credentials: [{secret: 'env:${secret}'}]`;
  gateway = await startGateway(
    () => `
version: 1
server: {host: 127.0.0.1, port: 0, drain_ms_max: 200}
node: {name: n1, tier: 1}
endpoints:
  bedrock:
    ${at('bedrock', '', 'AWS')}
    models: {"eu.anthropic.claude-x-v1:0": {name: claude}, slow: {}, breaks: {}}
  keyed:
    ${at('bedrock', '', 'BEARER')}
    models: {"arn:aws:bedrock:eu:1:inference-profile/x": {name: profile}}
  azure:
    ${at('azure', '/openai?api-version=2024-10-21', 'AZURE')}
    models: {gpt-x: {}, filtered: {}}
  vertex:
    ${at('vertex', '/v1/projects/p/locations/l/publishers/anthropic', 'GOOGLE')}
    models: {claude-x@1: {name: vertex-claude}}
tenants: {acme: {}}
keys: {main: {tenant: acme, secret: "env:MAIN", scopes: [call, explain]}}
`,
    { aws: KEYS, bearer: 'bedrock-api-key-abc', azure: 'azure-secret', google: 'ya29.token' },
  );
});
after(async () => {
  await gateway?.stop();
  server.close();
});

async function asked(model: string, more: object = {}) {
  const answer = await gateway.ask('/v1/chat/completions', { body: chat(model, 'Hi', more) });
  const last = seen.at(-1);
  assert.ok(last !== undefined);
  return { answer, last };
}

describe('bedrock', () => {
  it('is asked in Converse, signed, and answers in the caller’s format', async () => {
    const { answer, last } = await asked('claude', { max_tokens: 9 });
    assert.equal(answer.status, 200, answer.text);
    const { choices, usage: told } = JSON.parse(answer.text);
    assert.equal(choices[0].message.content, 'Grüß Gott');
    assert.equal(choices[0].finish_reason, 'stop');
    assert.deepEqual([told.prompt_tokens, told.completion_tokens], [12, 3]);
    assert.equal(last.path, '/model/eu.anthropic.claude-x-v1%3A0/converse');
    assert.deepEqual(last.body, {
      messages: [{ role: 'user', content: [{ text: 'Hi' }] }],
      inferenceConfig: { maxTokens: 9 },
    });
    const header = last.headers.authorization ?? '';
    assert.match(header, /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE00001\/\d{8}\/eu-central-1\//);
    assert.match(header, /SignedHeaders=content-type;host;x-amz-date;x-amz-security-token,/);
    assert.match(header, /Signature=[0-9a-f]{64}$/);
    assert.equal(last.headers['x-amz-security-token'], 'token==');
  });

  it('streams in binary frames, and the caller reads events', async () => {
    const { answer, last } = await asked('claude', { stream: true });
    assert.equal(last.path, '/model/eu.anthropic.claude-x-v1%3A0/converse-stream');
    assert.equal(answer.status, 200);
    const said = [...answer.text.matchAll(/"content":"([^"]*)"/g)].map(([, text]) => text).join('');
    assert.equal(said, 'Grüß Gott');
    assert.match(answer.text, /data: \[DONE\]\n\n$/);
  });

  it('is sent a key where the secret is one, and a whole ARN as one segment', async () => {
    const { answer, last } = await asked('profile');
    assert.equal(answer.status, 200, answer.text);
    assert.equal(last.headers.authorization, 'Bearer bedrock-api-key-abc');
    assert.equal(last.headers['x-amz-date'], undefined);
    const arn = 'arn%3Aaws%3Abedrock%3Aeu%3A1%3Ainference-profile%2Fx';
    assert.equal(last.path, `/model/${arn}/converse`);
  });

  it('that is too busy says so, and its keys stay where they are', async () => {
    const { answer } = await asked('slow');
    assert.ok(answer.status === 429 || answer.status === 503, answer.text);
    assert.ok(!/AKID|wJalr|token==/.test(answer.text + JSON.stringify(answer.headers)));
  });

  it('that fails in the middle of a stream ends it uncleanly, with its reason', async () => {
    const { answer } = await asked('breaks', { stream: true });
    assert.ok(answer.text.includes('Grüß'));
    assert.ok(answer.text.includes('"error"'), answer.text);
    assert.ok(!answer.text.includes('[DONE]'));
  });
});

describe('azure with a version in its URL', () => {
  it('is asked at the path of the deployment, with its own header', async () => {
    const { answer, last } = await asked('gpt-x');
    assert.equal(answer.status, 200, answer.text);
    assert.equal(last.path, '/openai/deployments/gpt-x/chat/completions?api-version=2024-10-21');
    assert.equal(last.headers['api-key'], 'azure-secret');
    assert.equal(last.headers.authorization, undefined);
  });

  it('tells a caller of another format that its filter refused', async () => {
    const body = { model: 'filtered', max_tokens: 5, messages: [{ role: 'user', content: 'x' }] };
    const answer = await gateway.ask('/v1/messages', { body });
    assert.ok(answer.status >= 400 && answer.status < 500, answer.text);
    assert.match(answer.text, /filtered/);
  });
});

describe('vertex for claude', () => {
  const path = '/v1/projects/p/locations/l/publishers/anthropic/models/claude-x%401:rawPredict';

  it('gets a version in the body for the model that stands in the path', async () => {
    const question =
      '{"model": "vertex-claude", "max_tokens" : 5, "x": 1.50, ' +
      '"messages":[{"role":"user","content":"Hi"}]}';
    const answer = await gateway.ask('/v1/messages', { body: question });
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual(JSON.parse(answer.text), MESSAGE);
    const last = seen.at(-1);
    assert.equal(last?.path, path);
    assert.deepEqual(last?.body, {
      anthropic_version: 'vertex-2023-10-16',
      max_tokens: 5,
      messages: [{ role: 'user', content: 'Hi' }],
      x: 1.5,
    });
    assert.equal(last?.headers.authorization, 'Bearer ya29.token');
  });

  it('answers callers of other formats', async () => {
    const { answer, last } = await asked('vertex-claude');
    assert.equal(answer.status, 200, answer.text);
    assert.equal(JSON.parse(answer.text).choices[0].message.content, 'Servus');
    assert.equal(last.path, path);
    assert.equal(last.body.anthropic_version, 'vertex-2023-10-16');
    assert.equal(last.body.model, undefined);
  });
});
