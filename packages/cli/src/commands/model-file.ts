// `signalbox model inspect`: what a model file says of itself, from its header alone, as lines for
// a document.
import { type FileHandle, open } from 'node:fs/promises';
import { basename } from 'node:path';
import { type GgufFacts, quantisationBits, readGguf } from '@signalbox/documents';
import type { Asked, Desk } from '../command.ts';
import { CommandFault, EXIT, type ExitCode } from '../exit.ts';
import { printable } from '../layout.ts';

const MIB = 1_048_576;
/** What is read at first, and at most: long lists of tokens stand in the header. */
const FIRST_BYTES = MIB;
const BYTES_MAX = 128 * MIB;

export async function inspect(asked: Asked, { terminal }: Desk): Promise<ExitCode> {
  const path = asked.words['FILE'] ?? '';
  const told = await inspected(path);
  const name = (told.name ?? basename(path).replace(/\.gguf$/i, ''))
    .toLowerCase()
    .replace(/[^a-z0-9._:/-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '')
    .slice(0, 63);
  const { languages, licence, quantisation } = told.facts;
  if (terminal.json) {
    const bits = quantisation === undefined ? undefined : quantisationBits(quantisation);
    const { facts: _, ...rest } = told;
    terminal.out(`${JSON.stringify({ ...rest, languages, licence, quantisation, bits })}\n`);
    return EXIT.ok;
  }
  const lines = [
    `# ${printable(basename(path))}: ${printable(told.architecture ?? 'unknown architecture')}, ` +
      `${told.parameters} parameters`,
    'models:',
    `  ${printable(name) || 'model'}:`,
    ...(told.contextTokens === undefined ? [] : [`    context_tokens: ${told.contextTokens}`]),
    ...(languages === undefined ? [] : [`    languages: [${languages.join(', ')}]`]),
    ...(licence === undefined ? [] : [`    licence: ${licence}`]),
    ...(quantisation === undefined ? [] : [`    quantisation: ${quantisation}`]),
  ];
  terminal.out(`${lines.join('\n')}\n`);
  terminal.say('next: put it into signalbox.yaml, and signalbox config validate');
  return EXIT.ok;
}

async function inspected(path: string): Promise<GgufFacts> {
  const file = await open(path).catch(() => undefined);
  if (file === undefined) {
    throw new CommandFault(EXIT.missing, `${path} cannot be read.`, { hint: 'Name a GGUF file.' });
  }
  try {
    return await headerOf(file, path);
  } finally {
    await file.close();
  }
}

async function headerOf(file: FileHandle, path: string): Promise<GgufFacts> {
  const { size } = await file.stat();
  for (let bytes = FIRST_BYTES; ; bytes *= 4) {
    const wanted = Math.min(bytes, size, BYTES_MAX);
    const buffer = new Uint8Array(wanted);
    const { bytesRead } = await file.read(buffer, 0, wanted, 0);
    const reading = readGguf(buffer.subarray(0, bytesRead));
    if (reading.kind === 'whole') return reading.facts;
    const why = reading.kind === 'invalid' ? reading.why : 'its header ends too early';
    if (reading.kind === 'invalid' || wanted === size || wanted === BYTES_MAX) {
      const hint = 'A GGUF of version 2 or 3, whole; of a split model its first file.';
      throw new CommandFault(EXIT.failed, `${path} is no model file: ${why}.`, { hint });
    }
  }
}
