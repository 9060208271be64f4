import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { bringSome } from './brought.fixture.ts';
import { openBrowser, skipped } from './browser.fixture.ts';
import { consentsOf } from './consents.fixture.ts';
import { consoleFolder } from './index.ts';
import { documentsWith, NOTHING } from './rehearsed.fixture.ts';
import {
  call,
  decisionNumber,
  fill,
  type SeededServer,
  seeded,
  serveSeeded,
} from './seeded.fixture.ts';
import { brokenStatus, record, wellStatus } from './seeded-status.fixture.ts';
import { visit } from './watched.fixture.ts';

const CALLS = 120;
const EXPLAINED = decisionNumber(CALLS + 1);
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/**
 * All rooms in one script: one that came by itself could not come while the server is away, and
 * the console goes on then with what it knows.
 */
const SCRIPT_BYTES_MAX = 44 * 1024;

const ROOMS: readonly (readonly [name: string, path: string, ready: string])[] = [
  ['the overview', '/', '.endpoints'],
  ['the list of requests', '/requests', '.rows'],
  ['a list that nothing fits', '/requests?tenant=nobody', '.empty'],
  ['a request explained', `/requests/${EXPLAINED}`, '.decision'],
  ['endpoints of tenants', '/endpoints', '.in-quarantine'],
  ['where data went', '/data-flow?tenant=acme', '.whereof'],
  ['consents', '/consents', '.consents'],
  ['policies', '/policies', '.policies'],
  ['a policy', '/policies/claims', '.tests'],
  ['the playground', '/playground?difficulty=hard&down=sim-frontier', '.held-rules'],
  ['the registry', '/registry', '.models'],
  ['signing in', '/sign-in?link=spent', '.sign-in'],
];

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const axeRun = (runOnly: readonly string[]): string => `axe
  .run(document, { runOnly: ${JSON.stringify(runOnly)} })
  .then(({ violations }) =>
    violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) =>
        nodes.map(({ html, failureSummary }) => [id, html.slice(0, 200), failureSummary].join(' ')),
      ),
  )`;

/** What axe finds that would stop somebody, with where; in the dark only colours are others. */
async function obstacles(page: Page): Promise<readonly string[]> {
  await page.evaluate(AXE);
  await page.emulateMedia({ colorScheme: 'dark' });
  const dark: unknown = await page.evaluate(axeRun(['color-contrast']));
  await page.emulateMedia({ colorScheme: 'light' });
  const light: unknown = await page.evaluate(axeRun(RULES));
  assert.ok(Array.isArray(dark) && Array.isArray(light));
  return [...dark.map((one) => `dark: ${one}`), ...light.map(String)];
}

