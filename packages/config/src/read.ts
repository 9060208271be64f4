/**
 * Texts to one configuration: parsed, joined, overridden by environment and flags, checked, with
 * every mistake of every file at once.
 *
 * Promise: the result is whole or there is none; a bad file changes nothing that runs. No message
 * and no excerpt repeats a secret. Nothing here touches a disk, a clock or the environment: the
 * caller brings texts and variables, and resolves the references afterwards.
 * Limit: whether a host name resolves to a private address, and whether a reference leads to a
 * secret, is only known to those who go there.
 */
import type { Configuration, NotActiveKey, Nouns } from '@signalbox/documents';
import { compileTree } from './compile.ts';
import { entriesOf, makeDesk, originOf } from './desk.ts';
import { applyEnvironment, type Overrides } from './environment.ts';
import { type Format, formatOf } from './format.ts';
import { importInference } from './import-inference.ts';
import { importLitellm } from './import-litellm.ts';
import type { Imported, Privacy } from './importing.ts';
import { joinParts, type Part } from './join.ts';
import { findNotActive, type NotActive } from './not-active.ts';
import type { Notice } from './notice.ts';
import { checkForeign, checkOwners } from './owner.ts';
import { parseSource } from './parse.ts';
import { PROBLEMS_MAX, type Problem, problemIn, sortProblems } from './problem.ts';
import { checkReferences } from './references.ts';
import { checkRelations } from './relations.ts';
import { checkRules } from './rules.ts';
import { noticesOfSharedNode } from './shared-node.ts';
import { originsOf, type ValueOrigin } from './show.ts';
import { makeSource, type Owner, Places, type Source } from './source.ts';
import { checkWords } from './words.ts';
import { writeYaml } from './write.ts';

export const FILES_MAX = 1_000;

export interface ConfigurationFile {
  readonly name: string;
  readonly text: string;
  /** The operator's own file unless something else is said. */
  readonly owner?: Owner | undefined;
}

export interface ReadOptions extends Overrides {
  /** How tenants of an imported file start; `observe` unless something else is said. */
  readonly importedPrivacy?: Privacy | undefined;
  /** The file that an import is about to be written to; else it is served as it is. */
  readonly importedTo?: string | undefined;
  /** Keys without effect in the program that asks; the table of this version by default. */
  readonly notActive?: readonly NotActiveKey[] | undefined;
}

export type ReadResult = Written &
  (
    | {
        readonly ok: true;
        readonly configuration: Configuration;
        readonly notActive: readonly NotActive[];
        /** What an import could not carry over, and what its reader should do next. */
        readonly notices: readonly Notice[];
        /** Every value and where it comes from. */
        readonly origins: () => readonly ValueOrigin[];
        /**
         * The files as one `signalbox.yaml`, without what environment and flags override, and
         * without what tenants keep here: only this node can open their keys.
         */
        readonly yaml: () => string;
      }
    | { readonly ok: false; readonly problems: readonly Problem[] }
  );

export interface Written {
  /** Names that were written, each with its file: as far as they could be read. */
  readonly named: (noun: keyof Nouns) => ReadonlyMap<string, string | undefined>;
}

export function readConfiguration(
  files: readonly ConfigurationFile[],
  options: ReadOptions = {},
): ReadResult {
  const places = new Places();
  const read = readParts(files, places, options);
  const joined = joinParts(read.parts, places);
  const tree = applyEnvironment(joined.tree, options, places);
  const desk = makeDesk(tree, places);
  const { configuration, rules } = compileTree(desk);
  checkOwners(desk);
  checkForeign(desk, 'keys');
  checkForeign(desk, 'consents');
  const lost = new Set([...read.lost, ...joined.lost]);
  // Where something was left out, no name can be called unknown, and a rule looks wider than it is.
  if (read.complete && !lost.has('policies')) checkRules(desk, rules, lost);
  if (read.complete) {
    checkReferences(desk, lost);
    checkWords(desk, lost);
  }
  checkRelations(desk);
  const problems = [...read.problems, ...joined.problems, ...desk.problems];
  const named: Written['named'] = (noun) =>
    new Map(entriesOf(tree, noun).map(([name]) => [name, originOf(desk, [noun, name])?.file]));
  if (problems.length > 0)
    return { ok: false, problems: sortProblems(problems).slice(0, PROBLEMS_MAX), named };
  return {
    ok: true,
    named,
    configuration,
    notActive: findNotActive(desk, options.notActive),
    notices: [...read.notices, ...joined.notices, ...noticesOfSharedNode(desk, configuration)],
    origins: () => originsOf(desk, configuration),
    yaml: () => writeYaml(joinParts(read.parts.filter(isExported), places).tree),
  };
}

