import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { describe, it } from 'node:test';
import {
  clientOf,
  EXPLAINED,
  HELLO,
  hands,
  json,
  refused,
  serve,
  until,
} from './client.fixture.ts';
import { Broken, GatewayError, LocalError } from './index.ts';

const ASK = { ...HELLO, stream: true } as const;
const chunk = (content: string, finish: string | null = null): string => {
  const choice = { index: 0, delta: { content }, finish_reason: finish };
  return `data: ${JSON.stringify({ choices: [choice] })}\n\n`;
};
const DONE = 'data: [DONE]\n\n';
const begin = (response: ServerResponse): void =>
  void response.writeHead(200, { 'content-type': 'text/event-stream', ...EXPLAINED });

describe('a stream', () => {
  it('comes chunk by chunk, in any pieces', async (context) => {
    const gateway = await serve(context, '');
    gateway.answer = async (_, response) => {
      begin(response);
      const first = chunk('Grüße ').replaceAll('\n', '\r\n');
      const text = `: wait\r\n\r\n${first}${chunk('dir', 'stop')}${DONE}`;
      for (const byte of Buffer.from(text)) {
        response.write(Buffer.from([byte]));
        if (byte === 0xc3) await new Promise((resolve) => setImmediate(resolve));
      }
      response.end();
    };
    const stream = await clientOf(context, gateway).chat(ASK);
    assert.equal(stream.via, 'gateway');
    assert.equal(stream.explained?.decision, 'dec_1');
    assert.equal(await stream.text(), 'Grüße dir');
    assert.equal(JSON.parse(gateway.asked[0]?.body ?? '').stream, true);
  });

  it('falls back before its first byte', async (context) => {
    const [gateway, local] = [await serve(context, ''), await serve(context, '')];
    gateway.answer = (_, response) => response.writeHead(502).end('<html>');
    local.answer = (_, response) => {
      begin(response);
      response.end(`${chunk('near', 'stop')}${DONE}`);
    };
    const stream = await clientOf(context, gateway, { to: local, ...hands() }).chat(ASK);
    assert.deepEqual([stream.via, stream.why, stream.explained], ['local', 'network', undefined]);
    assert.equal(await stream.text(), 'near');
  });

  it('never falls back after it: what breaks is broken', async (context) => {
    const [gateway, local] = [await serve(context, ''), await serve(context, 'near')];
    const client = clientOf(context, gateway, { to: local, ...hands() });
    const ends: readonly ((response: ServerResponse) => void)[] = [
      (response) => response.destroy(),
      (response) => response.end(),
      (response) => response.end('data: {"choices":\n\n'),
      (response) => response.end('data: [1]\n\n'),
    ];
    for (const end of ends) {
      gateway.answer = (_, response) => {
        begin(response);
        response.write(chunk('so f'));
        setImmediate(() => end(response));
      };
      const got: unknown[] = [];
      const stream = await client.chat(ASK);
      await assert.rejects(async () => {
        for await (const one of stream) got.push(one);
      }, Broken);
      assert.equal(got.length, 1);
    }
    gateway.answer = (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '999' });
      response.write('{"choices":');
      setImmediate(() => response.destroy());
    };
    await assert.rejects(client.chat(HELLO), Broken);
    gateway.answer = (_, response) => json(response, 200, []);
    await assert.rejects(client.chat(HELLO), Broken);
    assert.equal(local.asked.length, 0);
  });

  it('may end without its last line where it said why it ends', async (context) => {
    const gateway = await serve(context, '');
    gateway.answer = (_, response) => {
      begin(response);
      response.end(chunk('all', 'stop'));
    };
    assert.equal(await (await clientOf(context, gateway).chat(ASK)).text(), 'all');
  });

  it('ends with the error that it tells', async (context) => {
    const [gateway, local] = [await serve(context, ''), await serve(context, '')];
    gateway.answer = (_, response) => {
      begin(response);
      response.end(`${chunk('so')}event: error\ndata: ${JSON.stringify(refused('shed'))}\n\n`);
    };
    const stream = await clientOf(context, gateway, { to: local }).chat(ASK);
    await assert.rejects(stream.text(), (error: unknown) => {
      assert.ok(error instanceof GatewayError);
      return error.code === 'shed';
    });
    local.answer = (_, response) => {
      begin(response);
      response.end('data: {"error":{"message":"out of memory"}}\n\n');
    };
    await gateway.close();
    const near = await clientOf(context, gateway, { to: local, ...hands() }).chat(ASK);
    await assert.rejects(near.text(), (error: unknown) => {
      assert.ok(error instanceof LocalError);
      return /out of memory/.test(error.message);
    });
  });

  it('is closed upstream when its reader leaves, or aborts', async (context) => {
    const gateway = await serve(context, '');
    let closed = 0;
    gateway.answer = (_, response) => {
      response.on('close', () => {
        closed += 1;
      });
      begin(response);
      response.write(chunk('on and on'));
    };
    const client = clientOf(context, gateway);
    for await (const _ of await client.chat(ASK)) break;
    await until(() => closed === 1);
    const stop = new AbortController();
    const aborted = await client.chat(ASK, { signal: stop.signal });
    setImmediate(() => stop.abort(new Error('enough')));
    await assert.rejects(aborted.text(), /enough/);
    await until(() => closed === 2);
    const left = await client.chat(ASK);
    left.abort();
    await until(() => closed === 3);
  });
});
