// A server with a certificate, and everything that speaks to it.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { TLSSocket } from 'node:tls';
import { promisify } from 'node:util';
import { folderFor, start, until, upIn } from '../testing.fixture.ts';
import { FIRST, SECOND } from './certificates.fixture.ts';

const FILE = `version: 1
server: { tls: { cert: 'file:server.pem', key: 'file:server.key' } }
endpoints:
  away: { kind: ollama, url: http://127.0.0.1:9, private_address: true, models: [m] }
tenants: { acme: {} }
`;

function put(folder: string, { key, cert }: typeof FIRST): void {
  const files = { 'server.key': key, 'server.pem': cert };
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(folder, `${name}.new`), text, { mode: 0o600 });
    renameSync(join(folder, `${name}.new`), join(folder, name));
  }
}

function folderWith(context: TestContext): string {
  const folder = folderFor(context);
  put(folder, FIRST);
  writeFileSync(join(folder, 'signalbox.yaml'), FILE);
  return folder;
}

type Page = { readonly status: number; readonly text: string; readonly serial: string };

function page(url: string, ca: string): Promise<Page> {
  return new Promise((resolve, reject) => {
    const asked = get(url, { ca, agent: false }, (answer) => {
      let text = '';
      const { socket } = answer;
      assert.ok(socket instanceof TLSSocket);
      const { serialNumber: serial } = socket.getPeerCertificate();
      answer.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text, serial }));
    });
    asked.on('error', reject);
  });
}

test('commands, health check and plain HTTP at a server with a certificate', async (context) => {
  const folder = folderWith(context);
  const { url, document } = await upIn(context, folder);
  assert.match(url, /^https:\/\/127\.0\.0\.1:\d+$/);
  assert.match(String(document['console']), /^https:/);
  const environment = { NODE_EXTRA_CA_CERTS: join(folder, 'server.pem') };
  const believed = start(context, folder, ['endpoint', 'list', '--json'], environment);
  assert.equal(await believed.ended, 0, believed.err());
  assert.match(believed.out(), /"away"/);
  const doubted = start(context, folder, ['endpoint', 'list']);
  assert.equal(await doubted.ended, 6);
  assert.match(doubted.err(), /NODE_EXTRA_CA_CERTS/);
  const plain = await fetch(url.replace('https:', 'http:'));
  assert.equal(plain.status, 400);
  assert.match(await plain.text(), /write https:\/\/ instead of http:\/\//);
  const dockerfile = readFileSync(new URL('../../../../Dockerfile', import.meta.url), 'utf8');
  const command = /HEALTHCHECK[^[]*CMD (\[.*\])/.exec(dockerfile)?.[1] ?? '';
  const [, ...args]: string[] = JSON.parse(command);
  const env = { ...process.env, SIGNALBOX_DATA: join(folder, '.signalbox') };
  await promisify(execFile)(process.execPath, args, { env });
  env.SIGNALBOX_DATA = folder;
  await assert.rejects(promisify(execFile)(process.execPath, args, { env }));
});

test('a renewed certificate is shown, a broken one is not, without a restart', async (context) => {
  const folder = folderWith(context);
  const { url } = await upIn(context, folder);
  const both = `${FIRST.cert}\n${SECOND.cert}`;
  const first = await page(`${url}/healthz`, both);
  put(folder, SECOND);
  await until(async () => (await page(`${url}/healthz`, both)).serial !== first.serial);
  writeFileSync(join(folder, 'server.key'), FIRST.key);
  await until(async () => (await page(`${url}/readyz`, both)).text.includes('server.tls'));
  const { status, text, serial } = await page(`${url}/readyz`, both);
  assert.equal(status, 200);
  assert.match(text, /the key is of another certificate/);
  assert.notEqual(serial, first.serial);
});

test('a certificate that cannot be shown stops the start, with what to do', async (context) => {
  const folder = folderWith(context);
  writeFileSync(join(folder, 'server.pem'), 'no certificate');
  const { err, ended } = start(context, folder, ['up', '--port', '0', '--no-discovery']);
  assert.equal(await ended, 2);
  assert.match(err(), /server\.tls: .*PEM/);
});
