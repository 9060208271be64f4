// The configuration as a start would read it, without starting anything: nobody is asked, and of
// what would be found only the names matter.
import { join } from 'node:path';
import type { ConfigurationFile } from '@signalbox/config';
import type { Place } from '../place.ts';
import type { Reading } from '../up/documents.ts';
import { gather, patternsOf } from './gather.ts';
import { readPolicyStates } from './policy-states.ts';
import { PROVIDER_KEYS } from './provider-keys.table.ts';
import { readSwitches } from './switches.ts';
import { readWhole } from './whole.ts';

export type OfflineOptions = {
  /** Paths or patterns instead of those of flag and environment. */
  readonly patterns?: readonly string[];
  /** Texts instead of files of the data folder. */
  readonly instead?: Readonly<Record<string, string>>;
  readonly drafts?: readonly ConfigurationFile[];
};

export async function readOffline(place: Place, options: OfflineOptions = {}): Promise<Reading> {
  const { settings, folder, dataFolder, environment, flags } = place;
  const patterns = patternsOf(options.patterns ?? settings.configFiles, folder);
  const found = await gather({ patterns, folder, dataFolder, instead: options.instead });
  const gathered = { ...found, files: [...found.files, ...(options.drafts ?? [])] };
  if (gathered.problems.length > 0) return { kind: 'files', problems: gathered.problems };
  const keys = PROVIDER_KEYS.map((one) => one.variable).filter(
    (name) => (environment[name] ?? '').trim() !== '',
  );
  const additions = {
    sim: async () => UNASKED,
    servers: async () => [],
    variables: new Set(keys),
    modelPath: settings.byVariable.get('SIGNALBOX_GGUF')?.value,
    demoKeyFile: join(dataFolder, 'demo.key'),
  };
  const switches = await readSwitches(dataFolder);
  const states = await readPolicyStates(dataFolder);
  const whole = await readWhole({ gathered, additions, switches, states, environment, flags });
  return { kind: 'whole', whole };
}

const UNASKED = 'http://127.0.0.1:9';
