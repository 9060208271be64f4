// A page whose every complaint is noted: errors in its console, requests that fail or that go
// anywhere else than to the server under test.
import assert from 'node:assert/strict';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { SeededServer } from './seeded.fixture.ts';

export type Watched = {
  readonly page: Page;
  readonly complaints: string[];
  /** Nothing was complained of; closes the page. */
  done(): Promise<void>;
};

const WAIT_MS = 30_000;

const USUAL: BrowserContextOptions = {
  viewport: { width: 1280, height: 860 },
  locale: 'en-US',
  timezoneId: 'UTC',
  colorScheme: 'light',
};

/** Comes in by a login link, as a person would. */
export async function visit(
  browser: Browser,
  server: SeededServer,
  path: string,
  more: BrowserContextOptions = {},
): Promise<Watched> {
  const context = await browser.newContext({ ...USUAL, ...more });
  context.setDefaultTimeout(WAIT_MS);
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: server.origin });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    if (origin !== server.origin && protocol !== 'blob:') complaints.push(request.url());
  });
  page.on('requestfailed', (request) => {
    const why = request.failure()?.errorText ?? '';
    // Leaving a page ends what it was still asking for.
    if (why !== 'net::ERR_ABORTED') complaints.push(`${request.url()} ${why}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400) complaints.push(`${response.status()} ${response.url()}`);
  });
  await page.goto(server.control.loginLink());
  if (path !== '/') await page.goto(`${server.origin}${path}`);
  return {
    page,
    complaints,
    async done() {
      await context.close();
      assert.deepEqual(complaints, []);
    },
  };
}
