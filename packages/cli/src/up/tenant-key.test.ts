// The admin of a tenant signs in to the console of a real gateway, and is out when its key is.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { mintApiKey } from '@signalbox/trust';
import { folderFor, serverIn, typed } from '../testing.fixture.ts';

const file = (key: string): string => `version: 1
tenants: { acme: {}, globex: {} }
keys:
  admin: { tenant: acme, secret: "env:${key}", scopes: [admin] }
  caller: { tenant: acme, secret: "env:CALLER", scopes: [call] }
  far: { tenant: acme, secret: "env:FAR", scopes: [admin], networks: [10.0.0.0/8] }
`;

test('a tenant’s admin opens the console by its key, as long as that holds', async (context) => {
  const [one, two, caller, far] = Array.from({ length: 4 }, () =>
    mintApiKey('test', randomBytes(48)),
  );
  const environment = { ONE: one, TWO: two, CALLER: caller, FAR: far };
  const folder = folderFor(context);
  const write = (text: string): void => writeFileSync(join(folder, 'own.yaml'), text);
  write(file('ONE'));
  const server = await serverIn(context, folder, { config: 'own.yaml', environment });
  const console = (key: string | undefined) =>
    typed(folderFor(context), ['console'], {
      ...{ SIGNALBOX_URL: server.url, SIGNALBOX_ADMIN_KEY: key },
    });
  const cookieFor = async (key: string | undefined): Promise<string> => {
    const ended = await console(key);
    assert.equal(ended.exit, 0, ended.err);
    const opened = await fetch(ended.out.trim(), { redirect: 'manual' });
    assert.equal(opened.headers.get('location'), '/');
    return opened.headers.get('set-cookie')?.split(';')[0] ?? '';
  };
  const who = async (cookie: string): Promise<string> => {
    const response = await fetch(`${server.url}/admin/v1/session`, { headers: { cookie } });
    return response.ok ? response.text() : String(response.status);
  };
  for (const key of [caller, far]) assert.equal((await console(key)).exit, 3);
  const cookie = await cookieFor(one);
  assert.match(await who(cookie), /^\{"tenant":"acme","name":"admin","role":"admin"\}/);

  // The same name, another secret: what the first has opened is over.
  write(file('TWO'));
  assert.deepEqual(await server.reload(), []);
  assert.equal(await who(cookie), '401');
  assert.equal((await console(one)).exit, 3);
  const second = await cookieFor(two);
  assert.match(await who(second), /acme/);
  write(file('TWO').replace('scopes: [admin] }', 'scopes: [admin], revoked: true }'));
  assert.deepEqual(await server.reload(), []);
  assert.equal(await who(second), '401');
});
