// What a consent lets a call do, read from the documents anew: which of them hold when, what of a
// call's data they cover, and what is left of its label then.
import type { Label } from '@signalbox/contract';
import type { Configuration, ConsentDocument } from '@signalbox/documents';
import { type CallFacts, headerOf, type Wish } from '../facts.ts';
import { isHeld, type Lift, labelOf, labelsOf, RANK } from './egress.ts';

/** What clocks on the wall said, from and to, piece by piece. */
export type Moments = readonly (readonly [number, number])[];
export type Clocks = (from: number, to: number) => Moments;

export type Consented =
  | { readonly kind: 'holds'; readonly lift: Lift | undefined }
  /** The call names one that does not hold, and goes nowhere. */
  | { readonly kind: 'refused' };

const NONE: Consented = { kind: 'holds', lift: undefined };

type Asked = {
  readonly documents: Configuration;
  readonly label: Label;
  /** It held if it did at one of them. */
  readonly moments: Moments;
};

/** What a call's consent does under these documents, if its label is this one. */
export function consentOf(call: CallFacts, { documents, label, moments }: Asked): Consented {
  const { wish } = call;
  if (wish.consent === undefined) return NONE;
  const consent = documents.consents.get(wish.consent);
  if (consent === undefined || !isInForce(consent, wish, moments)) return { kind: 'refused' };
  if (documents.tenants.get(wish.tenant)?.privacy === 'observe' || !isBound(label)) return NONE;
  let rest: Label = 'public';
  for (const ground of groundsOf(call)) {
    const isCovered = ground.words.some((word) => consent.kinds.includes(word));
    const isLeft = !isCovered || ground.label === 'internal';
    if (isLeft && RANK[ground.label] > RANK[rest]) rest = ground.label;
  }
  const { tiers, regions } = consent;
  return { kind: 'holds', lift: isBound(rest) ? undefined : { rest, tiers, regions } };
}

const isBound = (label: Label): boolean => label === 'personal' || label === 'regulated';

function isInForce(consent: ConsentDocument, { tenant, headers }: Wish, moments: Moments): boolean {
  const { revoked, subject, fromMs = Number.NEGATIVE_INFINITY, untilMs } = consent;
  const isAbout = subject === undefined || subject === headerOf(headers, 'x-signalbox-subject');
  const isTime = moments.some(([from, to]) => from < untilMs && to >= fromMs);
  return consent.tenant === tenant && !revoked && isAbout && isTime;
}

/** What a label has for a reason; a consent that names one of the words covers it. */
type Ground = { readonly words: readonly string[]; readonly label: Label };

/** Those that are certain: its own, and what its session held before. */
function groundsOf(call: CallFacts): readonly Ground[] {
  const { bodyVersion, wish, company } = call;
  const tenant = bodyVersion.configuration.tenants.get(wish.tenant);
  const held = company.filter((other) => other !== call && other.wish.kind === 'call');
  const grounds = [
    { words: ['default'], label: tenant?.defaultLabel ?? 'regulated' },
    ...ownGrounds(bodyVersion.configuration, wish),
    ...held
      .filter((other) => isHeld(other, call))
      .flatMap((other) => ownGrounds(other.bodyVersion.configuration, other.wish)),
  ];
  const { maker } = call;
  if (maker === undefined) return grounds;
  const made = labelsOf(maker)[0] ?? labelOf(maker.bodyVersion.configuration, maker.wish);
  return [...grounds, { words: ['held-upstream'], label: made }];
}

const TYPES = {
  'us-ssn': { words: ['us-ssn', 'government-id'], label: 'regulated' },
  'email-address': { words: ['email-address', 'email'], label: 'personal' },
  health: { words: ['health'], label: 'regulated' },
  email: { words: ['email'], label: 'personal' },
} as const;

function ownGrounds(documents: Configuration, wish: Wish): readonly Ground[] {
  const { unreadable, holds, label, type } = wish;
  const grounds: Ground[] = holds.map((held) => TYPES[held]);
  if (unreadable) {
    const unscanned = documents.tenants.get(wish.tenant)?.unscannedLabel ?? 'regulated';
    grounds.push({ words: ['unscanned'], label: unscanned });
  }
  if (label === undefined) return grounds;
  const known = type === 'health' || type === 'email' ? TYPES[type] : undefined;
  if (known !== undefined) grounds.push(known);
  else if (type !== undefined) grounds.push({ words: [type, 'declared'], label });
  const isTold = type !== undefined && (known === undefined || RANK[known.label] >= RANK[label]);
  if (!isTold) grounds.push({ words: ['declared'], label });
  return grounds;
}
