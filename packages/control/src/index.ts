// The control plane: the admin API and the console's files over HTTP, and its projections.
export { BROUGHT_MAX, type Brought, type BroughtChange, type BroughtDesk } from './brought-desk.ts';
export { type Control, createControl } from './control.ts';
export { contractsOf, endpointStatuses, modelFacts, modelStatuses } from './describe.ts';
export type { DeskAnswer, DeskNoun, DocumentsDesk, WrittenDocument } from './documents-desk.ts';
export type { TenantKey, TenantRole } from './door/door.ts';
export type { EventsDesk } from './events-desk.ts';
export type { ConsoleFile, ControlOptions, Deed, Lowered, Lowering } from './options.ts';
export type { PoliciesDesk, PolicyDeed, PolicyStanding } from './policies-desk.ts';
export type { Readings } from './readings.ts';
export { type PriceList, type RegistryStatus, registryOf } from './registry.ts';
export type {
  Attempt,
  Depth,
  Draft,
  DraftProblem,
  Rehearsal,
  Written,
} from './rehearsal.ts';
export type {
  KeptRouter,
  RouterAnswer,
  RouterDeed,
  RouterStage,
  RoutersDesk,
} from './routers-desk.ts';
export type { EndpointStatus, ModelStatus, SnapshotStatus, StatusDocument } from './status.ts';
export {
  TEXT_NOUNS,
  type TextAnswer,
  type TextChange,
  type TextNoun,
  type TextPlace,
  type TextsDesk,
  type TextVersion,
} from './texts-desk.ts';
export { usualUrl } from './usual-url.ts';
