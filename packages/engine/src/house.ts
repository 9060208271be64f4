// What the line is handed beside a call: the documents as compiled now, the state that moves with
// every call, the ports.
import type { EndpointName, Ports } from '@signalbox/contract';
import type { Catalog } from './catalog/catalog.ts';
import type { Pace } from './catalog/pace.ts';
import type { EndpointKnown } from './catalog/probe-facts.ts';
import type { Allowance } from './classify/allowance.ts';
import type { Decisions } from './classify/decisions.ts';
import type { Comparisons } from './classify/route/comparisons.ts';
import type { FeatureKeeping } from './classify/route/keeping.ts';
import type { Routers, RoutingRules } from './classify/route/routers.ts';
import type { Watches } from './classify/route/watches.ts';
import type { AuditPlaces } from './dispatch/evidence/audit-places.ts';
import type { Fidelity } from './dispatch/evidence/fidelity.ts';
import type { Reachability } from './dispatch/order.ts';
import type { Standings } from './dispatch/standing.ts';
import type { Policies } from './policy/policy.ts';
import type { Shadows } from './rehearse/shadow.ts';
import type { Consents } from './resolve/consent.ts';
import type { Closings } from './resolve/recorded.ts';
import type { Degradation } from './schedule/degradation.ts';
import type { Parking, ParkLimits } from './schedule/park.ts';
import type { QueueOwners } from './schedule/queue-owners.ts';
import type { Order, Pools } from './schedule/schedule.ts';
import type { Idempotency } from './session/idempotency.ts';
import type { SessionLabels } from './session/labels.ts';
import type { References } from './session/references.ts';
import type { Signatures } from './session/signatures.ts';
import type { StepMemory } from './session/step-memory.ts';
import type { Counts } from './settle/counts.ts';
import type { StrongShares } from './tenant/strong-share.ts';
import type { Tenants } from './tenant/tenant.ts';

/** The compiled documents of all rooms; immutable, swapped whole. */
export type Snapshot = {
  /** Digest of the documents. */
  readonly version: string;
  readonly tenants: Tenants;
  readonly consents: Consents;
  readonly policies: Policies;
  readonly catalog: Catalog;
  readonly queue: ParkLimits;
  readonly routing: RoutingRules;
  readonly bodyBytesMax: number;
  readonly bodyMsMax: number;
};

/** What outlives a swap. */
export type Live = {
  readonly pools: Pools;
  readonly pace: Pace;
  readonly standings: Standings;
  readonly order: Order & Closings & Reachability;
  /** What was told by those that were asked, of endpoints of the catalog alone. */
  readonly probes: Map<EndpointName, EndpointKnown>;
  readonly idempotency: Idempotency;
  readonly references: References;
  readonly sessions: SessionLabels;
  readonly steps: StepMemory;
  readonly routers: Routers;
  readonly decisions: Decisions;
  readonly keeping: FeatureKeeping;
  readonly shares: StrongShares;
  readonly fidelity: Fidelity;
  readonly watches: Watches;
  readonly signatures: Signatures;
  /** Files and batches: they must not be pushed out by responses. */
  readonly objects: References;
  readonly counts: Counts;
  readonly parking: Parking;
  readonly queueOwners: QueueOwners;
  readonly degradation: Degradation;
  readonly shadows: Shadows;
  readonly secondStages: Allowance;
  readonly audits: AuditPlaces;
  readonly comparisons: Comparisons;
};

export type House = {
  /** The snapshot of this moment; a call that enters again asks again. */
  readonly now: () => Snapshot;
  readonly live: Live;
  readonly ports: Ports;
};
