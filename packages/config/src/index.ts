/** Texts to documents with positions, and importers. See `read.ts`. */
export { conceal } from './conceal.ts';
export { ENVIRONMENT, type EnvironmentRow, environmentReference } from './environment.table.ts';
export {
  type Overrides,
  readSettings,
  type Setting,
  type Settings,
  type Variables,
} from './environment.ts';
export { type Format, formatOf } from './format.ts';
export { IMPORTED_POLICY, IMPORTED_TENANT } from './importing.ts';
export type { NotActive } from './not-active.ts';
export type { Notice } from './notice.ts';
export { variablePrefix } from './owner.ts';
export { DEPTH_MAX, FILE_CHARACTERS_MAX, VALUES_MAX } from './parse.ts';
export { PROBLEMS_MAX, type Problem, problemOnLine } from './problem.ts';
export {
  type ConfigurationFile,
  FILES_MAX,
  type ReadOptions,
  type ReadResult,
  readConfiguration,
  type Written,
} from './read.ts';
export { renderProblems } from './render.ts';
export { sampleConfiguration } from './sample.ts';
export type { ValueOrigin } from './show.ts';
export type { Owner } from './source.ts';
export { SCHEMA_FILE } from './write.ts';
