/**
 * Fallbacks and second names of a LiteLLM configuration, as rules of one policy: a call that asks
 * for a name is tried along a chain.
 */
import { coversPattern } from '@signalbox/documents';
import { nameOf } from './endpoint.ts';
import { takeName } from './free-name.ts';
import {
  type Group,
  type Groups,
  isAskable,
  type Target,
  targetTree,
} from './import-litellm-groups.ts';
import { MODULE, ROUTER, type Sections, type Settings } from './import-litellm-settings.ts';
import {
  type At,
  at,
  type Litellm,
  leave,
  note,
  wordAt,
  wordsAt,
} from './import-litellm-values.ts';
import { IMPORTED_POLICY, placeOf, put, refuse, section } from './importing.ts';
import { childOf, isList, isMap, newMap, type Spot, type Tree, type TreeMap } from './source.ts';

/** One step of a chain: a model or an alias, or a model at one endpoint. */
type Step = string | Target;

interface Rule {
  readonly name: string;
  readonly models: string[];
  readonly chain: readonly Step[];
  readonly spot: Spot | undefined;
}

interface Planning {
  readonly litellm: Litellm;
  readonly groups: Groups;
  /** Second names, by the name in the file. */
  readonly seconds: ReadonlyMap<string, Second>;
}

interface Second {
  /** What a chain names for it. */
  readonly steps: readonly string[];
  readonly targets: readonly Group[];
  readonly isAlias: boolean;
  readonly spot: Spot | undefined;
}

/** @returns whether there is a policy. */
export function planPolicy(
  litellm: Litellm,
  { sections, settings, groups }: { sections: Sections; settings: Settings; groups: Groups },
): boolean {
  const seconds = readSeconds(litellm, sections, groups);
  const planning = { litellm, groups, seconds };
  const fallbacks = readFallbacks(planning, sections);
  const retries = settings.retries?.value !== 0;
  const open = openLast(groups.all.filter((group) => group.open));
  // Where a rule takes every name, each name needs one of its own before it.
  const ruling = { fallbacks, retries, all: open.length > 0 };
  const rules = [...groups.all.filter((group) => !group.open), ...open].flatMap((group) => {
    const rule = ruleOf(planning, group, ruling);
    return rule === undefined ? [] : [rule];
  });
  const all = [...overruling(planning), ...rules];
  if (all.length > 0) writePolicy(litellm, all);
  return all.length > 0;
}

/** `model_group_alias`: other names for a group, or for several in an order. */
function readSeconds(
  litellm: Litellm,
  { router }: Sections,
  groups: Groups,
): ReadonlyMap<string, Second> {
  const written = childOf(router, 'model_group_alias');
  const seconds = new Map<string, Second>();
  if (!isMap(written)) return seconds;
  for (const [given, value] of Object.entries(written)) {
    const place = at(written, given, `${ROUTER}.model_group_alias`);
    const spot = placeOf(litellm, written, given);
    const names = isMap(value)
      ? wordsAt(litellm, at(value, 'model', place.path))
      : wordsAt(litellm, place);
    if (isMap(value) && childOf(value, 'hidden') === true) {
      note(litellm, place, 'is shown in the list of models: a key sees what it may call');
    }
    const targets = names.flatMap((name) => groups.byWritten.get(name) ?? []);
    if (targets.length < names.length) {
      leave(litellm, place, 'a model that it names is not in `model_list`, or is left out');
    }
    if (targets.length === 0) continue;
    // A name that is taken gets a rule instead: it goes before the group, as it does there.
    const name = nameOf(given);
    if (groups.taken.has(name) || name.startsWith('need:')) {
      seconds.set(given, { steps: targets.map((one) => one.name), targets, isAlias: false, spot });
      continue;
    }
    groups.taken.add(name);
    seconds.set(given, { steps: [name], targets, isAlias: true, spot });
    const list = targets.flatMap((group): readonly Tree[] =>
      group.kind === 'model'
        ? [group.name]
        : group.targets.map((target) => targetTree(litellm, target, spot)),
    );
    put(litellm, groups.aliases, { key: name, value: list, spot });
  }
  return seconds;
}

