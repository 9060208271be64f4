/**
 * Every versioned document: its types, its validator, its JSON Schema and its reference page from
 * one source. Pure: texts come from `@signalbox/config`, files from whoever composes.
 */
export {
  contains,
  hasHostBits,
  isLoopback,
  type Network,
  reachOfHost,
  readAddress,
  readNetwork,
} from './address.ts';
export { canonicalConfiguration, canonicalText } from './canonical.ts';
export { type Compared, comparedIn } from './cel/compared.ts';
export {
  type Condition,
  type ConditionProblem,
  type ConditionValues,
  canHold,
  readCondition,
  readToolCondition,
  type ToolValues,
} from './condition.ts';
export type * from './configuration.ts';
export { compileSchema, type Finding, type Schema } from './conform/conform.ts';
export { signsIn } from './conform/json.ts';
export { linearPattern } from './conform/linear-pattern.ts';
export { STEPS_MAX } from './conform/work.ts';
export {
  DATA_FOLDER_LAYOUT,
  type DataFolderDocument,
  type DataFolderFacts,
  type DataFolderVerdict,
  dataFolderSchema,
  LAYOUT_STEPS,
  type LayoutStep,
  migrateDataFolder,
} from './data-folder.ts';
export type * from './effects.ts';
export type * from './endpoint.ts';
export { ENDPOINT_KINDS, type EndpointKindFacts } from './endpoint-kinds.table.ts';
export { type GgufFacts, type GgufReading, readGguf } from './gguf.ts';
export { configurationJsonSchema, type JsonObject } from './json-schema.ts';
export {
  findListedRow,
  indexListed,
  LISTED_FIELDS,
  type Listed,
  type ListedField,
  type ListedModels,
  type ListedRow,
  type ListIndex,
  listedOf,
  loadListed,
} from './listed-models.ts';
export {
  MODALITIES,
  type Modality,
  type ModelAtEndpoint,
  type ModelCapabilities,
  type ModelDocument,
  type ModelFacts,
  type ModelRelations,
  NO_RELATIONS,
  type OverridesDocument,
  quantisationBits,
  type RegistryDocument,
  type RolloutDocument,
  type WebhookDocument,
} from './model.ts';
export { NOT_ACTIVE, type NotActiveKey } from './not-active.table.ts';
export type * from './origin.ts';
export { coversPattern, matchesPattern } from './pattern.ts';
export type * from './policy.ts';
export { places } from './policy.ts';
export type * from './policy-test.ts';
export {
  costNanoUsd,
  type KnownPrice,
  type Price,
  type PricedUsage,
  priceOfService,
} from './prices.ts';
export {
  findPrice,
  findStatedPrice,
  type PriceBook,
  type PriceQuery,
  priceBook,
  type StatedPrice,
} from './prices-book.ts';
export { amortisedPrice, DEFAULT_AMORTISED, defaultAmortisedPrice } from './prices-local.ts';
export { listedModel, providerOfHost } from './prices-providers.table.ts';
export type { Disagreement, PriceSnapshot } from './prices-snapshot.ts';
export { loadSnapshot, readSnapshot } from './prices-snapshot-read.ts';
export { type PriceStatements, statedPrices } from './prices-stated.ts';
export type * from './pricing.ts';
export { configurationReference } from './reference.ts';
export type { ConsentPart, RingPart } from './schema/consent.ts';
export type { EndpointPart } from './schema/endpoint.ts';
export type { ModelPart } from './schema/model.ts';
export {
  CONFIGURATION_VERSION,
  NOUN_NAMES,
  NOUNS,
  type Noun,
  type Nouns,
  wholeSchema,
} from './schema/nouns.ts';
export { NO_CHECKS } from './schema/output.ts';
export type { AliasPart, PolicyPart, RulePart } from './schema/policy.ts';
export type { PricePart } from './schema/price.ts';
export {
  type KeyPart,
  type PlanPart,
  SOURCE,
  type TenantPart,
} from './schema/tenant.ts';
export { CONSENT_FORM, MODEL_NAME, NAME } from './schema/words.ts';
export type * from './secret-reference.ts';
export {
  matchSensitive,
  type PatternItem,
  plainValue,
  readSensitivePattern,
} from './sensitive-pattern.ts';
export { SENSITIVE_TYPES } from './sensitive-types.table.ts';
export { ownTypesOf, type StrangeWord, strangeKind, strangeRegion } from './strange-word.ts';
export { closest } from './suggest.ts';
export * from './tenant.ts';
export { type Checked, type Issue, type Path, validate } from './validate.ts';
export { writtenTenant } from './written-tenant.ts';
