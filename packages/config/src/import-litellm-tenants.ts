/**
 * Who calls. A LiteLLM configuration knows no tenants unless it lists teams, so everybody is one,
 * `default`. Keys of callers are made anew: those of LiteLLM are kept as hashes that prove nothing
 * here, or stand in its database.
 */
import { nameOf } from './endpoint.ts';
import { takeName } from './free-name.ts';
import type { Groups } from './import-litellm-groups.ts';
import { GENERAL, MODULE, type Sections } from './import-litellm-settings.ts';
import {
  type At,
  at,
  type Litellm,
  leave,
  note,
  numberAt,
  wordAt,
  wordsAt,
} from './import-litellm-values.ts';
import {
  IMPORTED_POLICY,
  IMPORTED_TENANT,
  placeOf,
  put,
  section,
  tellObserving,
  type Writable,
} from './importing.ts';
import { childOf, isList, isMap, newMap, type Spot, type TreeMap } from './source.ts';

export interface Calling {
  readonly sections: Sections;
  readonly groups: Groups;
  readonly hasPolicy: boolean;
}

/** Where lists of teams and keys may stand. */
const TEAMS: readonly string[] = ['teams'];
const KEYS: readonly string[] = ['virtual_keys', 'keys'];
export const CALLERS: readonly string[] = [...TEAMS, ...KEYS];

export function importTenants(litellm: Litellm, calling: Calling): void {
  const { sections } = calling;
  const spot = placeOf(litellm, litellm.from, 'model_list') ?? firstSpot(litellm);
  const tenants = section(litellm, 'tenants', spot);
  const everybody = tenantTree(litellm, calling, spot);
  putBudget(litellm, everybody, { tree: sections.module, section: MODULE });
  put(litellm, tenants, { key: IMPORTED_TENANT, value: everybody, spot });
  tellObserving(litellm, litellm.start, { name: IMPORTED_TENANT, spot });
  const names = new Map<string, string>();
  const plans = newMap();
  for (const team of entriesOf(litellm, TEAMS)) {
    importTeam(litellm, team, { calling, tenants, plans, names });
  }
  if (Object.keys(plans).length > 0) {
    put(litellm, litellm.tree, { key: 'plans', value: plans, spot });
  }
  for (const key of entriesOf(litellm, KEYS)) tellKey(litellm, key, names);
  tellMaster(litellm, sections);
}

const firstSpot = (litellm: Litellm): Spot | undefined =>
  placeOf(litellm, litellm.from, Object.keys(litellm.from)[0] ?? '');

function tenantTree(litellm: Litellm, calling: Calling, spot: Spot | undefined): Writable {
  const tenant = newMap();
  put(litellm, tenant, { key: 'privacy', value: litellm.start.privacy, spot });
  if (calling.hasPolicy) {
    put(litellm, tenant, { key: 'policies', value: [IMPORTED_POLICY], spot });
  }
  return tenant;
}

interface Entry {
  readonly tree: TreeMap;
  readonly name: string | undefined;
  readonly place: At;
  readonly spot: Spot | undefined;
}

/** Entries of a list, or of a mapping by name; at the top or under `general_settings`. */
function entriesOf(litellm: Litellm, keys: readonly string[]): readonly Entry[] {
  const general = childOf(litellm.from, GENERAL);
  const holders = [litellm.from, ...(isMap(general) ? [general] : [])];
  return holders.flatMap((holder) =>
    keys.flatMap((key): readonly Entry[] => {
      const written = childOf(holder, key);
      const place = at(holder, key, holder === litellm.from ? '' : GENERAL);
      if (isList(written)) {
        return written.flatMap((tree, index) =>
          isMap(tree)
            ? { tree, name: undefined, place, spot: litellm.places.at(written, index) }
            : [],
        );
      }
      if (!isMap(written)) return [];
      return Object.entries(written).flatMap(([name, tree]) =>
        isMap(tree) ? { tree, name, place, spot: placeOf(litellm, written, name) } : [],
      );
    }),
  );
}

interface Teams {
  readonly calling: Calling;
  readonly tenants: Writable;
  readonly plans: Writable;
  /** Our name of a tenant by every name that the file has for it. */
  readonly names: Map<string, string>;
}

const slugOf = (text: string): string =>
  nameOf(text)
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+/, '') || 'team';

function importTeam(litellm: Litellm, team: Entry, teams: Teams): void {
  const { tree, place, spot } = team;
  const { calling, tenants, plans, names } = teams;
  const word = (key: string): string | undefined => wordAt(litellm, at(tree, key, place.path));
  const given = [word('team_alias'), word('name'), team.name, word('team_id')];
  const written = given.filter((one) => one !== undefined);
  const name = takeName([slugOf(written[0] ?? 'team')], new Set(Object.keys(tenants)));
  for (const one of written) if (!names.has(one)) names.set(one, name);
  const tenant = tenantTree(litellm, calling, spot);
  putBudget(litellm, tenant, { tree, section: place.path });
  const plan = planOf(litellm, team, calling.groups);
  if (Object.keys(plan).length > 0) {
    put(litellm, plans, { key: name, value: plan, spot });
    put(litellm, tenant, { key: 'plan', value: name, spot });
  }
  put(litellm, tenants, { key: name, value: tenant, spot });
  tellObserving(litellm, litellm.start, { name, spot });
  for (const key of Object.keys(tree)) {
    if (TEAM_KEYS.has(key)) continue;
    leave(litellm, at(tree, key, place.path), 'people and settings of a team are not known here');
  }
}

