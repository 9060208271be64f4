import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { bringSome } from './brought.fixture.ts';
import { openBrowser, skipped } from './browser.fixture.ts';
import {
  ADMIN_KEY,
  call,
  decisionNumber,
  fill,
  type SeededServer,
  seeded,
  serveSeeded,
} from './seeded.fixture.ts';
import { brokenStatus, record, wellStatus } from './seeded-status.fixture.ts';
import { visit, type Watched } from './watched.fixture.ts';

const CALLS = 300;
/** Of an endpoint that is brought: shown by its last four characters alone. */
const KEY = 'sk-brought-0123456789-TAIL';
const EXPLAINED = decisionNumber(CALLS + 1);

describe('the console', { skip: skipped ?? false }, () => {
  let browser: Browser;
  let server: SeededServer;
  let open: Watched[];

  before(async () => {
    browser = await openBrowser();
  });
  after(() => browser?.close());
  beforeEach(async () => {
    open = [];
    server = await serveSeeded(wellStatus(Date.now()));
  });
  afterEach(async () => {
    try {
      for (const one of open) await one.done();
    } finally {
      await server.stop();
    }
  });

  const come = async (path: string): Promise<Watched> => {
    const watched = await visit(browser, server, path);
    open.push(watched);
    return watched;
  };
  const work = (): void => fill(server.readings, CALLS, Date.now(), 3_000_000);
  const endExplained = (): void => {
    const at = Date.now();
    const ended = { ...call(CALLS + 1, at, seeded(3)), tenant: 'acme', label: 'regulated' };
    server.readings.end(ended, record(CALLS + 1, at));
  };

  it('shows how it goes: numbers, charts, the mix of tiers, what there is to call', async () => {
    work();
    const { page } = await come('/');
    const requests = page.locator('.figure').first().locator('.value');
    await requests.waitFor();
    assert.equal(await requests.textContent(), String(CALLS));
    const tierOne = server.readings.calls.filter((one) => one.tier === 1).length;
    const legend = page.locator('.legend li', { hasText: 'Tier 1' }).first();
    assert.equal(await legend.textContent(), `Tier 1 ${tierOne}`);
    assert.equal(await page.getByRole('heading', { name: 'Tier mix' }).count(), 1);
    assert.match(await page.locator('.endpoints').innerText(), /qwen3:8b.*Found, off/s);
    assert.equal(await page.title(), 'Overview · Signalbox');
  });

  it('teaches the first request where there is none, and shows it when it comes', async () => {
    const { page } = await come('/');
    await page.getByRole('button', { name: 'Copy the command' }).click();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    assert.match(copied, new RegExp(`^curl -s ${server.origin}/v1/chat/completions`));
    assert.equal(await page.getByText('Copied').count(), 2);
    endExplained();
    await page.locator('.figure').first().locator('.value').waitFor();
  });

  it('looks as far back as the address says', async () => {
    work();
    const { page } = await come('/?window=15m');
    await page.getByText('in the last 15 minutes').waitFor();
    await page.getByRole('radio', { name: '7d' }).check();
    await page.getByText('in the last 7 days').waitFor();
    assert.equal(new URL(page.url()).search, '?window=7d');
    await page.keyboard.press('[');
    await page.getByText('in the last 24 hours').waitFor();
  });

  it('gives the numbers of a chart as a table and as a file', async () => {
    work();
    const { page } = await come('/');
    const chart = page.getByRole('region', { name: 'Requests by tier' }).first();
    await chart.getByRole('button', { name: 'Table' }).click();
    assert.ok((await chart.locator('tbody tr').count()) >= 60);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      chart.getByRole('button', { name: 'CSV' }).click(),
    ]);
    assert.equal(download.suggestedFilename(), 'requests-by-tier.csv');
    const text = readFileSync(await download.path(), 'utf8');
    assert.match(text, /^time,Tier 1,Tier 2,Tier 3,No tier,Errors\r\n\d{4}-/);
  });

  it('says what is wrong with the files, where, and that the old ones go on', async () => {
    server.status = brokenStatus(Date.now());
    const { page } = await come('/');
    const told = await page.locator('.health').innerText();
    assert.match(told, /Serving, with something amiss/);
    assert.match(told, /signalbox\.yaml:14:5 unknown key topolgy — did you mean topology\?/);
    assert.match(told, /Journal unavailable\s+disk-full/);
  });

  it('shows a request as it ends, and explains it with the gates in words', async () => {
    work();
    const { page } = await come('/requests');
    await page.getByText('Live', { exact: true }).waitFor();
    endExplained();
    const row = page.locator(`a[href="/requests/${EXPLAINED}"]`);
    await row.waitFor();
    await row.click();
    await page.getByRole('heading', { name: 'Request explained' }).waitFor();
    const candidates = await page.getByRole('region', { name: 'Candidates' }).innerText();
    assert.match(candidates, /its tier is above the ceiling of this call/);
    assert.match(candidates, /In the route/);
    const story = await page.locator('.story').innerText();
    assert.match(story, /claims-stay-home \(signalbox\.yaml:41\)/);
    assert.match(story, /a consent by the tenant's admin/);
    await page.getByRole('button', { name: /CLI/ }).click();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    assert.equal(copied, `signalbox explain ${EXPLAINED}`);
    await page.goBack();
    await page.getByRole('heading', { name: 'Requests' }).waitFor();
  });

  it('stands still while somebody points at the list, and says how many wait', async () => {
    work();
    const { page } = await come('/requests');
    await page.getByText('Live', { exact: true }).waitFor();
    const first = page.locator('.row-link').first();
    await first.hover();
    const before = await first.getAttribute('href');
    const now = Date.now();
    for (let i = 1; i <= 7; i += 1) server.readings.end(call(CALLS + 10 + i, now, seeded(i)));
    const waiting = page.getByRole('button', { name: '7 new · show' });
    await waiting.waitFor();
    assert.equal(await first.getAttribute('href'), before);
    await waiting.click();
    await page.locator(`a[href="/requests/${decisionNumber(CALLS + 17)}"]`).waitFor();
    assert.equal(await waiting.count(), 0);
  });

  it('says what it could not show when too much comes at once', async () => {
    work();
    const { page } = await come('/requests');
    await page.getByText('Live', { exact: true }).waitFor();
    const now = Date.now();
    for (let i = 1; i <= 2_000; i += 1) server.readings.end(call(CALLS + i, now, seeded(i)));
    await page.locator(`a[href="/requests/${decisionNumber(CALLS + 2_000)}"]`).waitFor();
    await page.getByText(/skipped: more than a page can show/).waitFor();
  });

  it('keeps the filter in the address, by choice and in words', async () => {
    work();
    const { page } = await come('/requests?tier=3');
    await page.locator('.rows').waitFor();
    const tiers = await page.locator('.rows .tier').allInnerTexts();
    assert.deepEqual([...new Set(tiers)], ['Tier 3']);
    const filter = page.getByRole('textbox', { name: 'Filter' });
    assert.equal(await filter.inputValue(), 'tier=3');
    await page.getByRole('combobox', { name: 'Outcome' }).selectOption('refused');
    await page.getByText('No request fits tier=3 ending=refused').waitFor();
    assert.equal(new URL(page.url()).search, '?tier=3&ending=refused');
    await filter.fill('teir=3');
    await filter.press('Enter');
    await page.getByText('“teir=3” is not understood').waitFor();
    await filter.fill('tenant=globex');
    await filter.press('Enter');
    await page.locator('.rows').waitFor();
    const tenants = await page.locator('.cell-tenant').allInnerTexts();
    assert.deepEqual([...new Set(tenants)], ['globex']);
  });

  it('goes further back a page at a time, up to 500 rows', async () => {
    fill(server.readings, 700, Date.now(), 3_000_000);
    const { page } = await come('/requests');
    for (let rows = 200; rows <= 500; rows += 100) {
      await page.getByRole('button', { name: 'Older requests' }).click();
      await page.locator(`a[href="/requests/${decisionNumber(701 - rows)}"]`).waitFor();
      assert.equal(await page.locator('.row-link').count(), rows);
    }
    await page.getByText('500 shown, as many as a page holds').waitFor();
  });

  it('shows a session step by step: class, tier, who said so, and the saving', async () => {
    const steps = [
      { step: 'plan', stepClass: 'plan', stepSource: 'words', routedBy: 'step', tier: 3 },
      { step: 'extract', stepClass: 'extract', stepSource: 'structure', routedBy: 'step', tier: 1 },
    ];
    steps.forEach((step, at) => {
      const spent = { costNanoUsd: at === 0 ? 9_000_000n : 1_000_000n };
      const saved = { savingsNanoUsd: at === 0 ? 0n : 10_000_000n };
      const made = { ...call(at + 1, Date.now() + at, seeded(7)), ...step, ...spent, ...saved };
      const sent = { session: 'ses_0123456789ab', received: ['embedded', made.endpoint ?? ''] };
      server.readings.end({ ...made, ...sent }, record(at + 1, Date.now()));
    });
    const { page } = await come('/sessions/ses_0123456789ab');
    const rows = page.locator('.session-steps tbody tr');
    await rows.first().waitFor();
    assert.match(
      (await rows.nth(0).innerText()) ?? '',
      /1\. plan.*plan read from its words.*such steps/s,
    );
    assert.match((await rows.nth(1).innerText()) ?? '', /2\. extract.*how the request is built/s);
    assert.match((await rows.nth(1).innerText()) ?? '', /, also sent to embedded/);
    assert.match((await page.locator('.session-sums').innerText()) ?? '', /2 steps, .*50 ?% saved/);
  });

  it('can be used with the keyboard alone', async () => {
    work();
    endExplained();
    const { page } = await come('/');
    await page.locator('.plot').first().waitFor();
    await page.keyboard.press('Tab');
    assert.equal(
      await page.evaluate(() => document.activeElement?.textContent),
      'Skip to the content',
    );
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'main');
    await page.locator('.plot').first().focus();
    await page.keyboard.press('Home');
    const early = await page.locator('.plot').first().getAttribute('aria-valuetext');
    await page.keyboard.press('ArrowRight');
    const later = await page.locator('.plot').first().getAttribute('aria-valuetext');
    assert.match(String(later), /Tier 1 \d+/);
    assert.notEqual(early, later);
    await page.keyboard.press('g');
    await page.keyboard.press('r');
    await page.locator('.row-link').first().waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('tenant=acme');
    await page.keyboard.press('Enter');
    await page.waitForURL(/tenant=acme/);
    await page.getByRole('textbox', { name: 'Filter' }).blur();
    await page.locator(`a[href="/requests/${EXPLAINED}"]`).waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor({ state: 'hidden' });
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('k');
    const focused = await page.evaluate(() => document.activeElement?.getAttribute('href'));
    assert.equal(focused, `/requests/${EXPLAINED}`);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Request explained' }).waitFor();
    assert.equal(await page.evaluate(() => document.activeElement?.tagName), 'H1');
  });

  it('leaves single keys alone for who turns them off', async () => {
    const { page } = await come('/');
    await page.getByRole('button', { name: 'Keys' }).click();
    await page.getByRole('checkbox', { name: 'Single keys are on' }).uncheck();
    await page.getByRole('button', { name: 'Close' }).click();
    await page.keyboard.press('g');
    await page.keyboard.press('r');
    await page.keyboard.press('?');
    assert.equal(await page.getByRole('dialog').count(), 0);
    assert.equal(new URL(page.url()).pathname, '/');
  });

  it('teaches how to bring an endpoint, takes one in, and never shows its key', async () => {
    const { page } = await come('/');
    await page.locator('.first-call').waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('e');
    await page.getByRole('heading', { name: 'Bring a model server of a tenant’s own' }).waitFor();
    await page.getByRole('button', { name: 'Copy the command' }).click();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    assert.match(copied, /^signalbox endpoint add https:\/\/\S+ --tenant acme --key-stdin$/);
    await page.getByRole('button', { name: 'Add an endpoint' }).click();
    await page.getByLabel('Address').fill('https://llm.acme.example/v1');
    await page.getByLabel('Name').fill('gpu');
    await page.getByLabel('Kind').selectOption('vllm');
    await page.getByLabel('Key', { exact: true }).fill(KEY);
    await page.getByRole('button', { name: 'Add in quarantine' }).click();
    const card = page.locator('.brought');
    await card.getByText('All that must hold holds: it can be activated.').waitFor();
    assert.equal(server.brought.held.get('acme/gpu')?.key?.reveal(), KEY);
    const told = await card.innerText();
    assert.match(told, /acme\/gpu.*Quarantined.*big-one, small-one.*sealed, ends with TAIL/s);
    assert.match(told, /streaming\s+not known:\s+it did not say/);
    const kept = await page.evaluate(
      (secret) => [
        document.documentElement.innerHTML.includes(secret),
        [...document.querySelectorAll('input')].some(({ value }) => value.includes(secret)),
        JSON.stringify([{ ...localStorage }, { ...sessionStorage }, location.href]).includes(
          secret,
        ),
      ],
      KEY,
    );
    assert.deepEqual(kept, [false, false, false]);
  });

  it('activates an endpoint, drains it, lets calls in again, and removes it', async () => {
    await bringSome(server.brought);
    const { page } = await come('/endpoints?tenant=globex');
    const card = page.locator('.brought');
    await card.getByText('No call goes there.').waitFor();
    assert.equal(await card.count(), 1);
    const press = (name: string): Promise<void> => card.getByRole('button', { name }).click();
    await press('Activate');
    await card.getByText('Available').waitFor();
    await press('Drain');
    await card.getByText('Drained: no new calls').waitFor();
    assert.equal(server.brought.held.get('globex/lab')?.drained, true);
    await press('Let calls in again');
    await card.getByText('Available').waitFor();
    await press('Remove');
    await page.getByRole('button', { name: 'Keep it' }).click();
    assert.ok(server.brought.held.has('globex/lab'));
    await press('Remove');
    await page.getByRole('button', { name: 'Remove it' }).click();
    await page.getByRole('heading', { name: 'Bring a model server of a tenant’s own' }).waitFor();
    assert.deepEqual([...server.brought.held.keys()], ['acme/gpu', 'acme/spare']);
    await page.getByRole('combobox', { name: 'Tenant' }).selectOption('acme');
    await page.locator('.brought').nth(1).waitFor();
  });

  it('says why an endpoint stays in quarantine or cannot be added, and what to do', async () => {
    await bringSome(server.brought);
    server.brought.refusesKey = true;
    const { page, complaints } = await come('/endpoints');
    const card = page.locator('.brought', { hasText: 'globex/lab' });
    await card.getByRole('button', { name: 'Activate' }).click();
    const alert = card.getByRole('alert');
    await alert.getByText('globex/lab stays in quarantine. key: 401 at').waitFor();
    assert.match(await alert.innerText(), /Give it another key: signalbox endpoint key\./);
    await card.getByRole('button', { name: 'Check now' }).click();
    await card.getByText('One thing that must hold does not: it stays in quarantine.').waitFor();
    assert.match(await card.locator('.checklist .bad').last().innerText(), /^key\s/);
    await card.getByRole('button', { name: 'Replace the key' }).click();
    await card.getByLabel('New key of globex/lab').fill(KEY);
    await page.keyboard.press('Enter');
    await card.getByText('it can be activated').waitFor();
    assert.equal(server.brought.held.get('globex/lab')?.key?.reveal(), KEY);
    assert.equal(await card.locator('input').count(), 0);
    await page.getByRole('button', { name: 'Add an endpoint' }).click();
    await page.getByLabel('Address').fill('https://llm.acme.example/v1');
    await page.getByLabel('Name').fill('GPU!');
    await page.getByRole('button', { name: 'Add in quarantine' }).click();
    const wrong = page.locator('.add-form').getByRole('alert');
    await wrong.getByText('has 1 to 62 characters').waitFor();
    assert.match(await wrong.innerText(), /gpu becomes acme\/gpu/);
    assert.equal(await page.getByLabel('Address').inputValue(), 'https://llm.acme.example/v1');
    // These two refusals are what was asked for.
    assert.ok(
      complaints.every((one) => /40[09]/.test(one)),
      complaints.join('\n'),
    );
    complaints.length = 0;
  });

  it('says where data went, with a way from each number to its calls, and prints it', async () => {
    work();
    const { page } = await come('/data-flow?tenant=acme');
    const report = page.locator('.data-flow');
    await report.waitFor();
    const sent = server.readings.calls.filter(
      (one) => one.tenant === 'acme' && one.endpoint === 'sim-frontier',
    );
    const row = report.locator('tr', { hasText: 'Frontier Models Inc.' });
    assert.match(
      await row.innerText(),
      /sim-frontier\s+Tier 3.*us.*Frontier Models Inc\..*public/s,
    );
    const number = row.getByRole('link');
    assert.match(await number.innerText(), new RegExp(`^${sent.length}\\b`));
    const [pdf] = await Promise.all([page.pdf(), page.emulateMedia({ media: 'print' })]);
    assert.equal(pdf.subarray(0, 5).toString(), '%PDF-');
    assert.equal(await page.locator('.toolbar').isVisible(), false);
    assert.equal(await page.locator('.side').isVisible(), false);
    assert.equal(await row.isVisible(), true);
    await page.emulateMedia({ media: 'screen' });
    await number.click();
    await page.getByText(`${sent.length} shown`).waitFor();
    const where = await page.locator('.cell-where').allInnerTexts();
    assert.ok(where.every((one) => one.includes('sim-frontier')));
    await page.goBack();
    await page.getByRole('combobox', { name: 'Tenant' }).selectOption('globex');
    await page.getByRole('heading', { name: 'Data flow of globex' }).waitFor();
    await page.getByLabel('From').fill('2026-01-01');
    await page.waitForURL(/since=2026-01-01T00/);
  });

  it('lists policies, and shows a mistake in a draft with its line as one types', async () => {
    const { page, complaints } = await come('/policies');
    const told = await page.locator('.policies').innerText();
    assert.match(told, /claims version 43 by jane\s+In force\s+tenant acme\s+2 rules, 2 tests/);
    assert.match(told, /old\s+Ended\s+until 2020-01-01\s+plan large\s+1 rule, no tests/);
    assert.match(told, /next version 44\s+Attached to nobody\s+rings 0 to 1/);
    await page.getByRole('link', { name: 'claims' }).click();
    const state = page.locator('#draft-state');
    await state.getByText('It can be read; all tests pass').waitFor();
    assert.match(await page.locator('.diff, #changes + p').innerText(), /Nothing differs/);
    const area = page.getByLabel('Text of claims');
    const runs = await area.inputValue();
    await area.fill(runs.replace('author', 'autor'));
    await state.getByText('1 mistake, the first in line 3').waitFor();
    assert.match(await page.locator('.mistakes').innerText(), /unknown key autor.*mean author\?/s);
    assert.equal(await page.locator('.gutter .wrong').innerText(), '3');
    await page.getByRole('button', { name: 'Line 3' }).click();
    const selected = 'document.getSelection().toString()';
    assert.equal(await page.evaluate(selected), 'autor: jane');
    await area.fill(runs.replace('tier: 3 }\nf', 'tier: 2 }\nf'));
    await state.getByText('1 of 2 tests fail').waitFor();
    const tests = page.getByRole('region', { name: 'Tests' });
    assert.match(await tests.innerText(), /a hard question goes up\s+tier is 2, not 3\s+Line 13/);
    const differs = (kind: string): Promise<string> => page.locator(`.diff .${kind}`).innerText();
    assert.match(await differs('removed'), /−\s+removed:\s+route: { tier: 3 }/);
    assert.match(await differs('added'), /\+\s+added:\s+route: { tier: 2 }/);
    await page.getByRole('button', { name: 'Copy the YAML' }).click();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    assert.match(copied, /^claims:\n {2}# Claims .*\n {2}version: 43\n/);
    await page.reload();
    await page.getByRole('heading', { name: 'Your draft' }).waitFor();
    await page.getByRole('button', { name: 'Back to what runs' }).click();
    await page.getByRole('heading', { name: 'As it runs' }).waitFor();
    await page.getByRole('button', { name: 'Check its promises' }).click();
    await state.getByText('It keeps what it promises; all tests pass').waitFor();
    const publish = page.getByRole('region', { name: 'Put it in force' });
    assert.match(await publish.innerText(), /signalbox\.yaml:\d+ owns it/);
    assert.equal(await publish.getByRole('button', { name: 'Save' }).count(), 0);
    await page.getByRole('link', { name: 'Policies' }).first().click();
    await page.getByLabel('A new policy').fill('nights');
    await page.getByRole('button', { name: 'Write it' }).click();
    const nights = page.getByLabel('Text of nights');
    await nights.fill('author: jane\napproval: required\nrulez: []');
    const save = publish.getByRole('button', { name: 'Save' });
    await save.click();
    await publish.getByRole('alert').getByText('Line 3: unknown key rulez.').waitFor();
    assert.match(complaints.splice(0).join(), /400/);
    await nights.fill('author: jane\napproval: required\nrules: []\n');
    await save.click();
    await publish.getByText('Nothing of it is in force: its text waits for approval.').waitFor();
    assert.equal(new URL(page.url()).search, '');
    await publish.getByLabel('Who approves').fill('john');
    await publish.getByRole('button', { name: 'Approve' }).click();
    await publish
      .getByText('In force for everybody: as its text says, approved by john.')
      .waitFor();
    await nights.fill('author: jane\napproval: required\ndefault_tier: 1\n');
    await save.click();
    const second = publish.locator('.versions li').filter({ hasText: '2 changed by operator' });
    await second.locator('summary').click();
    assert.match(await second.locator('.added').innerText(), /default_tier: 1/);
    assert.match(await publish.locator('pre').innerText(), /^signalbox policy replay --since 24h$/);
    await publish.getByRole('button', { name: 'Remove' }).click();
    await page.getByRole('button', { name: 'Remove it' }).click();
    await page.locator('.policies').waitFor();
    assert.equal(await page.getByRole('link', { name: 'nights' }).count(), 0);
  });

  it('says where a call would go if something were otherwise, by the keyboard alone', async () => {
    const { page } = await come('/policies/claims');
    const area = page.getByLabel('Text of claims');
    await area.fill((await area.inputValue()).replace('tier_max: 1', 'tier_max: 2'));
    await page.getByLabel('Text of claims').blur();
    await page.keyboard.press('g');
    await page.keyboard.press('w');
    const verdict = page.locator('.verdict');
    await verdict.getByText('No rule places it: its difficulty does.').waitFor();
    await page.getByLabel('Difficulty').focus();
    await page.keyboard.type('hard');
    await verdict.getByText('sim-frontier', { exact: true }).first().waitFor();
    await page.getByLabel('sim-frontier').focus();
    await page.keyboard.press('Space');
    await page.getByRole('heading', { name: 'What would come of it' }).waitFor();
    const sides = verdict.locator('.way');
    await sides.nth(1).getByText('gpt-4o').waitFor();
    assert.match(await sides.first().innerText(), /As it is\s+Tier 3 sim-frontier at sim-frontier/);
    const search = 'difficulty=hard&down=sim-frontier';
    assert.equal(new URL(page.url()).search, `?${search}`);
    await page.getByLabel('Sensitivity').selectOption('personal');
    const terms = page.getByRole('region', { name: 'How far its data may go' });
    await terms.getByText('tier 1').waitFor();
    const candidates = page.getByRole('region', { name: 'Candidates' });
    assert.match(await candidates.innerText(), /its tier is above the ceiling of this call/);
    assert.match(
      await page.locator('.held-rules').innerText(),
      /tenant claims 43 claims-stay-home/,
    );
    await page.getByLabel('Model').fill('gpt-4o');
    await page.keyboard.press('Enter');
    await verdict.getByText('Refused: no_eligible_route').first().waitFor();
    await page.getByLabel('Policies').selectOption('draft:claims');
    await page.getByRole('button', { name: /CLI/ }).click();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    assert.match(copied, /^signalbox policy explain --tenant acme --model gpt-4o .* --down sim-f/);
    await page.getByRole('link', { name: 'Back to how it is' }).click();
    await page.getByRole('heading', { name: 'Where it goes' }).waitFor();
  });

  it('says what it does not know of an imagined call, and what there is', async () => {
    const { page, complaints } = await come('/playground?down=nothing&plan=huge');
    await page.getByText('`plan`: nothing has this name.').waitFor({ state: 'attached' });
    assert.match(await page.getByRole('alert').innerText(), /There are small, large\./);
    assert.ok(complaints.every((one) => /400/.test(one)));
    complaints.length = 0;
  });

  it('finds models by what they can do and where they run, and says who says so', async () => {
    const { page } = await come('/registry');
    const models = page.locator('.model');
    await models.first().waitFor();
    assert.match(await page.locator('.rollouts').innerText(), /frontier-next.*10 % of.*rings 0/s);
    const listed = models.filter({ hasText: 'gpt-4o' });
    assert.match(await listed.innerText(), /2\.5 in, 10 out by the shipped list of \d{4}-/);
    assert.match(
      await listed.innerText(),
      /cached input: litellm 1\.25; also said: models\.dev 2\.5/,
    );
    await listed.getByText('Field by field').click();
    const said = listed.getByRole('table', { name: 'What is said of gpt-4o' });
    assert.match(await said.innerText(), /context_tokens at provider\s+128000 \(list: both\)/);
    await page.keyboard.press('/');
    await page.keyboard.type('vision tier=2');
    await page.getByText('1 of 6 models.').waitFor();
    assert.match(await models.innerText(), /sim-medium.*fine-tune of sim-small/s);
    assert.equal(new URL(page.url()).search, '?q=vision+tier%3D2');
    await models.getByRole('link', { name: 'sim-small' }).click();
    await models.filter({ hasText: 'falls back to' }).waitFor();
    await page.getByRole('textbox', { name: 'Search' }).fill('telepathy');
    await page.getByText('No model has “telepathy”').waitFor();
  });

  it('remembers whether to be light or dark', async () => {
    const { page } = await come('/');
    await page.getByRole('button', { name: 'Show in dark' }).click();
    await page.reload();
    assert.equal(await page.evaluate(() => document.documentElement.dataset['theme']), 'dark');
    await page.getByRole('button', { name: 'Show in light' }).click();
    assert.equal(await page.evaluate(() => document.documentElement.dataset['theme']), undefined);
  });

  it('says how to come in to who is not signed in, and lets in who has the key', async () => {
    const context = await browser.newContext({ locale: 'en-US' });
    const page = await context.newPage();
    const link = server.control.loginLink();
    await page.goto(link);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await page.goto(link);
    await page.getByText('This link was used already').waitFor();
    const key = page.getByLabel('Or use an admin key');
    await key.fill('wrong');
    await key.press('Enter');
    await page.getByText('This is not the admin key.').waitFor();
    await key.fill(ADMIN_KEY);
    await key.press('Enter');
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    assert.equal(
      await page.evaluate(
        (secret) => document.documentElement.innerHTML.includes(secret),
        ADMIN_KEY,
      ),
      false,
    );
    await context.close();
  });

  it('says so when the server cannot be reached, keeps what it knew, and comes back', async () => {
    work();
    const context = await browser.newContext({ locale: 'en-US' });
    const page = await context.newPage();
    await page.goto(server.control.loginLink());
    await page.locator('.figures .value').first().waitFor();
    await context.setOffline(true);
    await page.getByText('The server cannot be reached.').waitFor();
    assert.equal(await page.locator('.figures .value').first().textContent(), String(CALLS));
    await context.setOffline(false);
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('The server cannot be reached.').waitFor({ state: 'hidden' });
    await context.close();
  });
});
