// provisional
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { readConfiguration, readSettings, renderProblems } from '@signalbox/config';
import { openNode } from '@signalbox/gateway';
import { startSim } from '@signalbox/sim';
import { mintApiKey } from '@signalbox/trust';
export async function up(flags: Record<string, string>): Promise<void> {
  const settings = readSettings({ environment: process.env, flags });
  const folder = settings.dataFolder;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const once = (n: string, make: () => string | Buffer): Buffer => {
    const p = `${folder}/${n}`;
    if (!existsSync(p)) writeFileSync(p, make(), { mode: 0o600 });
    return readFileSync(p);
  };
  const pepper = once('pepper', () => randomBytes(32));
  const demo = once('demo.key', () => mintApiKey('dev', randomBytes(48))).toString();
  const admin = once('admin.key', () => mintApiKey('admin', randomBytes(48))).toString();
  const texts = settings.configFiles.map((name) => ({ name, text: readFileSync(name, 'utf8') }));
  let sim;
  if (texts.length === 0) {
    sim = await startSim({});
    texts.push({
      name: 'built-in',
      text: `version: 1
endpoints:
  sim-local: {kind: sim, url: "${sim.url}", tier: 1, models: {sim-small: {}}}
  sim-private: {kind: sim, url: "${sim.url}", tier: 2, models: {sim-medium: {}}}
  sim-frontier: {kind: sim, url: "${sim.url}", tier: 3, models: {sim-frontier: {}}}
tenants: {demo: {}}
keys: {demo: {tenant: demo, secret: "file:demo.key", scopes: [call, explain]}}
`,
    });
  }
  const read = readConfiguration(texts, { environment: process.env, flags });
  if (!read.ok) {
    process.stderr.write(renderProblems(read.problems, { color: false }));
    process.exitCode = 2;
    return;
  }
  const node = await openNode({
    version: '0.1.0',
    configuration: read.configuration,
    digest: createHash('sha256')
      .update(texts.map((t) => t.text).join())
      .digest('hex')
      .slice(0, 12),
    folder,
    pepper,
    isAdmin: (t) => t === admin,
    mounted: () => [],
  });
  console.log(`http://${node.listening.host}:${node.listening.port}/v1 ${demo}`);
  process.on('SIGTERM', () => void node.stop().then(() => process.exit(0)));
  process.on('SIGINT', () => void node.stop().then(() => process.exit(0)));
}
