import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  findNode,
  isNewEnough,
  NODE_PACKAGES,
  SERVER_FLAGS,
} from '../../packages/cli/bin/find-node.mjs';

const OLD = { version: '20.1.0', path: '/usr/bin/node', platform: 'linux', arch: 'x64' };
const FIND_NODE = new URL('../../packages/cli/bin/find-node.mjs', import.meta.url).href;

const inFolder = (/** @type {(folder: string) => void | Promise<void>} */ use) => async () => {
  const folder = mkdtempSync(join(tmpdir(), 'find-node-'));
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
};

test('Node 24 and newer are new enough, older ones are not', () => {
  assert.deepEqual(['18.0.0', '23.9.1', '24.0.0', '26.1.0', '100.0.0'].map(isNewEnough), [
    false,
    false,
    true,
    true,
    true,
  ]);
});

test('a running Node that is new enough is the one', () => {
  assert.equal(findNode('/nowhere', { ...OLD, version: '24.1.0' }), '/usr/bin/node');
});

test(
  'an older Node finds the package of its platform in a folder above',
  inFolder((folder) => {
    for (const [platform, name] of Object.entries(NODE_PACKAGES)) {
      const bin = join(folder, 'node_modules', name, 'bin');
      mkdirSync(bin, { recursive: true });
      writeFileSync(join(bin, 'node'), '');
      const [os = '', arch = ''] = platform.split('-');
      const found = findNode(join(folder, 'a/b'), { ...OLD, platform: os, arch });
      assert.equal(found, join(bin, 'node'));
    }
  }),
);

test(
  'no package and an unknown platform find nothing',
  inFolder((folder) => {
    assert.equal(findNode(folder, OLD), undefined);
    assert.equal(findNode(folder, { ...OLD, platform: 'aix' }), undefined);
  }),
);

test(
  'a signal reaches the child, and the parent ends as the child did',
  inFolder(async (folder) => {
    const child = join(folder, 'child.mjs');
    // Ends by itself some day, should this test be killed half-way.
    writeFileSync(child, `console.log(process.pid); setTimeout(() => {}, 20_000);`);
    const parent = `
      const { runChild, leaveWith } = await import(${JSON.stringify(FIND_NODE)});
      leaveWith(await runChild(process.execPath, [${JSON.stringify(child)}]));`;
    const running = spawn(process.execPath, ['--input-type=module', '-e', parent], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [line] = await once(running.stdout, 'data');
    running.kill('SIGTERM');
    const [, signal] = await once(running, 'exit');
    assert.equal(signal, 'SIGTERM');
    assert.throws(() => process.kill(Number(line), 0), 'the child is gone');
  }),
);

test('the exit code of the child is that of the parent', async () => {
  const parent = `
    const { runChild, leaveWith } = await import(${JSON.stringify(FIND_NODE)});
    leaveWith(await runChild(process.execPath, ['-e', 'process.exit(7)']));`;
  const running = spawn(process.execPath, ['--input-type=module', '-e', parent]);
  const [code] = await once(running, 'exit');
  assert.equal(code, 7);
});

test(
  'a server runs with its flags, in the place of what started it; other commands without',
  inFolder(async (folder) => {
    const script = join(folder, 'shows.mjs');
    writeFileSync(script, 'console.log(JSON.stringify([process.pid, process.execArgv]));');
    const run = async (/** @type {string} */ command) => {
      const lines = `import { runScript } from ${JSON.stringify(FIND_NODE)};
        await runScript(${JSON.stringify(script)}, [${JSON.stringify(command)}], '/');`;
      const child = spawn(process.execPath, ['--input-type=module', '--eval', lines]);
      let out = '';
      child.stdout.on('data', (piece) => {
        out += piece;
      });
      await once(child, 'close');
      return { pid: child.pid, shown: JSON.parse(out) };
    };
    const server = await run('up');
    assert.equal(server.shown[0], server.pid);
    for (const flag of SERVER_FLAGS) assert.ok(server.shown[1].includes(flag), flag);
    const other = await run('ask');
    for (const flag of SERVER_FLAGS) assert.ok(!other.shown[1].includes(flag), flag);
  }),
);
