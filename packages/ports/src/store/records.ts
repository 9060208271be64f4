// What the store answers about calls that have ended: the questions, their bounds, and the shapes
// of the answers. SQLite answers them today; whatever answers them passes `store.suite.ts`.
//
// Every question names whose rows it may see. A tenant's own name sees that tenant alone;
// EVERY_TENANT is the operator's, and no tenant can be called that.
import type { TenantName } from '@signalbox/contract';

/** The operation of a row that stands for an audit. */
export const AUDIT = 'audit';
export const EVERY_TENANT = '*';
export type Scope = TenantName | typeof EVERY_TENANT;

export const REQUESTS_MAX = 200;
export const USAGE_ROWS_MAX = 1_000;
export const WINDOW_MS_MAX: number = 7 * 24 * 60 * 60 * 1000;
export const POINTS_MAX = 360;
export const FLOW_ROWS_MAX = 2_000;
/** In a filter: calls without a label, or without a consent. Neither is called that. */
export const NOT_GIVEN = '-';

/**
 * How far the data of a call went. `left`: beyond tier 1 to a place that is not the tenant's own;
 * `stayed`: received there alone; `unsent`: nowhere; `unknown`: a crash ended it.
 */
export type Reach = 'left' | 'stayed' | 'unsent' | 'unknown';
export const REACHES: readonly Reach[] = ['left', 'stayed', 'unsent', 'unknown'];

/** One ended call, without its reasons: what lists and tails show. */
export type RequestSummary = {
  readonly decision: string;
  /** Unix milliseconds of arrival. */
  readonly at: number;
  readonly tenant: string | undefined;
  readonly key: string | undefined;
  readonly session: string | undefined;
  readonly step: string | undefined;
  readonly stepSource: string | undefined;
  /** Of the model `auto` alone, as `routedBy`. */
  readonly stepClass: string | undefined;
  readonly routedBy: string | undefined;
  readonly operation: string;
  readonly stream: boolean;
  readonly modelRequested: string | undefined;
  /** Of the attempt that answered, else of the last one; undefined: nothing was attempted. */
  readonly model: string | undefined;
  readonly endpoint: string | undefined;
  readonly tier: number | undefined;
  readonly label: string | undefined;
  readonly ending: string;
  readonly code: string | undefined;
  readonly status: number;
  readonly fallback: boolean;
  readonly inputTokens: number | undefined;
  readonly outputTokens: number | undefined;
  /** Undefined: unknown. */
  readonly costNanoUsd: bigint | undefined;
  readonly savingsNanoUsd: bigint | undefined;
  readonly firstByteMs: number | undefined;
  readonly totalMs: number;
  readonly reach: Reach;
  /** Endpoints that its data was sent to, whether they answered or not. */
  readonly received: readonly string[];
  /** Endpoints where it was stopped, because they are outside its clearance. */
  readonly blocked: readonly string[];
  /** What let it go further than its label. */
  readonly consent: string | undefined;
};

export type RecentQuery = {
  readonly tenant: Scope;
  /** The decision id where the last page ended; newest first without it. */
  readonly after?: string | undefined;
  /** At most REQUESTS_MAX. */
  readonly limit: number;
  readonly tier?: number | undefined;
  readonly ending?: string | undefined;
  readonly session?: string | undefined;
  /** What was asked for, or what answered. */
  readonly model?: string | undefined;
  readonly label?: string | undefined;
  readonly reach?: Reach | undefined;
  /** An endpoint that its data was sent to. */
  readonly received?: string | undefined;
  /** An endpoint where it was stopped. */
  readonly blocked?: string | undefined;
  readonly consent?: string | undefined;
  /** Unix milliseconds of arrival: from `from` on, before `to`. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
};

export type RecentPage = {
  /** Newest first. */
  readonly requests: readonly RequestSummary[];
  /**
   * Give it as `after` to go on; a page may be short and still have a next one, where a filter
   * matches little.
   */
  readonly next: string | undefined;
};

/** What a caller said of the answer of one tier: the last word. */
export type StoredFeedback = {
  readonly tier: number;
  /** 0 to 1. */
  readonly score: number;
  /** `device`: how sure it was of its own answer. */
  readonly by: 'caller' | 'device';
  readonly key: string;
  /** Unix milliseconds. */
  readonly at: number;
};

