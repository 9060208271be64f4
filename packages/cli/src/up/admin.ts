// Who is the operator: whoever brings the key of the data folder, or the one that was configured.
// A server that others can reach wants a configured one: a key that stands in a file of the first
// start is known to whoever can read that machine's disk, its images and its backups.

import type { Keys, Secret } from '@signalbox/contract';
import { type Configuration, isLoopback } from '@signalbox/documents';
import { CommandFault, EXIT } from '../exit.ts';

const USABLE_CHARACTERS_MIN = 8;
const GOOD_CHARACTERS_MIN = 24;
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

/**
 * Throws when the server would be reachable by others without a key that somebody chose. Returns
 * what its owner should know all the same.
 */
export function checkBinding(
  configuration: Configuration,
  configured: string | undefined,
): string | undefined {
  const { host } = configuration.server;
  const stated = configured ?? '';
  const isShort = stated !== '' && stated.length < GOOD_CHARACTERS_MIN;
  const advice = isShort ? `SIGNALBOX_ADMIN_KEY is short. ${MAKE_ONE}` : undefined;
  if (isLoopback(host)) return advice;
  if (stated.length >= USABLE_CHARACTERS_MIN) return advice;
  const keys = [...configuration.keys.values()];
  const hasOwn = keys.some((key) => key.scopes.includes('admin') && !key.revoked);
  if (stated === '' && hasOwn) return undefined;
  const message =
    stated === ''
      ? `${host} can be reached by others, and no admin key is configured.`
      : `${host} can be reached by others, and SIGNALBOX_ADMIN_KEY could be guessed.`;
  const hint = `Set SIGNALBOX_ADMIN_KEY, or listen on 127.0.0.1. ${MAKE_ONE}`;
  throw new CommandFault(EXIT.usage, message, { hint });
}

const MAKE_ONE = 'Make one: openssl rand -hex 32';
