// What every page of the data plane is handed, and how it answers.
import type { Call, Operation, Refusal } from '@signalbox/contract';
import { encode } from '@signalbox/dialect';
import type { House } from '@signalbox/engine';
import type { Exchange } from '@signalbox/ports';
import type { Records } from './decision.ts';
import type { Queued } from './queued.ts';
import type { RecentFeedback } from './recent-feedback.ts';

export type Readiness = {
  readonly mode: 'ready' | 'degraded' | 'draining' | 'unavailable';
  readonly reasons: readonly string[];
};

export type Pages = {
  readonly house: House;
  readonly queued: Queued;
  readonly records: Records;
  readonly recentFeedback: RecentFeedback;
  readonly readiness: () => Readiness;
  /** Prometheus text. */
  readonly metrics: () => string;
  /** True for the admin key: `/metrics` is not for everybody. */
  readonly isAdmin: (keyText: string | undefined) => boolean;
  readonly version: string;
  readonly refuse: (exchange: Exchange, no: Refusal) => void;
  readonly callFrom: (exchange: Exchange, operation: Operation) => Call | undefined;
};

/** Prometheus text. */
export function sendMetrics(exchange: Exchange, text: string): void {
  const headers = ['content-type', 'text/plain; version=0.0.4; charset=utf-8'];
  exchange.reply(200, headers, encode(text));
}

export function keyText(exchange: Exchange): string | undefined {
  const bearer = exchange.head.header('authorization');
  if (bearer !== undefined && /^bearer /i.test(bearer)) return bearer.slice(7).trim();
  return exchange.head.header('x-api-key') ?? exchange.head.header('x-goog-api-key');
}

export function json(
  exchange: Exchange,
  status: number,
  body: object,
  more: readonly string[] = [],
): void {
  const headers = ['content-type', 'application/json', 'cache-control', 'no-store', ...more];
  exchange.reply(status, headers, encode(`${JSON.stringify(body)}\n`));
}
