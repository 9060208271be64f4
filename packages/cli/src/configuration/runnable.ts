// Counterexamples as commands that can be run as they are printed: with the files that they are
// about, and with the draft that they speak of.
import { resolve } from 'node:path';
import type { Problem } from '@signalbox/config';
import type { TextPlace } from '@signalbox/control';
import { misused } from '../exit.ts';

const EXPLAINS = 'signalbox policy explain ';
const DATA_FOLDER = '.signalbox';

export type ReadFrom = {
  /** As flag and environment name them; empty: what lies where one starts. */
  readonly configFiles: readonly string[];
  readonly dataFolder: string;
  readonly folder: string;
};

/** The same command, asked of the files that were read. */
export function runnable(command: string, { configFiles, dataFolder, folder }: ReadFrom): string {
  const files = configFiles.map((one) => ` --config ${quoted(one)}`);
  const isElsewhere = dataFolder !== resolve(folder, DATA_FOLDER);
  return `${command}${files.join('')}${isElsewhere ? ` --data ${quoted(dataFolder)}` : ''}`;
}

export const runnableHint = (problem: Problem, from: ReadFrom): Problem =>
  isCommand(problem) ? { ...problem, hint: runnable(problem.hint ?? '', from) } : problem;

/** Of a draft that stands in no file: it is read from standard input. */
export function draftHint<T extends { readonly hint?: string | undefined }>(
  problem: T,
  place: TextPlace,
): T {
  return isCommand(problem)
    ? { ...problem, hint: `${problem.hint} ${draftFlag(place)}-` }
    : problem;
}

const isCommand = ({ hint }: { readonly hint?: string | undefined }): boolean =>
  hint?.startsWith(EXPLAINS) === true;

const draftFlag = ({ noun, name }: TextPlace): string => `--draft ${noun}/${name}=`;

/** Where the draft came from a file, its command reads that file. */
export const fromFile = (text: string, place: TextPlace, file: string): string =>
  text.replaceAll(`${draftFlag(place)}-`, `${draftFlag(place)}${quoted(file)}`);

/** Those that a draft can stand for: what has a name in a file. */
const DRAFTED = ['policies', 'plans', 'rings', 'models', 'aliases'] as const;

/** `policies/first=draft.yaml`. */
export function draftNamed(word: string): TextPlace & { readonly file: string } {
  const [, noun, name = '', file = ''] = /^([a-z]+)\/([^=]+)=(.+)$/.exec(word) ?? [];
  const known = DRAFTED.find((one) => one === noun);
  if (known === undefined) {
    throw misused(`\`${word}\` is no draft.`, `Like policies/NAME=FILE, of ${DRAFTED.join(', ')}.`);
  }
  return { noun: known, name, file };
}

const quoted = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
