// The consents of these worlds: each tenant has some, of every breadth, and not all of them hold.
// Operators revoke them, give them again and change how far they go while calls run.
import type { Tier } from '@signalbox/contract';
import type { Configuration, ConsentDocument } from '@signalbox/documents';
import type { Chance } from '../chance.ts';
import type { Changed } from '../documents/change.ts';

/** What each tenant calls its own, after its name. */
export const CONSENTS = [
  ['wide', 6],
  ['narrow', 3],
  ['brief', 2],
] as const;
export const SUBJECTS = ['canarysubjecta', 'canarysubjectb'] as const;

const DAY_MS = 86_400_000;
const STORM_MS = 9_000;

const KINDS = [
  ...['government-id', 'us-ssn', 'email', 'email-address', 'health', 'recipes'],
  ...['declared', 'default', 'unscanned', 'held-session', 'held-upstream'],
] as const;

export function drawConsents(
  tenants: Iterable<string>,
  chance: Chance,
  startMs: number,
): Configuration['consents'] {
  const all = [...tenants].flatMap((tenant) =>
    CONSENTS.map(([word]): ConsentDocument => {
      const share = word === 'wide' ? 0.85 : 0.4;
      return {
        name: `${tenant}-${word}`,
        tenant,
        subject: chance.happens(0.15) ? chance.pick(SUBJECTS) : undefined,
        kinds: KINDS.filter(() => chance.happens(share)),
        tiers: drawTiers(chance),
        regions: drawRegions(chance),
        purpose: 'a world',
        fromMs: chance.happens(0.05) ? startMs + chance.between(0, STORM_MS) : undefined,
        untilMs: startMs + (word === 'brief' ? chance.between(-STORM_MS, STORM_MS) : DAY_MS),
        givenBy: 'somebody',
        revoked: chance.happens(0.06),
        origin: undefined,
      };
    }),
  );
  return new Map(all.map((one) => [one.name, one]));
}

const drawTiers = (chance: Chance): readonly Tier[] =>
  chance.pick<readonly Tier[]>([[2], [3], [2, 3], [2, 3], [1, 2, 3]]);

const drawRegions = (chance: Chance): readonly string[] | undefined =>
  chance.pick<readonly string[] | undefined>([undefined, undefined, undefined, ['eu'], ['us']]);

export function changeConsent(before: Configuration, chance: Chance): Changed {
  const consent = chance.oneOf([...before.consents.values()]);
  if (consent === undefined) return { configuration: before, what: 'nothing' };
  const change = chance.weighted<Partial<ConsentDocument>>([
    [{ revoked: !consent.revoked }, 6],
    [{ tiers: drawTiers(chance) }, 2],
    [{ regions: drawRegions(chance) }, 1],
    [{ kinds: KINDS.filter(() => chance.happens(0.5)) }, 2],
  ]);
  const consents = new Map(before.consents).set(consent.name, { ...consent, ...change });
  return {
    configuration: { ...before, consents },
    what: `consent ${consent.name} ${JSON.stringify(change)}`,
  };
}
