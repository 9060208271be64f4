// The page of the command line, from `signalbox --help --json`: what the program says of itself.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const COMMAND = fileURLToPath(new URL('../../packages/cli/bin/signalbox.mjs', import.meta.url));

type Argument = { readonly name: string; readonly says: string; readonly optional?: boolean };
type Flag = { readonly name: string; readonly says: string; readonly takes?: string };

export type ToldCommand = {
  readonly name: string;
  readonly says: string;
  readonly arguments: readonly Argument[];
  readonly flags: readonly Flag[];
  readonly examples: readonly string[];
  readonly changes: boolean;
};

const OPENING = `# Command line

\`signalbox NOUN VERB\`; in the repository \`npx --no signalbox NOUN VERB\`. This page is written
from \`signalbox --help --json\`. A noun that is missing here is not built.

- Data goes to standard output, talk to standard error. \`--json\` works everywhere; what streams
  prints one object a line.
- Without a terminal nothing is asked. What changes something has \`--dry-run\` and \`--yes\`.
- Secrets are never flags. Keys come from the environment, or on the gateway's own machine from its
  data folder.
- \`NO_COLOR\` is obeyed. What the environment may say stands in [environment](environment.md).

| exit | means |
|---|---|
| 0 | ok |
| 1 | a check failed, or a call was refused |
| 2 | usage or configuration |
| 3 | not authorised |
| 4 | not found |
| 5 | conflict |
| 6 | the gateway, or what stands behind it, cannot be reached |
| 7 | some of it worked |
`;

export async function commandLinePage(): Promise<string> {
  const help = await promisify(execFile)(process.execPath, [COMMAND, '--help', '--json']);
  return pageOf(commandsIn(JSON.parse(help.stdout)));
}

export function pageOf(commands: readonly ToldCommand[]): string {
  const common = flagsOfAll(commands);
  const rows = commands.map(({ name, says }) => `| [\`${name}\`](#${slug(name)}) | ${says} |`);
  const overview = ['| command | |', '|---|---|', ...rows, ''].join('\n');
  const sections = commands.map((one) => section(one, common));
  return [OPENING, overview, '## Flags of every command', '', flagTable(common), ...sections].join(
    '\n',
  );
}

/** What every command has is said once. */
function flagsOfAll(commands: readonly ToldCommand[]): readonly Flag[] {
  const [first] = commands;
  return (first?.flags ?? []).filter((flag) =>
    commands.every(({ flags }) =>
      flags.some((other) => other.name === flag.name && other.says === flag.says),
    ),
  );
}

function section(command: ToldCommand, common: readonly Flag[]): string {
  const own = command.flags.filter((flag) => !common.some(({ name }) => name === flag.name));
  const words = command.arguments.map(({ name, optional }) =>
    optional === true ? `[${name}]` : name,
  );
  const takes = command.arguments.map(({ name, says }) => `- \`${name}\`: ${says}`);
  return [
    `## ${command.name}`,
    '',
    `${command.says} \`signalbox ${[command.name, ...words].join(' ')}\``,
    '',
    ...(takes.length === 0 ? [] : [...takes, '']),
    ...(command.examples.length === 0 ? [] : ['```console', ...command.examples, '```', '']),
    ...(own.length === 0 ? [] : [flagTable(own)]),
  ].join('\n');
}

function flagTable(flags: readonly Flag[]): string {
  const rows = flags.map(({ name, says, takes }) => {
    const value = takes === undefined ? '' : ` ${takes}`;
    return `| \`--${name}${value}\` | ${cell(says)} |`;
  });
  return ['| flag | |', '|---|---|', ...rows, ''].join('\n');
}

const slug = (name: string): string => name.replaceAll(' ', '-');
const cell = (text: string): string => text.replaceAll('|', '\\|');

function commandsIn(help: unknown): readonly ToldCommand[] {
  const listed: unknown = help instanceof Object && 'commands' in help ? help.commands : undefined;
  if (!Array.isArray(listed) || !listed.every(isCommand)) {
    throw new Error('signalbox --help --json does not list commands');
  }
  return listed;
}

function isCommand(value: unknown): value is ToldCommand {
  if (!(value instanceof Object)) return false;
  const lists = ['arguments', 'flags', 'examples'].map((name) => Reflect.get(value, name));
  const texts = ['name', 'says'].map((name) => Reflect.get(value, name));
  return lists.every(Array.isArray) && texts.every((text) => typeof text === 'string');
}
