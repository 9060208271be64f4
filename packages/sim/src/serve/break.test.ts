// Every fault of the script language, as a raw client observes it.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createConnection } from 'node:net';
import { after, beforeEach, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { startSim } from '../sim.ts';
import type { Heard } from '../talk.fixture.ts';
import { chatWith, post, talk, until } from '../talk.fixture.ts';

const sim = await startSim();
after(() => sim.close());
beforeEach(() => sim.reset());

const streamed = { stream: true };

function heard(script: string, more: object = {}): Promise<Heard> {
  const body = chatWith('Explain how tides work', more);
  return talk(sim.port, post(body, [`x-sim: ${script}`, 'connection: close']));
}

async function textOf(script: string, more: object = {}): Promise<string> {
  return (await heard(script, more)).bytes.toString();
}

/** The answer's body, of a response that is not chunked. */
function bodyOf(response: string): string {
  return response.slice(response.indexOf('\r\n\r\n') + 4);
}

/** The bytes of a chunked body, as far as they came. */
function unchunked(bytes: Buffer): Buffer {
  let rest = bytes.subarray(bytes.indexOf('\r\n\r\n') + 4);
  const parts: Buffer[] = [];
  for (let size = -1; size !== 0 && rest.length > 0; ) {
    const line = rest.indexOf('\r\n');
    size = Number.parseInt(rest.subarray(0, line).toString(), 16);
    parts.push(rest.subarray(line + 2, line + 2 + size));
    rest = rest.subarray(line + 4 + size);
  }
  return Buffer.concat(parts);
}

function events(text: string): string[] {
  return text.split('\n\n').filter((event) => event.startsWith('data: '));
}

function count(text: string, piece: string): number {
  return text.split(piece).length - 1;
}

const token = '"delta":{"content":"';
const token0 = `${token}"`;
function tokens(text: string): number {
  return count(text, token) - count(text, token0);
}

test('a status comes with its headers and the error envelope', async () => {
  const script =
    'status=503,retry-after=2,retry-after-ms=1500,code=overloaded,header=x-a:1,header=x-a:2';
  const text = await textOf(script, streamed);
  assert.match(text, /^HTTP\/1.1 503 /);
  assert.match(text, /\r\nretry-after: 2\r\nretry-after-ms: 1500\r\n/);
  assert.match(text, /x-a: 1\r\nx-a: 2\r\n/);
  assert.equal(JSON.parse(bodyOf(text)).error.code, 'overloaded');
  assert.match(await textOf('status=429'), /rate_limit_exceeded/);
  assert.match(await textOf('status=201'), /^HTTP\/1.1 201 .*"chat.completion"/s);
});

test('a redirect and a proxy page', async () => {
  const moved = await textOf('redirect=http://169.254.169.254/');
  assert.match(moved, /^HTTP\/1.1 307 .*\r\nlocation: http:\/\/169\.254\.169\.254\/\r\n/s);
  assert.match(await textOf('html-502'), /^HTTP\/1.1 502 .*content-type: text\/html.*<html>/s);
});

test('down resets the connection without a byte', async () => {
  const { bytes, end } = await heard('down');
  assert.deepEqual([bytes.length, end], [0, 'reset']);
  assert.equal(sim.requests().broken, 1);
});

test('hang says nothing and keeps the connection until one side closes it', async () => {
  const other = await startSim();
  other.script('hang');
  const waiting = talk(other.port, post(chatWith('x')));
  await until(() => other.requests().open === 1);
  await other.close();
  assert.equal((await waiting).bytes.length, 0);
  await until(() => other.requests().aborted === 1);
});

test('a stream dies after exactly so many tokens, without its end', async () => {
  const { bytes, end } = await heard('die-after=3', streamed);
  const text = bytes.toString();
  assert.equal(end, 'end');
  assert.equal(tokens(text), 3);
  assert.ok(!text.includes('[DONE]') && !text.includes('\r\n0\r\n'));
  assert.equal(sim.requests().broken, 1);
});

test('a unary answer dies after so many bytes of what its length promised', async () => {
  const { bytes, end } = await heard('die-after=20');
  const text = bytes.toString();
  assert.equal(end, 'end');
  assert.equal(bodyOf(text).length, 20);
  assert.ok(Number(/content-length: (\d+)/.exec(text)?.[1]) > 20);
});

test('a silent stream stays open after so many tokens', async () => {
  const body = chatWith('Explain how tides work', streamed);
  const request = post(body, ['x-sim: silent-after=2']);
  const enough = (text: string): boolean => tokens(text) === 2;
  assert.equal((await talk(sim.port, request, enough)).end, 'open');
  await until(() => sim.requests().aborted === 1);
});

test('an error in a stream follows its tokens, then the stream ends without [DONE]', async () => {
  const text = await textOf('error-in-stream=2', streamed);
  assert.equal(tokens(text), 2);
  assert.match(text, /data: {"error":{"message":/);
  assert.ok(!text.includes('[DONE]') && text.endsWith('\r\n0\r\n\r\n'));
  const unary = await textOf('error-in-stream');
  assert.match(unary, /^HTTP\/1.1 200 .*{"error":{/s);
});

test('malformed JSON: one chunk of a stream, the body of a unary answer', async () => {
  const broken = events(unchunked((await heard('malformed-json', streamed)).bytes).toString());
  const bad = broken.filter((event) => !event.endsWith('}') && !event.endsWith('[DONE]'));
  assert.equal(bad.length, 1);
  const unary = await textOf('malformed-json');
  assert.throws(() => JSON.parse(bodyOf(unary)), SyntaxError);
});

test('the end of a stream may be missing, doubled or cut', async () => {
  const missing = await textOf('no-done', streamed);
  assert.ok(missing.includes('"finish_reason":"stop"') && !missing.includes('[DONE]'));
  const doubled = await textOf('two-finish', streamed);
  assert.equal(count(doubled, '"finish_reason":"stop"'), 2);
  const cut = unchunked((await heard('truncate', streamed)).bytes).toString();
  assert.ok(!cut.endsWith('\n\n') && !cut.includes('[DONE]'));
});

test('comments and CRLF are put between and into the frames', async () => {
  const text = unchunked((await heard('comments,crlf', streamed)).bytes).toString();
  assert.ok(text.startsWith(': still working\r\n\r\ndata: {'));
  assert.ok(text.endsWith('data: [DONE]\r\n\r\n'));
});

test('usage may be missing, or in every chunk', async () => {
  const asked = { stream: true, stream_options: { include_usage: true } };
  assert.ok(!(await textOf('no-usage', asked)).includes('usage'));
  assert.ok(!(await textOf('no-usage')).includes('usage'));
  const always = events(unchunked((await heard('usage-every-chunk', streamed)).bytes).toString());
  assert.ok(always.slice(0, -1).every((event) => event.includes('"usage":{"prompt_tokens"')));
  const unary = JSON.parse(bodyOf(await textOf('cached=5,reasoning=7,tokens=10')));
  assert.equal(unary.usage.prompt_tokens_details.cached_tokens, 5);
  assert.equal(unary.usage.completion_tokens_details.reasoning_tokens, 7);
  assert.equal(unary.usage.completion_tokens, 17);
});

test('a body may say that it is something else', async () => {
  assert.match(await textOf('wrong-content-type'), /content-type: text\/plain\r\n/);
  assert.match(await textOf('wrong-content-type', streamed), /content-type: text\/plain\r\n/);
});

test('bytes may come one at a time', async () => {
  const text = await textOf('slow-bytes=0,text=slow', streamed);
  assert.ok(count(text, '\r\n1\r\n') > 100);
  assert.equal(
    JSON.parse(bodyOf(await textOf('slow-bytes=0,text=slow'))).object,
    'chat.completion',
  );
});

test('answers may be compressed without being asked', async () => {
  const unary = await heard('gzip');
  assert.match(unary.bytes.toString('latin1'), /content-encoding: gzip/);
  const body = JSON.parse(gunzipSync(unchunked(unary.bytes)).toString());
  assert.equal(body.object, 'chat.completion');
  const stream = await heard('gzip,tokens=3', streamed);
  assert.ok(gunzipSync(unchunked(stream.bytes)).toString().endsWith('data: [DONE]\n\n'));
});

test('a bomb is small on the wire and large when unpacked', async () => {
  const { bytes } = await heard('gzip-bomb=8');
  assert.ok(bytes.length < 100_000, String(bytes.length));
  assert.equal(gunzipSync(unchunked(bytes)).length, 8 * 1024 * 1024);
});

test('headers may go on and on', async () => {
  const request = post(chatWith('x'), ['x-sim: endless-headers']);
  const { bytes } = await talk(sim.port, request, (text) => text.length > 500_000);
  assert.ok(!bytes.includes('\r\n\r\n'));
  await until(() => sim.requests().aborted === 1);
});

test('an idle connection may be closed after an answer', async () => {
  const { bytes, end } = await talk(sim.port, post(chatWith('x'), ['x-sim: close-idle']));
  assert.equal(end, 'end');
  assert.match(bytes.toString(), /^HTTP\/1.1 200 .*connection: keep-alive/is);
});

test('a connection may be reset when it is used again', async () => {
  const socket = createConnection(sim.port, '127.0.0.1');
  socket.write(post(chatWith('x'), ['x-sim: close-reused']));
  const [answer] = await once(socket, 'data');
  assert.match(String(answer), /^HTTP\/1.1 200 /);
  socket.write(post(chatWith('y')));
  await assert.rejects(once(socket, 'data'), { code: 'ECONNRESET' });
});

test('a tool may be called that nobody offered, with arguments that are no JSON', async () => {
  const body = JSON.parse(bodyOf(await textOf('call=launch,args=%7Bnot%20json')));
  const [call] = body.choices[0].message.tool_calls;
  assert.deepEqual(call.function, { name: 'launch', arguments: '{not json' });
  assert.equal(body.choices[0].finish_reason, 'tool_calls');
});

test('a header that HTTP cannot carry breaks the connection, not the sim', async () => {
  const { end } = await heard('header=transfer-encoding:chunked,header=content-length:5');
  assert.notEqual(end, 'open');
  assert.match(await textOf(''), /^HTTP\/1.1 200 /);
});

test('latency is waited for, and a caller who leaves meanwhile is noticed', async () => {
  const socket = createConnection(sim.port, '127.0.0.1');
  socket.write(post(chatWith('x'), ['x-sim: latency-first=60000']));
  await until(() => sim.requests().open === 1);
  assert.equal(socket.bytesRead, 0);
  socket.destroy();
  await until(() => sim.requests().aborted === 1);
});
