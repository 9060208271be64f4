// From a call, as far as it came, to its record. Key by key: nothing enters a record because it
// happened to be there.
import {
  type Call,
  type CallRecord,
  type Code,
  type DecisionId,
  type Ending,
  type RecordedDecision,
  type RecordedRouting,
  type RecordedSplit,
  recordedTerms,
  type SecondStage,
} from '@signalbox/contract';
import type { Profile } from '../classify/classify.ts';
import type { Outcome } from '../dispatch/dispatch.ts';
import type { Sample } from '../dispatch/evidence/sample.ts';
import type { Route, Surveyed } from '../resolve/resolve.ts';
import type { Permit, RestingPermit } from '../schedule/schedule.ts';
import type { Work } from '../session/session.ts';
import type { Identity } from '../tenant/tenant.ts';
import type { Bill } from './bill.ts';
import { fallbacksIn } from './heads.ts';

/** A call at any point of the line. */
export type Seen = Call &
  Partial<Identity & Work> & {
    /** Digest of the documents that it was admitted and decided under. */
    readonly snapshot?: string | undefined;
    /** From when the body was asked for until it was read. */
    bodyMs?: number;
    readonly secondStage?: SecondStage | undefined;
    /** How its time was split when its first attempt began. */
    readonly split?: RecordedSplit | undefined;
    readonly profile?: Profile;
    readonly route?: Route | undefined;
    /** Of a call that resolve refused: what it looked at. */
    readonly surveyed?: Surveyed | undefined;
    readonly permit?: Permit | RestingPermit | undefined;
    readonly entry?: number;
    readonly parkedMs?: number;
    /** Its caller was told 202. */
    readonly queued?: boolean;
    /** What its answer told that an endpoint holds. */
    readonly references?: readonly string[] | undefined;
    /** It was drawn to be compared with another tier. */
    readonly sample?: Sample | undefined;
    /** Nobody sent it: it is another call, once more. */
    readonly audit?: CallRecord['audit'];
    /** Of a large body: made before its record. */
    readonly requestCommitment?: string;
    /** Its record is in the journal: there is no second one. */
    readonly settled?: boolean;
  };

export type RecordFacts = {
  readonly decision: DecisionId;
  readonly ending: Ending;
  readonly code: Code | undefined;
  readonly status: number;
  readonly billed: Bill;
  readonly outcome: Outcome | undefined;
  readonly totalMs: number;
  readonly requestCommitment: string | undefined;
  readonly responseCommitment: string | undefined;
  readonly snapshot: string;
};

export function recordOf(call: Seen, facts: RecordFacts): CallRecord {
  const { billed, outcome } = facts;
  const { head, profile, permit, question, resumed } = call;
  const route = call.route ?? call.surveyed;
  const { cost, usage } = billed;
  const queueMs = permit?.queueMs ?? 0;
  const { parkedMs = 0, bodyMs = 0 } = call;
  const decided = outcome === undefined ? facts.totalMs : outcome.startedAt - call.arrived;
  const known = cost?.kind === 'known' ? cost : undefined;
  const lost = resumed?.lostNanoUsd ?? 0n;
  const isQuiet = route?.verdict.unlogged === true;
  // One literal: this is built for every call.
  return {
    decision: facts.decision,
    request: call.id,
    at: call.at,
    tenant: call.tenant?.name,
    key: call.key?.name,
    session: isQuiet || call.audit !== undefined ? undefined : call.session,
    agent: isQuiet ? undefined : call.agent,
    operation: head.operation,
    stream: question?.stream ?? false,
    ...stepOf(call, isQuiet),
    modelRequested: question?.model,
    // Refused before it was read again, it is what it was.
    label: profile?.label ?? resumed?.label,
    ...(profile === undefined || profile.lasting === profile.label
      ? undefined
      : { lasting: profile.lasting }),
    kinds: profile?.kinds ?? NONE,
    ...(profile?.declared === undefined ? undefined : { declared: profile.declared }),
    ...(call.secondStage === undefined ? undefined : { secondStage: call.secondStage }),
    difficulty: profile?.difficulty,
    latencyBudgetMs: profile?.latencyBudgetMs,
    ...(call.split === undefined ? undefined : { latencySplit: splitOf(call.split) }),
    snapshot: call.snapshot ?? facts.snapshot,
    clearance: route === undefined ? resumed?.bound : recordedTerms(route.clearance.terms),
    ...consentOf(route?.consent),
    candidates: route?.candidates ?? NONE,
    rule: route?.verdict.rule,
    decided: isQuiet ? undefined : decidedOf(call),
    attempts: outcome?.attempts ?? NONE,
    ending: facts.ending,
    code: facts.code,
    status: facts.status,
    fallback: outcome !== undefined && fallbacksIn(outcome.attempts) > 0,
    parkedMs: rounded(parkedMs),
    usage,
    costNanoUsd: known?.nanoUsd.toString(),
    priceVersion: known?.priceVersion,
    savingsNanoUsd: billed.savingsNanoUsd?.toString(),
    heldNanoUsd: permit === undefined ? '0' : permit.heldNanoUsd.toString(),
    ...(lost === 0n ? undefined : { lostNanoUsd: lost.toString() }),
    bodyMs: rounded(bodyMs),
    decideMs: rounded(decided - bodyMs - queueMs - parkedMs),
    queueMs: rounded(queueMs),
    upstreamMs: outcome === undefined ? 0 : rounded(outcome.upstreamMs),
    firstByteMs: outcome?.firstByteMs === undefined ? undefined : rounded(outcome.firstByteMs),
    totalMs: rounded(facts.totalMs),
    requestCommitment: facts.requestCommitment,
    responseCommitment: facts.responseCommitment,
    retryOf: call.retryOf,
    ...(call.queued === true ? QUEUED : undefined),
    ...(call.references === undefined ? undefined : { references: call.references }),
    ...(call.audit === undefined ? undefined : { audit: call.audit }),
    tags: isQuiet ? NO_TAGS : (call.tags ?? head.tags),
    traceId: isQuiet ? undefined : (call.trace?.traceId ?? traceId(head.traceparent)),
  };
}

