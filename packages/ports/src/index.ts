// The real ports: everything that touches time, chance, sockets, disks, keys, telemetry or local processes.
export { createClock } from './clock.ts';
export type { Lookup, Resolved } from './dial/connect.ts';
export {
  type Blocked,
  createUpstream,
  type OpenUpstream,
  POOL_SETTINGS,
  type UpstreamSettings,
} from './dial/dial.ts';
export type { PoolSettings } from './dial/lines.ts';
export type { BodyRead } from './listen/body.ts';
export type { Exchange, Head } from './listen/exchange.ts';
export {
  type HeadProblem,
  LISTEN_SETTINGS,
  type Listening,
  type ListenOptions,
  type ListenSettings,
  listen,
  type RawReply,
} from './listen/listen.ts';
export { splitTarget, type Target } from './listen/target.ts';
