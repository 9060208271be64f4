// What a call that has ended teaches those who look at the next one. The only way back along the
// line: nothing of it changes this call, and no decision waits for it.
import type { Attempt, Keys, Tier } from '@signalbox/contract';
import type { SignedCall } from '@signalbox/dialect';
import type { Pace } from '../catalog/pace.ts';
import type { Decisions, Judgement } from '../classify/decisions.ts';
import type { Watches } from '../classify/route/watches.ts';
import type { Outcome } from '../dispatch/dispatch.ts';
import type { Scheduled } from '../schedule/schedule.ts';
import type { Reference, References } from '../session/references.ts';
import type { Signatures } from '../session/signatures.ts';
import type { StepMemory } from '../session/step-memory.ts';
import type { StrongShares } from '../tenant/strong-share.ts';
import { tellAlarm } from './alarms.ts';
import type { Tellers } from './changes.ts';
import type { Seen } from './record.ts';

export type Learners = {
  readonly live: {
    readonly pace: Pace;
    readonly references: References;
    readonly signatures: Signatures;
    readonly objects: References;
    readonly decisions: Decisions;
    readonly shares: StrongShares;
    readonly watches: Watches;
    readonly steps: StepMemory;
  };
  readonly ports: Tellers & { readonly keys: Keys };
};

/** Decided under the documents of that digest. */
type Observed = Scheduled & Pick<Seen, 'snapshot'>;

/** Called once for every outcome, before its answer is sent: what it teaches holds from then on. */
export function observe(call: Observed, outcome: Outcome, learners: Learners): void {
  const { live, ports } = learners;
  const id = responseIdOf(outcome);
  if (id !== undefined)
    keep(call, outcome, [id], { keys: ports.keys, references: live.references });
  const objects = objectIdsOf(outcome);
  if (objects.length > 0) {
    keep(call, outcome, objects, { keys: ports.keys, references: live.objects });
  }
  const signed = signedOf(outcome);
  // Texts of an answer: nothing of a tenant that wants nothing kept.
  if (signed !== undefined && 'offer' in outcome && call.tenant.retention !== 'zero') {
    const { tenant, session } = call;
    const endpoint = outcome.offer.offering.endpoint.name;
    live.signatures.keep({ tenant: tenant.name, session, endpoint }, signed);
  }
  // Nobody was reached: it may wait, and come back with the outcome that counts.
  if (outcome.kind !== 'unreached') observeStep(call, outcome, learners);
  const last = outcome.attempts[outcome.attempts.length - 1];
  if (last === undefined || !isWhole(outcome)) return;
  const firstByteMs = outcome.kind === 'streamed' ? last.firstByteMs : undefined;
  live.pace.answered(last.endpoint, firstByteMs, last.durationMs);
}

/** What the outcome of a call of `auto` teaches: once for each, when it ends. */
export function observeStep(call: Observed, outcome: Outcome, learners: Learners): void {
  const { tenant, profile, route, stepSeen } = call;
  if (stepSeen === undefined) return;
  learn(call, outcome, learners.live.decisions);
  // What a rule sends to the strong tier is not of the tenant's share.
  const isCounted = route.verdict.tier !== STRONG && isStrong(outcome);
  learners.live.shares.ended(tenant, profile.difficulty === 'hard', isCounted);
  watch(call, outcome, learners);
  serve(call, outcome, learners);
}

/** From an alarm on a tenant has as many strong calls as were usual for it. */
function watch(call: Observed, outcome: Outcome, { live, ports }: Learners): void {
  const { tenant, profile, stepSeen } = call;
  if (stepSeen === undefined) return;
  const alarms = live.watches.saw(
    {
      tenant: tenant.name,
      step: stepSeen.class,
      instruction: stepSeen.instruction,
      isHard: (profile.routed?.lowered ?? profile.difficulty) === 'hard',
      isStrong: isStrong(outcome),
      isEscalated: outcome.attempts.some((one) => one.outcome === 'judged-away'),
    },
    ports.clock.now(),
  );
  for (const alarm of alarms) {
    live.shares.clamp(tenant.name, alarm.share, alarm.holdMs);
    tellAlarm(alarm, ports);
  }
}

