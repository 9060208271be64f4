/**
 * `npm run browser`: makes sure that this machine has a browser for the console's tests. On Debian
 * and its kin Chromium comes by apt-get; on a Mac an installed Google Chrome is used. Does nothing
 * when a browser is there already.
 */
import { existsSync } from 'node:fs';
import { runChild } from '../../packages/cli/bin/find-node.mjs';

/** The tests of the console look in the same places. */
const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

const APT_GET = '/usr/bin/apt-get';
const SUDO = '/usr/bin/sudo';
const ROOT_USER = 0;

const BY_HAND: Readonly<Record<string, string>> = {
  darwin: 'install Google Chrome from https://www.google.com/chrome/, then try again',
  linux: 'install Chromium with the package manager of this system, as /usr/bin/chromium',
};

process.exitCode = await main();

async function main(): Promise<number> {
  if (findBrowser() === undefined && existsSync(APT_GET)) await installChromium();
  const browser = findBrowser();
  if (browser === undefined) {
    const advice = BY_HAND[process.platform] ?? 'install Chromium or Google Chrome';
    process.stderr.write(`no browser for the console's tests: ${advice}\n`);
    return 1;
  }
  process.stdout.write(`browser: ${browser}\n`);
  return 0;
}

function findBrowser(): string | undefined {
  return PLACES.find((path) => existsSync(path));
}

async function installChromium(): Promise<void> {
  const isRoot = process.getuid?.() === ROOT_USER;
  if (!isRoot && !existsSync(SUDO)) {
    process.stderr.write('apt-get needs root, and there is no sudo\n');
    return;
  }
  const prefix = isRoot ? [] : [SUDO];
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const steps = [
    [APT_GET, 'update'],
    [APT_GET, 'install', '--yes', '--no-install-recommends', 'chromium'],
  ];
  for (const step of steps) {
    const [command = '', ...args] = [...prefix, ...step];
    process.stderr.write(`${[command, ...args].join(' ')}\n`);
    const ended = await runChild(command, args, { env });
    if (ended.code !== 0) return;
  }
}
