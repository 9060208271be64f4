// Audits: after its answer has gone out, a call that was drawn is run once more on another tier,
// and both answers are compared; where a cascade heard two tiers already, nobody is asked again.
// What comes of it is a label in the journal, without a word of either answer. An audit is a call
// like any other: the same survey under no wider clearance, a place in flight, money held and
// posted, the one dial function, one settlement. Its caller never waits for it, and it is left out
// where the node has more to do than usual, or where it would take the last free place.
import {
  type Bodies,
  codeFacts,
  decisionId,
  type Reply,
  refusal,
  requestId,
  stepClassOf,
  type TenantName,
  type Tier,
} from '@signalbox/contract';
import { costNanoUsd } from '@signalbox/documents';
import type { Classified } from './classify/classify.ts';
import type { Drifted } from './classify/route/comparisons.ts';
import { dispatch, type Outcome } from './dispatch/dispatch.ts';
import { type Compared, compared } from './dispatch/evidence/compare.ts';
import {
  type HeardAnswer,
  hasLogprobs,
  madeOf,
  NOBODY,
  Sample,
} from './dispatch/evidence/sample.ts';
import { dispatchPorts, resolveFacts, schedulePorts, settlePorts } from './handed.ts';
import type { House } from './house.ts';
import { resolveAside } from './resolve/aside.ts';
import type { Resolved } from './resolve/resolve.ts';
import { type Scheduled, schedule } from './schedule/schedule.ts';
import { bill } from './settle/bill.ts';
import type { Seen } from './settle/record.ts';
import { settle, settleRefusal } from './settle/settle.ts';

type Comparison = Bodies['comparison'];

type Drawn = Scheduled & Seen & { readonly sample: Sample };
type Aside = Resolved & Seen & { readonly sample: Sample };

/** What became of a call that was drawn. */
type AuditEnd = 'compared' | 'unheard' | 'busy' | 'nowhere' | 'refused' | 'failed';

const CHANCE_BYTES = 10;

/** Of a call that is over; on a turn of its own. */
export function audit(call: Seen, house: House): void {
  const { sink, clock } = house.ports;
  const drawn = call as Drawn; // brand: it went through dispatch, which drew it
  clock.after(0, () => {
    audited(drawn, house).then(
      (outcome) => sink.count('audits_total', { outcome }),
      () => sink.count('audits_total', { outcome: 'failed' }),
    );
  });
}

async function audited(call: Drawn, house: House): Promise<AuditEnd> {
  const heard = call.sample.heard(call);
  const served = heard.find(({ isServed }) => isServed);
  if (served === undefined) return 'unheard';
  const { tier } = served.offer.place;
  const other = heard.find(({ offer }) => offer.place.tier !== tier);
  if (other !== undefined) return told(call, served, other, house);
  const { audits } = house.live;
  const { name } = call.tenant;
  if (house.live.degradation.level > 0 || !audits.enter(name)) return 'busy';
  try {
    const second = await again(call, tier, house);
    return typeof second === 'string' ? second : told(call, served, second, house);
  } finally {
    audits.leave(name);
  }
}

/** The same call, once more, on another tier than the one that answered. */
async function again(
  call: Drawn,
  tier: Tier,
  house: House,
): Promise<HeardAnswer | Exclude<AuditEnd, 'compared'>> {
  // Documents that were swapped meanwhile may say otherwise of its tenant and its key.
  if (call.snapshot !== house.now().version) return 'busy';
  const most = highestOf(call);
  const tiers = [...tiersOfCascade(call, tier), ...tiersBeside(tier)].filter((one) => one <= most);
  const resolved = resolveAside(copyOf(call, house), resolveFacts(house, call), tiers);
  const [offer] = resolved?.route.offers ?? [];
  if (resolved === undefined || offer === undefined) return 'nowhere';
  const { pools, order } = house.live;
  const placesMax = order.placesMax(offer) - 1;
  if (!pools.slots.isFree(offer.offering.endpoint.name, placesMax)) return 'busy';
  const scheduled = await schedule(resolved, NOBODY, { ...schedulePorts(house), waitMsMax: 0 });
  if (!scheduled.ok) return 'refused';
  return carried(scheduled.value as Scheduled & Aside, house); // brand: the same object
}

/** Where the tenant has no strong call left, an audit takes none either. */
function highestOf({ profile, route: { verdict } }: Drawn): number {
  const highest = verdict.output?.escalate ?? 3;
  return profile.routed?.closed === undefined ? highest : Math.min(2, highest);
}

/** Of a cascade what it begins with, or would have asked next. */
function tiersOfCascade({ route: { better, offers } }: Drawn, tier: Tier): readonly Tier[] {
  const [first, next] = [offers[0]?.place.tier, better[0]?.place.tier];
  if (first === undefined || next === undefined) return [];
  return tier > first ? [first] : [next];
}

/** The best before the rest; of the best, what is nearest. */
const tiersBeside = (tier: Tier): readonly Tier[] =>
  ([3, 2, 1] as const).filter((one) => one !== tier).toSorted((a, b) => (tier === 3 ? a - b : 0));