/** Where the next step of its session may find its prompt, and its model. */
function serve({ tenant, session }: Scheduled, outcome: Outcome, { live, ports }: Learners): void {
  if (!isWhole(outcome) || !('offer' in outcome)) return;
  const { offering, place } = outcome.offer;
  const { usage } = outcome.kind === 'whole' ? outcome.answer.facts : outcome.piped.facts;
  live.steps.served(tenant.name, session, {
    model: offering.model,
    endpoint: offering.endpoint.name,
    tier: place.tier,
    cachedTokens: usage?.cachedInputTokens ?? 0,
    at: ports.clock.monotonic(),
  });
}

/** Somebody on the strong tier was at work for it. */
const isStrong = ({ attempts }: Outcome): boolean =>
  attempts.some(({ tier, outcome }) => tier === STRONG && WORKED.has(outcome));

const STRONG: Tier = 3;
const WORKED: ReadonlySet<Attempt['outcome']> = new Set(['answered', 'judged-away', 'overtaken']);

/** Which tiers were good enough for a call of `auto`; where nothing judges, nobody knows yet. */
function learn(call: Observed, outcome: Outcome, decisions: Decisions): void {
  const { id, tenant, profile, snapshot: version, stepSeen: step, route } = call;
  if (route.verdict.output === undefined) return;
  if (step === undefined || version === undefined || !isWhole(outcome)) return;
  const alike = { id, tenant: tenant.name, version, label: profile.label, step };
  decisions.learn(alike, judgedIn(outcome.attempts));
}

/** Of each tier its last word: an answer that was good at the second try was good. */
function judgedIn(attempts: readonly Attempt[]): readonly Judgement[] {
  const byTier = new Map<Tier, Judgement>();
  for (const one of attempts) {
    const isJudged = one.outcome === 'judged-away' || one.outcome === 'answered';
    if (!isJudged || one.undecided !== undefined) continue;
    byTier.set(one.tier, { tier: one.tier, by: whoIn(one), failed: one.rejected !== undefined });
  }
  return [...byTier.values()];
}

const whoIn = ({ modelAsked, modelClaimed }: Attempt): string => `${modelAsked} ${modelClaimed}`;

/** Of one call: a list may name thousands, and most of them were told before. */
const RECORDED_MAX = 100;

/** Its record names what it told, so that the node knows it after a restart. */
function keep(
  call: Scheduled,
  outcome: Outcome,
  ids: readonly string[],
  { keys, references }: Pick<Reference, 'keys'> & { readonly references: References },
): void {
  if (!('offer' in outcome)) return;
  const { tenant, profile } = call;
  const held = { endpoint: outcome.offer.offering.endpoint.name, label: profile.label };
  const names = ids.map((id) => references.keep({ tenant: tenant.name, id, keys }, held));
  Object.assign(call, { references: names.slice(0, RECORDED_MAX) });
}

const NONE: readonly string[] = [];

function objectIdsOf(outcome: Outcome): readonly string[] {
  if (outcome.kind !== 'whole' || outcome.relayed) return NONE;
  return outcome.answer.facts.objectIds ?? NONE;
}

/** Also of a stream that broke: the upstream may hold what it had begun. */
function responseIdOf(outcome: Outcome): string | undefined {
  if (outcome.kind === 'whole')
    return outcome.relayed ? undefined : outcome.answer.facts.responseId;
  return outcome.kind === 'streamed' ? outcome.piped.facts.responseId : undefined;
}

function signedOf(outcome: Outcome): readonly SignedCall[] | undefined {
  if (outcome.kind === 'whole') return outcome.relayed ? undefined : outcome.answer.facts.signed;
  return isWhole(outcome) && outcome.kind === 'streamed' ? outcome.piped.facts.signed : undefined;
}

/** The caller's own mistake is told fast, and a stream that broke off took no time to tell. */
function isWhole(outcome: Outcome): boolean {
  if (outcome.kind === 'whole') return !outcome.relayed;
  return outcome.kind === 'streamed' && outcome.piped.ending === 'answered';
}
