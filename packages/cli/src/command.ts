// What a command is: a name, what it takes, examples, and a deed. The parser, the help and the list
// that documents are checked against are made from this one description.
import type { ExitCode } from './exit.ts';
import type { Place } from './place.ts';
import type { Terminal } from './terminal.ts';

export type FlagFacts = {
  readonly says: string;
  /** What its value is called; without one the flag is a switch. */
  readonly takes?: string;
  /** May be given several times. */
  readonly many?: true;
};

export type ArgumentFacts = {
  readonly name: string;
  readonly says: string;
  readonly optional?: true;
  /** Takes all that is left, joined by blanks. */
  readonly rest?: true;
};

export type Command = {
  /** `ask`, `endpoint add`. */
  readonly name: string;
  readonly says: string;
  readonly takes?: readonly ArgumentFacts[];
  readonly flags?: Readonly<Record<string, FlagFacts>>;
  readonly examples: readonly string[];
  /** It changes something: it has `--dry-run` and `--yes`. */
  readonly changes?: true;
  readonly run: (asked: Asked, desk: Desk) => Promise<ExitCode>;
};

/** The command line as it was understood. */
export type Asked = {
  /** By the name of the argument. */
  readonly words: Readonly<Record<string, string>>;
  text(flag: string): string | undefined;
  list(flag: string): readonly string[];
  switched(flag: string): boolean;
};

/** What every command is handed: where to speak, and where the gateway is. */
export type Desk = {
  readonly terminal: Terminal;
  readonly place: Place;
};

/** Flags of every command. */
export const GLOBAL_FLAGS: Readonly<Record<string, FlagFacts>> = {
  url: { says: 'The gateway to speak to (SIGNALBOX_URL).', takes: 'URL' },
  data: { says: 'The data folder (SIGNALBOX_DATA; ./.signalbox).', takes: 'FOLDER' },
  json: { says: 'Print JSON; a stream prints one object a line.' },
  help: { says: 'Show this.' },
};

export const CHANGE_FLAGS: Readonly<Record<string, FlagFacts>> = {
  'dry-run': { says: 'Say what would change, and change nothing.' },
  yes: { says: 'Do not ask.' },
};

/** What a command says of a flag goes before what is said of it everywhere. */
export const flagsOf = (command: Command): Readonly<Record<string, FlagFacts>> => ({
  ...command.flags,
  ...(command.changes === true ? CHANGE_FLAGS : {}),
  ...GLOBAL_FLAGS,
  ...command.flags,
});
