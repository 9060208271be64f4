import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { Secret, tenantName } from '@signalbox/contract';
import { type Credentials, openCredentials, tailOf } from './credentials.ts';
import { openKeyring } from './keyring.ts';

const random = { bytes: (count: number) => new Uint8Array(randomBytes(count)) };
const KEY = 'sk-canary-0123456789-abcdef-WXYZ';
const ORIGIN = 'https://llm.example';
const acme = tenantName('acme');

type Kept = { readonly root: string; readonly open: () => Promise<Credentials> };

async function place(test: TestContext): Promise<Kept> {
  const root = await mkdtemp(join(tmpdir(), 'signalbox-credentials-'));
  test.after(() => rm(root, { recursive: true, force: true }));
  const kek = new Uint8Array(32).fill(7);
  const open = async (): Promise<Credentials> => {
    const keyring = await openKeyring({ folder: join(root, 'keys'), kek, random });
    return openCredentials({ folder: join(root, 'credentials'), keyring, random });
  };
  return { root, open };
}

const keptKey = (text = KEY, origin = ORIGIN) => ({ secret: new Secret(text), origin });

async function textsBelow(folder: string): Promise<string> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const texts = files
    .filter((one) => one.isFile())
    .map((one) => readFile(join(one.parentPath, one.name), 'latin1'));
  return (await Promise.all(texts)).join('\n');
}

describe('keys that tenants bring', () => {
  it('open again after a restart, with the origin that they are for', async (test) => {
    const { open } = await place(test);
    await (await open()).keep('acme/gpu', keptKey());
    const kept = await (await open()).read('acme/gpu');
    assert.equal(kept?.secret.reveal(), KEY);
    assert.equal(kept?.origin, ORIGIN);
    assert.equal(await (await open()).read('acme/other'), undefined);
    assert.equal(await (await open()).read('globex/gpu'), undefined);
  });

  it('stand nowhere in the folder, and only their owner reads the files', async (test) => {
    const { root, open } = await place(test);
    await (await open()).keep('acme/gpu', keptKey());
    const texts = await textsBelow(root);
    for (const form of ['latin1', 'base64', 'hex'] as const) {
      assert.ok(!texts.includes(Buffer.from(KEY).toString(form).slice(4, 24)), form);
    }
    assert.ok(!texts.includes('WXYZ'));
    const file = join(root, 'credentials', 'acme', 'gpu.json');
    assert.equal((await stat(file)).mode & 0o777, 0o600);
  });

  it('moved to another tenant or endpoint are no keys', async (test) => {
    const { root, open } = await place(test);
    const credentials = await open();
    await credentials.keep('acme/gpu', keptKey());
    await credentials.keep('globex/gpu', keptKey('another-key-of-globex-000'));
    const at = (tenant: string, name: string): string =>
      join(root, 'credentials', tenant, `${name}.json`);
    const own = await readFile(at('acme', 'gpu'), 'utf8');
    await writeFile(at('globex', 'gpu'), own, { mode: 0o600 });
    assert.equal(await credentials.read('globex/gpu'), undefined);
    await rename(at('acme', 'gpu'), at('acme', 'other'));
    assert.equal(await credentials.read('acme/other'), undefined);
  });

  it('are sealed anew when the data key is, and the old files open too', async (test) => {
    const { root, open } = await place(test);
    const credentials = await open();
    await credentials.keep('acme/gpu', keptKey());
    const file = join(root, 'credentials', 'acme', 'gpu.json');
    const before = await readFile(file, 'utf8');
    assert.equal(await credentials.rotate(acme), 2);
    const after = await readFile(file, 'utf8');
    assert.notEqual(after, before);
    assert.equal((await credentials.read('acme/gpu'))?.secret.reveal(), KEY);
    await writeFile(file, before, { mode: 0o600 });
    assert.equal((await (await open()).read('acme/gpu'))?.secret.reveal(), KEY);
  });

  it('are gone with their tenant: a copy that was kept opens no more', async (test) => {
    const { root, open } = await place(test);
    const credentials = await open();
    await credentials.keep('acme/gpu', keptKey());
    const folder = join(root, 'credentials', 'acme');
    const copy = await readFile(join(folder, 'gpu.json'), 'utf8');
    await credentials.removeTenant(acme);
    await assert.rejects(stat(folder));
    await mkdir(folder, { mode: 0o700 });
    await writeFile(join(folder, 'gpu.json'), copy, { mode: 0o600 });
    assert.equal(await (await open()).read('acme/gpu'), undefined);
  });

  it('that are removed are gone, and removing nothing is no fault', async (test) => {
    const { open } = await place(test);
    const credentials = await open();
    await credentials.remove('acme/gpu');
    await credentials.keep('acme/gpu', keptKey());
    await credentials.remove('acme/gpu');
    assert.equal(await credentials.read('acme/gpu'), undefined);
  });

  it('show their last characters only where that is little of them', () => {
    assert.equal(tailOf(new Secret(KEY)), 'WXYZ');
    assert.equal(tailOf(new Secret('short-key')), undefined);
  });
});