const TEAM_KEYS: ReadonlySet<string> = new Set([
  ...['team_id', 'team_alias', 'name', 'models', 'max_budget', 'budget_duration'],
  ...['rpm_limit', 'tpm_limit', 'max_parallel_requests'],
]);

function planOf(litellm: Litellm, { tree, place, spot }: Entry, groups: Groups): Writable {
  const plan = newMap();
  const models = modelsOf(litellm, at(tree, 'models', place.path), groups);
  if (models.length > 0) put(litellm, plan, { key: 'models', value: [...models], spot });
  const numbers = [
    ['rpm_limit', 'requests_per_minute_max'],
    ['tpm_limit', 'tokens_per_minute_max'],
    ['max_parallel_requests', 'in_flight_max'],
  ] as const;
  for (const [theirs, ours] of numbers) {
    const stated = numberAt(litellm, at(tree, theirs, place.path));
    if (stated !== undefined) put(litellm, plan, { key: ours, ...stated });
  }
  return plan;
}

const EVERY_MODEL = new Set(['*', 'all-proxy-models', 'all-team-models', 'all-org-models']);

/** Patterns for what may be called; an alias lets through the models that it stands for. */
function modelsOf(litellm: Litellm, place: At, groups: Groups): readonly string[] {
  const words = wordsAt(litellm, place);
  if (words.some((one) => EVERY_MODEL.has(one))) return [];
  const names = words.flatMap((word): readonly string[] => {
    const group = groups.byWritten.get(word);
    if (group !== undefined) {
      const models = group.targets.map(({ model }) => model);
      const others = models.filter((one) => one !== group.name);
      if (others.length > 0) {
        note(
          litellm,
          place,
          `lets \`${others.join('`, `')}\` be called too: \`${word}\` stands for it`,
        );
      }
      return models;
    }
    if (word.includes('*')) return [word];
    leave(litellm, place, `\`${word}\` is not in \`model_list\`, or is left out`);
    return [];
  });
  return [...new Set(names)];
}

const DAY = /^(1d|24h|1440m|86400s?|daily)$/i;
const MONTH = /^(30d|31d|1mo|monthly|720h)$/i;

/** `max_budget` in dollars, for `budget_duration`; without one it is spent once. */
function putBudget(
  litellm: Litellm,
  into: Writable,
  from: { readonly tree: TreeMap; readonly section: string },
): void {
  const { tree, section: name } = from;
  const amount = numberAt(litellm, at(tree, 'max_budget', name));
  if (amount === undefined) return;
  const place = at(tree, 'budget_duration', name);
  const duration = wordAt(litellm, place);
  const per = duration === undefined ? 'total' : DAY.test(duration) ? 'day' : 'month';
  if (duration !== undefined && per === 'month' && !MONTH.test(duration)) {
    note(litellm, place, 'is a month here: a budget starts anew by the day or by the month');
  }
  const budget = newMap();
  put(litellm, budget, { key: 'amount_usd', ...amount });
  put(litellm, budget, { key: 'per', value: per, spot: amount.spot });
  put(litellm, into, { key: 'budget', value: budget, spot: amount.spot });
}

/** The command that makes the key anew, with what it may do. */
function tellKey(litellm: Litellm, key: Entry, teams: ReadonlyMap<string, string>): void {
  const { tree, place, spot } = key;
  const word = (name: string): string | undefined => wordAt(litellm, at(tree, name, place.path));
  const name = slugOf(word('key_alias') ?? key.name ?? word('key_name') ?? 'key');
  const team = word('team_id') ?? word('team_alias') ?? word('team');
  const tenant = team === undefined ? IMPORTED_TENANT : (teams.get(team) ?? slugOf(team));
  const models = wordsAt(litellm, at(tree, 'models', place.path));
  const budget = numberAt(litellm, at(tree, 'max_budget', place.path));
  const more = [
    ...models.filter((one) => !EVERY_MODEL.has(one)).map((one) => ` --model "${nameOf(one)}"`),
    ...(budget === undefined ? [] : [` --budget-usd ${budget.value}`]),
  ];
  const holder = newMap();
  if (spot !== undefined) litellm.places.note(holder, 'key', spot);
  const command = `signalbox key create ${name} --tenant ${tenant}${more.join('')}`;
  note(litellm, { ...place, tree: holder, key: 'key' }, `is made anew with: ${command}`);
}

/** Whoever holds it is administrator and caller there. */
function tellMaster(litellm: Litellm, { general, module }: Sections): void {
  const places = [at(general, 'master_key', GENERAL), at(module, 'master_key', MODULE)];
  for (const place of places) {
    if (childOf(place.tree, place.key) == null) continue;
    const why =
      'the admin key is in the data folder, and callers get keys of their own with: ' +
      `signalbox key create NAME --tenant ${IMPORTED_TENANT}`;
    leave(litellm, place, why);
  }
}
