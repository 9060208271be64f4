// Secrets by reference: a variable of the environment, a file, or a command's output become a
// `Secret`, which nothing prints. Nothing of a value, of a command's error output or of its
// arguments goes into a refusal.
//
// A command is split into arguments here and started without a shell. `exec:` and `file:` belong in
// the operator's own files only; whoever reads references from elsewhere passes `envOnly`.
import { type ChildProcess, spawn } from 'node:child_process';
import { open } from 'node:fs/promises';
import { resolve as resolvePath } from 'node:path';
import { Secret } from '@signalbox/contract';
import type { SecretReference } from '@signalbox/documents';
import { whyUnread } from './file-fault.ts';

export type SecretSettings = {
  /** The environment for `env:`, and what a command gets to see. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Relative paths start here; commands run here. */
  readonly folder: string;
  /** Refuses `file:` and `exec:`. */
  readonly envOnly?: boolean;
  readonly execMs?: number;
};

export type SecretRead =
  | { readonly ok: true; readonly secret: Secret; readonly warnings: readonly string[] }
  | { readonly ok: false; readonly why: string };

const SECRET_BYTES_MAX = 65_536;
const EXEC_MS = 10_000;
/** Group or others may read. */
const OTHERS_READ = 0o044;

const no = (why: string): SecretRead => ({ ok: false, why });

export async function readSecret(
  reference: SecretReference,
  settings: SecretSettings,
): Promise<SecretRead> {
  const { kind, value } = reference;
  if (kind === 'env') {
    const text = settings.environment[value];
    return text === undefined ? no(`the variable ${value} is not set`) : made(text, []);
  }
  if (kind === 'sealed') return no('sealed: is opened with the data key of its tenant');
  if (settings.envOnly === true) return no(`${kind}: is only allowed in the operator's own files`);
  if (kind === 'file') return fromFile(resolvePath(settings.folder, value), value);
  return fromCommand(value, settings);
}

/** One newline at the end is the editor's, not the secret's. */
function made(text: string, warnings: readonly string[]): SecretRead {
  const value = text.replace(/\r?\n$/, '');
  if (value.trim() === '') return no('the value is empty');
  return { ok: true, secret: new Secret(value), warnings };
}

async function fromFile(path: string, shown: string): Promise<SecretRead> {
  try {
    const file = await open(path, 'r');
    try {
      const facts = await file.stat();
      if (!facts.isFile()) return no(`${shown} is not a file`);
      if (facts.size > SECRET_BYTES_MAX)
        return no(`${shown} is larger than ${SECRET_BYTES_MAX} bytes`);
      const text = await file.readFile('utf8');
      const mode = facts.mode & 0o777;
      const wide = (mode & OTHERS_READ) !== 0;
      const warning = `${shown} can be read by others (mode ${mode.toString(8)}); chmod 600 it`;
      return made(text, wide ? [warning] : []);
    } finally {
      await file.close();
    }
  } catch (error) {
    return no(`${shown} ${whyUnread(error)}`);
  }
}

function fromCommand(command: string, settings: SecretSettings): Promise<SecretRead> {
  const [program, ...args] = splitCommand(command) ?? [];
  if (program === undefined) return Promise.resolve(no('the command is empty or a quote is open'));
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: settings.folder,
      env: { ...settings.environment },
      stdio: ['ignore', 'pipe', 'ignore'],
      shell: false,
      detached: true,
    });
    const ms = settings.execMs ?? EXEC_MS;
    const chunks: Buffer[] = [];
    let bytes = 0;
    let settled = false;
    const settle = (read: SecretRead): void => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      endGroup(child);
      resolve(read);
    };
    const timer = setTimeout(() => settle(no(`${program} took longer than ${ms} ms`)), ms);
    child.stdout.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      chunks.push(chunk);
      if (bytes > SECRET_BYTES_MAX)
        settle(no(`${program} wrote more than ${SECRET_BYTES_MAX} bytes`));
    });
    child.on('error', (error) => settle(no(`${program} cannot be started (${codeOf(error)})`)));
    child.on('close', (code) => {
      if (code === 0) settle(made(Buffer.concat(chunks).toString('utf8'), []));
      else settle(no(`${program} ended with ${code ?? 'a signal'}`));
    });
  });
}

/** The command may have started others, which would go on holding the pipe. */
function endGroup(child: ChildProcess): void {
  child.stdout?.destroy();
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    child.kill('SIGKILL');
  }
}

/**
 * Arguments as a shell would see them, without anything else a shell does: blanks part, single
 * quotes keep everything, double quotes keep blanks, a backslash keeps the next character (between
 * double quotes, a quote or a backslash). Undefined when a quote stays open.
 */
export function splitCommand(command: string): readonly string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let at = 0; at < command.length; at += 1) {
    const character = command.charAt(at);
    const next = command.charAt(at + 1);
    if (character === '\\' && (quote === '' || (quote === '"' && /["\\]/.test(next)))) {
      at += 1;
      word = (word ?? '') + next;
    } else if (quote !== '') {
      if (character === quote) quote = '';
      else word = (word ?? '') + character;
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= '';
    } else if (/\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? '') + character;
    }
  }
  if (quote !== '') return undefined;
  if (word !== undefined) words.push(word);
  return words;
}

function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return 'unknown';
  return String(error.code);
}
