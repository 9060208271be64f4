// A second key with the limits of a first one. The admin API shows less of a key than its document
// says (what it fixes and demands of a call), so the document itself is read: on the gateway's own
// machine, where it lies. A key that could do more than the one it replaces is worse than none.
import { microUsd } from '@signalbox/contract';
import type { KeyDocument } from '@signalbox/documents';
import type { Desk } from '../command.ts';
import { readOffline } from '../configuration/offline.ts';
import { CommandFault, EXIT } from '../exit.ts';

export async function rotatedDocument(
  old: string,
  taken: readonly string[],
  { place }: Desk,
): Promise<object> {
  const reading = await readOffline(place);
  const whole = reading.kind === 'whole' && reading.whole.ok ? reading.whole : undefined;
  const document = whole?.configuration.keys.get(old);
  if (document === undefined) {
    throw new CommandFault(EXIT.missing, `The document of \`${old}\` is not on this machine.`, {
      hint: 'Run this where the gateway runs, with its --data and --config.',
    });
  }
  return { name: nextName(old, taken), ...writtenOf(document) };
}

/** `ci`, `ci-2`, `ci-3`: records keep the name of the key that made them. */
export function nextName(old: string, taken: readonly string[]): string {
  const stem = old.replace(/-\d+$/, '');
  let number = 2;
  while (taken.includes(`${stem}-${number}`)) number += 1;
  return `${stem}-${number}`;
}

/** All that it says but what makes it this key: its id, its secret, whether it is revoked. */
export function writtenOf(key: KeyDocument): object {
  const { budget, expiresMs, tags } = key;
  const fixed = Object.fromEntries(tags.fixed);
  const stated = {
    tenant: key.tenant,
    models: key.models,
    tiers: key.tiers,
    scopes: key.scopes,
    networks: key.networks,
    session: key.session,
    agent: key.agent,
    subject: key.subject,
    require_session: key.requireSession,
    policies: key.policies.length === 0 ? undefined : key.policies,
    tags: { ...(tags.fixed.size === 0 ? {} : { fixed }), required: tags.required },
    budget:
      budget === undefined
        ? undefined
        : { amount_micro_usd: microUsd(budget.amountNanoUsd), per: budget.per },
    expires: expiresMs === undefined ? undefined : new Date(expiresMs).toISOString(),
  };
  return Object.fromEntries(Object.entries(stated).filter(([, value]) => value !== undefined));
}
