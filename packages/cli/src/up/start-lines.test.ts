import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { folderFor, serverIn } from '../testing.fixture.ts';
import { findSilent } from './silent.ts';
import { START_LINES_MAX, startLines } from './start-lines.ts';

/** A port on which something listens until the test lets it go. */
async function portFor(context: TestContext): Promise<{ port: number; close: () => void }> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const close = (): void => void server.close();
  context.after(close);
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new TypeError('no port');
  return { port: address.port, close };
}

async function linesOf(context: TestContext, text: string): Promise<string> {
  const folder = folderFor(context);
  writeFileSync(join(folder, 'a.yaml'), text);
  const server = await serverIn(context, folder, { config: 'a.yaml' });
  const silent = await findSilent(server.status().endpoints);
  const lines = startLines(server, { version: '1', command: 'signalbox', silent });
  assert.ok(lines.length <= START_LINES_MAX, lines.join('\n'));
  return lines.join('\n');
}

/** Two tiers in the words of agent runtimes. */
const twoTiers = (port: number): string => `tiers:
  local: { provider: ollama, endpoint: "http://127.0.0.1:${port}", models: { fast: small } }
  cloud: { provider: anthropic, models: { default: large } }
routing: { default_tier: local, rules: [] }
`;

test('where nothing can answer, a start says what to do instead', async (context) => {
  const { port, close } = await portFor(context);
  close();
  const lines = await linesOf(context, twoTiers(port));
  assert.doesNotMatch(lines, /curl/);
  assert.match(lines, /models +none; not running: ollama; without a key: anthropic/);
  const url = `http://127\\.0\\.0\\.1:${port}`;
  const ways = `start ollama \\(${url}\\), or set ANTHROPIC_API_KEY, or run .signalbox up. without`;
  assert.match(lines, new RegExp(`try +nothing can answer yet: ${ways}`));
});

test('where the server of the file runs, the call is shown', async (context) => {
  const { port } = await portFor(context);
  const lines = await linesOf(context, twoTiers(port));
  assert.match(lines, /models +small \(tier 1\); without a key: anthropic/);
  assert.match(lines, /try +curl .*"model":"auto"/);
});

test('where some can answer, the call names a model of theirs', async (context) => {
  const [closed, open] = [await portFor(context), await portFor(context)];
  closed.close();
  const lines = await linesOf(
    context,
    `version: 1
endpoints:
  first: { url: "http://127.0.0.1:${closed.port}/v1", models: [m-1] }
  second: { url: "http://127.0.0.1:${open.port}/v1", models: [m-2] }
`,
  );
  assert.match(lines, /models +m-2 \(tier 1\); not running: first/);
  assert.match(lines, /try +curl .*"model":"m-2"/);
});

test('servers elsewhere are not asked, nor those that are off', async () => {
  const endpoint = (name: string, origin: string, state: 'available' | 'off') =>
    ({
      name,
      origin,
      state,
      kind: 'x',
      tier: 1,
      models: [],
      hasKey: false,
      keyTail: undefined,
      facts: [],
      ...UNKNOWN,
    }) as const;
  const silent = await findSilent([
    endpoint('elsewhere', 'http://192.0.2.1:9', 'available'),
    endpoint('off', 'http://127.0.0.1:9', 'off'),
  ]);
  assert.deepEqual([...silent], []);
});

const UNKNOWN = { region: undefined, tenant: undefined, why: undefined };
