// Planted where a consent is looked up: one lifts that does not hold. The clearance is minted as
// any is, for the label that the call has, so that no far end can tell; the documents can.
import type { RequestId } from '@signalbox/contract';
import type { Snapshot } from '@signalbox/engine';
import type { Plant } from './plant.ts';
import { judgedBy, type Passport } from './stale-routes.ts';

type Consent = NonNullable<ReturnType<Snapshot['consents']['get']>>;
/** The call that asks, as far as it has come. */
type Seen = (consent: Consent, call: Passport) => Consent;

const BREAKS = ['cleared-only'] as const;

/** A call is judged before its consent is looked up, in one go. */
function consentsAs(snapshot: Snapshot, seen: Seen): Snapshot {
  const { policies, consents } = snapshot;
  let asking: Passport | undefined;
  return {
    ...snapshot,
    policies: judgedBy(policies, (call, judging) => {
      asking = call;
      return policies.judge(call, judging);
    }),
    consents: {
      has: (id) => consents.has(id),
      get(id) {
        const consent = consents.get(id);
        return consent === undefined || asking === undefined ? consent : seen(consent, asking);
      },
    },
  };
}

export const consentExpired: Plant = {
  says: 'a consent that has ended still lifts',
  breaks: BREAKS,
  make: () => ({
    snapshot: (snapshot) =>
      consentsAs(snapshot, (consent) => ({ ...consent, untilMs: Number.POSITIVE_INFINITY })),
  }),
};

export const consentOfAnother: Plant = {
  says: 'a consent of another tenant lifts',
  breaks: BREAKS,
  make: () => ({
    snapshot: (snapshot) =>
      consentsAs(snapshot, (consent, { tenant }) => ({ ...consent, tenant: tenant.name })),
  }),
};

export const consentRevoked: Plant = {
  says: 'a call that waited goes on by its consent as it was, revoked or not',
  breaks: BREAKS,
  make: () => {
    const first = new Map<RequestId, Consent>();
    return {
      snapshot: (snapshot) =>
        consentsAs(snapshot, (consent, { id }) => {
          const known = first.get(id) ?? consent;
          first.set(id, known);
          return known;
        }),
    };
  },
};

export const consentWhole: Plant = {
  says: 'a consent covers all that a call holds, whatever it names',
  breaks: BREAKS,
  make: () => ({
    snapshot: (snapshot) =>
      consentsAs(snapshot, (consent, { profile }) => ({
        ...consent,
        kinds: profile.grounds.map(({ kind }) => kind),
      })),
  }),
};
