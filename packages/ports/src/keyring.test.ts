import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { tenantName } from '@signalbox/contract';
import { type Keyring, openKeyring } from './keyring.ts';
import { DataFolderFault } from './private-file.ts';

const random = { bytes: (count: number) => new Uint8Array(randomBytes(count)) };
const kek = new Uint8Array(32).fill(7);
const acme = tenantName('acme');
const other = tenantName('other');
const secret = new TextEncoder().encode('sk-the-tenants-own');

async function place(test: TestContext): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'signalbox-keys-'));
  test.after(() => rm(root, { recursive: true, force: true }));
  return join(root, 'keys');
}

const open = (folder: string, key: Uint8Array = kek): Promise<Keyring> =>
  openKeyring({ folder, kek: key, random });

const textOf = (bytes: Uint8Array | undefined): string | undefined =>
  bytes === undefined ? undefined : Buffer.from(bytes).toString();

describe('a keyring', () => {
  it('opens after a new start what it sealed before', async (test) => {
    const folder = await place(test);
    const sealed = (await (await open(folder)).sealer(acme)).seal('credential/a', secret);
    const again = await (await open(folder)).sealer(acme);
    assert.equal(textOf(again.open('credential/a', sealed)), 'sk-the-tenants-own');
    assert.equal(again.open('credential/b', sealed), undefined);
  });

  it('opens nothing of another tenant', async (test) => {
    const keyring = await open(await place(test));
    const sealed = (await keyring.sealer(acme)).seal('credential/a', secret);
    assert.equal((await keyring.sealer(other)).open('credential/a', sealed), undefined);
  });

  it('keeps no key in the clear, in files of its owner alone', async (test) => {
    const folder = await place(test);
    await (await open(folder)).sealer(acme);
    const [name = ''] = await readdir(folder);
    assert.equal(name, 'acme.json');
    assert.equal((await stat(join(folder, name))).mode & 0o777, 0o600);
    assert.deepEqual(Object.keys(JSON.parse(await readFile(join(folder, name), 'utf8'))), ['keys']);
  });

  it('opens what older keys sealed, and seals with the newest', async (test) => {
    const folder = await place(test);
    const keyring = await open(folder);
    const before = await keyring.sealer(acme);
    const first = before.seal('p', secret);
    assert.deepEqual(await Promise.all([keyring.rotate(acme), keyring.rotate(acme)]), [2, 3]);
    const third = before.seal('p', secret);
    for (const sealer of [before, await (await open(folder)).sealer(acme)]) {
      assert.equal(textOf(sealer.open('p', first)), 'sk-the-tenants-own');
      assert.equal(textOf(sealer.open('p', third)), 'sk-the-tenants-own');
    }
    assert.deepEqual([first[3], third[3]], [1, 3]);
  });

  it('opens nothing of a tenant whose keys are destroyed', async (test) => {
    const folder = await place(test);
    const keyring = await open(folder);
    const held = await keyring.sealer(acme);
    const sealed = held.seal('p', secret);
    await keyring.destroy(acme);
    assert.equal(held.open('p', sealed), undefined);
    assert.equal((await keyring.sealer(acme)).open('p', sealed), undefined);
    assert.equal((await (await open(folder)).sealer(acme)).open('p', sealed), undefined);
  });

  it('refuses files of another kek, tenant or form, and those open to others', async (test) => {
    const folder = await place(test);
    await (await open(folder)).sealer(acme);
    const refused = (error: unknown): boolean =>
      error instanceof DataFolderFault && error.command.includes('acme.json');
    await assert.rejects((await open(folder, new Uint8Array(32))).sealer(acme), refused);
    await chmod(join(folder, 'acme.json'), 0o644);
    await assert.rejects((await open(folder)).sealer(acme), refused);
    await chmod(join(folder, 'acme.json'), 0o600);
    await rename(join(folder, 'acme.json'), join(folder, 'other.json'));
    await assert.rejects((await open(folder)).sealer(other), DataFolderFault);
    for (const text of ['', '{}', '{"keys":[]}', '{"keys":["AAAA"]}', '{"keys":[1]}', 'null']) {
      await writeFile(join(folder, 'acme.json'), text, { mode: 0o600 });
      await assert.rejects((await open(folder)).sealer(acme), refused, text);
    }
  });

  it('makes one first key for many who ask at once', async (test) => {
    const folder = await place(test);
    const rings = await Promise.all([open(folder), open(folder)]);
    const sealers = await Promise.all(
      [0, 1, 0, 1].map((ring) => (rings[ring] ?? assert.fail()).sealer(acme)),
    );
    const sealed = sealers[0]?.seal('p', secret) ?? assert.fail();
    for (const sealer of sealers)
      assert.equal(textOf(sealer.open('p', sealed)), 'sk-the-tenants-own');
  });
});
