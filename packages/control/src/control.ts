// The control plane over HTTP: the admin API, the live tail and the files of the console.
//
// It shows what the store and the snapshot know, and hands changes to the desk; it decides nothing
// about a call, and no call waits for it. The operator comes in, by the admin key or by a one-time
// link, and a tenant by a key of its own or by its link, for what is its own alone, by its role;
// every question that it asks the store says whose rows it may see. It must never show a secret,
// except a new key in the one answer that made it, and never a prompt or an answer: it has none.
//
// Bounds: bodies of 64 KiB, 64 tails with 500 waiting rows each, 256 sessions of 12 hours and 32
// open login links of 10 minutes for each tenant and for the operator (of all tenants 4,096 each),
// 1,000 remembered idempotency keys.
import { type Refusal, type RequestId, refusal, requestId } from '@signalbox/contract';
import type { Exchange, Target } from '@signalbox/ports';
import { Api } from './api.ts';
import { consoleFile, sendFile } from './console.ts';
import { Door } from './door/door.ts';
import { openApiRoute } from './openapi.ts';
import type { ConsoleFile, ControlOptions } from './options.ts';
import { send, sendRefusal } from './reply.ts';
import { accessRoutes } from './routes/access.ts';
import { broughtRoutes } from './routes/brought.ts';
import { changeRoutes } from './routes/changes.ts';
import { consentRoutes } from './routes/consents.ts';
import { dataFlowRoute } from './routes/data-flow.ts';
import { decisionRoute } from './routes/decision.ts';
import { degradationRoutes } from './routes/degradation.ts';
import { eventRoutes } from './routes/events.ts';
import { holdingRoutes } from './routes/holdings.ts';
import { liveRoute, Tails } from './routes/live.ts';
import { parityRoute } from './routes/parity.ts';
import { policyRoutes } from './routes/policies.ts';
import { policyDeedRoutes } from './routes/policy-deeds.ts';
import { registryRoute } from './routes/registry.ts';
import { requestRoutes } from './routes/requests.ts';
import { routerRoutes } from './routes/routers.ts';
import { sessionRoutes } from './routes/sessions.ts';
import { shadowRoutes } from './routes/shadow.ts';
import { simulateRoute } from './routes/simulate.ts';
import { textRoutes } from './routes/texts.ts';

export type Control = {
  /** False: the path is not ours. */
  handle(exchange: Exchange, target: Target): boolean;
  /** A new link that opens the console once. */
  loginLink(): string;
  /** Ends the tails, so that the listener can close. */
  drain(): void;
};

const CHANCE_BYTES = 10;
const EMPTY = new Uint8Array(0);

export function createControl(options: ControlOptions): Control {
  const door = new Door(options);
  const tails = new Tails(options);
  const routes = [
    ...requestRoutes(options),
    liveRoute(tails),
    decisionRoute(options),
    dataFlowRoute(options),
    parityRoute(options),
    ...holdingRoutes(options),
    // Before `policies/{name}`, whose name may hold slashes.
    ...shadowRoutes(options),
    ...policyDeedRoutes(options),
    ...textRoutes(options),
    ...policyRoutes(options),
    simulateRoute(options),
    registryRoute(options),
    ...routerRoutes(options),
    ...eventRoutes(options),
    ...broughtRoutes(options),
    ...changeRoutes(options),
    ...consentRoutes(options),
    ...sessionRoutes(options),
    ...degradationRoutes(options),
    ...accessRoutes(options, door),
  ];
  const version = (): string => options.status().version;
  const api = new Api(options, [...routes, openApiRoute(routes, version)]);
  const newId = (): RequestId => requestId(options.clock.now(), options.random.bytes(CHANCE_BYTES));

  function serveApi(exchange: Exchange, target: Target): void {
    const knock = door.knock(exchange.head);
    if (!knock.ok) {
      sendRefusal(exchange, knock.refusal, newId());
      return;
    }
    const visitor = door.admit(exchange.head, knock.value);
    if (visitor.ok) {
      void api.serve({ exchange, target, visitor: visitor.value, own: knock.value, id: newId() });
      return;
    }
    options.sink.count('signalbox_admin_refused_total', { code: visitor.refusal.code });
    sendRefusal(exchange, visitor.refusal, newId());
  }

  return {
    handle(exchange, target) {
      if (target.path === '/admin' || target.path.startsWith('/admin/')) {
        serveApi(exchange, target);
        return true;
      }
      const file = consoleFile(options.consoleFiles, target.path);
      if (file === undefined && target.path !== '/login') return false;
      const refused = refusePage(exchange, door);
      if (refused !== undefined) sendRefusal(exchange, refused.refusal, newId(), refused.headers);
      else if (file === undefined) redeem(exchange, target, door);
      else servePage(exchange, target, file);
      return true;
    },
    loginLink: () => door.loginLink(undefined),
    drain: () => tails.drain(),
  };
}

type PageRefusal = { readonly refusal: Refusal; readonly headers: readonly string[] };

function refusePage(exchange: Exchange, door: Door): PageRefusal | undefined {
  const knock = door.knock(exchange.head);
  if (!knock.ok) return { refusal: knock.refusal, headers: [] };
  const { method } = exchange.head;
  if (method === 'GET' || method === 'HEAD') return undefined;
  const message = `This path does not take ${method.slice(0, 16)}.`;
  return { refusal: refusal('method_not_allowed', message), headers: ['allow', 'GET, HEAD'] };
}

const servePage = (exchange: Exchange, target: Target, file: ConsoleFile): void =>
  sendFile(exchange, target.path, file);

/**
 * A link is spent by opening it, and by nothing that only looks: not by HEAD, not by a browser that
 * fetches ahead. The token stands in no page and in no address that stays.
 */
function redeem(exchange: Exchange, target: Target, door: Door): void {
  const { head } = exchange;
  const own = door.knock(head);
  const token = new URLSearchParams(target.query).get('token') ?? '';
  const looks = head.method === 'HEAD' || head.header('sec-purpose') !== undefined;
  const cookie = own.ok && !looks ? door.redeem(token, own.value, head.address) : undefined;
  const headers = ['cache-control', 'no-store'];
  if (cookie === undefined) {
    send(exchange, 303, [...headers, 'location', '/sign-in?link=spent'], EMPTY);
    return;
  }
  send(exchange, 303, [...headers, 'location', '/', 'set-cookie', cookie], EMPTY);
}
