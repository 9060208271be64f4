// One command line, from words to an exit. Everything a command needs of the process is brought
// here; an expected no becomes a message and an exit, everything else is a fault of ours and shows
// where it happened.
import { readSettings } from '@signalbox/config';
import { closest } from '@signalbox/documents';
import type { Command, Desk } from './command.ts';
import { CommandFault, EXIT, type ExitCode, misused } from './exit.ts';
import { commandDocument, helpOf, overview, overviewDocument, verbs } from './help.ts';
import { everyCommand, NOUN_FILES } from './nouns.table.ts';
import { parseCommand, splitName, type Understood } from './parse.ts';
import { placeOf } from './place.ts';
import { openTerminal, type Terminal } from './terminal.ts';
import { VERSION } from './version.ts';

export type Surroundings = Pick<NodeJS.Process, 'stdin' | 'stdout' | 'stderr'> & {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly folder: string;
};

export async function run(words: readonly string[], around: Surroundings): Promise<ExitCode> {
  const json = words.includes('--json');
  const terminal = openTerminal(around, { json, environment: around.environment });
  try {
    return await serve(words, around, terminal);
  } catch (cause) {
    if (!(cause instanceof CommandFault)) throw cause;
    terminal.complain(cause);
    return cause.exit;
  }
}

async function serve(
  words: readonly string[],
  around: Surroundings,
  terminal: Terminal,
): Promise<ExitCode> {
  const { names, rest } = splitName(words);
  const [noun] = names;
  if (rest.includes('--version') && noun === undefined) return printVersion(terminal);
  if (noun === undefined || noun === 'help') return help(names.slice(1), rest, terminal);
  if (noun === 'version') return printVersion(terminal);
  if (rest.includes('--help') || rest.includes('-h')) return help(names, [], terminal);
  const { command, length } = await findCommand(names);
  const understood = parseCommand(command, [...names.slice(length), ...rest]);
  return command.run(understood.asked, { terminal, place: openPlace(understood, around) });
}

function openPlace({ command, asked }: Understood, around: Surroundings): Desk['place'] {
  // Where a command gives `--url` a meaning of its own, the gateway is named by the environment.
  const own = command.flags?.['url'] === undefined ? ['url'] : [];
  const names = [...own, 'data', 'config', 'host', 'port', 'gguf', 'log'];
  const flags = Object.fromEntries(names.map((name) => [name, stated(command, asked, name)]));
  const { environment, folder } = around;
  const known = Object.fromEntries(Object.entries(flags).filter(([, one]) => one !== undefined));
  const settings = readSettings({ environment, flags: known });
  return placeOf({ folder, environment, flags: known, settings });
}

/** `config` may be given several times; the settings know one text with commas. */
function stated(command: Command, asked: Understood['asked'], name: string): string | undefined {
  if (command.flags?.[name]?.many !== true) return asked.text(name);
  const list = asked.list(name);
  return list.length === 0 ? undefined : list.join(',');
}

const commandsOf = async (noun: string): Promise<readonly Command[]> =>
  Object.hasOwn(NOUN_FILES, noun) ? ((await NOUN_FILES[noun]?.load()) ?? []) : [];

/** A word that has verbs and is no command by itself. */
async function isNoun(names: readonly string[]): Promise<boolean> {
  const [noun = '', verb] = names;
  const commands = await commandsOf(noun);
  return verb === undefined && commands.length > 0 && !commands.some(({ name }) => name === noun);
}

type Found = { readonly command: Command; readonly length: number };

async function findCommand(names: readonly string[]): Promise<Found> {
  const [noun = '', verb = ''] = names;
  if (!Object.hasOwn(NOUN_FILES, noun)) throw unknownNoun(noun);
  const commands = await commandsOf(noun);
  const two = commands.find(({ name }) => name === `${noun} ${verb}`);
  if (two !== undefined) return { command: two, length: 2 };
  const one = commands.find(({ name }) => name === noun);
  if (one !== undefined) return { command: one, length: 1 };
  const verbs = commands.map(({ name }) => name.slice(noun.length + 1));
  const near = closest(verb, verbs);
  const there = `There is: ${verbs.map((each) => `signalbox ${noun} ${each}`).join(', ')}.`;
  throw misused(
    verb === '' ? `\`signalbox ${noun}\` wants a verb.` : `\`${noun}\` has no verb \`${verb}\`.`,
    near === undefined || verb === '' ? there : `Did you mean \`signalbox ${noun} ${near}\`?`,
  );
}

function unknownNoun(noun: string): CommandFault {
  const near = closest(noun, [...Object.keys(NOUN_FILES), 'help', 'version']);
  const hint = near === undefined ? 'See: signalbox --help' : `Did you mean \`signalbox ${near}\`?`;
  return misused(`There is no command \`${noun}\`.`, hint);
}

async function help(
  names: readonly string[],
  rest: readonly string[],
  terminal: Terminal,
): Promise<ExitCode> {
  const unknown = rest.find((word) => !['--help', '-h', '--json'].includes(word));
  if (unknown !== undefined) throw misused(`\`${unknown}\` wants a command.`, HELP);
  const [noun] = names;
  if (noun !== undefined && !(await isNoun(names))) {
    return showHelp((await findCommand(names)).command, terminal);
  }
  const commands = noun === undefined ? await everyCommand() : await commandsOf(noun);
  const text = noun === undefined ? overview : verbs;
  if (terminal.json) terminal.out(`${JSON.stringify(overviewDocument(commands, VERSION))}\n`);
  else terminal.out(text(commands, VERSION));
  return EXIT.ok;
}

const HELP = 'See: signalbox --help';

function showHelp(command: Command, terminal: Terminal): ExitCode {
  if (terminal.json) terminal.out(`${JSON.stringify(commandDocument(command))}\n`);
  else terminal.out(helpOf(command));
  return EXIT.ok;
}

function printVersion(terminal: Terminal): ExitCode {
  const { node } = process.versions;
  terminal.out(
    terminal.json
      ? `${JSON.stringify({ version: VERSION, node })}\n`
      : `signalbox ${VERSION} (node ${node})\n`,
  );
  return EXIT.ok;
}
