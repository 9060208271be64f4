// What a consent of the tenant opens for a call that names it: of the grounds of its label those
// that the consent covers, as far as the consent says, and nothing else. One that the tenant does
// not have, that is not in force or is about another subject, refuses the call that names it: a
// caller that counts on a consent must not be left to think that one holds. What belongs to another
// tenant is not there at all. It must never lift what nobody consented to, nor a topology, a
// residency or what a rule requires: those are asked in `clear`, whatever this says.
import {
  type ConsentUse,
  higherLabel,
  type Label,
  no,
  type Refusal,
  type Result,
  refusal,
  type Tier,
  yes,
} from '@signalbox/contract';
import type { ConsentDocument } from '@signalbox/documents';
import type { Classified } from '../classify/classify.ts';
import type { Lookup } from '../tenant/on-demand.ts';

/** By name or id, over all tenants. */
export type Consents = Lookup<string, ConsentDocument>;

export type Lift = {
  /** Of what the consent does not cover. */
  readonly rest: Label;
  /** What covered data may reach beside tier 1. */
  readonly tiers: readonly Tier[];
  /** Undefined: wherever it may go otherwise. */
  readonly regions: readonly string[] | undefined;
};

/** The one that a call named, and what it did. */
export type NamedConsent = { readonly id: string; readonly use: ConsentUse };

export type Agreed = {
  readonly consent: NamedConsent | undefined;
  readonly lift: Lift | undefined;
  /** The call is not to be made. */
  readonly refusal: Refusal | undefined;
};

const NONE: Agreed = { consent: undefined, lift: undefined, refusal: undefined };

/** @param at Unix milliseconds: when the call came, or comes again. */
export function agreed(call: Classified, consents: Consents, at: number): Agreed {
  const id = call.head.consent;
  if (id === undefined) return NONE;
  const found = inForce(call, consents.get(id), { id, at });
  if (!found.ok) return { ...NONE, consent: { id, use: 'refused' }, refusal: found.refusal };
  const lift = liftOf(call, found.value);
  const use = lift === undefined ? 'unneeded' : 'applied';
  return { consent: { id, use }, lift, refusal: undefined };
}

type Naming = { readonly id: string; readonly at: number };

function inForce(
  { tenant, key, head }: Classified,
  consent: ConsentDocument | undefined,
  { id, at }: Naming,
): Result<ConsentDocument, Refusal> {
  if (consent === undefined || consent.tenant !== tenant.name) {
    return no(refused(`No consent of this tenant is called \`${id}\`.`, LISTED));
  }
  if (consent.revoked) return no(refused(`The consent \`${id}\` was revoked.`, LISTED));
  if (at >= consent.untilMs) return no(refused(`The consent \`${id}\` has ended.`, LISTED));
  if (at < (consent.fromMs ?? at)) {
    return no(refused(`The consent \`${id}\` has not begun yet.`, LISTED));
  }
  const subject = key.subject ?? head.subject;
  if (consent.subject !== undefined && consent.subject !== subject) {
    const message = `The consent \`${id}\` is about the data of one subject, and the call is not.`;
    return no(refused(message, 'Name the subject in `x-signalbox-subject`, or leave it out.'));
  }
  return yes(consent);
}

const LISTED = 'Leave it out, or ask an admin of the tenant: `signalbox consent list` shows them.';
const refused = (message: string, hint: string): Refusal =>
  refusal('policy_denied', message, { param: 'x-signalbox-consent', hint });

/** Undefined: it changes nothing for this call. */
function liftOf(
  { tenant, profile }: Classified,
  { kinds, tiers, regions }: ConsentDocument,
): Lift | undefined {
  const { label, grounds } = profile;
  const isBound = label === 'personal' || label === 'regulated';
  if (tenant.privacy === 'observe' || !isBound) return undefined;
  let rest: Label = 'public';
  let isTold = false;
  for (const ground of grounds) {
    if (ground.label === label) isTold = true;
    const isCovered = kinds.includes(ground.kind) || kinds.includes(ground.type);
    // What is internal is the organisation's, and no consent is asked for it.
    if (!isCovered || ground.label === 'internal') rest = higherLabel(rest, ground.label);
  }
  // A label that no ground accounts for is covered by nothing.
  if (!isTold || rest === 'personal' || rest === 'regulated') return undefined;
  return { rest, tiers, regions };
}