/** Calls for a second name that is no alias here, or not under that name. */
function overruling({ seconds }: Planning): readonly Rule[] {
  return [...seconds].flatMap(([given, { steps, isAlias, spot }]): readonly Rule[] => {
    if (!isAskable(given) || (isAlias && steps.includes(given))) return [];
    return [{ name: given, models: [given], chain: steps, spot }];
  });
}

type Steps = ReadonlyMap<Group, readonly Step[]>;

interface Fallbacks {
  readonly byGroup: Steps;
  /** Of a group that names none. */
  readonly others: readonly Step[];
  /** For prompts that are too long for the first. */
  readonly longer: Steps;
}

function readFallbacks(planning: Planning, sections: Sections): Fallbacks {
  const { litellm } = planning;
  const byGroup = new Map<Group, readonly Step[]>();
  const longer = new Map<Group, readonly Step[]>();
  const others: Step[] = [];
  const add = (into: Map<Group, readonly Step[]>, place: At): void => {
    for (const [from, steps] of pairsOf(planning, place)) {
      if (from === '*') others.push(...steps);
      for (const group of groupsOf(planning, from)) {
        into.set(group, [...(into.get(group) ?? []), ...steps]);
      }
    }
  };
  for (const place of nearest(sections, 'fallbacks', 'fallback_models')) add(byGroup, place);
  for (const place of nearest(sections, 'context_window_fallbacks')) {
    add(longer, place);
    note(litellm, place, 'serves here also when the first fails for another reason');
  }
  for (const place of nearest(sections, 'content_policy_fallbacks')) {
    leave(litellm, place, 'a prompt that a provider refuses is answered with its refusal');
  }
  for (const place of nearest(sections, 'default_fallbacks')) {
    const words = wordsAt(litellm, place);
    others.push(...words.flatMap((word) => stepsOf(planning, place, word)));
  }
  return { byGroup, others, longer };
}

/** That of the router where it says something, else that of the module. */
function nearest({ router, module }: Sections, ...keys: readonly string[]): readonly At[] {
  return keys.flatMap((key) => {
    if (childOf(router, key) != null) return [at(router, key, ROUTER)];
    return childOf(module, key) == null ? [] : [at(module, key, MODULE)];
  });
}

/** `[{ a: [b, c] }]`, or the same as one mapping. */
function pairsOf(planning: Planning, place: At): readonly (readonly [string, readonly Step[]])[] {
  const { litellm } = planning;
  const written = childOf(place.tree, place.key);
  const maps = isList(written) ? written : [written];
  return maps.flatMap((one) => {
    if (!isMap(one)) {
      const hint = 'write `[{ NAME: [OTHER, …] }]`';
      refuse(litellm, placeOf(litellm, place.tree, place.key), {
        message: 'must be a list of mappings',
        hint,
      });
      return [];
    }
    return Object.keys(one).map((from) => {
      const inner = at(one, from, place.path);
      const [group] = groupsOf(planning, from);
      const steps = stepsAt(planning, inner);
      if (from !== '*' && group === undefined) {
        leave(litellm, inner, 'no model of this name is in `model_list`, or it is left out');
      }
      if (steps.length === 1 && steps[0] === group?.name) {
        note(litellm, inner, 'names itself: its deployments are tried one after the other anyway');
      }
      return [from, steps] as const;
    });
  });
}

function stepsAt(planning: Planning, place: At): readonly Step[] {
  const { litellm } = planning;
  const written = childOf(place.tree, place.key);
  const list = isList(written) ? written : [written ?? ''];
  return list.flatMap((one) => {
    if (isMap(one)) {
      note(litellm, place, 'changes nothing of the call but its model: the rest is the caller’s');
      const word = wordAt(litellm, at(one, 'model', place.path));
      return word === undefined ? [] : stepsOf(planning, place, word);
    }
    return typeof one === 'string' ? stepsOf(planning, place, one) : [];
  });
}

