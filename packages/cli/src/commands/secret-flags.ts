// A key for an upstream, given to a command: by reference or on standard input, never as a flag,
// where every user of the machine could read it.
import { Secret } from '@signalbox/contract';
import { readSecret } from '@signalbox/ports';
import type { Asked, Desk, FlagFacts } from '../command.ts';
import { misused } from '../exit.ts';

export const KEY_FLAGS: Readonly<Record<string, FlagFacts>> = {
  key: { says: 'Where its key stands: env:NAME, file:PATH or exec:COMMAND.', takes: 'REFERENCE' },
  'key-stdin': { says: 'Read its key from standard input; with --tenant.' },
};

const CHARACTERS_MAX = 65_536;
const REFERENCE = /^(env|file|exec):(.+)$/s;

/** The key itself, for somebody who keeps it sealed; undefined: none was given. */
export async function readKey(asked: Asked, { place }: Desk): Promise<Secret | undefined> {
  const reference = asked.text('key');
  const fromInput = asked.switched('key-stdin');
  if (reference !== undefined && fromInput) throw misused('The key is given twice.', WAYS);
  if (fromInput) return fromStdin();
  if (reference === undefined) return undefined;
  const [, kind, value] = REFERENCE.exec(reference) ?? [];
  if (value === undefined || (kind !== 'env' && kind !== 'file' && kind !== 'exec')) {
    throw misused('A key is given by reference, never as a value.', WAYS);
  }
  const { environment, folder } = place;
  const read = await readSecret({ kind, value }, { environment, folder });
  if (!read.ok) throw misused(`The key cannot be read: ${read.why}.`, WAYS);
  return read.secret;
}

const WAYS = 'Write --key env:NAME, --key file:PATH, or --key-stdin.';

async function fromStdin(): Promise<Secret> {
  let text = '';
  process.stdin.setEncoding('utf8');
  for await (const piece of process.stdin) {
    text += String(piece);
    if (text.length > CHARACTERS_MAX) throw misused('That is too long for a key.', WAYS);
  }
  const value = text.replace(/\r?\n$/, '');
  if (value === '') throw misused('Standard input holds no key.', 'printf %s "$KEY" | signalbox …');
  return new Secret(value);
}
