// The words of Signalbox. Every package speaks them; this one imports nothing.
export type {
  Call,
  CallHead,
  DeclaredSensitivity,
  Dialect,
  Operation,
  PassedOperation,
  Passing,
  Question,
  Splice,
  SpokenOperation,
} from './call.ts';
export {
  type Breach,
  type Clearance,
  type Place,
  type Subject,
  type Terms,
  within,
} from './clearance.ts';
export { CODES, type Code, type CodeFacts, codeFacts } from './codes.table.ts';
export {
  type Branded,
  type DecisionId,
  decisionId,
  type EndpointName,
  endpointName,
  isDecisionId,
  isRequestId,
  type KeyName,
  keyName,
  type ModelName,
  modelName,
  type RequestId,
  requestId,
  requestOf,
  type SessionId,
  sessionId,
  type TenantName,
  tenantName,
} from './ids.ts';
export {
  type ActBody,
  type BalanceBody,
  type Bodies,
  type CheckpointBody,
  type CountBody,
  ENTRY_VERSION,
  type Entry,
  type EntryDraft,
  type EntryHead,
  type EntryKind,
  type FactsBody,
  type HoldBody,
} from './journal.ts';
export { type Cost, formatUsd, microUsd, NANO_PER_USD, type Usage } from './money.ts';
export type {
  Clock,
  Credential,
  DialRequest,
  DialSink,
  Flow,
  Headers,
  JournalHealth,
  Keys,
  LocalModel,
  LogLevel,
  Mac,
  Models,
  Ports,
  Random,
  Sink,
  Store,
  Timers,
  Upstream,
} from './ports.ts';
export type {
  Attempt,
  AttemptOutcome,
  CallRecord,
  Difficulty,
  Ending,
  RecordedCandidate,
  RecordedClearance,
  StepSource,
} from './record.ts';
export {
  type Fault,
  type FaultCode,
  fault,
  type Refusal,
  type RefusalMore,
  refusal,
} from './refusal.ts';
export type { Reply } from './reply.ts';
export {
  assert,
  BrokenAssertion,
  type No,
  no,
  type Result,
  unreachable,
  type Yes,
  yes,
} from './result.ts';
export { Secret } from './secret.ts';
export {
  ceilingOfLabel,
  ceilingOfTopology,
  higherLabel,
  isLabel,
  isTier,
  kindsWords,
  LABELS,
  type Label,
  lowerTier,
  type Retention,
  readLabel,
  TIERS,
  type Tier,
  type Topology,
} from './tiers.ts';
export type { CallTrace, TracedDial } from './trace.ts';
