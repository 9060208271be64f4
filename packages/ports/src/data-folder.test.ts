import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { tenantName } from '@signalbox/contract';
import { parseApiKey } from '@signalbox/trust';
import { type DataFolder, openDataFolder } from './data-folder.ts';
import { DataFolderFault } from './private-file.ts';

const random = { bytes: (count: number) => new Uint8Array(randomBytes(count)) };
const open = (path: string, kek?: string): Promise<DataFolder> =>
  openDataFolder({ path, random, program: 'signalbox 0.1.0', kek });

async function place(test: TestContext): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'signalbox-folder-'));
  test.after(() => rm(root, { recursive: true, force: true }));
  return join(root, 'data');
}

const refused =
  (message: RegExp, command: RegExp) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof DataFolderFault, String(error));
    assert.match(error.message, message);
    assert.match(error.command, command);
    return true;
  };

describe('a data folder', () => {
  it('is made at the first start, private, with marker and secrets', async (test) => {
    const path = await place(test);
    const folder = await open(path);
    assert.equal(folder.isNew, true);
    assert.equal((await stat(path)).mode & 0o777, 0o700);
    const names = (await readdir(path)).sort();
    assert.deepEqual(names, ['admin.key', 'demo.key', 'kek', 'keys', 'pepper', 'signalbox.json']);
    for (const name of names.filter((one) => one !== 'keys')) {
      assert.equal((await stat(join(path, name))).mode & 0o777, 0o600, name);
    }
    assert.equal(folder.pepper.length, 32);
    assert.equal(folder.kek.length, 32);
    assert.notDeepEqual(folder.pepper, folder.kek);
    assert.equal(parseApiKey(folder.demoKey.reveal())?.env, 'demo');
    assert.equal(parseApiKey(folder.adminKey.reveal())?.env, 'admin');
    const marker: unknown = JSON.parse(await readFile(join(path, 'signalbox.json'), 'utf8'));
    assert.deepEqual(marker, {
      v: 1,
      kind: 'data-folder',
      layout: 1,
      createdBy: 'signalbox 0.1.0',
    });
  });

  it('holds no key-encryption key that is brought along, and takes no second one', async (test) => {
    const path = await place(test);
    const brought = 'ab'.repeat(32);
    const first = await open(path, brought);
    assert.deepEqual(first.kek, new Uint8Array(32).fill(0xab));
    assert.ok(!(await readdir(path)).includes('kek'));
    const tenant = tenantName('acme');
    const sealed = (await first.keyring.sealer(tenant)).seal('x', Uint8Array.of(7));
    const again = await open(path, brought);
    assert.deepEqual([...((await again.keyring.sealer(tenant)).open('x', sealed) ?? [])], [7]);
    const other = await open(path, 'cd'.repeat(32));
    await assert.rejects(other.keyring.sealer(tenant), DataFolderFault);
    await assert.rejects(open(path, 'secret'), (error) => {
      assert.ok(error instanceof DataFolderFault);
      return /64 hexadecimal/.test(error.message) && !error.message.includes('secret');
    });
    await open(path);
    await assert.rejects(open(path, brought), refused(/two keys/, /^SIGNALBOX_KEK=\$\(cat /));
    await writeFile(join(path, 'kek'), `${brought}\n`);
    assert.deepEqual((await open(path, brought)).kek, first.kek);
  });

  it('gives the same secrets at every later start', async (test) => {
    const path = await place(test);
    const first = await open(path);
    const second = await open(path);
    const { keyring, credentials } = second;
    assert.deepEqual(second, { ...first, isNew: false, keyring, credentials });
    assert.equal(second.demoKey.reveal(), first.demoKey.reveal());
  });

  it('opened by two processes at once has one set of secrets', async (test) => {
    const path = await place(test);
    await open(path);
    for (const name of ['pepper', 'kek', 'demo.key', 'admin.key']) await rm(join(path, name));
    const both = await Promise.all([open(path), open(path), open(path)]);
    for (const one of both) assert.deepEqual(one.pepper, both[0]?.pepper);
    const left = (await readdir(path)).filter((name) => name.endsWith('.new'));
    assert.deepEqual(left, []);
  });

  it('goes on with a first start that died in the middle', async (test) => {
    const path = await place(test);
    await mkdir(path, { mode: 0o700 });
    await writeFile(join(path, 'signalbox.json.77.new'), '{"v":', { mode: 0o600 });
    assert.equal((await open(path)).isNew, true);
    await rm(join(path, 'kek'));
    assert.equal((await open(path)).kek.length, 32);
  });

  it('makes a key that was removed anew, and no pepper beside a journal', async (test) => {
    const path = await place(test);
    const first = await open(path);
    await rm(join(path, 'demo.key'));
    const second = await open(path);
    assert.notEqual(second.demoKey.reveal(), first.demoKey.reveal());
    await mkdir(first.journalFolder, { mode: 0o700 });
    await writeFile(join(first.journalFolder, '0000000001-0000000000000001.sbj'), '');
    await rm(join(path, 'pepper'));
    await assert.rejects(
      open(path),
      refused(/pepper is missing, and the journal/, /^install .*pepper'?$/),
    );
  });

  it('open to others is refused, with the chmod to run', async (test) => {
    const path = await place(test);
    await open(path);
    await chmod(path, 0o755);
    await assert.rejects(open(path), refused(/open to others \(mode 755\)/, /^chmod 700 \//));
    await chmod(path, 0o700);
    for (const name of ['pepper', 'kek', 'demo.key', 'admin.key', 'signalbox.json']) {
      await chmod(join(path, name), 0o640);
      await assert.rejects(open(path), refused(/mode 640/, new RegExp(`^chmod 600 .*${name}$`)));
      await chmod(join(path, name), 0o600);
    }
    await open(path);
  });

  it('of somebody else is refused, with the chown to run', async (test) => {
    if (process.getuid?.() !== 0) return test.skip('only root can give a file away');
    const { chown } = await import('node:fs/promises');
    const path = await place(test);
    await open(path);
    await chown(join(path, 'pepper'), 12_345, 12_345);
    await assert.rejects(open(path), refused(/belongs to user 12345/, /^chown -R 0 /));
    await chown(join(path, 'pepper'), 0, 0);
    await chown(path, 12_345, 12_345);
    await assert.rejects(open(path), refused(/belongs to user 12345/, /^chown -R 0 /));
    return undefined;
  });

  it('with files of another program, or no folder at all, is left alone', async (test) => {
    const path = await place(test);
    await mkdir(path, { mode: 0o700 });
    await writeFile(join(path, 'thesis.tex'), 'years of work');
    await assert.rejects(open(path), refused(/no marker/, /SIGNALBOX_DATA=/));
    assert.deepEqual(await readdir(path), ['thesis.tex']);
    await assert.rejects(open(join(path, 'thesis.tex')));
  });

  it('of another layout, or with a marker that does not read, is refused', async (test) => {
    const path = await place(test);
    await open(path);
    const marker = join(path, 'signalbox.json');
    const written = JSON.parse(await readFile(marker, 'utf8'));
    await writeFile(
      marker,
      JSON.stringify({ ...written, layout: 99, createdBy: 'signalbox 9.0.0' }),
    );
    await assert.rejects(
      open(path),
      refused(/layout 99, made by signalbox 9\.0\.0/, /signalbox up/),
    );
    for (const text of ['', '{', 'null', '[]', '{"v":1}']) {
      await writeFile(marker, text);
      await assert.rejects(open(path), refused(/marker of the folder cannot be read/, /./));
    }
  });

  it('with a secret that is no secret is refused, and the text is not repeated', async (test) => {
    const path = await place(test);
    await open(path);
    for (const name of ['pepper', 'kek', 'demo.key']) {
      const whole = await readFile(join(path, name), 'utf8');
      await writeFile(join(path, name), `${whole.slice(0, 20)}\n`);
      await assert.rejects(open(path), (error) => {
        assert.ok(error instanceof DataFolderFault);
        assert.ok(!error.message.includes(whole.slice(0, 20)));
        return true;
      });
      await writeFile(join(path, name), whole);
    }
    await open(path);
  });

  it('follows no link to a secret', async (test) => {
    const path = await place(test);
    await open(path);
    await rm(join(path, 'pepper'));
    await symlink('/etc/hostname', join(path, 'pepper'));
    await assert.rejects(open(path), refused(/not the small plain file/, /^install .*pepper'?$/));
  });

  it('never shows its secrets to a log', async (test) => {
    const folder = await open(await place(test));
    const { demoKey, adminKey } = folder;
    const shown = `${demoKey} ${JSON.stringify({ demoKey, adminKey })}`;
    assert.ok(!shown.includes(demoKey.reveal()) && !shown.includes(adminKey.reveal()));
  });
});
