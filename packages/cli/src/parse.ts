// From words to a command: the longest name that fits, its flags, its arguments. What is not
// understood is refused with the nearest thing that would be.
import { parseArgs } from 'node:util';
import { closest } from '@signalbox/documents';
import { type Asked, type Command, type FlagFacts, flagsOf, GLOBAL_FLAGS } from './command.ts';
import { type CommandFault, misused } from './exit.ts';

export type Understood = { readonly command: Command; readonly asked: Asked };

type Values = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;

export function parseCommand(command: Command, words: readonly string[]): Understood {
  const facts = flagsOf(command);
  const { values, positionals } = parseWords(command, facts, words);
  return {
    command,
    asked: {
      words: argumentsOf(command, positionals),
      text: (flag) => textOf(values[flag]),
      list: (flag) => listOf(values[flag]),
      switched: (flag) => values[flag] === true,
    },
  };
}

function parseWords(
  command: Command,
  facts: Readonly<Record<string, FlagFacts>>,
  words: readonly string[],
): { readonly values: Values; readonly positionals: readonly string[] } {
  const options = Object.fromEntries(
    Object.entries(facts).map(([name, { takes, many }]) => [
      name,
      {
        type: takes === undefined ? ('boolean' as const) : ('string' as const),
        multiple: many === true,
        ...(name === 'help' ? { short: 'h' } : {}),
      },
    ]),
  );
  try {
    return parseArgs({ args: [...words], options, allowPositionals: true });
  } catch (cause) {
    throw misunderstood(command, facts, cause);
  }
}

function misunderstood(
  command: Command,
  facts: Readonly<Record<string, FlagFacts>>,
  cause: unknown,
): CommandFault {
  const message = cause instanceof Error ? cause.message : String(cause);
  const unknown = /Unknown option '--?([^']+)'/.exec(message)?.[1];
  if (unknown === undefined) return misused(firstSentence(message), helpHint(command.name));
  const near = closest(unknown, Object.keys(facts));
  const hint = near === undefined ? helpHint(command.name) : `Did you mean --${near}?`;
  return misused(`\`signalbox ${command.name}\` has no flag --${unknown}.`, hint);
}

function argumentsOf(command: Command, given: readonly string[]): Readonly<Record<string, string>> {
  const words: Record<string, string> = {};
  const left = [...given];
  for (const { name, optional, rest } of command.takes ?? []) {
    const word = rest === true ? left.splice(0).join(' ') : left.shift();
    if (word !== undefined && word !== '') words[name] = word;
    else if (optional !== true) {
      throw misused(`\`signalbox ${command.name}\` wants ${name}.`, helpHint(command.name));
    }
  }
  const [extra] = left;
  if (extra === undefined) return words;
  throw misused(`\`${extra}\` is one word too many.`, helpHint(command.name));
}

export const helpHint = (name: string): string => `See: signalbox ${name} --help`;

/** Words before the first flag; flags of every command may stand before the name, too. */
export function splitName(words: readonly string[]): {
  readonly names: readonly string[];
  readonly rest: readonly string[];
} {
  const before: string[] = [];
  const left = [...words];
  while (left[0]?.startsWith('--') === true && left[0] !== '--') {
    const flag = left.shift() ?? '';
    before.push(flag);
    const takes = GLOBAL_FLAGS[flag.slice(2)]?.takes !== undefined;
    const value = takes ? left.shift() : undefined;
    if (value !== undefined) before.push(value);
  }
  const end = left.findIndex((word) => word.startsWith('-'));
  const names = end < 0 ? left : left.slice(0, end);
  return { names, rest: [...before, ...(end < 0 ? [] : left.slice(end))] };
}

const firstSentence = (text: string): string => `${text.split(/\. |\n/)[0]?.replace(/\.$/, '')}.`;

const textOf = (value: Values[string]): string | undefined =>
  typeof value === 'string' ? value : undefined;

const listOf = (value: Values[string]): readonly string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
