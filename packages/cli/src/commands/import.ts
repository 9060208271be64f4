// `signalbox import`: a configuration of another program as a signalbox.yaml, with what could not
// be carried over at its head. Works without a server, and sends nothing anywhere.
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import {
  type Format,
  formatOf,
  type NotActive,
  type Notice,
  type ReadResult,
  readConfiguration,
  renderProblems,
  SCHEMA_FILE,
} from '@signalbox/config';
import { configurationJsonSchema } from '@signalbox/documents';
import { readFiles } from '@signalbox/ports';
import { parse } from 'yaml';
import type { ArgumentFacts, Asked, Command, Desk, FlagFacts } from '../command.ts';
import { DEFAULT_FILE, shown } from '../configuration/gather.ts';
import { CommandFault, EXIT, type ExitCode, misused } from '../exit.ts';
import { columns } from '../layout.ts';
import { isTree } from '../up/console-tree.ts';

const FILE: ArgumentFacts = { name: 'FILE', says: 'The configuration of the other program.' };
const FLAGS: Readonly<Record<string, FlagFacts>> = {
  out: { says: `Where to write; ${DEFAULT_FILE}.`, takes: 'FILE' },
  privacy: {
    says: 'How its tenants start: `observe` (default) labels and reports, `enforce` refuses.',
    takes: 'WORD',
  },
};

type Foreign = Exclude<Format, 'signalbox' | 'portkey'>;

const TITLES: Readonly<Record<Format, string>> = {
  litellm: 'a LiteLLM proxy',
  'inference-config': 'a two-tier inference configuration',
  portkey: 'a Portkey gateway',
  signalbox: 'Signalbox',
};

export const commands: readonly Command[] = [
  {
    name: 'import litellm',
    says: 'Write the configuration of a LiteLLM proxy as a signalbox.yaml.',
    takes: [FILE],
    flags: FLAGS,
    changes: true,
    examples: [
      'signalbox import litellm config.yaml --dry-run',
      'signalbox import litellm config.yaml --out gateway.yaml --privacy enforce',
    ],
    run: (asked, desk) => importFile('litellm', asked, desk),
  },
  {
    name: 'import inference-config',
    says: 'Write a two-tier inference configuration as a signalbox.yaml.',
    takes: [FILE],
    flags: FLAGS,
    changes: true,
    examples: ['signalbox import inference-config agent-inference-config.yaml --dry-run'],
    run: (asked, desk) => importFile('inference-config', asked, desk),
  },
];

async function importFile(format: Foreign, asked: Asked, desk: Desk): Promise<ExitCode> {
  const { terminal, place } = desk;
  const out = resolve(place.folder, asked.text('out') ?? DEFAULT_FILE);
  const source = await readSource(asked.words['FILE'] ?? '', desk);
  checkFormat(format, source);
  const read = readConfiguration([source], {
    environment: place.environment,
    importedPrivacy: privacyOf(asked.text('privacy') ?? 'observe'),
    importedTo: shown(out, place.folder),
  });
  if (!read.ok) {
    const { problems } = read;
    if (terminal.json) terminal.out(`${JSON.stringify({ valid: false, problems })}\n`);
    else terminal.out(renderProblems(problems, { color: terminal.paint.bold('') !== '' }));
    return EXIT.usage;
  }
  const made = { out, name: source.name, read, text: withHead(source.name, read) };
  return asked.switched('dry-run') ? tell(made, desk) : write(made, desk);
}

type Source = { readonly name: string; readonly text: string };

async function readSource(file: string, { place }: Desk): Promise<Source> {
  const { files, problems } = await readFiles([file], place.folder);
  const [first, second] = files;
  if (second !== undefined) {
    throw misused('An import takes one file.', 'Put its parts together, or import each.');
  }
  if (first !== undefined) return { name: shown(first.path, place.folder), text: first.text };
  const why = problems[0]?.why ?? 'no such file';
  throw new CommandFault(EXIT.missing, `${file}: ${why}.`, {
    hint: 'A path starts at this folder.',
  });
}

/** What cannot be read at all is told by the reading itself, with its line. */
function checkFormat(format: Foreign, { name, text }: Source): void {
  let tree: unknown;
  try {
    tree = parse(text, { merge: true });
  } catch {
    return;
  }
  const found = isTree(tree) ? formatOf(tree) : undefined;
  if (found === undefined || found === format) return;
  const hint =
    found === 'signalbox'
      ? `It needs no import: signalbox config validate ${name}`
      : found === 'portkey'
        ? 'That format is not read yet.'
        : `Try: signalbox import ${found} ${name}`;
  throw misused(`${name} is for ${TITLES[found]}, not for ${TITLES[format]}.`, hint);
}

function privacyOf(word: string): 'observe' | 'enforce' {
  if (word === 'observe' || word === 'enforce') return word;
  throw misused(`There is no privacy \`${word}\`.`, 'Write `observe` or `enforce`.');
}

type Read = Extract<ReadResult, { ok: true }>;
type Made = {
  /** Absolute. */
  readonly out: string;
  /** Of the file that was read. */
  readonly name: string;
  readonly read: Read;
  readonly text: string;
};

/** The first line stays that of the schema; what was left behind goes on with the file. */
function withHead(name: string, read: Read): string {
  const yaml = read.yaml();
  const first = yaml.indexOf('\n') + 1;
  const notes = read.notices.map(
    (one) => `#   ${one.file}:${one.line} ${one.path}: ${one.message}`,
  );
  const told = notes.length === 0 ? ' All of it was carried over.' : ' What to know about it:';
  const head = [`# Imported from ${name}.${told}`, ...notes];
  return `${yaml.slice(0, first)}${head.join('\n')}\n${yaml.slice(first)}`;
}

function tell({ out, read, text }: Made, { terminal, place }: Desk): ExitCode {
  const file = shown(out, place.folder);
  if (terminal.json) {
    terminal.out(`${JSON.stringify({ dry_run: true, file, text, ...notesOf(read) })}\n`);
  } else terminal.out(text);
  terminal.say(`${notesText(read)}Nothing was written.`);
  return EXIT.ok;
}

async function write(made: Made, { terminal, place }: Desk): Promise<ExitCode> {
  const { out, read, text, name } = made;
  const file = shown(out, place.folder);
  if (existsSync(out)) {
    throw new CommandFault(EXIT.conflict, `${file} is there already; it stays as it is.`, {
      hint: 'Name another file with --out, or look first with --dry-run.',
    });
  }
  const schema = join(dirname(out), SCHEMA_FILE);
  await writeFile(schema, `${JSON.stringify(configurationJsonSchema(), undefined, 2)}\n`);
  await writeFile(out, text, { flag: 'wx' });
  if (terminal.json) terminal.out(`${JSON.stringify({ file, ...notesOf(read) })}\n`);
  else terminal.out(`${notesText(read)}${file}, from ${name}\n`);
  terminal.say(`next: signalbox config validate ${file}, then signalbox up --config ${file}`);
  return EXIT.ok;
}

const notesOf = ({ notices, notActive }: Read): object => ({ notices, not_active: notActive });

function notesText({ notices, notActive }: Read): string {
  const row = ({ file, line, path, message }: Notice | NotActive): readonly string[] => [
    `${file}:${line}`,
    path,
    message,
  ];
  const rows = [...notices, ...notActive].map(row);
  return rows.length === 0 ? '' : `${columns(rows)}\n`;
}
