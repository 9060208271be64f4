/**
 * What a LiteLLM configuration says about all deployments at once. `router_settings` wins over
 * `litellm_settings`, as it does there.
 */
import { HOLDS_ANYWAY, type Left } from './import-litellm-left.table.ts';
import {
  type At,
  at,
  type Litellm,
  leave,
  numberAt,
  type Stated,
  secondsAt,
  sectionOf,
} from './import-litellm-values.ts';
import { childOf, isList, isMap, type Tree, type TreeMap } from './source.ts';

const HOUR_MS = 3_600_000;

export interface Sections {
  readonly router: TreeMap;
  readonly module: TreeMap;
  readonly general: TreeMap;
}

export interface Settings {
  readonly timeoutMs: Stated<number> | undefined;
  readonly streamTimeoutMs: Stated<number> | undefined;
  readonly retries: Stated<number> | undefined;
  readonly inFlightMax: Stated<number> | undefined;
  readonly healthMs: Stated<number> | undefined;
}

export const ROUTER = 'router_settings';
export const MODULE = 'litellm_settings';
export const GENERAL = 'general_settings';

export function sectionsOf(litellm: Litellm): Sections {
  return {
    router: sectionOf(litellm, at(litellm.from, ROUTER, '')),
    module: sectionOf(litellm, at(litellm.from, MODULE, '')),
    general: sectionOf(litellm, at(litellm.from, GENERAL, '')),
  };
}

export function readSettings(litellm: Litellm, { router, module, general }: Sections): Settings {
  const seconds = (tree: TreeMap, key: string, section: string): Stated<number> | undefined =>
    secondsAt(litellm, at(tree, key, section), HOUR_MS);
  const number = (tree: TreeMap, key: string, section: string): Stated<number> | undefined =>
    numberAt(litellm, at(tree, key, section));
  const checks = childOf(general, 'background_health_checks') === true;
  const interval = seconds(general, 'health_check_interval', GENERAL);
  if (interval !== undefined && !checks) {
    leave(litellm, at(general, 'health_check_interval', GENERAL), 'it is switched off there');
  }
  return {
    timeoutMs: seconds(router, 'timeout', ROUTER) ?? seconds(module, 'request_timeout', MODULE),
    streamTimeoutMs: seconds(router, 'stream_timeout', ROUTER),
    retries: number(router, 'num_retries', ROUTER) ?? number(module, 'num_retries', MODULE),
    inFlightMax:
      number(router, 'default_max_parallel_requests', ROUTER) ??
      number(general, 'max_parallel_requests', GENERAL),
    healthMs: checks ? interval : undefined,
  };
}

export interface Leaving {
  readonly tree: TreeMap;
  /** Name of the section, for people. */
  readonly section: string;
  /** Keys that are read. */
  readonly read: ReadonlySet<string>;
  readonly left: Left;
  /** Of a key that stands in no table. */
  readonly otherwise: string;
}

export const UNKNOWN_KEY = 'it is not known to this importer';

/** Says every key that is not read, unless it asks for nothing. */
export function leaveRest(litellm: Litellm, leaving: Leaving): void {
  const { tree, section, read, left, otherwise } = leaving;
  for (const [key, value] of Object.entries(tree)) {
    if (read.has(key) || asksNothing(key, value)) continue;
    const place: At = at(tree, key, section);
    leave(litellm, place, left.get(key) ?? otherwise);
  }
}

function asksNothing(key: string, value: Tree): boolean {
  if (HOLDS_ANYWAY.has(key)) return value !== false;
  if (value === null || value === false || value === '') return true;
  return isList(value) ? value.length === 0 : isMap(value) && Object.keys(value).length === 0;
}
