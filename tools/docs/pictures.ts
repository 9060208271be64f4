// `node tools/docs/pictures.ts`: takes the pictures of the console that the documents show, in a
// real browser, of the same made-up day that the console's tests look at. Needs a browser
// (`npm run browser`) and the built console (`npm start` builds it).
import { mkdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { openBrowser } from '../../packages/console/src/browser.fixture.ts';
import {
  call,
  decisionNumber,
  fill,
  seeded,
  serveSeeded,
} from '../../packages/console/src/seeded.fixture.ts';
import { record, wellStatus } from '../../packages/console/src/seeded-status.fixture.ts';
import { visit } from '../../packages/console/src/watched.fixture.ts';

const FOLDER = fileURLToPath(new URL('../../docs/pictures/', import.meta.url));
const BYTES_MAX = 200_000;
const CALLS = 300;
const SPAN_MS = 3_000_000;
const EXPLAINED = decisionNumber(CALLS + 1);

type Picture = {
  readonly name: string;
  readonly path: string;
  /** Stands on the page when it is complete. */
  readonly shows: string;
  readonly viewport: { readonly width: number; readonly height: number };
};

const PICTURES: readonly Picture[] = [
  {
    name: 'overview.png',
    path: '/?window=1h',
    shows: '.figure .value',
    viewport: { width: 1280, height: 860 },
  },
  {
    name: 'decision.png',
    path: `/requests/${EXPLAINED}`,
    shows: 'table',
    viewport: { width: 1280, height: 860 },
  },
];

const now = Date.now();
const server = await serveSeeded(wellStatus(now));
const browser = await openBrowser();
try {
  mkdirSync(FOLDER, { recursive: true });
  fill(server.readings, CALLS, now, SPAN_MS);
  const explained = { ...call(CALLS + 1, now, seeded(3)), tenant: 'acme', label: 'regulated' };
  server.readings.end(explained, record(CALLS + 1, now));
  for (const { name, path, shows, viewport } of PICTURES) await take(name, path, shows, viewport);
} finally {
  await browser.close();
  await server.stop();
}

async function take(
  name: string,
  path: string,
  shows: string,
  viewport: Picture['viewport'],
): Promise<void> {
  const { page, done } = await visit(browser, server, path, { viewport, reducedMotion: 'reduce' });
  await page.locator(shows).first().waitFor();
  await page.screenshot({ path: `${FOLDER}${name}` });
  await done();
  const { size } = statSync(`${FOLDER}${name}`);
  if (size > BYTES_MAX) throw new Error(`${name} has ${size} bytes; at most ${BYTES_MAX}`);
  process.stdout.write(`docs/pictures/${name} ${size} bytes\n`);
}
