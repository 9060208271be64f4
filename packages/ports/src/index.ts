// The real ports: everything that touches time, chance, sockets, disks, keys, telemetry or local
// processes.
export { createClock } from './clock.ts';
export {
  type Credentials,
  KEY_CHARACTERS_MAX,
  type KeptKey,
  openCredentials,
  tailOf,
} from './credentials.ts';
export {
  type DataFolder,
  type DataFolderOptions,
  openDataFolder,
} from './data-folder.ts';
export { type DayKeys, type DayOpener, dayOpener, openDayKeys } from './day-keys.ts';
export { type Blocked, bordered, type OnBlocked } from './dial/border.ts';
export type { Lookup, Resolved } from './dial/connect.ts';
export {
  createUpstream,
  type OpenUpstream,
  POOL_SETTINGS,
  type UpstreamSettings,
} from './dial/dial.ts';
export type { PoolSettings } from './dial/lines.ts';
export { type Proxies, proxiesFrom } from './dial/proxy.ts';
export {
  type DeliveriesQuery,
  type Delivery,
  type Due,
  type EventsQuery,
  type FieldDigests,
  type KeptEvent,
  type KeptPage,
  OUTCOMES,
  Outbox,
  type Waits,
} from './events/outbox.ts';
export { signedHeaders } from './events/signature.ts';
export {
  type FileProblem,
  type FilesRead,
  readFiles,
  type TextFile,
  type WatchSettings,
  watchFiles,
} from './files.ts';
export type { DurableBatch } from './journal/commit.ts';
export { type Disk, DiskFault, type DiskFaultKind, type DiskFile } from './journal/disk.ts';
export {
  checkJournal,
  type JournalCheck,
  type JournalLook,
  lookAtJournal,
  setAsideDamage,
} from './journal/doctor.ts';
export { JournalFault, type JournalFaultKind } from './journal/faults.ts';
export { type Journal, type JournalOptions, openJournal } from './journal/journal.ts';
export {
  type DiskOperation,
  type MemoryDisk,
  type MemoryDiskOptions,
  memoryDisk,
} from './journal/memory-disk.ts';
export { nodeDisk } from './journal/node-disk.ts';
export { type ReadEnd, type ReadFrom, readJournal } from './journal/read.ts';
export type { Position } from './journal/segment.ts';
export {
  asideOf,
  type Found,
  type KeptFiles,
  type KeptName,
  type KeptOptions,
  openKeptFiles,
} from './kept/kept-files.ts';
export { type Keyring, openKeyring, type Sealer } from './keyring.ts';
export type { BodyRead } from './listen/body.ts';
export type { Exchange } from './listen/exchange.ts';
export type { Head } from './listen/head.ts';
export {
  LISTEN_SETTINGS,
  type Listening,
  type ListenOptions,
  type ListenSettings,
  listen,
} from './listen/listen.ts';
export type { HeadProblem, RawReply, Refuse } from './listen/raw.ts';
export { type Certificate, wrongWithCertificate } from './listen/secure.ts';
export { splitTarget, type Target } from './listen/target.ts';
export { EmbeddedFault } from './models/fault.ts';
export { createModels, startEmbedded } from './models/models.ts';
export { DataFolderFault } from './private-file.ts';
export { createRandom } from './random.ts';
export { readSecret, type SecretRead, type SecretSettings } from './secrets.ts';
export { SettingFault } from './setting-fault.ts';
export { type LogEvent, lineOf } from './sink/line.ts';
export type { Described, Labels } from './sink/metrics.ts';
export {
  createSpans,
  type OpenSpans,
  type SpanSettings,
  type Whither,
} from './sink/otlp.ts';
export { createSink, type OpenSink, type SinkSettings } from './sink/sink.ts';
export type { SpanFacts, Where } from './sink/spans.ts';
export { beginTrace } from './sink/trace.ts';
export * from './store/records.ts';
export {
  openStore,
  type RecordStore,
  StoreFault,
  type StoreHealth,
  type StoreOptions,
} from './store/store.ts';
