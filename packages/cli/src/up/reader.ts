// Reads everything that a server's documents are made of, as it is now or as it would be after a
// change, and holds it against what it promises.
import { join } from 'node:path';
import type { Problem, Settings } from '@signalbox/config';
import type { Clock } from '@signalbox/contract';
import type { Sim } from '@signalbox/sim';
import { gather } from '../configuration/gather.ts';
import { findServers, type LocalServer } from '../configuration/local-servers.ts';
import { readPolicyStates } from '../configuration/policy-states.ts';
import { PROVIDER_KEYS } from '../configuration/provider-keys.table.ts';
import { publishable, publishingBy } from '../configuration/publishable.ts';
import { runnableHint } from '../configuration/runnable.ts';
import { readSwitches } from '../configuration/switches.ts';
import { readWhole, type Whole } from '../configuration/whole.ts';
import type { Trial } from './attempt.ts';
import type { Reading } from './documents.ts';

export type ReaderOptions = {
  readonly settings: Settings;
  /** Of the operator's files. */
  readonly patterns: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly flags: Readonly<Record<string, string | undefined>>;
  readonly folder: string;
  readonly dataFolder: string;
  /** Whether servers and keys that nobody named are looked for. */
  readonly discovers: boolean;
  readonly clock: Clock;
};

export type Reader = {
  /** What a draft promises is not checked. */
  read(trial?: Trial): Promise<Reading>;
  /** Promises that these documents break. */
  broken(whole: Whole): Promise<readonly Problem[]>;
  /** The next reading asks the machine's model servers again. */
  forgetServers(): void;
  close(): Promise<void>;
};

export function openReader(options: ReaderOptions): Reader {
  const { settings, patterns, environment, flags, folder, dataFolder, discovers, clock } = options;
  let sim: Promise<Sim> | undefined;
  let servers: Promise<readonly LocalServer[]> | undefined;
  const checks = publishingBy(clock);
  const inEnvironment = PROVIDER_KEYS.map((one) => one.variable).filter(
    (name) => discovers && (environment[name] ?? '').trim() !== '',
  );
  const additions = {
    async sim() {
      sim ??= startSim();
      return (await sim).url;
    },
    servers() {
      servers ??= discovers ? findServers() : Promise.resolve([]);
      return servers;
    },
    variables: new Set(inEnvironment),
    modelPath: settings.byVariable.get('SIGNALBOX_GGUF')?.value,
    demoKeyFile: join(dataFolder, 'demo.key'),
  };
  const readFrom = { configFiles: settings.configFiles, dataFolder, folder };
  const published = async (whole: Whole): Promise<Whole> => {
    const checked = await publishable(whole, checks);
    if (checked.ok || !whole.ok) return checked;
    return { ok: false, problems: checked.problems.map((one) => runnableHint(one, readFrom)) };
  };
  return {
    async read(trial = {}) {
      const found = await gather({ patterns, folder, dataFolder, instead: trial.instead });
      if (found.problems.length > 0) return { kind: 'files', problems: found.problems };
      const { draft } = trial;
      const gathered = draft === undefined ? found : { ...found, files: [...found.files, draft] };
      const switches = trial.switches ?? (await readSwitches(dataFolder));
      const states = trial.states ?? (await readPolicyStates(dataFolder));
      const whole = await readWhole({ gathered, additions, switches, states, environment, flags });
      if (draft !== undefined) return { kind: 'whole', whole };
      return { kind: 'whole', whole: await published(whole) };
    },
    async broken(whole) {
      const checked = await published(whole);
      return checked.ok ? [] : checked.problems;
    },
    forgetServers() {
      servers = undefined;
    },
    async close() {
      await (await sim)?.close();
    },
  };
}

/** A server of its own, on loopback, that keeps no prompt in memory. */
async function startSim(): Promise<Sim> {
  const { startSim: start } = await import('@signalbox/sim');
  return start({ requestsKeptMax: 0, now: Date.now });
}
