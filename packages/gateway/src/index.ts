export { compile, reachOf } from './compile.ts';
export { decisionDocument } from './decision.ts';
export {
  createGateway,
  type Gateway,
  type GatewayOptions,
  type Mounted,
  refuse,
} from './gateway.ts';
export { type Ledger, type LedgerOptions, openLedger } from './ledger.ts';
export { type GatewayNode, type NodeOptions, type NodeParts, openNode } from './node.ts';
export { json, keyText, type Readiness } from './page.ts';
export { type Fetched, type Queued, type QueuedLimits, queued } from './queued.ts';
export { recover } from './recover.ts';
export { newRunning, type Running } from './running.ts';
