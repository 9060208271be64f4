import assert from 'node:assert/strict';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type TestContext, test } from 'node:test';
import { findServers, readModels } from './local-servers.ts';

async function listening(context: TestContext, answer: RequestListener): Promise<number> {
  const server: Server = createServer(answer);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  return address.port;
}

const LIST = JSON.stringify({ object: 'list', data: [{ id: 'qwen3:8b' }, { id: 'nomic' }] });

test('a server that names its models is found with them', async (context) => {
  const asked: (string | undefined)[] = [];
  const port = await listening(context, (question, answer) => {
    asked.push(question.url, question.headers.authorization);
    answer.end(LIST);
  });
  assert.deepEqual(await findServers([{ kind: 'ollama', port }]), [
    { kind: 'ollama', url: `http://127.0.0.1:${port}/v1`, models: ['qwen3:8b', 'nomic'] },
  ]);
  assert.deepEqual(asked, ['/v1/models', undefined]);
});

test('what is not there, wants a key or talks of something else is nobody', async (context) => {
  const locked = await listening(context, (_question, answer) => answer.writeHead(401).end(LIST));
  const silent = await listening(context, () => {});
  const other = await listening(context, (_question, answer) => answer.end('<html>'));
  const ports = [locked, silent, other, 1];
  assert.deepEqual(await findServers(ports.map((port) => ({ kind: 'vllm', port }))), []);
});

test('names that nobody could use are passed over', () => {
  assert.deepEqual(readModels('{"data":[{"id":"a"},{"id":""},{"id":7},null,{"id":"a"}]}'), ['a']);
  assert.deepEqual(readModels('{"data":{}}'), []);
  assert.deepEqual(readModels('[]'), []);
  assert.deepEqual(readModels('nonsense'), []);
  const many = { data: Array.from({ length: 500 }, (_, at) => ({ id: `m-${at}` })) };
  assert.equal(readModels(JSON.stringify(many)).length, 64);
});
