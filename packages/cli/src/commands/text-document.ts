// `list`, `show`, `create`, `set`, `remove` and `versions` of what is written as text: the same for
// each noun.
// What is sent stands below the name in `signalbox.yaml`; the gateway says what is wrong with it.
import type { TextNoun, TextPlace } from '@signalbox/control';
import { isMap, isSeq, parseDocument, parse as parseYaml } from 'yaml';
import type { Asked, Command, Desk, FlagFacts } from '../command.ts';
import { fromFile } from '../configuration/runnable.ts';
import { CommandFault, EXIT, type ExitCode, misused } from '../exit.ts';
import { listIn, numberIn, textIn } from '../gateway-client.ts';
import { columns, printable } from '../layout.ts';
import { askAdmin, fetchNamed, listOf, mayChange } from './admin.ts';
import { textGiven } from './standard-input.ts';
import { sourceOf } from './tenant.ts';

export type TextWords = {
  readonly noun: TextNoun;
  /** `policy`. */
  readonly word: string;
  /** A name, and what is said of it. */
  readonly example: readonly [name: string, assignment: string];
  /** What comes next, once there is one. */
  readonly next: string;
};

const FLAGS: Readonly<Record<string, FlagFacts>> = {
  file: { says: 'What stands below its name, as YAML; `-` for standard input.', takes: 'FILE' },
  set: { says: 'One value, the path of its key with dots.', takes: 'KEY=VALUE', many: true },
};

/** Of nouns that have no pages of their own. */
export function readingCommands({ noun, word, example }: TextWords): readonly Command[] {
  const [name] = example;
  return [
    {
      name: `${word} list`,
      says: `All ${noun}, and where each is changed.`,
      examples: [`signalbox ${word} list`],
      run: (_asked, desk) => list(desk, noun, word),
    },
    {
      name: `${word} show`,
      says: 'One of them as it is written.',
      takes: [{ name: 'NAME', says: `The ${word}.` }],
      examples: [`signalbox ${word} show ${name}`],
      run: (asked, desk) => show(asked, desk, noun),
    },
  ];
}

async function list(desk: Desk, noun: TextNoun, word: string): Promise<ExitCode> {
  const { terminal } = desk;
  const rows = await listOf(desk, noun);
  if (terminal.json) terminal.out(`${JSON.stringify({ data: rows })}\n`);
  else {
    const head = ['name', 'from'].map((one) => terminal.paint.dim(one));
    terminal.out(columns([head, ...rows.map((one) => [textIn(one, 'name') ?? '', sourceOf(one)])]));
  }
  terminal.say(`next: signalbox ${word} show NAME`);
  return EXIT.ok;
}

async function show(asked: Asked, desk: Desk, noun: TextNoun): Promise<ExitCode> {
  const { terminal } = desk;
  const { document } = await fetchNamed(desk, noun, asked.words['NAME'] ?? '');
  if (terminal.json) terminal.out(`${JSON.stringify(document)}\n`);
  else terminal.out(textIn(document, 'text') ?? `${sourceOf(document)} says it in other words.\n`);
  terminal.say('next: signalbox config show');
  return EXIT.ok;
}

export function textCommands(words: TextWords): readonly Command[] {
  const { word, example } = words;
  const [name, assignment] = example;
  const takes = [{ name: 'NAME', says: `The ${word}.` }];
  return [
    {
      name: `${word} create`,
      says: `Make a ${word}; one that breaks a promise is refused.`,
      takes,
      flags: FLAGS,
      changes: true,
      examples: [
        `signalbox ${word} create ${name} --file ${word}.yaml`,
        `signalbox ${word} create ${name} --set '${assignment}'`,
      ],
      run: (asked, desk) => write(asked, desk, { ...words, method: 'POST' }),
    },
    {
      name: `${word} set`,
      says: 'Replace its text, or single values; the rest stays.',
      takes,
      flags: FLAGS,
      changes: true,
      examples: [
        `signalbox ${word} set ${name} --file ${word}.yaml`,
        `signalbox ${word} set ${name} --set '${assignment}'`,
      ],
      run: (asked, desk) => write(asked, desk, { ...words, method: 'PUT' }),
    },
    {
      name: `${word} remove`,
      says: `Remove a ${word} that nothing refers to.`,
      takes,
      changes: true,
      examples: [`signalbox ${word} remove ${name}`],
      run: (asked, desk) => remove(asked, desk, words),
    },
    {
      name: `${word} versions`,
      says: 'Who changed it and when, through the admin API; with N its text at that time.',
      takes: [...takes, { name: 'N', says: 'The number of a version.', optional: true }],
      examples: [`signalbox ${word} versions ${name}`, `signalbox ${word} versions ${name} 3`],
      run: (asked, desk) => versions(asked, desk, words),
    },
  ];
}

type Writing = TextWords & { readonly method: 'POST' | 'PUT' };

