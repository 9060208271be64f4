// Consents as a server has them whose desk keeps some and whose file keeps others, in memory.
import { readConfiguration } from '@signalbox/config';
import type { DocumentsDesk } from '@signalbox/control';
import type { ConsentDocument } from '@signalbox/documents';

type DeskAnswer = Awaited<ReturnType<DocumentsDesk['remove']>>;

const DAY_MS = 86_400_000;
/** Of the others, the desk. */
const OF_FILE = 'support';

/** One of each state, of two tenants. */
export const consentsOf = (now: number, long = 'claims-2026'): string => {
  const on = (days: number): string => new Date(now + days * DAY_MS).toISOString();
  return `version: 1
tenants: { acme: {}, globex: {} }
consents:
  ${long}:
    { tenant: acme, kinds: [health], tiers: [2], purpose: claims, until: ${on(90)}, given_by: Ada }
  ${OF_FILE}:
    tenant: globex
    subject: ${long}
    kinds: [email, phone]
    tiers: [2, 3]
    regions: [eu]
    purpose: support
    until: ${on(30)}
    given_by: Grace Hopper
  next-year:
    tenant: acme
    kinds: [financial]
    tiers: [2]
    purpose: audits
    from: ${on(10)}
    until: ${on(400)}
    given_by: Ada
  last-year:
    { tenant: acme, kinds: [name], tiers: [3], purpose: letters, until: ${on(-9)}, given_by: Ada }
`;
};

export class MemoryConsents {
  readonly #held: Map<string, ConsentDocument>;

  constructor(text: string) {
    const read = readConfiguration([{ name: 'signalbox.yaml', text }]);
    if (!read.ok) throw new Error(JSON.stringify(read.problems));
    const all = [...read.configuration.consents];
    this.#held = new Map(
      all.map(([name, one]) => [name, name === OF_FILE ? one : { ...one, origin: undefined }]),
    );
  }

  documents(): ReadonlyMap<string, ConsentDocument> {
    return this.#held;
  }

  async revoke(name: string): Promise<DeskAnswer> {
    const found = this.#held.get(name);
    if (found === undefined) return { kind: 'unknown' };
    this.#held.set(name, { ...found, revoked: true });
    return { kind: 'done' };
  }
}