export type StoredRecord = {
  readonly summary: RequestSummary;
  /** The whole `CallRecord` as JSON; undefined when the journal has let go of it. */
  readonly recordJson: string | undefined;
  /** By tier; absent: none. */
  readonly feedback?: readonly StoredFeedback[] | undefined;
};

export type UsageGroup = 'hour' | 'day' | 'model' | 'endpoint' | 'tier' | 'tenant';

export type UsageQuery = {
  readonly tenant: Scope;
  /**
   * Unix milliseconds; whole hours count: the one that holds `from` up to the one before that of
   * `to`.
   */
  readonly from: number;
  readonly to: number;
  readonly by: UsageGroup;
};

export type Amounts = {
  readonly calls: number;
  /** Of the calls, and those counted without a record. */
  readonly refused: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Of the calls whose cost is known. */
  readonly costNanoUsd: bigint;
  readonly unknownCostCalls: number;
  readonly savingsNanoUsd: bigint;
};

export type UsageRow = Amounts & {
  /** Hours and days as ISO 8601 in UTC; tiers as `1`, `2`, `3`; empty where there was none. */
  readonly group: string;
};

export type OverviewQuery = {
  readonly tenant: Scope;
  /** Unix milliseconds of the end; usually now. */
  readonly to: number;
  /** At most WINDOW_MS_MAX. */
  readonly windowMs: number;
};

export type Latency = {
  /** Upper bound of the bucket; undefined without calls. */
  readonly p50Ms: number | undefined;
  readonly p95Ms: number | undefined;
};

export type OverviewTotals = Latency & {
  readonly calls: number;
  /** Answered with 5xx, cut off, or ended by a crash. */
  readonly errors: number;
  readonly refused: number;
  readonly tokens: number;
  readonly costNanoUsd: bigint;
  readonly unknownCostCalls: number;
  readonly savingsNanoUsd: bigint;
};

export type OverviewPoint = OverviewTotals & {
  /** Where the step begins, Unix milliseconds. */
  readonly at: number;
};

export type TierSeries = {
  /** 0: nothing was attempted. */
  readonly tier: number;
  readonly totals: OverviewTotals;
  /** Steps without calls are left out. */
  readonly points: readonly OverviewPoint[];
};

export type Overview = {
  readonly from: number;
  readonly to: number;
  readonly stepMs: number;
  readonly totals: OverviewTotals;
  readonly tiers: readonly TierSeries[];
};

export type FlowQuery = {
  readonly tenant: TenantName;
  /** Unix milliseconds; whole hours count: the one that holds `from` up to that before `to`'s. */
  readonly from: number;
  readonly to: number;
};

/** Calls of one label and how far their data went. */
export type ReachSum = {
  readonly reach: Reach;
  /** Undefined: none was given. */
  readonly label: string | undefined;
  readonly calls: number;
};

/** Calls of one label and what one place had of them; a call counts at each place it came to. */
export type FlowSum = {
  readonly fate: 'received' | 'blocked';
  readonly endpoint: string;
  readonly region: string | undefined;
  readonly legalEntity: string | undefined;
  readonly tier: number;
  /** It was the tenant's own. */
  readonly own: boolean;
  readonly label: string | undefined;
  readonly consent: string | undefined;
  readonly calls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Calls whose tokens nobody counted. */
  readonly uncountedCalls: number;
  /** Unix milliseconds of arrival of the first and the last of them. */
  readonly first: number;
  readonly last: number;
};

export type Flows = {
  readonly from: number;
  readonly to: number;
  readonly reaches: readonly ReachSum[];
  readonly places: readonly FlowSum[];
  /** There were more than FLOW_ROWS_MAX kinds of them. */
  readonly cut: boolean;
  /** Arrival of the eldest call of the tenant whose row is still kept; undefined: there is none. */
  readonly rowsFrom: number | undefined;
};

/** New requests as they are projected; `dropped` counts those that one delivery had no room for. */
export type Feed = (requests: readonly RequestSummary[], dropped: number) => void;

export interface Records {
  recentRequests(query: RecentQuery): Promise<RecentPage>;
  requestByDecision(tenant: Scope, decision: string): Promise<StoredRecord | undefined>;
  usage(query: UsageQuery): Promise<readonly UsageRow[]>;
  overview(query: OverviewQuery): Promise<Overview>;
  flows(query: FlowQuery): Promise<Flows>;
  /** Returns how to stop. */
  subscribe(tenant: Scope, each: Feed): () => void;
}
