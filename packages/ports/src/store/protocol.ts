// What the store and its worker say to each other. Both ends are always of the same version: they
// are started together.
import type { Position } from '../journal/segment.ts';
import type {
  FlowQuery,
  Flows,
  Overview,
  OverviewQuery,
  RecentPage,
  RecentQuery,
  RequestSummary,
  Scope,
  StoredRecord,
  UsageQuery,
  UsageRow,
} from './records.ts';

export type WorkerStart = {
  /** The database file. */
  readonly path: string;
  readonly journalFolder: string;
  readonly keep: { readonly days: number; readonly requests: number };
};

export type Question =
  | { readonly kind: 'recent'; readonly query: RecentQuery }
  | { readonly kind: 'decision'; readonly tenant: Scope; readonly decision: string }
  | { readonly kind: 'usage'; readonly query: UsageQuery }
  | { readonly kind: 'overview'; readonly query: OverviewQuery }
  | { readonly kind: 'flows'; readonly query: FlowQuery };

export type Answers = {
  readonly recent: RecentPage;
  readonly decision: StoredRecord | undefined;
  readonly usage: readonly UsageRow[];
  readonly overview: Overview;
  readonly flows: Flows;
};

export type Answer = {
  readonly [K in keyof Answers]: { kind: K; value: Answers[K] };
}[keyof Answers];

export type ToWorker =
  /** Everything before this place is safe. */
  | { readonly kind: 'advance'; readonly to: Position }
  | { readonly kind: 'ask'; readonly id: number; readonly question: Question }
  /** Whose new requests somebody looks at. */
  | { readonly kind: 'watch'; readonly scopes: readonly Scope[] }
  | { readonly kind: 'close' };

export type FromWorker =
  | {
      readonly kind: 'ready';
      readonly position: Position;
      readonly rebuilt: 'version' | 'unreadable' | undefined;
    }
  | { readonly kind: 'projected'; readonly position: Position }
  /** Projecting stopped; it is tried again with the next `advance`. */
  | { readonly kind: 'stuck'; readonly detail: string }
  | { readonly kind: 'answer'; readonly id: number; readonly answer: Answer }
  | { readonly kind: 'failure'; readonly id: number; readonly detail: string }
  | {
      readonly kind: 'feed';
      readonly scope: Scope;
      readonly requests: readonly RequestSummary[];
      readonly dropped: number;
    };
