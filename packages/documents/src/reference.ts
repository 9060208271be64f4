/** The reference page of the configuration, written from the same schema that validates it. */
import { configurationJsonSchema, isObject, type JsonObject } from './json-schema.ts';
import { NOT_ACTIVE } from './not-active.table.ts';
import type { Json } from './origin.ts';
import { NOUN_NAMES, NOUNS } from './schema/nouns.ts';

const DEPTH_MAX = 8;

const INTRODUCTION = `# Configuration

\`signalbox.yaml\`, or several files together. Every file begins with \`version: 1\`. Secrets are
given by reference only: \`env:NAME\`, \`file:/path\` or \`exec:command\`. A key that is not on this
page is an error.
\`NAME\` stands for a name of your own, \`[]\` for an entry of a list.
`;

interface Row {
  readonly path: readonly string[];
  readonly node: JsonObject;
  readonly required: boolean;
}

/** Markdown, one section a noun, one row a key. */
export function configurationReference(): string {
  const schema = configurationJsonSchema();
  const sections = NOUN_NAMES.map((noun) => section(noun, child(schema, noun)));
  return [INTRODUCTION, ...sections].join('\n');
}

function section(noun: (typeof NOUN_NAMES)[number], node: JsonObject): string {
  const rows = rowsOf([noun], node, false).filter((row) => row.path.length > 1);
  const { shape, meaning } = NOUNS[noun];
  const hint = { one: 'A mapping.', many: 'A mapping by name.', list: 'A list.' }[shape];
  const lines = rows.filter((row) => isLeaf(row.node)).map(line);
  const table =
    lines.length === 0 ? [] : ['', '| key | takes | default | meaning |', '|---|---|---|---|'];
  const unused = isInactive([noun]) || isInactive([noun, 'NAME']);
  const inactive = unused ? ' Accepted, not active.' : '';
  return [`## ${noun}`, '', `${meaning} ${hint}${inactive}`, ...table, ...lines, ''].join('\n');
}

function line(row: Row): string {
  const meaning = text(row.node['description']);
  const inactive = isInactive(row.path) ? ' *Accepted, not active.*' : inactiveValues(row.path);
  const given = row.node['default'];
  const fallback = row.required
    ? 'required'
    : given === undefined
      ? ''
      : code(JSON.stringify(given));
  const key = row.path.slice(1).join('.').replaceAll('.[]', '[]');
  return `| ${code(key)} | ${cell(takes(row.node))} | ${fallback} | ${cell(meaning + inactive)} |`;
}

function rowsOf(path: readonly string[], node: JsonObject, required: boolean): Row[] {
  if (path.length > DEPTH_MAX) return [];
  const rows: Row[] = [{ path, node, required }];
  for (const branch of [node, ...branches(node)]) {
    const needed = branch['required'];
    const names = Array.isArray(needed) ? needed : [];
    for (const [key, one] of properties(branch)) {
      rows.push(...rowsOf([...path, key], one, names.includes(key)));
    }
    const named = branch['additionalProperties'];
    if (isObject(named)) rows.push(...rowsOf([...path, 'NAME'], named, false));
    const item = branch['items'];
    if (isObject(item)) rows.push(...rowsOf([...path, '[]'], item, false));
  }
  return rows;
}

/** A row of its own is worth it only where something is said about it. */
function isLeaf(node: JsonObject): boolean {
  return text(node['description']) !== '';
}

function takes(node: JsonObject): string {
  const options = branches(node);
  if (options.length > 0) return [...new Set(options.map(takes))].join(' or ');
  const values = node['enum'];
  if (Array.isArray(values)) return values.map((value) => code(String(value))).join(', ');
  if ('const' in node) return code(String(node['const']));
  const item = node['items'];
  if (node['type'] === 'array') return `list of ${isObject(item) ? takes(item) : 'anything'}`;
  if (node['type'] === 'object') return 'mapping';
  const types = node['type'];
  const type = Array.isArray(types) ? types.join(' or ') : text(types);
  return `${type || 'anything'}${bounds(node)}`;
}

function bounds(node: JsonObject): string {
  const least = node['minimum'] ?? node['exclusiveMinimum'];
  const most = node['maximum'];
  const open = typeof most !== 'number' || most >= Number.MAX_SAFE_INTEGER;
  if (typeof least !== 'number') return open ? '' : ` up to ${most}`;
  const word = node['minimum'] === undefined ? 'above' : 'from';
  return open ? ` ${word} ${least}` : ` ${word} ${least} to ${most}`;
}

function branches(node: JsonObject): readonly JsonObject[] {
  const anyOf = node['anyOf'];
  return Array.isArray(anyOf) ? anyOf.filter(isObject) : [];
}

function properties(node: JsonObject): readonly (readonly [string, JsonObject])[] {
  const found = node['properties'];
  if (!isObject(found)) return [];
  return Object.entries(found).flatMap(([key, one]) =>
    isObject(one) ? [[key, one] as const] : [],
  );
}

function child(schema: JsonObject, noun: string): JsonObject {
  const found = properties(schema).find(([key]) => key === noun);
  return found === undefined ? {} : found[1];
}

const isInactive = (path: readonly string[]): boolean =>
  NOT_ACTIVE.some((row) => row.values === undefined && isAt(row.path, path));

/** The values of a list stand in the row of the list. */
function inactiveValues(path: readonly string[]): string {
  const found = NOT_ACTIVE.find(
    (row) => row.values !== undefined && isAt(row.path, [...path, '[]']),
  );
  if (found?.values === undefined) return '';
  return ` *${found.values.map(code).join(', ')}: accepted, not active.*`;
}

const isAt = (pattern: readonly string[], path: readonly string[]): boolean =>
  pattern.length === path.length &&
  pattern.every((part, index) => part === path[index] || isAny(part, path[index]));

const isAny = (part: string, written: string | undefined): boolean =>
  part === '*' && (written === 'NAME' || written === '[]');

const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '');
const code = (value: string): string => `\`${value}\``;
const cell = (value: string): string => value.replaceAll('|', '\\|');
