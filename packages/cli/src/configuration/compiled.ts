// The configuration as the line would read it, without starting anything: no secret is read, and
// every credential counts as there.
import { renderProblems } from '@signalbox/config';
import { Secret } from '@signalbox/contract';
import type { Configuration } from '@signalbox/documents';
import type { Snapshot } from '@signalbox/engine';
import { compile, loadLists } from '@signalbox/gateway';
import { nodeKeys } from '@signalbox/trust/node';
import { CommandFault, EXIT } from '../exit.ts';
import type { Place } from '../place.ts';
import { problemsOf } from '../up/documents.ts';
import { type OfflineOptions, readOffline } from './offline.ts';

export type Offline = {
  readonly configuration: Configuration;
  readonly snapshot: Snapshot;
  /** Of the documents, as records name it. */
  readonly version: string;
};

const PEPPER_BYTES = 32;

export async function compiledOffline(
  place: Place,
  options: Omit<OfflineOptions, 'instead'> = {},
): Promise<Offline> {
  const reading = await readOffline(place, options);
  if (reading.kind !== 'whole' || !reading.whole.ok) {
    const shown = renderProblems(problemsOf(reading), { color: false }).trimEnd();
    throw new CommandFault(EXIT.usage, shown, { hint: 'signalbox config validate' });
  }
  const { configuration, digest } = reading.whole;
  const snapshot = compiledFrom(configuration, digest, await loadLists());
  return { configuration, snapshot, version: digest };
}

function compiledFrom(
  configuration: Configuration,
  version: string,
  lists: Awaited<ReturnType<typeof loadLists>>,
): Snapshot {
  return compile({
    configuration,
    version,
    keys: nodeKeys(new Uint8Array(PEPPER_BYTES)),
    secretOf: () => new Secret('offline'),
    ...lists,
    at: Date.now(),
  });
}
