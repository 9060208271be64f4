// The heads of answers: what was decided, in headers. Values are names from documents, ids and
// numbers.
import {
  type Attempt,
  apart,
  type Cost,
  codeFacts,
  type DecisionId,
  decisionId,
  formatUsd,
  type Headers,
  type Refusal,
  type RequestId,
  waitHeaders,
} from '@signalbox/contract';
import type { Classified } from '../classify/classify.ts';
import type { Offer } from '../resolve/offer.ts';

type Header = readonly [string, string];

export type Timing = {
  readonly bodyMs: number;
  readonly decideMs: number;
  readonly queueMs: number;
  readonly upstreamMs: number;
  readonly totalMs: number;
};

const JSON_TYPE: Header = ['content-type', 'application/json'];

/** `regulated(us-ssn,health)`, or the label alone. */
export const sensitivityText = ({ label, kinds }: Classified['profile']): string =>
  kinds.length === 0 ? label : `${label}(${kinds.join(',')})`;

/** What every answered call says of its decision. */
export function decisionHeaders(
  call: Classified & {
    readonly entry?: number;
    readonly route: { readonly verdict: { readonly level: number } };
  },
  offer: Offer,
  attempts: readonly Attempt[],
  dropped: readonly string[] = NONE,
): Header[] {
  const headers: Header[] = [
    ['x-signalbox-decision-id', decisionId(call.id, call.entry ?? 1)],
    ['x-signalbox-tier', String(offer.place.tier)],
    ['x-signalbox-endpoint', offer.place.name],
    ['x-signalbox-model', attempts[attempts.length - 1]?.modelClaimed ?? offer.offering.upstream],
    ['x-signalbox-sensitivity', sensitivityText(call.profile)],
  ];
  if (dropped.length > 0) headers.push(['x-signalbox-dropped', dropped.join(',')]);
  const fallbacks = fallbacksIn(attempts);
  if (fallbacks > 0) headers.push(['x-signalbox-fallback', String(fallbacks)]);
  const { level } = call.route.verdict;
  const isLate = attempts[attempts.length - 1]?.role === 'late';
  if (level > 0) headers.push(degradedTo(level, isLate));
  else if (isLate) headers.push(LATE);
  const repair = repairWords(attempts);
  if (repair !== '') headers.push(['x-signalbox-repair', repair]);
  const cascade = cascadeWords(attempts);
  if (cascade !== '') headers.push(['x-signalbox-cascade', cascade]);
  const rewritten = attempts[attempts.length - 1]?.rewritten;
  if (rewritten !== undefined) headers.push(['x-signalbox-rewritten', rewritten.join(',')]);
  return headers;
}

/** The time of the call was about to run out. */
const LATE: Header = ['x-signalbox-degradation', 'latency'];

const degradedTo = (level: number, isLate: boolean): Header => [
  'x-signalbox-degradation',
  isLate ? `level=${level},latency` : `level=${level}`,
];

/** What became of an answer that was checked; nothing of one that passed at once. */
function repairWords(attempts: readonly Attempt[]): string {
  const last = attempts[attempts.length - 1];
  const before = attempts.findLast(({ outcome }) => outcome === 'judged-away');
  if (last === undefined) return '';
  const words: string[] = [];
  if (before !== undefined) {
    const isSame = before.endpoint === last.endpoint && before.modelAsked === last.modelAsked;
    words.push(isSame ? 'retry' : 'escalate');
  }
  if (last.rejected !== undefined) words.push('flagged');
  if (last.undecided !== undefined) words.push('undecided');
  return words.join(',');
}

/** Each tier that was asked how sure it is, and what it said: `1=0.412,3=0.914`. */
const cascadeWords = (attempts: readonly Attempt[]): string =>
  attempts
    .flatMap(({ tier, confidence }) => (confidence === undefined ? [] : [`${tier}=${confidence}`]))
    .join(',');

/**
 * Attempts before the one that answered, as far as they failed; one that was only overtaken by a
 * hedge is none, nor is one whose answer was rejected.
 */
export function fallbacksIn(attempts: readonly Attempt[]): number {
  let count = attempts[attempts.length - 1]?.role === 'late' ? 0 : -1;
  for (const { outcome } of attempts) {
    if (outcome !== 'overtaken' && outcome !== 'judged-away') count += 1;
  }
  return Math.max(0, count);
}

const NONE: readonly string[] = [];

const PASSED = new Set(['x-request-id', 'request-id', 'openai-processing-ms']);
const VALUE_CHARACTERS_MAX = 256;

/** The upstream's request id and limits, under our prefix. */
export function upstreamHeaders(received: Headers): Header[] {
  const headers: Header[] = [];
  for (const [name, value] of received) {
    if (!PASSED.has(name) && !name.startsWith('x-ratelimit-')) continue;
    if (value.length <= VALUE_CHARACTERS_MAX) {
      headers.push([`x-signalbox-upstream-${name.startsWith('x-') ? name.slice(2) : name}`, value]);
    }
  }
  return headers;
}

export function costHeaders(cost: Cost | undefined, savingsNanoUsd: bigint | undefined): Header[] {
  if (cost?.kind !== 'known') return [['x-signalbox-cost-usd', 'unknown']];
  const headers: Header[] = [['x-signalbox-cost-usd', formatUsd(cost.nanoUsd)]];
  if (savingsNanoUsd !== undefined) {
    headers.push(['x-signalbox-savings-usd', formatUsd(savingsNanoUsd)]);
  }
  return headers;
}

export const timingHeader = (timing: Timing): Header => [
  'server-timing',
  `queue;dur=${fixed(timing.queueMs)}, decide;dur=${fixed(timing.decideMs)}, ` +
    `upstream;dur=${fixed(timing.upstreamMs)}, total;dur=${fixed(timing.totalMs)}, ` +
    `body;dur=${fixed(timing.bodyMs)}`,
];

const fixed = (ms: number): string => ms.toFixed(2);

/** Who was refused, and the decision that a record may be asked for by. */
export type Ids = { readonly request: RequestId; readonly decision: DecisionId | undefined };

/** The head of a no. SDKs obey `x-should-retry` and `retry-after-ms`. */
export function refusalHeaders(refusal: Refusal, { request, decision }: Ids): Header[] {
  const headers: Header[] = [JSON_TYPE];
  if (decision !== undefined) headers.push(['x-signalbox-decision-id', decision]);
  if (codeFacts(refusal.code).retry === 'never') headers.push(['x-should-retry', 'false']);
  const waitMs = waitOf(refusal, request);
  if (waitMs !== undefined) headers.push(...waitHeaders(waitMs));
  return headers;
}

/** What many callers are told in one moment: all of them get a wait, and none the same. */
const SPREAD: ReadonlySet<Refusal['code']> = new Set([
  ...(['shed', 'journal_unavailable', 'upstream_unavailable', 'concurrency_limited'] as const),
  ...(['queue_full', 'queue_unavailable', 'draining'] as const),
]);
const SPREAD_MS = 1_000;

function waitOf({ code, retryAfterMs }: Refusal, request: RequestId): number | undefined {
  return SPREAD.has(code) ? apart(retryAfterMs ?? SPREAD_MS, request) : retryAfterMs;
}