async function write(asked: Asked, desk: Desk, { noun, method, next }: Writing): Promise<ExitCode> {
  const { terminal } = desk;
  const name = asked.words['NAME'] ?? '';
  const isNew = method === 'POST';
  const stands = isNew ? undefined : await fetchNamed(desk, noun, name);
  const text = await textOf(asked, desk, isNew ? '' : textIn(stands?.document, 'text'));
  const body = isNew ? { name, text } : { text };
  const path = isNew ? `/admin/v1/${noun}` : pathOf(noun, name);
  const change = { question: '', shown: { method, path, body }, takes: false };
  if (!(await mayChange(asked, desk, change))) return EXIT.ok;
  const headers: Readonly<Record<string, string>> =
    stands?.etag === undefined ? {} : { 'if-match': stands.etag };
  const done = await askAdmin(desk, { method, path, body, headers }).catch((cause: unknown) => {
    throw withFile(cause, { noun, name }, asked.text('file'));
  });
  const waits = textIn(done, 'standing') === 'waits-for-approval';
  if (terminal.json) terminal.out(`${JSON.stringify(done)}\n`);
  else terminal.out(`${name}: ${textIn(done, 'done')}${waits ? ', waits for approval' : ''}\n`);
  terminal.say(`next: ${waits ? `signalbox policy approve ${name} --by PERSON` : next}`);
  return EXIT.ok;
}

/** The command that shows what is wrong reads the file that was given. */
function withFile(cause: unknown, place: TextPlace, file: string | undefined): unknown {
  if (!(cause instanceof CommandFault) || file === undefined || file === '-') return cause;
  const { exit, message, hint, code } = cause;
  const more = {
    ...(hint === undefined ? {} : { hint: fromFile(hint, place, file) }),
    ...(code === undefined ? {} : { code }),
  };
  return new CommandFault(exit, fromFile(message, place, file), more);
}

async function remove(asked: Asked, desk: Desk, { noun, word }: TextWords): Promise<ExitCode> {
  const { terminal } = desk;
  const name = asked.words['NAME'] ?? '';
  const path = pathOf(noun, name);
  const question = `Remove the ${word} ${name}?`;
  const change = { question, shown: { method: 'DELETE', path }, takes: true };
  if (!(await mayChange(asked, desk, change))) return EXIT.ok;
  const done = await askAdmin(desk, { method: 'DELETE', path });
  terminal.out(terminal.json ? `${JSON.stringify(done)}\n` : `${name}: removed\n`);
  terminal.say(`next: signalbox ${word} versions ${name}`);
  return EXIT.ok;
}

async function versions(asked: Asked, desk: Desk, { noun, word }: TextWords): Promise<ExitCode> {
  const { terminal } = desk;
  const name = asked.words['NAME'] ?? '';
  const rows = listIn(await askAdmin(desk, { path: `${pathOf(noun, name)}/versions` }), 'data');
  const wanted = asked.words['N'];
  const shown = rows.filter(
    (one) => wanted === undefined || String(numberIn(one, 'number')) === wanted,
  );
  if (wanted !== undefined && shown.length === 0) {
    const hint = `See: signalbox ${word} versions ${name}`;
    throw new CommandFault(EXIT.missing, `\`${name}\` has no version ${wanted} here.`, { hint });
  }
  if (terminal.json) terminal.out(`${JSON.stringify({ data: shown })}\n`);
  else if (wanted !== undefined) terminal.out(textIn(shown[0], 'text') ?? '');
  else {
    const head = ['version', 'when', 'by', 'what'].map((one) => terminal.paint.dim(one));
    const lines = shown.map((one) => [
      String(numberIn(one, 'number')),
      textIn(one, 'at') ?? '',
      printable(textIn(one, 'by') ?? ''),
      textIn(one, 'done') ?? '',
    ]);
    terminal.out(columns([head, ...lines]));
  }
  terminal.say(`next: signalbox ${word} set ${name} --file FILE`);
  return EXIT.ok;
}

const pathOf = (noun: TextNoun, name: string): string =>
  `/admin/v1/${noun}/${encodeURIComponent(name)}`;

/** @param stands what it says now; undefined: it has no text of its own. */
async function textOf(asked: Asked, { place }: Desk, stands: string | undefined): Promise<string> {
  const file = asked.text('file');
  const assignments = asked.list('set');
  if (file !== undefined && assignments.length > 0) {
    throw misused('Give --file or --set, not both.');
  }
  if (file !== undefined) return textGiven(file, place);
  if (assignments.length === 0) throw misused('Say what it is: --file FILE or --set KEY=VALUE.');
  if (stands === undefined) throw misused('It has no text of its own; give it whole: --file FILE.');
  return assigned(stands, assignments);
}

/** Comments stay where they are. */
function assigned(text: string, assignments: readonly string[]): string {
  const document = parseDocument(text.trim() === '' ? '{}' : text, { prettyErrors: false });
  const { contents } = document;
  if (!isMap(contents) && !isSeq(contents)) {
    throw misused('It is a single word; give it whole: --file FILE.');
  }
  if (contents.items.length === 0) contents.flow = false;
  for (const one of assignments) {
    const at = one.indexOf('=');
    if (at < 1) throw misused(`\`${one}\` is no KEY=VALUE.`, 'Like tiers=[1,2] or budget.per=day.');
    document.setIn(one.slice(0, at).split('.'), document.createNode(valueIn(one.slice(at + 1))));
  }
  return document.toString({ lineWidth: 100 });
}

function valueIn(text: string): unknown {
  try {
    return parseYaml(text);
  } catch {
    throw misused(`\`${text}\` is no value.`, 'A value is YAML: a word, a number, [a, list].');
  }
}