describe('the console for everybody', { skip: skipped ?? false }, () => {
  let browser: Browser;
  let busy: SeededServer;
  let empty: SeededServer;

  before(async () => {
    browser = await openBrowser();
    const now = Date.now();
    const given = consentsOf(now, 'c'.repeat(60));
    busy = await serveSeeded(brokenStatus(now), documentsWith('m'.repeat(60)), given);
    empty = await serveSeeded(wellStatus(now), NOTHING, NOTHING);
    fill(busy.readings, CALLS, now, 3_000_000);
    await bringSome(busy.brought, 'e'.repeat(60));
    const long = {
      tenant: 'a'.repeat(63),
      modelRequested: 'm'.repeat(120),
      endpoint: 'e'.repeat(63),
    };
    busy.readings.end({ ...call(CALLS + 1, now, seeded(3)), ...long }, record(CALLS + 1, now));
  });
  after(async () => {
    await browser?.close();
    await busy?.stop();
    await empty?.stop();
  });

  it("puts no obstacle in anybody's way, in light or dark", async () => {
    const { page, done } = await visit(browser, busy, '/');
    for (const [name, path, ready] of ROOMS) {
      await page.goto(`${busy.origin}${path}`);
      await page.locator(ready).waitFor();
      assert.deepEqual(await obstacles(page), [], name);
    }
    await page.goto(`${busy.origin}/endpoints`);
    await page.getByRole('button', { name: 'Check now globex/lab' }).click();
    await page.locator('.checklist').waitFor();
    await page.getByRole('button', { name: 'Remove globex/lab' }).click();
    assert.deepEqual(await obstacles(page), [], 'a checklist and the question before removal');
    await page.goto(`${busy.origin}/consents`);
    await page.getByRole('button', { name: 'Revoke next-year' }).click();
    assert.deepEqual(await obstacles(page), [], 'the question before a consent ends');
    await page.goto(`${busy.origin}/policies/claims`);
    await page.getByLabel('Text of claims').fill('rules: {}\ntests: []\n');
    await page.locator('.mistakes').waitFor();
    assert.deepEqual(await obstacles(page), [], 'a draft with a mistake');
    await page.goto(`${busy.origin}/registry`);
    await page.getByText('Field by field').first().click();
    await page.locator('.said').waitFor();
    assert.deepEqual(await obstacles(page), [], 'who says what of a model');
    await page.getByRole('link', { name: 'Events' }).click();
    await page.locator('.events summary').first().click();
    await page.locator('.events pre').waitFor();
    assert.deepEqual(await obstacles(page), [], 'an event and whom it reached');
    await page.goto(busy.origin);
    await page.getByRole('button', { name: 'Table' }).first().click();
    await page.keyboard.press('?');
    assert.deepEqual(await obstacles(page), [], 'a table and the sheet of keys');
    await done();
    const first = await visit(browser, empty, '/');
    await first.page.locator('.first-call').waitFor();
    assert.deepEqual(await obstacles(first.page), [], 'the first call');
    await first.page.goto(`${empty.origin}/endpoints`);
    await first.page.locator('.first-call').waitFor();
    await first.page.getByRole('button', { name: 'Add an endpoint' }).click();
    assert.deepEqual(await obstacles(first.page), [], 'the form of an endpoint');
    await first.page.goto(`${empty.origin}/consents`);
    await first.page.locator('.first-call').waitFor();
    assert.deepEqual(await obstacles(first.page), [], 'the first consent');
    await first.page.goto(`${empty.origin}/policies`);
    await first.page.locator('.first-call').waitFor();
    assert.deepEqual(await obstacles(first.page), [], 'the first policy');
    await first.done();
  });

  it('fits a screen of 360 pixels without moving sideways, whatever the names', async () => {
    const viewport = { width: 360, height: 740 };
    const { page, done } = await visit(browser, busy, '/', { viewport });
    for (const [name, path, ready] of ROOMS) {
      await page.goto(`${busy.origin}${path}`);
      await page.locator(ready).waitFor();
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(wide <= 0, `${name} is ${wide} pixels too wide`);
    }
    await done();
  });

  it('keeps still for who asks for stillness', async () => {
    const { page, done } = await visit(browser, busy, '/requests', { reducedMotion: 'reduce' });
    await page.locator('.link-state.live').waitFor();
    assert.equal(await page.evaluate(() => document.getAnimations().length), 0);
    await done();
  });

  it('prints a request without what only a screen needs', async () => {
    const { page, done } = await visit(browser, busy, `/requests/${EXPLAINED}`);
    await page.locator('.decision').waitFor();
    await page.emulateMedia({ media: 'print' });
    assert.equal(await page.locator('.side').isVisible(), false);
    assert.equal(await page.getByRole('button', { name: /CLI/ }).isVisible(), false);
    assert.equal(await page.locator('.printed').isVisible(), true);
    await done();
  });

  it('stays small', () => {
    const folder = new URL('assets/', consoleFolder());
    const scripts = readdirSync(folder).filter((name) => name.endsWith('.js'));
    const bytes = scripts.reduce(
      (sum, name) => sum + gzipSync(readFileSync(new URL(name, folder))).length,
      0,
    );
    assert.ok(bytes <= SCRIPT_BYTES_MAX, `${bytes} bytes of script`);
  });
});
