// Help: examples first, because most people look for one to change. The list with `--json` is what
// the documents' commands are checked against.
import { type Command, flagsOf, GLOBAL_FLAGS } from './command.ts';
import { columns } from './layout.ts';

const EXAMPLES = [
  'signalbox up',
  'signalbox ask "classify: refund please" --explain',
  'signalbox endpoint list',
  'signalbox config validate',
];

export function overview(commands: readonly Command[], version: string): string {
  const rows = commands.map((one) => [`  ${usageOf(one)}`, one.says]);
  return [
    `Signalbox ${version}: decides for every call of every tenant where it may run, and says why.`,
    '',
    ...EXAMPLES.map((one) => `  ${one}`),
    '',
    'Commands',
    columns(rows).trimEnd(),
    '',
    'Flags of every command',
    flagLines(GLOBAL_FLAGS),
    'Exits: 0 ok, 1 a check failed, 2 usage or configuration, 3 auth, 4 not found, 5 conflict,',
    '6 gateway or upstream down, 7 partial.',
    '',
  ].join('\n');
}

/** The commands of one noun. */
export function verbs(commands: readonly Command[]): string {
  const examples = commands.flatMap((one) => one.examples.slice(0, 1));
  const rows = commands.map((one) => [`  ${usageOf(one)}`, one.says]);
  return [...examples.map((one) => `  ${one}`), '', columns(rows)].join('\n');
}

export function overviewDocument(commands: readonly Command[], version: string): object {
  return { version, commands: commands.map(commandDocument) };
}

export function helpOf(command: Command): string {
  const rows = (command.takes ?? []).map(({ name, says }) => [`  ${name}`, says]);
  return [
    ...command.examples.map((one) => `  ${one}`),
    '',
    `signalbox ${usageOf(command)}`,
    `  ${command.says}`,
    '',
    ...(rows.length === 0 ? [] : [columns(rows)]),
    flagLines(flagsOf(command)),
  ].join('\n');
}

export function commandDocument(command: Command): object {
  const { name, says, takes, examples, changes } = command;
  return {
    name,
    says,
    arguments: takes ?? [],
    flags: Object.entries(flagsOf(command)).map(([flag, facts]) => ({ name: flag, ...facts })),
    examples,
    changes: changes === true,
  };
}

function usageOf({ name, takes }: Command): string {
  const words = (takes ?? []).map((one) => (one.optional === true ? `[${one.name}]` : one.name));
  return [name, ...words].join(' ');
}

function flagLines(flags: ReturnType<typeof flagsOf>): string {
  const rows = Object.entries(flags).map(([name, { says, takes }]) => [
    `  --${name}${takes === undefined ? '' : ` ${takes}`}`,
    says,
  ]);
  return columns(rows);
}
