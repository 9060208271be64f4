/** `routing` and `fallback` of an inference configuration, as one policy. */
import { type Label, readLabel } from '@signalbox/contract';
import { closest } from '@signalbox/documents';
import {
  copy,
  IMPORTED_POLICY,
  type Importing,
  importTierWord,
  leaveBehind,
  mapAt,
  placeOf,
  put,
  refuse,
  section,
  textAt,
  type Writable,
} from './importing.ts';
import { childOf, isList, isMap, newMap, type Spot, type Tree, type TreeMap } from './source.ts';

const RULE_NAME_CHARACTERS_MAX = 56;

/** The state of reading a file that speaks of tiers. */
export interface ImportingTiers extends Importing {
  /** Alias by tier word and the file's own name for the model. */
  readonly aliases: Map<string, ReadonlyMap<string, string>>;
  readonly upstreams: ReadonlySet<string>;
}

export function importPolicy(importing: ImportingTiers): void {
  const { from } = importing;
  const policy = newMap();
  const routing = mapAt(importing, from, 'routing') ?? newMap();
  leaveBehind(importing, routing, ['default_tier', 'escalation_threshold', 'rules'], 'routing.');
  importTierWord(importing, policy, { written: routing, key: 'default_tier' });
  copy(importing, policy, {
    written: routing,
    key: 'escalation_threshold',
    as: 'escalation_threshold',
  });
  const rules = childOf(routing, 'rules') ?? [];
  if (isList(rules))
    put(importing, policy, {
      key: 'rules',
      value: importRules(importing, rules),
      spot: placeOf(importing, routing, 'rules'),
    });
  else
    refuse(importing, placeOf(importing, routing, 'rules'), {
      message: 'must be a list',
      hint: 'begin each rule with `- `',
    });
  importFallback(importing, policy);
  const spot = placeOf(importing, from, 'routing');
  put(importing, section(importing, 'policies', spot), {
    key: IMPORTED_POLICY,
    value: policy,
    spot,
  });
}

/** A rule that keeps sensitive data on the device overrides the others, so it comes first. */
function importRules(importing: ImportingTiers, rules: readonly Tree[]): Tree {
  const guards: ImportedRule[] = [];
  const others: ImportedRule[] = [];
  const names = new Set<string>();
  for (const [index, rule] of rules.entries()) {
    const spot = importing.places.at(rules, index);
    if (!isMap(rule)) {
      refuse(importing, spot, {
        message: 'must be a mapping',
        hint: 'write `{ task_type: ..., tier: ... }`',
      });
      continue;
    }
    const written = importRule(importing, rule, spot);
    put(importing, written, { key: 'name', value: ruleName(rule, names), spot });
    const keeps = Object.hasOwn(rule, 'data_sensitivity') && childOf(rule, 'tier') === 'local';
    (keeps ? guards : others).push({ written, spot });
  }
  const list = [...guards, ...others];
  const tree = list.map(({ written }) => written);
  for (const [index, { spot }] of list.entries()) {
    if (spot !== undefined) importing.places.note(tree, index, spot);
  }
  return tree;
}

interface ImportedRule {
  readonly written: TreeMap;
  readonly spot: Spot | undefined;
}

/** After what the rule is about; a second one about the same gets a number. */
function ruleName(rule: TreeMap, taken: Set<string>): string {
  const label = childOf(rule, 'data_sensitivity');
  const words = [
    childOf(rule, 'task_type'),
    label === undefined ? undefined : `sensitivity-${label}`,
  ];
  const plain = words
    .filter((one) => typeof one === 'string')
    .join('-')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, RULE_NAME_CHARACTERS_MAX);
  const base = plain === '' ? 'rule' : plain;
  let name = base;
  for (let number = 2; taken.has(name); number += 1) name = `${base}-${number}`;
  taken.add(name);
  return name;
}

function importRule(importing: ImportingTiers, rule: TreeMap, spot: Spot | undefined): Writable {
  leaveBehind(importing, rule, ['task_type', 'data_sensitivity', 'tier', 'model'], 'rules.');
  const when = newMap();
  const route = newMap();
  copy(importing, when, { written: rule, key: 'task_type', as: 'step' });
  const label = importLabel(importing, rule);
  const guarded = placeOf(importing, rule, 'data_sensitivity');
  if (label !== undefined) {
    put(importing, when, { key: 'sensitivity', value: label, spot: guarded });
  }
  importTierWord(importing, route, { written: rule, key: 'tier' });
  const tier = childOf(route, 'tier');
  if (label !== undefined && tier !== undefined) {
    put(importing, route, { key: 'tier_max', value: tier, spot: guarded });
  }
  const model = importModel(importing, rule);
  const named = placeOf(importing, rule, 'model');
  if (model !== undefined) put(importing, route, { key: 'model', value: model, spot: named });
  const made = newMap();
  if (Object.keys(when).length > 0) put(importing, made, { key: 'when', value: when, spot });
  put(importing, made, { key: 'route', value: route, spot });
  return made;
}

function importLabel(importing: Importing, rule: TreeMap): Label | undefined {
  const written = childOf(rule, 'data_sensitivity');
  if (written === undefined) return undefined;
  const label = typeof written === 'string' ? readLabel(written) : undefined;
  if (label !== undefined) return label;
  const message = 'must be low, medium or high';
  const hint = 'write one of them; high keeps the data on the device';
  refuse(importing, placeOf(importing, rule, 'data_sensitivity'), { message, hint });
  return undefined;
}

function importModel(importing: ImportingTiers, rule: TreeMap): string | undefined {
  const model = textAt(importing, rule, 'model');
  if (model === undefined) return undefined;
  const word = childOf(rule, 'tier');
  const named = typeof word === 'string' ? importing.aliases.get(word) : undefined;
  const tables = named === undefined ? [...importing.aliases.values()] : [named];
  const alias = tables.map((table) => table.get(model)).find((one) => one !== undefined);
  if (alias !== undefined) return alias;
  const known = tables.flatMap((table) => [...table.keys()]);
  const near = closest(model, known);
  const hint = near === undefined ? `defined: ${known.join(', ')}` : `did you mean \`${near}\`?`;
  const message = `no model of this tier is named \`${model}\``;
  refuse(importing, placeOf(importing, rule, 'model'), { message, hint });
  return undefined;
}

function importFallback(importing: Importing, policy: Writable): void {
  const written = mapAt(importing, importing.from, 'fallback');
  if (written === undefined) return;
  const keys = ['cloud_unavailable', 'local_unavailable', 'all_unavailable'];
  leaveBehind(importing, written, keys, 'fallback.');
  const fallback = newMap();
  importTierWord(importing, fallback, { written, key: 'cloud_unavailable' });
  importTierWord(importing, fallback, { written, key: 'local_unavailable' });
  copy(importing, fallback, { written, key: 'all_unavailable', as: 'all_unavailable' });
  put(importing, policy, {
    key: 'fallback',
    value: fallback,
    spot: placeOf(importing, importing.from, 'fallback'),
  });
}