const isExported = ({ source }: Part): boolean => source.owner.kind !== 'tenant';

interface ReadParts {
  readonly parts: readonly Part[];
  readonly problems: readonly Problem[];
  readonly notices: readonly Notice[];
  readonly complete: boolean;
  readonly lost: ReadonlySet<string>;
}

function readParts(
  files: readonly ConfigurationFile[],
  places: Places,
  options: ReadOptions,
): ReadParts {
  const parts: Part[] = [];
  const problems: Problem[] = [];
  const notices: Notice[] = [];
  const names = new Set<string>();
  const lost = new Set<string>();
  let complete = files.length <= FILES_MAX;
  for (const file of files.slice(0, FILES_MAX)) {
    const source = makeSource(file.name, file.text, { owner: file.owner ?? { kind: 'operator' } });
    if (names.has(file.name)) {
      problems.push(atStart(source, 'this file is given twice', 'name it once'));
    }
    names.add(file.name);
    const parsed = parseSource(source, places);
    problems.push(...parsed.problems);
    for (const key of parsed.lost) lost.add(key);
    complete &&= parsed.tree !== undefined && !parsed.lost.has('<<');
    if (parsed.tree === undefined) continue;
    const part = convert({ source, tree: parsed.tree }, places, options);
    problems.push(...part.problems);
    notices.push(...part.notices);
    // An import with mistakes has left things out that others may name.
    complete &&= part.problems.length === 0 && (part.own || parsed.lost.size === 0);
    if (part.part !== undefined) parts.push(part.part);
  }
  if (files.length > FILES_MAX) {
    const message = `more than ${FILES_MAX} files`;
    problems.push(atStart(makeSource('configuration', ''), message, 'join some of them'));
  }
  return { parts, problems, notices, complete, lost };
}

interface Converted {
  readonly part: Part | undefined;
  readonly problems: readonly Problem[];
  readonly notices: readonly Notice[];
  /** Written in our own words. */
  readonly own: boolean;
}

function convert(part: Part, places: Places, options: ReadOptions): Converted {
  const format = formatOf(part.tree);
  const refuse = (message: string, hint: string): Converted => ({
    part: undefined,
    problems: [atStart(part.source, message, hint)],
    notices: [],
    own: false,
  });
  if (format === 'signalbox') return { part, problems: [], notices: [], own: true };
  if (part.source.owner.kind !== 'operator') {
    return refuse(
      'is in a format that only the files of the operator may have',
      'write it as `version: 1`',
    );
  }
  if (format === 'portkey') {
    const message = 'is for a Portkey gateway; this version does not read that format';
    return refuse(message, '`signalbox init` writes a configuration to start from');
  }
  const { tree, problems, notices } = converted(part, places, { format, options });
  return { part: { source: part.source, tree }, problems, notices, own: false };
}

interface Converting {
  readonly format: Exclude<Format, 'signalbox' | 'portkey'>;
  readonly options: ReadOptions;
}

function converted(part: Part, places: Places, { format, options }: Converting): Imported {
  const privacy = options.importedPrivacy ?? 'observe';
  const start = { privacy, writtenTo: options.importedTo };
  if (format === 'inference-config') return importInference(part, places, start);
  return importLitellm(part, places, { ...start, environment: options.environment });
}

function atStart(source: Source, message: string, hint: string): Problem {
  return problemIn(source, { from: 0, to: 1 }, { message, hint });
}
