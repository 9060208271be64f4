/**
 * Reads the configuration of a LiteLLM proxy as it is, and writes it in our words. Every value
 * keeps the place it came from; what has no counterpart here is said, with its line and why.
 *
 * Promise: callers keep the names of their models, and no secret is copied: a key stays a reference
 * to the environment, and one that stands in the file is refused. A key is never sent to another
 * address than the file, or its provider, says. Limits: what LiteLLM keeps in its database (keys,
 * teams, spend) is not in the file; tiers follow from addresses, since the file knows none; and its
 * tenants label and report, and refuse nothing, until somebody turns enforcement on.
 */

import type { Variables } from './environment.ts';
import { readDeployments } from './import-litellm-deployments.ts';
import { placeEndpoints } from './import-litellm-endpoints.ts';
import { placeGroups, writeAliases } from './import-litellm-groups.ts';
import {
  LEFT_GENERAL,
  LEFT_MODULE,
  LEFT_ROUTER,
  LEFT_TOP,
  STRATEGIES,
} from './import-litellm-left.table.ts';
import { planPolicy } from './import-litellm-policy.ts';
import { refuseSecrets } from './import-litellm-secrets.ts';
import {
  GENERAL,
  leaveRest,
  MODULE,
  ROUTER,
  readSettings,
  type Sections,
  sectionsOf,
  UNKNOWN_KEY,
} from './import-litellm-settings.ts';
import { CALLERS, importTenants } from './import-litellm-tenants.ts';
import { at, type Litellm, leave, numberAt, variableOf, wordAt } from './import-litellm-values.ts';
import { type Imported, put, type Start, section } from './importing.ts';
import type { Part } from './join.ts';
import type { Notice } from './notice.ts';
import { childOf, isMap, newMap, type Places, type TreeMap } from './source.ts';

export interface LitellmOptions extends Start {
  readonly environment: Variables | undefined;
}

export function importLitellm(part: Part, places: Places, options: LitellmOptions): Imported {
  const tree = newMap();
  tree['version'] = 1;
  const { environment, ...start } = options;
  const litellm: Litellm = {
    from: part.tree,
    places,
    problems: [],
    notices: [],
    tree,
    start,
    variables: { ...environment, ...ownVariables(part.tree) },
  };
  refuseSecrets(litellm);
  const sections = sectionsOf(litellm);
  const settings = readSettings(litellm, sections);
  const placed = placeEndpoints(litellm, readDeployments(litellm, settings));
  const groups = placeGroups(litellm, placed);
  const hasPolicy = planPolicy(litellm, { sections, settings, groups });
  writeAliases(litellm, groups);
  importTenants(litellm, { sections, groups, hasPolicy });
  importServer(litellm, sections);
  leaveSections(litellm, sections);
  return { tree, problems: litellm.problems, notices: inOrder(litellm.notices) };
}

/** What the file puts into its own environment; a reference there stands for nothing. */
function ownVariables(tree: TreeMap): Variables {
  const written = childOf(tree, 'environment_variables');
  if (!isMap(written)) return {};
  const texts = Object.entries(written).filter(
    ([, value]) => value !== null && typeof value !== 'object' && variableOf(value) === undefined,
  );
  return Object.fromEntries(texts.map(([name, value]) => [name, String(value)]));
}

const MEGABYTE = 1_048_576;

function importServer(litellm: Litellm, { general }: Sections): void {
  const size = numberAt(litellm, at(general, 'max_request_size_mb', GENERAL));
  if (size === undefined) return;
  const value = Math.round(size.value * MEGABYTE);
  const server = section(litellm, 'server', size.spot);
  put(litellm, server, { key: 'body_bytes_max', value, spot: size.spot });
}

const READ_TOP: ReadonlySet<string> = new Set([
  ...['model_list', 'credential_list', 'environment_variables', ROUTER, MODULE, GENERAL],
  ...CALLERS,
]);
const FALLBACKS: readonly string[] = [
  ...['fallbacks', 'fallback_models', 'context_window_fallbacks', 'content_policy_fallbacks'],
  'default_fallbacks',
];
const READ_ROUTER: ReadonlySet<string> = new Set([
  ...['timeout', 'stream_timeout', 'num_retries', 'default_max_parallel_requests'],
  ...['model_group_alias', 'routing_strategy', ...FALLBACKS],
]);
const READ_MODULE: ReadonlySet<string> = new Set([
  ...['request_timeout', 'num_retries', 'max_budget', 'budget_duration', 'master_key'],
  ...FALLBACKS,
]);
const READ_GENERAL: ReadonlySet<string> = new Set([
  ...['health_check_interval', 'max_parallel_requests', 'max_request_size_mb', 'master_key'],
  ...CALLERS,
]);

function leaveSections(litellm: Litellm, { router, module, general }: Sections): void {
  const otherwise = UNKNOWN_KEY;
  const sections = [
    { tree: litellm.from, section: '', read: READ_TOP, left: LEFT_TOP },
    { tree: router, section: ROUTER, read: READ_ROUTER, left: LEFT_ROUTER },
    { tree: module, section: MODULE, read: READ_MODULE, left: LEFT_MODULE },
    { tree: general, section: GENERAL, read: READ_GENERAL, left: LEFT_GENERAL },
  ];
  for (const one of sections) leaveRest(litellm, { ...one, otherwise });
  leaveStrategy(litellm, router);
  leaveVariables(litellm);
}

function leaveStrategy(litellm: Litellm, router: TreeMap): void {
  const place = at(router, 'routing_strategy', ROUTER);
  const strategy = wordAt(litellm, place);
  if (strategy === undefined || strategy === 'simple-shuffle') return;
  leave(litellm, place, STRATEGIES.get(strategy) ?? UNKNOWN_KEY);
}

/** Set for LiteLLM itself, and nothing else can see them. */
function leaveVariables(litellm: Litellm): void {
  const written = childOf(litellm.from, 'environment_variables');
  if (!isMap(written)) return;
  for (const name of Object.keys(written)) {
    const place = at(written, name, 'environment_variables');
    leave(
      litellm,
      place,
      'what uses it here is written out; the gateway reads its own environment',
    );
  }
}

/** By line, each once: what holds for all deployments is said once. */
function inOrder(notices: readonly Notice[]): readonly Notice[] {
  const seen = new Set<string>();
  const once = notices.filter((one) => {
    const key = JSON.stringify([one.line, one.path, one.message]);
    return !seen.has(key) && seen.add(key);
  });
  return once.toSorted((a, b) => a.line - b.line);
}
