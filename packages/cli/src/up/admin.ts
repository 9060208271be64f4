// Who is the operator: whoever brings the key of the data folder, or the one that was configured.
// A server that others can reach wants a configured one: a key that stands in a file of the first
// start is known to whoever can read that machine's disk, its images and its backups.

import type { Keys, Secret } from '@signalbox/contract';
import { type Configuration, isLoopback } from '@signalbox/documents';
import { CommandFault, EXIT } from '../exit.ts';

const CONFIGURED_CHARACTERS_MIN = 16;
const PURPOSE = 'admin-key';

export type AdminKeys = {
  readonly keys: Keys;
  /** That of the data folder. */
  readonly own: Secret;
  readonly configured: Secret | undefined;
};

/** Takes the same time for every text of a length: keyed hashes are compared, never the keys. */
export function adminKeyHolds({ keys, own, configured }: AdminKeys): (text: string) => boolean {
  const known = [own, configured ?? own].map((one) => keys.mac(PURPOSE, one.reveal()));
  return (text) => {
    const given = keys.mac(PURPOSE, text);
    let holds = false;
    for (const one of known) holds = keys.equal(one, given) || holds;
    return holds;
  };
}

/** Throws when the server would be reachable by others without a key that somebody chose. */
export function checkBinding(configuration: Configuration, configured: string | undefined): void {
  const { host } = configuration.server;
  const stated = configured ?? '';
  if (stated !== '' && stated.length < CONFIGURED_CHARACTERS_MIN) {
    throw new CommandFault(
      EXIT.usage,
      `SIGNALBOX_ADMIN_KEY is shorter than ${CONFIGURED_CHARACTERS_MIN} characters.`,
      { hint: 'Make one: openssl rand -hex 32' },
    );
  }
  if (isLoopback(host) || stated !== '') return;
  const keys = [...configuration.keys.values()];
  if (keys.some((key) => key.scopes.includes('admin') && !key.revoked)) return;
  throw new CommandFault(
    EXIT.usage,
    `${host} can be reached by others, and no admin key is configured.`,
    { hint: 'Set SIGNALBOX_ADMIN_KEY (openssl rand -hex 32), or listen on 127.0.0.1.' },
  );
}
