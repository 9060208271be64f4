// The pages of the data plane beside the calls: liveness, readiness, metrics, models, what a key
// may do, dry runs, decisions and queued answers.
import {
  apart,
  isDecisionId,
  isRequestId,
  type RequestId,
  refusal,
  waitHeaders,
} from '@signalbox/contract';
import { type Identity, identify, type TenantFacts } from '@signalbox/engine';
import type { Exchange, Target } from '@signalbox/ports';
import { decisionDocument } from './decision.ts';
import { explainCall } from './explain.ts';
import { takeFeedback } from './feedback.ts';
import { keyDocument } from './key.ts';
import { modelDocument, modelList } from './models.ts';
import { type NativePage, nativePage } from './native-pages.ts';
import { openapi } from './openapi.ts';
import { json, keyText, type Pages, sendMetrics } from './page.ts';
import type { PathEntry } from './paths.table.ts';
import type { Fetched } from './queued.ts';
import { flat } from './reply.ts';

/** Who waits for an answer of the queue asks no more often than this. */
const POLL_MS_MIN = 1_000;

type Asked = { readonly entry: PathEntry; readonly target: Target };

export async function servePage(exchange: Exchange, asked: Asked, pages: Pages): Promise<void> {
  const { entry, target } = asked;
  if (entry.kind !== 'page') return;
  switch (entry.page) {
    case 'health':
      return json(exchange, 200, { status: 'alive', version: pages.version });
    case 'ready': {
      const ready = pages.readiness();
      const serves = ready.mode === 'ready' || ready.mode === 'degraded';
      return json(exchange, serves ? 200 : 503, ready);
    }
    case 'openapi':
      return json(exchange, 200, openapi(pages.version));
    case 'metrics':
      return metrics(exchange, pages);
    case 'explain':
      return explainCall(exchange, { how: 'one', query: target.query }, pages);
    case 'simulate':
      return explainCall(exchange, { how: 'many', query: target.query }, pages);
    default:
      return withKey(exchange, target, { page: entry.page, pages });
  }
}

function metrics(exchange: Exchange, pages: Pages): void {
  const text = keyText(exchange);
  if (!pages.isAdmin(text)) {
    const hint = 'Send the admin key, or give metrics a port of their own (`server.metrics.port`).';
    const code = text === undefined ? 'key_missing' : 'key_invalid';
    pages.refuse(exchange, refusal(code, 'Metrics need the admin key.', { hint }));
    return;
  }
  sendMetrics(exchange, pages.metrics());
}

type KeyedPage = 'models' | 'key' | 'decision' | 'feedback' | 'queued' | NativePage;
type Keyed = { readonly page: KeyedPage; readonly pages: Pages };

async function withKey(exchange: Exchange, target: Target, { page, pages }: Keyed): Promise<void> {
  const { house } = pages;
  const text = keyText(exchange);
  const found = identify(text, exchange.head.address, house.now().tenants, house.ports);
  if (!found.ok) return pages.refuse(exchange, found.refusal);
  const id = target.path.slice(target.path.lastIndexOf('/') + 1);
  switch (page) {
    case 'models':
      return models(exchange, target, found.value, pages);
    case 'key':
      return json(exchange, 200, keyDocument(found.value, house));
    case 'decision':
      return decision(exchange, id, found.value, pages);
    case 'feedback':
      return takeFeedback(exchange, found.value, pages);
    case 'queued':
      return queuedAnswer(exchange, id, found.value, pages);
    default:
      return nativePage(exchange, page, found.value, pages);
  }
}

function models(exchange: Exchange, target: Target, who: Identity, pages: Pages): void {
  if (target.path === '/v1/models') {
    json(exchange, 200, modelList(who, pages.house));
    return;
  }
  const name = decodeURIComponentOrSelf(target.path.slice('/v1/models/'.length));
  const model = modelDocument(name, who, pages.house);
  if (model !== undefined) json(exchange, 200, model);
  else pages.refuse(exchange, refusal('model_unknown', 'No model of yours has this name.'));
}

async function decision(
  exchange: Exchange,
  id: string,
  who: Identity,
  pages: Pages,
): Promise<void> {
  const known = isDecisionId(id) ? await pages.records.byDecision(who.tenant.name, id) : undefined;
  if (known === undefined) {
    return pages.refuse(exchange, refusal('decision_unknown', 'No decision of yours has this id.'));
  }
  return json(exchange, 200, decisionDocument(known, who.key.scopes.has('explain')));
}

async function queuedAnswer(
  exchange: Exchange,
  id: string,
  { tenant, key }: Identity,
  pages: Pages,
): Promise<void> {
  const request: RequestId | undefined = isRequestId(id) ? id : undefined;
  const fetched: Fetched =
    request === undefined
      ? { kind: 'unknown' }
      : await pages.queued.fetch(request, { tenant: tenant.name, key: key.name });
  if (fetched.kind === 'waiting') {
    const { live, ports } = pages.house;
    const againAt = live.parking.again.get(fetched.request);
    const waitMs = againAt === undefined ? null : Math.max(0, againAt - ports.clock.now());
    const body = { status: 'queued', position: fetched.position, expected_wait_ms: waitMs };
    const again = waitHeaders(apart(Math.max(POLL_MS_MIN, waitMs ?? 0), fetched.request));
    json(exchange, 202, body, flat(again));
  } else if (fetched.kind === 'answer') {
    await handOut(exchange, fetched, tenant, pages);
  } else if (fetched.kind === 'unreadable') {
    pages.refuse(
      exchange,
      refusal('internal', 'The answer was kept, and cannot be read any more.'),
    );
  } else if (fetched.kind === 'expired') {
    pages.refuse(
      exchange,
      refusal('queued_expired', 'The answer was fetched, has expired, or was lost in a crash.'),
    );
  } else {
    pages.refuse(exchange, refusal('route_unknown', 'No queued call of yours has this id.'));
  }
}

/** Once, to a caller who is there; where its tenant wants it, when its record is safe. */
async function handOut(
  exchange: Exchange,
  answer: Extract<Fetched, { kind: 'answer' }>,
  { durable }: TenantFacts,
  { house, refuse }: Pages,
): Promise<void> {
  let left = false;
  exchange.onLeave(() => {
    left = true;
  });
  const isSafe = await new Promise<boolean>((done) => house.ports.store.durable(done));
  const isHeldBack = durable === 'before-answer' && !isSafe;
  if (isHeldBack || left) answer.back();
  if (isHeldBack)
    return refuse(exchange, refusal('journal_unavailable', 'Its record is not safe.'));
  if (left) return;
  exchange.reply(answer.status, flat(answer.headers), answer.body);
  answer.over();
}

function decodeURIComponentOrSelf(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
