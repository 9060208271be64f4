import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { openBrowser, skipped } from './browser.fixture.ts';
import { NOTHING } from './rehearsed.fixture.ts';
import { type SeededServer, serveSeeded } from './seeded.fixture.ts';
import { wellStatus } from './seeded-status.fixture.ts';
import { visit } from './watched.fixture.ts';

describe('the page of consents', { skip: skipped ?? false }, () => {
  let browser: Browser;
  let server: SeededServer;

  before(async () => {
    browser = await openBrowser();
  });
  after(() => browser?.close());
  beforeEach(async () => {
    server = await serveSeeded(wellStatus(Date.now()));
  });
  afterEach(() => server.stop());

  it('says which hold, whose data they are about, how far it goes, and who gave them', async () => {
    const { page, done } = await visit(browser, server, '/');
    await page.locator('.endpoints').waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('c');
    await page.getByText('2 in force, 1 not yet, 1 expired.').waitFor();
    const rows = page.locator('.consents tbody tr');
    const told = await rows.allInnerTexts();
    assert.match(
      told[0] ?? '',
      /claims-2026\s+for claims\s.*In force\s+until \d{4}.*acme every subject.*health to Tier 2/s,
    );
    assert.match(told[1] ?? '', /email, phone to Tier 2\s*Tier 3\s+in eu.*signalbox\.yaml:\d+/s);
    assert.match(told[2] ?? '', /next-year.*Not yet\s+from \d.*until \d/s);
    assert.match(told[3] ?? '', /last-year.*Expired/s);
    assert.equal(await rows.nth(1).getByRole('button').count(), 0);
    assert.equal(await rows.nth(3).getByRole('button').count(), 0);
    await page.getByRole('combobox', { name: 'Tenant' }).selectOption('globex');
    await page.getByText('1 in force.').waitFor();
    assert.equal(new URL(page.url()).search, '?tenant=globex');
    await rows.first().getByRole('link', { name: 'Its calls' }).click();
    await page.getByText('No request fits tenant=globex consent=support').waitFor();
    await done();
  });

  it('revokes one when somebody says so twice', async () => {
    const { page, done } = await visit(browser, server, '/consents?tenant=acme');
    const row = page.locator('.consents tr', { hasText: 'claims-2026' });
    const revoke = row.getByRole('button', { name: 'Revoke' });
    await revoke.click();
    const question = page.getByRole('dialog', { name: 'Revoke claims-2026?' });
    await question.getByText('calls of acme that name it are refused').waitFor();
    await page.getByRole('button', { name: 'Keep it' }).click();
    await row.getByText('In force').waitFor();
    await revoke.click();
    await page.getByRole('button', { name: 'Revoke it' }).click();
    await row.getByText('Revoked', { exact: true }).waitFor();
    assert.equal(await revoke.count(), 0);
    await page.getByText('1 not yet, 1 expired, 1 revoked.').waitFor();
    await done();
  });

  it('says why one was not revoked', async () => {
    const { page, complaints, done } = await visit(browser, server, '/consents');
    await page.route('**/admin/v1/consents/*', (route) =>
      route.fulfill({
        status: 409,
        json: { error: { message: 'own.yaml:4 owns this document.', hint: 'Change it there.' } },
      }),
    );
    await page.getByRole('button', { name: 'Revoke claims-2026' }).click();
    await page.getByRole('button', { name: 'Revoke it' }).click();
    const told = page.getByRole('alert');
    await told.getByText('own.yaml:4 owns this document.').waitFor();
    assert.match(await told.innerText(), /Change it there/);
    assert.ok(complaints.every((one) => /409/.test(one)));
    complaints.length = 0;
    await done();
  });

  it('teaches what a consent is where there is none, with the command that gives one', async () => {
    const bare = await serveSeeded(wellStatus(Date.now()), NOTHING, NOTHING);
    try {
      const { page, done } = await visit(browser, bare, '/consents');
      await page.getByRole('heading', { name: 'Let some data go further' }).waitFor();
      await page.getByRole('button', { name: 'Copy the command' }).click();
      const copied = await page.evaluate(() => navigator.clipboard.readText());
      assert.match(
        copied,
        /^signalbox consent create --tenant acme \\\n {2}--kind health --tier 2 /,
      );
      await done();
    } finally {
      await bare.stop();
    }
  });
});
