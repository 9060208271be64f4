import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createServer } from 'node:tls';
import { promisify } from 'node:util';
import { AUTHORITY, GATEWAY } from '../certificates.fixture.ts';
import { json } from './dialling.fixture.ts';

const folder = await mkdtemp(join(tmpdir(), 'signalbox-extra-ca-'));
const server = createServer(GATEWAY, (socket) => {
  socket.on('error', () => {});
  socket.on('data', () => socket.end(json('"here"')));
});
server.on('tlsClientError', () => {});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
after(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

const address = server.address();
const origin = `https://localhost:${typeof address === 'object' ? address?.port : 0}`;
/** A process of its own: Node reads the variable once, at its start. */
const fileAt = (name: string): string => JSON.stringify(new URL(name, import.meta.url).href);
const PROGRAM = `
  const { createUpstream } = await import(${fileAt('dial.ts')});
  const { dial, placeAt, requestTo } = await import(${fileAt('dialling.fixture.ts')});
  const upstream = createUpstream({ onBlocked: () => {} });
  const { text, fault } = await dial(upstream, requestTo(placeAt('${origin}'))).over;
  console.log(JSON.stringify({ text, detail: fault?.detail }));
  upstream.close();
`;

async function answerWith(environment: Readonly<Record<string, string>>): Promise<string> {
  const args = ['--input-type=module', '--eval', PROGRAM];
  const options = { env: { PATH: process.env['PATH'], ...environment } };
  return (await promisify(execFile)(process.execPath, args, options)).stdout;
}

test('an authority in NODE_EXTRA_CA_CERTS is believed, and no other', async () => {
  const file = join(folder, 'authority.pem');
  await writeFile(file, AUTHORITY);
  assert.match(await answerWith({ NODE_EXTRA_CA_CERTS: file }), /"text":"\\"here\\""/);
  assert.match(await answerWith({}), /UNABLE_TO_VERIFY_LEAF_SIGNATURE/);
});