/** Its policies are those of its agent and session; its record is of none, and of no trace. */
function copyOf(call: Drawn, { ports: { clock, random } }: House): Classified {
  const { sample, id, entry = 1 } = call;
  const at = clock.now();
  return {
    ...call,
    id: requestId(at, random.bytes(CHANCE_BYTES)),
    at,
    arrived: clock.monotonic(),
    ...{ bodyMs: 0, parkedMs: 0, entry: 1, queued: false, settled: false },
    head: { ...call.head, traceparent: undefined },
    ...{ trace: undefined, resumed: undefined, retryOf: undefined },
    ...{ split: undefined, secondStage: undefined },
    ...{ route: undefined, surveyed: undefined, permit: undefined, references: undefined },
    requestCommitment: undefined,
    sample: new Sample(sample.propensity),
    audit: { of: decisionId(id, entry), propensity: sample.propensity },
  } as Classified; // brand: it was classified
}

async function carried(call: Scheduled & Aside, house: House): Promise<HeardAnswer | 'failed'> {
  try {
    const outcome = await dispatch(call, cutBy(call, house), dispatchPorts(house));
    end(call, outcome, house);
    return call.sample.heard(call).find(({ isServed }) => isServed) ?? 'failed';
  } catch (error) {
    if (call.settled !== true) {
      settleRefusal(call, FAILED, codeFacts(FAILED.code).status, settlePorts(house));
    }
    throw error;
  }
}

/** Nobody hears it, and it does not outlive the node: it is settled while the journal is open. */
const cutBy = ({ tenant }: Aside, { live }: House): Reply => ({
  ...NOBODY,
  onLeave: (then) => live.audits.onEnd(tenant.name, then),
});

const FAILED = refusal('internal', 'A fault of ours; the audit failed closed.');

/** Without routing there would be no audit: all that it costs is taken from what routing saves. */
function end(call: Scheduled, outcome: Outcome, house: House): void {
  const refused = 'refusal' in outcome ? outcome.refusal : undefined;
  const billed = bill(call, outcome, undefined);
  const { cost } = billed;
  const savingsNanoUsd = cost?.kind === 'known' ? -cost.nanoUsd : undefined;
  settle(
    call,
    {
      outcome,
      billed: { ...billed, savingsNanoUsd },
      status: refused === undefined ? 200 : codeFacts(refused.code).status,
      refusal: refused,
      responseCommitment: undefined,
    },
    settlePorts(house),
  );
}

function told(call: Drawn, served: HeardAnswer, other: HeardAnswer, house: House): 'compared' {
  const isUp = other.offer.place.tier > served.offer.place.tier;
  const [weak, strong] = isUp ? [served, other] : [other, served];
  const { id, entry = 1, tenant, sample } = call;
  const step = stepClassOf(call);
  const found = compared(weak.answer, strong.answer, step);
  const body: Comparison = {
    decision: decisionId(id, entry),
    step,
    weak: sideOf(weak),
    strong: sideOf(strong),
    served: isUp ? 'weak' : 'strong',
    confidence: weak.confidence,
    tokensTold: hasLogprobs(weak.answer),
    ...wordsOf(found),
    propensity: sample.propensity,
  };
  const { store, clock, sink } = house.ports;
  const at = clock.now();
  store.append({ kind: 'comparison', at, tenant: tenant.name, call: id, body });
  const drifted = house.live.comparisons.learn(tenant.name, body, at);
  const tiers = { weak: String(body.weak.tier), strong: String(body.strong.tier) };
  const labels = {
    tenant: tenant.name,
    step: step ?? 'none',
    ...tiers,
    good: String(found.same),
  };
  sink.count('comparisons_total', labels);
  if (drifted !== undefined) tellDrift(tenant.name, drifted, house);
  return 'compared';
}

/** For whoever is to look: the lower tier does worse than it did. */
function tellDrift(tenant: TenantName, drifted: Drifted, { ports }: House): void {
  const { step = 'none', weak, strong, comparisons } = drifted;
  const [before, now] = [drifted.before, drifted.now].map((one) => Math.round(one * 1_000) / 1_000);
  const detail = { step, weak, strong, comparisons, before: before ?? 0, now: now ?? 0 };
  ports.sink.count('parity_drifts_total', { tenant });
  ports.sink.log('warn', 'parity_drifted', { tenant, ...detail });
  const body = { act: 'parity-drifted', by: 'gateway', what: `step ${step}`, detail } as const;
  ports.store.append({ kind: 'act', at: ports.clock.now(), tenant, call: undefined, body });
}

const wordsOf = ({
  agreement,
  how,
  same,
}: Compared): Pick<Comparison, 'agreement' | 'how' | 'good'> => ({
  agreement,
  how,
  good: same,
});

function sideOf({ offer, attempt, usage }: HeardAnswer): Comparison['weak'] {
  const { offering, place } = offer;
  const cost = usage === undefined ? undefined : costNanoUsd(offering.price, usage);
  return {
    endpoint: offering.endpoint.name,
    model: offering.model,
    tier: place.tier,
    made: madeOf(offering, attempt?.modelClaimed),
    durationMs: Math.round(attempt?.durationMs ?? 0),
    costNanoUsd: cost?.kind === 'known' ? cost.nanoUsd.toString() : undefined,
  };
}
