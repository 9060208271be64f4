/**
 * What a `console` fence shows is not run, but the commands it names exist: `signalbox NOUN VERB`,
 * npm scripts, and files given to node. Lines that begin with `$ ` are commands; without any such
 * line every line is one. Commands of other programs are not ours to check.
 */
import type { Problem } from './links.ts';
import type { Page } from './markdown.ts';

export type Known = {
  /** Such as `up` and `endpoint add`. */
  readonly commands: ReadonlySet<string>;
  readonly scripts: ReadonlySet<string>;
  readonly exists: (path: string) => boolean;
};

const ASSIGNMENT = /^[A-Za-z_][A-Za-z0-9_]*=\S*$/;
const WRAPPERS = [['npx', '--no'], ['npx', '--no-install'], ['npx'], ['sudo'], ['time'], ['exec']];
const NPM_ITSELF = new Set(['ci', 'install', 'i', 'exec', 'pack', 'view', 'audit', 'ls', 'help']);

export function checkCommands(page: Page, known: Known): readonly Problem[] {
  return page.fences
    .filter(({ kind }) => kind === 'console')
    .flatMap(({ text, line }) =>
      commandsIn(text).flatMap(({ command, offset }) => {
        const what = problemOf(command, known);
        return what === undefined ? [] : [{ path: page.path, line: line + offset, what }];
      }),
    );
}

type Shown = { readonly command: string; readonly offset: number };

function commandsIn(text: string): readonly Shown[] {
  const lines = text.split('\n').map((line, offset) => ({ line: line.trim(), offset }));
  const prompted = lines.filter(({ line }) => line.startsWith('$ '));
  const shown = prompted.length > 0 ? prompted : lines.filter(({ line }) => line !== '');
  return shown.flatMap(({ line, offset }) =>
    line
      .replace(/^\$ /, '')
      .split(/\s*(?:&&|\|\||[|;])\s*/)
      .map((command) => ({ command, offset })),
  );
}

function problemOf(command: string, known: Known): string | undefined {
  const words = unwrap(command.split(/\s+/).filter((word) => word !== ''));
  const [program, ...rest] = words;
  if (program === 'signalbox') return unknownCommand(rest, known);
  if (program === 'npm') return unknownScript(rest, known);
  const [file] = rest;
  if (program !== 'node' || file === undefined || !/^[\w./-]+\.(mjs|ts)$/.test(file)) {
    return undefined;
  }
  return known.exists(file) ? undefined : `runs node ${file}, which does not exist`;
}

function unwrap(words: readonly string[]): readonly string[] {
  const [first = ''] = words;
  if (ASSIGNMENT.test(first)) return unwrap(words.slice(1));
  const wrapper = WRAPPERS.find((parts) => parts.every((part, at) => words[at] === part));
  return wrapper === undefined ? words : unwrap(words.slice(wrapper.length));
}

/** Words in capitals or brackets stand for a value: what is left is the command. */
function unknownCommand(words: readonly string[], known: Known): string | undefined {
  const names = words.filter((word) => !word.startsWith('-'));
  const [noun = '', verb = ''] = names;
  if (noun === '' || known.commands.has(noun) || known.commands.has(`${noun} ${verb}`)) {
    return undefined;
  }
  return `names signalbox ${noun} ${verb}`.trimEnd().concat(', which does not exist');
}

function unknownScript([first = '', second = '']: readonly string[], known: Known) {
  if (NPM_ITSELF.has(first) || first.startsWith('-')) return undefined;
  const script = first === 'run' ? second : first;
  return known.scripts.has(script) ? undefined : `names npm script ${script}, which does not exist`;
}

/**
 * The commands that `signalbox --help --json` lists: `{commands: [{name: 'endpoint add', ...}]}`.
 */
export function commandNames(help: unknown): ReadonlySet<string> {
  const listed = help instanceof Object && 'commands' in help ? help.commands : undefined;
  if (!Array.isArray(listed)) throw new Error('signalbox --help --json lists no commands');
  const names = listed.map((entry: unknown) =>
    entry instanceof Object && 'name' in entry ? String(entry.name) : String(entry),
  );
  return new Set(names);
}
