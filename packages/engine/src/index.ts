export type { Catalog, CatalogSources, EndpointFacts, Offering, Reach } from './catalog/catalog.ts';
export type { Check, CheckName, Examination } from './catalog/checklist.ts';
export { provenanceOf } from './catalog/known.ts';
export { learntOf } from './catalog/learnt.ts';
export type { Took } from './catalog/pace.ts';
export {
  type Asked,
  type ProbeAnswer,
  probesOf,
  probesOfModels,
  seenIn,
} from './catalog/probe.ts';
export {
  contextTokensOf,
  type EndpointKnown,
  type Fact,
  type Facts,
  factsOfModel,
  mergeProbe,
  NOTHING_KNOWN,
  type ProbeChange,
  type Standing,
  standingOf,
} from './catalog/probe-facts.ts';
export { unconnectedWords } from './catalog/unconnected.ts';
export { decodeRouter, encodeRouter } from './classify/route/artifact.ts';
export type { Parity } from './classify/route/comparisons.ts';
export type { Terms } from './classify/route/features.ts';
export { unpackTerms } from './classify/route/kept.ts';
export {
  type Judged as JudgedRow,
  RESIDUAL_MAX,
  type Residual,
  residualOf,
} from './classify/route/residual.ts';
export {
  Adapting,
  conformalThreshold,
  type Loss,
  testedThreshold,
} from './classify/route/risk.ts';
export {
  type Asked as AskedToRoute,
  type DataCard,
  type Evaluation,
  LearnedRouter,
  type RouteDecision,
  type RouteModel,
  stepKey,
} from './classify/route/route.ts';
export {
  EVERYBODY,
  familyOf,
  isForLine,
  type Promoted,
  Routers,
  type RoutingRules,
  TIER_MODELS,
} from './classify/route/routers.ts';
export { FULL_LABEL, type RouteExample, trainRouter } from './classify/route/train.ts';
export { Usual } from './classify/route/usual.ts';
export { Watch } from './classify/route/watch.ts';
export {
  type Finding,
  type Kind,
  RAISES_FROM,
  Scan,
  scan,
  scannedTypes,
} from './classify/scan/scan.ts';
export type { Reachability } from './dispatch/order.ts';
export type { House, Live, Snapshot } from './house.ts';
export { serve } from './line.ts';
export type { Matched } from './policy/policy.ts';
export { type Predicted, type Preview, preview } from './preview.ts';
export {
  type Checked,
  type CheckOptions,
  checking,
  checkPolicies,
  POINTS_MAX,
  type Point,
  type Violation,
} from './rehearse/check.ts';
export {
  type Difference,
  differenceOf,
  type PointChange,
  type RuleChange,
} from './rehearse/difference.ts';
export {
  doesOf,
  type Explained,
  type ExplainedCandidate,
  explainImagined,
  tenantAsIf,
  withPolicies,
} from './rehearse/explained.ts';
export { downAt, type Imagined, imagine } from './rehearse/imagined.ts';
export type { Moved } from './rehearse/moved.ts';
export { commandFor } from './rehearse/point-command.ts';
export { type Replayed, replay } from './rehearse/replay.ts';
export type { ShadowCounts, Shadows } from './rehearse/shadow.ts';
export { type PolicyTestResult, testPolicies } from './rehearse/tests.ts';
export { keysOf, tenantsIn } from './rehearse/whose.ts';
export {
  type Collector,
  type Exported,
  exportOf,
  NEWS_LABEL,
  newsOf,
  type Webhook,
} from './resolve/export.ts';
export { OPERATIONS } from './resolve/features.ts';
export { GATE_WORDS, GATES, type Gate, gateNames } from './resolve/gates.table.ts';
export { ownPriceOf } from './resolve/own-prices.ts';
export { tiersOf } from './resolve/reach.ts';
export { recordedOf, shownOf } from './resolve/recorded.ts';
export { type Resolved, resolve, survey } from './resolve/resolve.ts';
export { checkpoint, restore } from './restore.ts';
export { ASKED_AT_ONCE_MAX, learned, Rounds } from './rounds.ts';
export { type Account, type Budgets, budgets } from './schedule/budgets.ts';
export {
  type Degradation,
  type DegradationChange,
  LEVEL_MAX,
  type Load,
  WINDOW_MS,
} from './schedule/degradation.ts';
export { estimateNanoUsd } from './schedule/estimate.ts';
export { type Slots, slots } from './schedule/slots.ts';
export { type Idempotency, idempotency } from './session/idempotency.ts';
export { sessionIdOf } from './session/session.ts';
export { CLASS_OF_WORD } from './session/steps.table.ts';
export { type Counts, counts } from './settle/counts.ts';
export { refusalHeaders, timingHeader } from './settle/heads.ts';
export type { Settlement } from './settle/settle.ts';
export { type CompileSources, compileSnapshot, createLive } from './snapshot.ts';
export { StrongShare } from './tenant/strong-share.ts';
export {
  type Identity,
  identify,
  type KeyFacts,
  NODE_ITSELF,
  type OwnPrices,
  recognise,
  type TenantFacts,
} from './tenant/tenant.ts';
