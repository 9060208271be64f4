// Where the data of one call went, from its record. An attempt counts as received unless it ended
// before a byte could leave: what may have been sent is taken for sent.
import { count, field, list, string } from './fields.ts';
import type { Reach } from './records.ts';

/** A place as the record names it: what a report asks about. */
export type FlowPlace = {
  readonly fate: 'received' | 'blocked';
  readonly endpoint: string;
  /** Empty: not stated. */
  readonly region: string;
  readonly legalEntity: string;
  readonly tier: number;
  readonly own: boolean;
  readonly inputTokens: number | undefined;
  readonly outputTokens: number | undefined;
};

export type Whereto = {
  readonly reach: Reach;
  /** Each place once, whatever the number of attempts at it. */
  readonly places: readonly FlowPlace[];
  /** The document that let it go further than its label. */
  readonly consent: string | undefined;
};

/** Nothing of the call was sent. */
const BEFORE_A_BYTE: ReadonlySet<string> = new Set([
  'address_denied',
  'clearance_exceeded',
  'connect_failed',
  'connect_timeout',
  'tls_failed',
  'certificate_untrusted',
  'certificate_expired',
  'certificate_name',
]);
const BLOCKED = 'clearance_exceeded';

export function wheretoOf(record: unknown): Whereto {
  const places: FlowPlace[] = [];
  for (const attempt of list(record, 'attempts')) {
    const place = placeOf(attempt, record);
    if (place === undefined) continue;
    const known = places.findIndex((one) => isSame(one, place));
    if (known < 0) places.push(place);
    // The attempt that answered says most of what the call was.
    else if (string(attempt, 'outcome') === 'answered') places[known] = place;
  }
  const isApplied = string(record, 'consentUse') === 'applied';
  const consent = isApplied ? string(record, 'consent') : undefined;
  return { reach: reachOf(record, places), places, consent };
}

function placeOf(attempt: unknown, record: unknown): FlowPlace | undefined {
  const endpoint = string(attempt, 'endpoint');
  const fault = string(attempt, 'fault');
  if (endpoint === undefined) return undefined;
  const isUnsent = fault !== undefined && BEFORE_A_BYTE.has(fault);
  if (isUnsent && fault !== BLOCKED) return undefined;
  const usage = field(attempt, 'usage') ?? field(record, 'usage');
  const answered = string(attempt, 'outcome') === 'answered';
  return {
    fate: isUnsent ? 'blocked' : 'received',
    endpoint,
    region: string(attempt, 'region') ?? '',
    legalEntity: string(attempt, 'legalEntity') ?? '',
    tier: count(attempt, 'tier') ?? 0,
    own: field(attempt, 'own') === true,
    inputTokens: isUnsent ? undefined : count(usage, 'inputTokens'),
    outputTokens: answered ? count(usage, 'outputTokens') : undefined,
  };
}

const isSame = (a: FlowPlace, b: FlowPlace): boolean =>
  a.fate === b.fate &&
  a.endpoint === b.endpoint &&
  a.region === b.region &&
  a.legalEntity === b.legalEntity &&
  a.tier === b.tier &&
  a.own === b.own;

/** Of a call that a crash ended nobody knows where it had come. */
function reachOf(record: unknown, places: readonly FlowPlace[]): Reach {
  const received = places.filter((one) => one.fate === 'received');
  if (received.some((one) => one.tier !== 1 && !one.own)) return 'left';
  if (received.length > 0) return 'stayed';
  return string(record, 'ending') === 'crashed' ? 'unknown' : 'unsent';
}
