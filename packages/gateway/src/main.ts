// The gateway alone: no console, no admin API, no built-in models. What a container runs that is
// one of many behind a load balancer.
import { createHash } from 'node:crypto';
import { readConfiguration, readSettings, renderProblems } from '@signalbox/config';
import { type Keys, Secret } from '@signalbox/contract';
import {
  createClock,
  createRandom,
  createSink,
  openDataFolder,
  readFiles,
  SettingFault,
} from '@signalbox/ports';
import { equalBytes, nodeKeys } from '@signalbox/trust/node';
import { openNode } from './node.ts';
import { publishing } from './publishing.ts';

const VERSION = '0.1.0';
const EXIT_USAGE = 2;
const PEPPER_BYTES = 32;

async function main(): Promise<void> {
  const { env: environment } = process;
  const settings = readSettings({ environment });
  const files = await readFiles(settings.configFiles, process.cwd());
  for (const { path, why } of files.problems) process.stderr.write(`${path}: ${why}\n`);
  const texts = files.files.map(({ path, text }) => ({ name: path, text }));
  const read = readConfiguration(texts, { environment });
  if (!read.ok || files.problems.length > 0) {
    if (!read.ok) process.stderr.write(renderProblems(read.problems, { color: false }));
    process.exitCode = EXIT_USAGE;
    return;
  }
  const { configuration } = read;
  const unapproved = [...configuration.policies.values()].find(
    (one) => one.approval === 'required',
  );
  if (unapproved !== undefined) {
    const { name, origin } = unapproved;
    const where = `${origin?.file}:${origin?.line}`;
    process.stderr.write(`${where} \`${name}\` wants approval, which \`signalbox up\` keeps.\n`);
    process.exitCode = EXIT_USAGE;
    return;
  }
  const clock = createClock();
  const refused = await publishing({ clock, keys: anyKeys() }).refusals({
    configuration,
    files: texts,
  });
  if (refused.length > 0) {
    process.stderr.write(renderProblems(refused, { color: false }));
    process.exitCode = EXIT_USAGE;
    return;
  }
  const random = createRandom();
  const program = `signalbox-gateway ${VERSION}`;
  const kek = environment['SIGNALBOX_KEK'];
  const data = await openDataFolder({ path: settings.dataFolder, random, program, kek });
  const telemetry = createSink({ fd: 2, level: configuration.telemetry.logLevel, clock });
  if (kek !== undefined) telemetry.guard(new Secret(kek));
  const keys = nodeKeys(data.pepper);
  const adminMac = keys.mac('admin-key', data.adminKey.reveal());
  const node = await openNode({
    version: VERSION,
    configuration,
    digest: digestOf(texts),
    data,
    telemetry,
    clock,
    random,
    keys,
    environment,
    folder: process.cwd(),
    isAdmin: (text) => text !== undefined && equalBytes(keys.mac('admin-key', text), adminMac),
    mounted: () => [],
  });
  const { host, port } = node.listening;
  telemetry.log('info', 'listening', { host, port });
  const stop = (): void => {
    void node.stop().then(() => {
      telemetry.close();
      process.exit(0);
    });
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

/** For documents that nobody is served by yet. */
const anyKeys = (): Keys => nodeKeys(new Uint8Array(PEPPER_BYTES));

function digestOf(texts: readonly { readonly name: string; readonly text: string }[]): string {
  const hash = createHash('sha256');
  for (const { name, text } of texts) hash.update(`${name}\n${text}\n`);
  return hash.digest('hex').slice(0, 16);
}

await main().catch((cause: unknown) => {
  if (!(cause instanceof SettingFault)) throw cause;
  process.stderr.write(`${cause.message}\n`);
  process.exit(EXIT_USAGE);
});