const groupsOf = ({ groups, seconds }: Planning, written: string): readonly Group[] => {
  const group = groups.byWritten.get(written);
  return group === undefined ? (seconds.get(written)?.targets ?? []) : [group];
};

function stepsOf(planning: Planning, place: At, written: string): readonly Step[] {
  const { groups, seconds, litellm } = planning;
  const group = groups.byWritten.get(written)?.name;
  if (group !== undefined) return [group];
  const second = seconds.get(written)?.steps;
  if (second !== undefined) return second;
  const pinned = groups.byId.get(written);
  if (pinned !== undefined) return [pinned];
  leave(litellm, place, `\`${written}\` is not in \`model_list\`, or is left out`);
  return [];
}

/** The narrower before what covers it. */
function openLast(groups: readonly Group[]): readonly Group[] {
  const sorted: Group[] = [];
  for (const group of groups) {
    const wider = sorted.findIndex((one) => coversPattern(one.written, group.written));
    sorted.splice(wider < 0 ? sorted.length : wider, 0, group);
  }
  return sorted;
}

interface Ruling {
  readonly fallbacks: Fallbacks;
  /** A failed call is tried again elsewhere. */
  readonly retries: boolean;
  /** Every group gets a rule. */
  readonly all: boolean;
}

function ruleOf(
  { seconds }: Planning,
  group: Group,
  { fallbacks, retries, all }: Ruling,
): Rule | undefined {
  const further = fallbacks.byGroup.get(group) ?? fallbacks.others;
  const longer = fallbacks.longer.get(group) ?? [];
  const chain = withoutRepeats([group.name, ...further, ...longer]);
  const again = retries && group.kind === 'model' && group.targets.length > 1;
  const isRenamed = group.written !== group.name && isAskable(group.written);
  if (chain.length === 1 && !again && !isRenamed && !all) return undefined;
  const others = [...seconds].filter(
    ([, { targets }]) => targets.length === 1 && targets[0] === group,
  );
  const models = [group.name, group.written, ...others.map(([given]) => given)];
  const asked = [...new Set(models)].filter(
    (one) => isAskable(one) || (group.open && one === group.written),
  );
  return { name: group.name, models: asked, chain, spot: group.spot };
}

function withoutRepeats(steps: readonly Step[]): readonly Step[] {
  const seen = new Set<string>();
  return steps.filter((step) => {
    const key = typeof step === 'string' ? step : `${step.endpoint}\n${step.model}`;
    return !seen.has(key) && seen.add(key);
  });
}

function writePolicy(litellm: Litellm, rules: readonly Rule[]): void {
  const [first] = rules;
  const policy = newMap();
  const names = new Set<string>();
  const claimed = new Set<string>();
  const list = rules.flatMap(({ name, models, chain, spot }): readonly TreeMap[] => {
    const own = models.filter((model) => !claimed.has(model));
    for (const model of own) claimed.add(model);
    if (own.length === 0) return [];
    const rule = newMap();
    const when = newMap();
    const route = newMap();
    const steps = chain.map((one) =>
      typeof one === 'string' ? one : targetTree(litellm, one, spot),
    );
    put(litellm, when, { key: 'model', value: own, spot });
    put(litellm, route, { key: 'chain', value: steps, spot });
    put(litellm, rule, { key: 'name', value: takeName([ruleName(name)], names), spot });
    put(litellm, rule, { key: 'when', value: when, spot });
    put(litellm, rule, { key: 'route', value: route, spot });
    return [rule];
  });
  for (const [index, rule] of list.entries()) {
    const spot = placeOf(litellm, rule, 'name');
    if (spot !== undefined) litellm.places.note(list, index, spot);
  }
  put(litellm, policy, { key: 'rules', value: list, spot: first?.spot });
  const policies = section(litellm, 'policies', first?.spot);
  put(litellm, policies, { key: IMPORTED_POLICY, value: policy, spot: first?.spot });
}

/** In the letters that a rule may have. */
const ruleName = (model: string): string => {
  const plain = model.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  return plain.replace(/^-|-$/g, '') || 'rule';
};
