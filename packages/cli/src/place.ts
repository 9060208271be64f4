// Where the gateway is, and with which keys one speaks to it. Keys come from the environment or, on
// the gateway's own machine, from its data folder; never from a flag, where every user of the
// machine could read them.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Settings } from '@signalbox/config';
import { CommandFault, EXIT } from './exit.ts';
import { readRunning } from './running.ts';

export type Place = {
  /** Without a path or a last slash. */
  readonly url: string;
  /** Absolute; it may not exist. */
  readonly dataFolder: string;
  /** Where relative paths of files start. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** By the name of the flag: those that set a value of the configuration. */
  readonly flags: Readonly<Record<string, string | undefined>>;
  readonly settings: Settings;
  /** The key of a caller. */
  key(): string;
  adminKey(): string;
};

export type PlaceSources = Pick<Place, 'folder' | 'environment' | 'flags' | 'settings'>;

const URL_DEFAULT = 'http://127.0.0.1:4141';

export function placeOf(sources: PlaceSources): Place {
  const { folder, environment, settings } = sources;
  const dataFolder = resolve(folder, settings.dataFolder);
  const stated = settings.byVariable.get('SIGNALBOX_URL')?.value;
  return {
    ...sources,
    dataFolder,
    get url() {
      return withoutSlash(
        stated ?? readRunning(dataFolder)?.url ?? standardUrl(sources, dataFolder),
      );
    },
    key: () => keyFrom(environment['SIGNALBOX_KEY'], join(dataFolder, 'demo.key'), 'SIGNALBOX_KEY'),
    adminKey: () =>
      keyFrom(
        environment['SIGNALBOX_ADMIN_KEY'],
        join(dataFolder, 'admin.key'),
        'SIGNALBOX_ADMIN_KEY',
      ),
  };
}

/**
 * The usual address, for somebody who brought a key. Keys of a data folder go nowhere else than to
 * its own server: on a shared machine the port may be anybody's.
 */
function standardUrl({ environment }: PlaceSources, dataFolder: string): string {
  const brought = [environment['SIGNALBOX_KEY'], environment['SIGNALBOX_ADMIN_KEY']];
  if (brought.some((one) => one !== undefined && one !== '')) return URL_DEFAULT;
  const hint = 'Start one with `signalbox up`, or name one with --url or SIGNALBOX_URL.';
  throw new CommandFault(EXIT.down, `No gateway runs on the data folder ${dataFolder}.`, { hint });
}

function withoutSlash(text: string): string {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    const hint = 'Like http://127.0.0.1:4141, by --url or SIGNALBOX_URL.';
    throw new CommandFault(EXIT.usage, 'The URL of the gateway is no http URL.', { hint });
  }
  const { origin, pathname } = new URL(text);
  return origin + pathname.replace(/\/v1\/?$/, '').replace(/\/+$/, '');
}

function keyFrom(stated: string | undefined, file: string, variable: string): string {
  if (stated !== undefined && stated !== '') return stated;
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    const hint = `Set ${variable}, or name the data folder of the gateway with --data.`;
    throw new CommandFault(EXIT.auth, `There is no key: ${file} cannot be read.`, { hint });
  }
}
