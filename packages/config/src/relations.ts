/**
 * How models are related. What leads from one to another must end somewhere: a model that comes
 * after itself has no history, and one that falls back to itself would be asked forever.
 */
import { type Desk, entriesOf, report } from './desk.ts';
import { childOf, isList, isMap, type Tree } from './source.ts';

interface Kind {
  /** Keys of a model that lead one way. */
  readonly keys: readonly string[];
  readonly says: string;
  readonly hint: string;
}

/** Weights that come from others are younger than they are, however they came. */
const KINDS: readonly Kind[] = [
  {
    keys: ['falls_back_to'],
    says: 'falls back to itself',
    hint: 'remove one of these steps; the last model of a chain falls back to nothing',
  },
  {
    keys: ['successor_of', 'distilled_from', 'fine_tune_of'],
    says: 'comes from itself',
    hint: 'remove one of these steps; each model comes from older ones',
  },
];

interface Step {
  readonly to: string;
  /** Path of the name below the model. */
  readonly at: readonly (string | number)[];
}

type Graph = ReadonlyMap<string, readonly Step[]>;

export function checkRelations(desk: Desk): void {
  const models = entriesOf(desk.tree, 'models');
  for (const { keys, says, hint } of KINDS) {
    const graph = new Map(models.map(([name, model]) => [name, stepsOf(model, keys)]));
    for (const { names, at } of circlesIn(graph)) {
      const [first = ''] = names;
      const circle = shown(names);
      const message = `\`${first}\` ${says}: ${circle}`;
      report(desk, ['models', names.at(-2) ?? first, ...at], { message, hint });
    }
  }
  for (const [name, model] of models) {
    for (const { to, at } of stepsOf(model, ['same_weights'])) {
      if (to !== name) continue;
      const message = `\`${name}\` has the same weights as itself anyway`;
      report(desk, ['models', name, ...at], { message, hint: 'name the other models, or none' });
    }
  }
}

/** A long way round is cut in its middle. */
function shown(names: readonly string[]): string {
  const quoted = names.map((name) => `\`${name}\``);
  const cut = quoted.length > NAMES_MAX;
  return (cut ? [...quoted.slice(0, NAMES_MAX - 2), '...', ...quoted.slice(-2)] : quoted).join(
    ' -> ',
  );
}

const NAMES_MAX = 10;
/** Further circles would only cost time. */
const CIRCLES_MAX = 20;

function stepsOf(model: Tree, keys: readonly string[]): readonly Step[] {
  if (!isMap(model)) return [];
  return keys.flatMap((key) => {
    const written = childOf(model, key);
    if (typeof written === 'string') return [{ to: written, at: [key] }];
    if (!isList(written)) return [];
    return written.flatMap((to, index) =>
      typeof to === 'string' ? [{ to, at: [key, index] }] : [],
    );
  });
}

interface Circle {
  /** The first stands at the end again. */
  readonly names: readonly string[];
  /** The step that closes it. */
  readonly at: Step['at'];
}

/**
 * Depth first, every step once, without recursion: a chain may be as long as there are models. One
 * circle is told for each step that closes one.
 */
function circlesIn(graph: Graph): readonly Circle[] {
  const circles: Circle[] = [];
  const done = new Set<string>();
  for (const start of graph.keys()) {
    if (done.has(start) || circles.length >= CIRCLES_MAX) continue;
    const path = [start];
    const next = [0];
    const depth = new Map([[start, 0]]);
    for (let name = path.at(-1); name !== undefined; name = path.at(-1)) {
      const step = graph.get(name)?.[next.at(-1) ?? 0];
      next.push((next.pop() ?? 0) + 1);
      if (step === undefined) {
        done.add(name);
        depth.delete(name);
        path.pop();
        next.pop();
        continue;
      }
      const seenAt = depth.get(step.to);
      if (seenAt !== undefined && circles.length < CIRCLES_MAX) {
        circles.push({ names: [...path.slice(seenAt), step.to], at: step.at });
      } else if (seenAt === undefined && !done.has(step.to)) {
        depth.set(step.to, path.length);
        path.push(step.to);
        next.push(0);
      }
    }
  }
  return circles;
}
