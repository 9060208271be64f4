// From texts to the one configuration that a gateway runs on: what was written, then what is added
// because nobody wrote it, then what was switched. The same reading serves `up` and `config`, so
// that what is found valid starts.
import { createHash } from 'node:crypto';
import {
  type ConfigurationFile,
  type Problem,
  type ReadResult,
  readConfiguration,
} from '@signalbox/config';
import { type Configuration, canonicalConfiguration, isLoopback } from '@signalbox/documents';
import {
  ADDED,
  type Additions,
  demoFile,
  isIn,
  modelFile,
  providersFile,
  serversFile,
  simFile,
} from './additions.ts';
import type { Gathered } from './gather.ts';
import type { PolicyStates } from './policy-states.ts';
import { keptFile, staged } from './standing.ts';
import type { Switches } from './switches.ts';

export type Read = Extract<ReadResult, { ok: true }>;

export type WholeOptions = {
  readonly gathered: Gathered;
  readonly additions: Additions;
  readonly switches: Switches;
  readonly states: PolicyStates;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly flags: Readonly<Record<string, string | undefined>>;
};

export type Whole =
  | {
      readonly ok: true;
      /** As it was written, before anything was switched. */
      readonly read: Read;
      /** What was done with policies beside their files. */
      readonly states: PolicyStates;
      /** Policies as their files have them, in force or not. */
      readonly written: Configuration['policies'];
      /** As written, with policies as far as they were approved and promoted. */
      readonly staged: Configuration;
      /** What is served: some of it may be switched off. */
      readonly configuration: Configuration;
      /** Of what the configuration means. */
      readonly digest: string;
      /** Of how it was written: where a rule stands changes with every line above it. */
      readonly texts: string;
      readonly files: readonly ConfigurationFile[];
      readonly gathered: Gathered;
    }
  | { readonly ok: false; readonly problems: readonly Problem[] };

const DIGEST_CHARACTERS = 12;

export async function readWhole(options: WholeOptions): Promise<Whole> {
  const { gathered, additions } = options;
  const { wantsSim, demo, read: written } = readBase(options);
  if (!written.ok) return written;
  const base = written.configuration;
  const sim = wantsSim ? simFile(await additions.sim()) : undefined;
  const own = [
    modelFile(additions.modelPath, base),
    sim,
    providersFile(additions.variables, base),
    demo,
  ].filter((one) => one !== undefined);
  const found = isLoopback(base.server.host) ? await additions.servers() : [];
  const servers = serversFile(found, base);
  const files = [...gathered.files, ...(servers === undefined ? [] : [servers]), ...own];
  const read = readFrom(files, options);
  // A server with names that do not fit is no reason to stop: nobody wrote that it must be there.
  if (!read.ok && servers !== undefined) return finished([...gathered.files, ...own], options);
  return finished(files, options, read);
}

type Base = {
  /** What was written, and no more. */
  readonly read: ReadResult;
  readonly wantsSim: boolean;
  readonly demo: ConfigurationFile | undefined;
};

/**
 * What was written, by itself. It may speak of the sim's models and of the demo tenant where those
 * come along, and is read with them then: also for what is said about its mistakes.
 */
function readBase({ gathered, additions, ...options }: WholeOptions): Base {
  const { files, named } = gathered;
  const alone = readFrom(files, options);
  const wantsSim = ![...alone.named('endpoints').values()].some((file) => isIn(named, file));
  const demo = demoFile(additions.demoKeyFile, alone, named);
  const rest = { wantsSim, demo };
  if (alone.ok) return { read: alone, ...rest };
  const added = [wantsSim ? simFile(NOWHERE) : undefined, demo].filter((one) => one !== undefined);
  const read = readFrom([...files, ...added], options);
  if (!read.ok) return { read, ...rest };
  const { configuration } = read;
  const endpoints = new Map(
    [...configuration.endpoints].filter(([, { origin }]) => origin?.file !== ADDED.sim),
  );
  return { read: { ...read, configuration: { ...configuration, endpoints } }, ...rest };
}

const NOWHERE = 'http://127.0.0.1:9';

function readFrom(
  files: readonly ConfigurationFile[],
  { environment, flags, switches }: Pick<WholeOptions, 'environment' | 'flags' | 'switches'>,
): ReadResult {
  const importedPrivacy = switches.importedPrivacy;
  return readConfiguration(files, { environment, flags, importedPrivacy });
}

function finished(
  files: readonly ConfigurationFile[],
  options: WholeOptions,
  read: ReadResult = readFrom(files, options),
  before?: Configuration['policies'],
): Whole {
  if (!read.ok) return read;
  const written = before ?? read.configuration.policies;
  const { states } = options;
  const kept = before === undefined ? keptFile(read.configuration, states, files) : undefined;
  if (kept !== undefined) return finished([...files, kept], options, undefined, written);
  const standing = staged(read.configuration, states);
  const configuration = simsLast(switched(standing, options.switches));
  return {
    ok: true,
    read,
    states,
    written,
    staged: standing,
    configuration,
    digest: digestOf(canonicalConfiguration(configuration)),
    texts: digestOf(JSON.stringify([files, options.switches, deedsIn(states)])),
    files,
    gathered: options.gathered,
  };
}

const digestOf = (text: string): string =>
  createHash('sha256').update(text).digest('hex').slice(0, DIGEST_CHARACTERS);

/** What was kept of contents stands in the files, where it holds. */
const deedsIn = (states: PolicyStates): object =>
  [...states].map(([name, { approvals, stage, back }]) => [name, approvals, stage, back]);

/** Drained: known, and sent no new call. */
function switched(configuration: Configuration, { drained }: Switches): Configuration {
  const endpoints = new Map(configuration.endpoints);
  for (const name of drained) {
    const endpoint = endpoints.get(name);
    if (endpoint !== undefined) endpoints.set(name, { ...endpoint, enabled: false });
  }
  return { ...configuration, endpoints };
}

/** Among equals the first is taken: a real model before one that only plays. */
function simsLast(configuration: Configuration): Configuration {
  const all = [...configuration.endpoints];
  const plays = ([, { origin }]: (typeof all)[number]): boolean => origin?.file === ADDED.sim;
  const endpoints = new Map([...all.filter((one) => !plays(one)), ...all.filter(plays)]);
  return { ...configuration, endpoints };
}
