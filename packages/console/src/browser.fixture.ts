// A real browser, without a trace of its own: no profile kept, nothing asked of the network.
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const PLACES = [
  process.env['CHROMIUM'] ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const browserPath: string | undefined = PLACES.find(
  (path) => path !== '' && existsSync(path),
);

/** Undefined: there is a browser. Where changes are judged, a missing one is a failure. */
export const skipped: string | undefined =
  browserPath === undefined && process.env['CI'] === undefined
    ? 'skipped: npm run browser'
    : undefined;

/** Each launch has an empty profile folder of its own. */
export function openBrowser(): Promise<Browser> {
  if (browserPath === undefined) throw new Error('no browser: npm run browser');
  return chromium.launch({ executablePath: browserPath, args: FLAGS, headless: true });
}
