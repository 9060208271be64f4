/** Every value of a configuration with where it comes from: what `config show` prints. */
import {
  type Configuration,
  configurationJsonSchema,
  type Json,
  type JsonObject,
  NOUN_NAMES,
  NOUNS,
  type Path,
} from '@signalbox/documents';
import { conceal, printable } from './conceal.ts';
import type { Desk } from './desk.ts';
import { childOf, isList, isMap, positionOf, type Tree } from './source.ts';

export interface ValueOrigin {
  /** Dotted path in the words of the file. */
  readonly path: string;
  /** The value as JSON; references to secrets, never secrets. */
  readonly value: string;
  readonly from: 'flag' | 'environment' | 'file' | 'default';
  /** `signalbox.yaml:12`, the name of a variable or flag, or nothing for a default. */
  readonly where: string;
}

export function originsOf(desk: Desk, configuration: Configuration): readonly ValueOrigin[] {
  const properties = fieldOf(configurationJsonSchema(), 'properties');
  const rows = NOUN_NAMES.flatMap((noun) => {
    const schema = fieldOf(properties, noun);
    const written = childOf(desk.tree, noun);
    const empty = NOUNS[noun].shape === 'one' ? walkDefaults(schema, [noun]) : [];
    return written === undefined ? empty : walk(desk, { schema, written, path: [noun] });
  });
  return withFollowing(rows, configuration);
}

interface Standing {
  readonly schema: JsonObject;
  readonly written: Tree;
  readonly path: Path;
}

function walk(desk: Desk, { schema, written, path }: Standing): readonly ValueOrigin[] {
  if (isList(written) && written.some(isMap)) {
    const items = branchWith(schema, 'items');
    return written.flatMap((one, index) =>
      walk(desk, { schema: fieldOf(items, 'items'), written: one, path: [...path, index] }),
    );
  }
  if (!isMap(written)) return [rowOf(desk, path, written)];
  const branch = branchWith(schema, 'properties');
  const properties = fieldOf(branch, 'properties');
  const named = fieldOf(branchWith(schema, 'additionalProperties'), 'additionalProperties');
  const rows = Object.entries(written).flatMap(([key, one]) => {
    const inner = Object.hasOwn(properties, key) ? fieldOf(properties, key) : named;
    return walk(desk, { schema: inner, written: one, path: [...path, key] });
  });
  const absent = Object.keys(properties).filter((key) => !Object.hasOwn(written, key));
  return [
    ...rows,
    ...absent.flatMap((key) => defaultsOf(fieldOf(properties, key), [...path, key])),
  ];
}

function walkDefaults(schema: JsonObject, path: Path): readonly ValueOrigin[] {
  const properties = fieldOf(schema, 'properties');
  return Object.keys(properties).flatMap((key) =>
    defaultsOf(fieldOf(properties, key), [...path, key]),
  );
}

function defaultsOf(schema: JsonObject, path: Path): readonly ValueOrigin[] {
  const given = schema['default'];
  if (given !== undefined) return [defaultRow(path, given)];
  // A mapping with something required has no effect unless it is written.
  return schema['required'] === undefined ? walkDefaults(schema, path) : [];
}

/** Defaults that follow from another value. */
function withFollowing(
  rows: readonly ValueOrigin[],
  { server, endpoints }: Configuration,
): readonly ValueOrigin[] {
  const following: readonly (readonly [Path, Json])[] = [
    [['server', 'drain_delay_ms'], server.drainDelayMs],
    ...[...endpoints.values()].flatMap(({ name, timers }): readonly (readonly [Path, Json])[] => {
      const path = ['endpoints', name, 'timers'];
      return [
        [[...path, 'head_ms'], timers.headMs],
        [[...path, 'whole_ms'], timers.wholeMs],
        [[...path, 'idle_ms'], timers.idleMs],
      ];
    }),
  ];
  const known = new Set(rows.map(({ path }) => path));
  const absent = following.filter(([path]) => !known.has(path.join('.')));
  return [...rows, ...absent.map(([path, value]) => defaultRow(path, value))];
}

function rowOf(desk: Desk, path: Path, written: Tree): ValueOrigin {
  const spot = desk.places.find(desk.tree, path);
  const row = { path: path.join('.'), value: shown(written) };
  if (spot === undefined) return { ...row, from: 'default', where: '' };
  const { source, key } = spot;
  const where =
    source.kind === 'file' ? `${source.name}:${positionOf(source, key.from).line}` : source.name;
  return { ...row, from: source.kind, where };
}

function defaultRow(path: Path, value: Json): ValueOrigin {
  return { path: path.join('.'), value: shown(value), from: 'default', where: '' };
}

const shown = (value: Json): string => printable(conceal(JSON.stringify(value)));

function branchWith(schema: JsonObject, key: string): JsonObject {
  if (isObject(schema[key])) return schema;
  const branches = schema['anyOf'];
  const found = Array.isArray(branches)
    ? branches.find((one) => isObject(one) && isObject(one[key]))
    : undefined;
  return isObject(found) ? found : {};
}

function fieldOf(schema: JsonObject, key: string): JsonObject {
  const found = schema[key];
  return isObject(found) ? found : {};
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
