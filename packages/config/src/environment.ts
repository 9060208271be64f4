/**
 * Flags over environment over files over defaults: applied to what was written, before it is read.
 */
import { ENVIRONMENT, type EnvironmentRow } from './environment.table.ts';
import { isMap, makeSource, newMap, type Places, type Tree, type TreeMap } from './source.ts';

export type Variables = Readonly<Record<string, string | undefined>>;

export interface Overrides {
  /** The process's environment; names of the table are looked at, and those that a file names. */
  readonly environment?: Variables | undefined;
  /** Flags by name without dashes: `{ port: '4142' }`. */
  readonly flags?: Variables | undefined;
}

/** A setting of the program, and where it comes from. */
export interface Setting {
  readonly value: string | undefined;
  readonly from: 'flag' | 'environment' | 'default';
  readonly name: string;
  readonly secret: boolean;
}

export interface Settings {
  readonly configFiles: readonly string[];
  readonly dataFolder: string;
  /**
   * By the name of the variable; those that set a value of the configuration are not among them.
   */
  readonly byVariable: ReadonlyMap<string, Setting>;
}

/** What the program must know before it reads any file. */
export function readSettings(overrides: Overrides): Settings {
  const rows = ENVIRONMENT.filter((one) => one.path === undefined);
  const byVariable = new Map(rows.map((one) => [one.variable, settingOf(one, overrides)]));
  const files = byVariable.get('SIGNALBOX_CONFIG')?.value ?? '';
  return {
    configFiles: files
      .split(',')
      .map((one) => one.trim())
      .filter((one) => one !== ''),
    dataFolder: byVariable.get('SIGNALBOX_DATA')?.value ?? './.signalbox',
    byVariable,
  };
}

/** The written tree with the overridden values put in; the tree that came stays as it was. */
export function applyEnvironment(tree: TreeMap, overrides: Overrides, places: Places): TreeMap {
  const result = copy(tree, places);
  for (const row of ENVIRONMENT) {
    const setting = settingOf(row, overrides);
    if (row.path === undefined || setting.value === undefined || setting.from === 'default')
      continue;
    const [noun, key] = row.path;
    const before = Object.hasOwn(result, noun) ? result[noun] : undefined;
    const section = isMap(before) ? copy(before, places) : newMap();
    section[key] = row.takes === 'number' ? numberOr(setting.value) : setting.value;
    result[noun] = section;
    const flag = setting.from === 'flag';
    const name = flag ? `--${row.flag}` : row.variable;
    const head = `${name}${flag ? ' ' : '='}`;
    const source = makeSource(name, head + setting.value, { kind: setting.from });
    const value = { from: head.length, to: head.length + setting.value.length };
    places.note(section, key, { source, key: { from: 0, to: name.length }, value });
  }
  return result;
}

function settingOf(row: EnvironmentRow, { environment, flags }: Overrides): Setting {
  const flagged = row.flag === undefined ? undefined : own(flags, row.flag);
  const found = own(environment, row.variable);
  const { variable: name, secret } = row;
  if (flagged !== undefined) return { value: flagged, from: 'flag', name, secret };
  // A variable that is set to nothing is how shells say that it is not set.
  if (found !== undefined && found !== '')
    return { value: found, from: 'environment', name, secret };
  return { value: row.fallback, from: 'default', name, secret };
}

function own(variables: Variables | undefined, name: string): string | undefined {
  return variables !== undefined && Object.hasOwn(variables, name) ? variables[name] : undefined;
}

const numberOr = (text: string): Tree => (/^\d{1,9}$/.test(text) ? Number(text) : text);

function copy(tree: TreeMap, places: Places): { [key: string]: Tree } {
  const made = newMap();
  for (const [key, value] of Object.entries(tree)) {
    made[key] = value;
    const spot = places.at(tree, key);
    if (spot !== undefined) places.note(made, key, spot);
  }
  return made;
}