/** As it was told, else as it was seen; the class beside it, and who decided. */
function stepOf(call: Seen, isQuiet: boolean): Stepped {
  const { step, stepSource = 'none', stepSeen, profile, route } = call;
  if (stepSeen === undefined) return { step: isQuiet ? undefined : step, stepSource };
  const { class: stepClass, source } = stepSeen;
  const isTold = stepSource !== 'none';
  return {
    step: isQuiet ? undefined : (step ?? stepClass),
    stepSource: isTold ? stepSource : source,
    ...(stepClass === undefined || isQuiet ? undefined : { stepClass }),
    ...(profile?.routed === undefined ? undefined : { routed: turned(profile.routed, route) }),
  };
}

/** Where a session kept its model, that decided. */
function turned(routed: RecordedRouting, route: Route | undefined): RecordedRouting {
  const turn = route?.turn;
  if (turn === undefined) return routed;
  return { ...routed, by: turn.kept ? 'session' : routed.by, turn };
}

type Stepped = Pick<CallRecord, 'step' | 'stepSource' | 'stepClass' | 'routed'>;

const consentOf = (named: Surveyed['consent']): Pick<CallRecord, 'consent' | 'consentUse'> =>
  named === undefined ? NO_CONSENT : { consent: named.id, consentUse: named.use };

const NO_CONSENT: Pick<CallRecord, 'consent' | 'consentUse'> = {};
const NONE: readonly never[] = [];
const QUEUED = { queued: true } as const;
const NO_TAGS: CallRecord['tags'] = {};

/** What depends on more than a record holds (state, files, consents, an entry before). */
function decidedOf(call: Seen): RecordedDecision | undefined {
  const { question, head, parkedMs = 0, entry = 1 } = call;
  const route = call.route ?? call.surveyed;
  if (question === undefined || route === undefined || parkedMs > 0 || entry > 1) return undefined;
  if (call.audit !== undefined) return undefined;
  const { passing, statefulReference, fileReferences = NONE } = question;
  if (passing !== undefined || statefulReference !== undefined) return undefined;
  if (fileReferences.length > 0 || call.held !== undefined) return undefined;
  if (head.consent !== undefined) return undefined;
  const { outputTokensMax } = question;
  return {
    dialect: head.dialect,
    inputTokens: question.inputTokensEstimate,
    ...(outputTokensMax === undefined ? undefined : { outputTokensMax }),
    answers: question.answersWanted,
    tools: question.toolsOffered,
    route: call.route === undefined ? NONE : placesOf(call.route),
    closed: route.closed,
    ...(route.verdict.level === 0 ? undefined : { level: route.verdict.level }),
    ...(call.route?.turn === undefined ? undefined : { before: beforeOf(call) }),
    ...(call.route?.most === undefined ? undefined : { most: call.route.most }),
  };
}

function beforeOf({ stepSeen, arrived }: Seen): RecordedDecision['before'] {
  if (stepSeen?.before === undefined) return undefined;
  const { at, ...before } = stepSeen.before;
  return { ...before, ageMs: Math.ceil(arrived - at) };
}

const placesOf = ({ offers, candidates }: Route): readonly number[] =>
  offers.map(({ offering, place }) =>
    candidates.findIndex((one) => one.endpoint === place.name && one.model === offering.model),
  );

/** Microseconds are enough, and keep a record short. */
const splitOf = ({ deviceMs, networkMs, toolMs, cloudMs }: RecordedSplit): RecordedSplit => ({
  deviceMs: rounded(deviceMs),
  networkMs: rounded(networkMs),
  toolMs: rounded(toolMs),
  cloudMs: rounded(cloudMs),
});

const rounded = (ms: number): number => Math.max(0, Math.round(ms * 1_000) / 1_000);

const traceId = (traceparent: string | undefined): string | undefined => traceparent?.split('-')[1];
