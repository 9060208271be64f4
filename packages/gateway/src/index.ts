export { compile, reachOf } from './compile.ts';
export { decisionDocument } from './decision.ts';
export { Webhooks } from './events/webhooks.ts';
export {
  createGateway,
  type Gateway,
  type GatewayOptions,
  type Mounted,
  refuse,
  resume,
} from './gateway.ts';
export { type Ledger, type LedgerOptions, openLedger } from './ledger.ts';
export { loadLists } from './lists.ts';
export {
  type GatewayNode,
  goOn,
  type NodeOptions,
  type NodeParts,
  noteBlocked,
  openNode,
} from './node.ts';
export { json, keyText, type Readiness } from './page.ts';
export type { QueuedLimits } from './places.ts';
export { type Candidate, type Publishing, publishing } from './publishing.ts';
export { type Fetched, type Queued, queued, type Waiting } from './queued.ts';
export { recover } from './recover.ts';
export { newRunning, type Running } from './running.ts';
export { mayExport, whereOf } from './tracing.ts';
