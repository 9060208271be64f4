// Where a model's name leads beside the model itself: to the same weights under other names, then
// to what it falls back to, and from there on.
import type { ModelDocument } from '@signalbox/documents';

/** Models that one name may lead to. */
const ONWARD_MAX = 16;

/** Of the models that lead somewhere, the names in the order in which they are asked. */
export function onwardOf(
  models: ReadonlyMap<string, ModelDocument>,
): ReadonlyMap<string, readonly string[]> {
  const twins = twinsOf(models);
  const onward = new Map<string, readonly string[]>();
  for (const name of models.keys()) {
    const found = reachedFrom(name, models, twins);
    if (found.length > 0) onward.set(name, found);
  }
  return onward;
}

type Twins = ReadonlyMap<string, ReadonlySet<string>>;

/** Said of one of two models, it holds for both. */
function twinsOf(models: ReadonlyMap<string, ModelDocument>): Twins {
  const twins = new Map<string, Set<string>>();
  const add = (one: string, other: string): void => {
    const known = twins.get(one);
    if (known === undefined) twins.set(one, new Set([other]));
    else known.add(other);
  };
  for (const { name, relations } of models.values()) {
    for (const other of relations.sameWeights) {
      add(name, other);
      add(other, name);
    }
  }
  return twins;
}

/** Breadth first: all that is the same model before what only stands in for it. */
function reachedFrom(
  start: string,
  models: ReadonlyMap<string, ModelDocument>,
  twins: Twins,
): readonly string[] {
  const seen = new Set([start]);
  const take = (list: readonly string[], names: Iterable<string>): readonly string[] => {
    const fresh: string[] = [];
    for (const name of names) {
      if (fresh.length > ONWARD_MAX) break;
      if (seen.has(name)) continue;
      seen.add(name);
      fresh.push(name);
    }
    return [...list, ...fresh];
  };
  const withTwins = (names: readonly string[]): readonly string[] => {
    let all = names;
    for (let at = 0; at < all.length && at <= ONWARD_MAX; at += 1) {
      all = take(all, twins.get(all[at] ?? '') ?? []);
    }
    return all;
  };
  let layer = withTwins([start]);
  let all = layer;
  while (layer.length > 0 && all.length <= ONWARD_MAX) {
    let next: readonly string[] = [];
    for (const name of layer) next = take(next, models.get(name)?.relations.fallsBackTo ?? []);
    layer = withTwins(next);
    all = [...all, ...layer];
  }
  return all.slice(1, ONWARD_MAX + 1);
}
