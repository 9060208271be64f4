import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { bringSome } from './brought.fixture.ts';
import { openBrowser, skipped } from './browser.fixture.ts';
import {
  ACME_KEY,
  AUDITOR_KEY,
  FINANCE_KEY,
  fill,
  type SeededServer,
  serveSeeded,
} from './seeded.fixture.ts';
import { wellStatus } from './seeded-status.fixture.ts';

const CALLS = 120;
/** Of others, and of the operator. */
const NOT_THEIRS = /globex|initech|signalbox\.yaml/;

describe('the console of a tenant’s admin', { skip: skipped ?? false }, () => {
  let browser: Browser;
  let server: SeededServer;
  let page: Page;
  let complaints: string[];

  before(async () => {
    browser = await openBrowser();
  });
  after(() => browser?.close());
  beforeEach(async () => {
    server = await serveSeeded(wellStatus(Date.now()));
    fill(server.readings, CALLS, Date.now(), 3_000_000);
    await bringSome(server.brought);
    const context = await browser.newContext({ locale: 'en-US', timezoneId: 'UTC' });
    page = await context.newPage();
    complaints = [];
    page.on('response', (one) => {
      if (one.status() >= 400) complaints.push(`${one.status()} ${one.url()}`);
    });
    await page.goto(`${server.origin}/sign-in`);
    const key = page.getByLabel('Or use an admin key');
    await key.fill(ACME_KEY);
    await key.press('Enter');
    await page.getByRole('heading', { name: 'Data flow of acme' }).waitFor();
  });
  afterEach(async () => {
    await page.context().close();
    await server.stop();
  });

  it('offers what is of that tenant, and asks for nothing else', async () => {
    const rooms = await page.getByRole('navigation', { name: 'Rooms' }).innerText();
    assert.deepEqual(rooms.split(/\s*\n\s*/), [
      'Sums',
      'Endpoints',
      'Data flow',
      'Consents',
      'Events',
    ]);
    await page.locator('.data-flow').waitFor();
    assert.equal(await page.locator('.side .whose').textContent(), 'Admin of acme');
    assert.equal(await page.locator('.data-flow a').count(), 0);
    assert.ok((await page.locator('.data-flow tr').count()) > 3);
    const told = [await page.locator('main').innerText()];
    await page.getByRole('link', { name: 'Endpoints' }).click();
    await page.locator('.brought').nth(1).waitFor();
    assert.equal(await page.locator('.brought').count(), 2);
    await page.getByRole('button', { name: 'Add an endpoint' }).click();
    const tenants = page.getByLabel('Tenant', { exact: true }).locator('option');
    assert.deepEqual(await tenants.allTextContents(), ['acme']);
    told.push(await page.locator('main').innerText());
    await page.keyboard.press('Escape');
    await page.getByRole('link', { name: 'Consents' }).click();
    await page.getByText('1 in force, 1 not yet, 1 expired.').waitFor();
    assert.equal(await page.getByRole('link', { name: 'Its calls' }).count(), 0);
    told.push(await page.locator('main').innerText());
    await page.getByRole('link', { name: 'Events' }).click();
    await page.locator('.events summary').click();
    await page.getByRole('button', { name: 'Tell it again' }).click();
    await page.getByText('Told again: theirs.').waitFor();
    assert.match(await page.locator('.events td.warn').innerText(), /failed connect_failed/);
    assert.match(await page.locator('.events pre').innerText(), /"specversion": "1.0"/);
    told.push(await page.locator('main').innerText());
    assert.doesNotMatch(told.join('\n'), NOT_THEIRS);
    assert.deepEqual(complaints, []);
  });

  it('lets it revoke its consents and add its endpoints', async () => {
    await page.goto(`${server.origin}/consents`);
    await page.getByRole('button', { name: 'Revoke claims-2026' }).click();
    await page.getByRole('button', { name: 'Revoke it' }).click();
    await page.getByText('1 not yet, 1 expired, 1 revoked.').waitFor();
    await page.goto(`${server.origin}/endpoints`);
    await page.getByRole('button', { name: 'Add an endpoint' }).click();
    await page.getByLabel('Address').fill('https://llm.acme.example/v1');
    await page.getByLabel('Name').fill('lab');
    await page.getByRole('button', { name: 'Add in quarantine' }).click();
    await page.getByRole('heading', { name: 'acme/lab' }).waitFor();
    assert.deepEqual(complaints, []);
  });

  it('says that other pages are the operator’s, and knows no keys to them', async () => {
    for (const path of ['/requests', '/policies/claims', '/playground', '/registry']) {
      await page.goto(`${server.origin}${path}`);
      await page.getByRole('heading', { name: 'This page is the operator’s' }).waitFor();
    }
    await page.locator('main').getByRole('link', { name: 'Endpoints' }).click();
    await page.locator('.brought').first().waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('p');
    await page.keyboard.press('?');
    const sheet = page.getByRole('dialog', { name: 'Keys' });
    await sheet.waitFor();
    assert.doesNotMatch(await sheet.innerText(), /Policies|Registry/);
    assert.match(await sheet.innerText(), /Consents/);
    assert.equal(new URL(page.url()).pathname, '/endpoints');
    await page.goto(server.origin);
    await page.getByRole('heading', { name: 'Data flow of acme' }).waitFor();
    assert.deepEqual(complaints, []);
  });

  it('is over when the key is', async () => {
    server.holdsAcme = false;
    await page.getByRole('link', { name: 'Consents' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    const key = page.getByLabel('Or use an admin key');
    await key.fill(ACME_KEY);
    await key.press('Enter');
    await page.getByText('This is not the admin key.').waitFor();
    complaints = [];
    const rooms = page.getByRole('navigation', { name: 'Rooms' });
    await key.fill(FINANCE_KEY);
    await key.press('Enter');
    await page.getByRole('heading', { name: 'Sums of acme' }).waitFor();
    await page.locator('.figure').first().waitFor();
    assert.equal(await rooms.innerText(), 'Sums');
    assert.equal(await page.locator('main a').count(), 0);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await key.fill(AUDITOR_KEY);
    await key.press('Enter');
    await page.getByRole('heading', { name: 'Data flow of acme' }).waitFor();
    assert.equal(await page.locator('.side .whose').textContent(), 'Auditor of acme');
    await page.getByRole('link', { name: 'Endpoints' }).click();
    await page.locator('.brought').nth(1).waitFor();
    assert.equal(await page.getByRole('button', { name: /Add|Drain|Remove/ }).count(), 0);
    await page.getByRole('link', { name: 'Consents' }).click();
    await page.getByText('1 in force, 1 not yet, 1 expired.').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Revoke' }).count(), 0);
    await page.getByRole('link', { name: 'Sums' }).click();
    await page.locator('.figure').first().waitFor();
    assert.deepEqual(complaints, []);
  });
});
