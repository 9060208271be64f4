// `signalbox model inspect`: what a model file says of itself, from its header alone, as lines for
// a document.
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { type GgufFacts, quantisationBits } from '@signalbox/documents';
import type { Asked, Desk } from '../command.ts';
import { readGgufHeader } from '../configuration/gguf-header.ts';
import { CommandFault, EXIT, type ExitCode } from '../exit.ts';
import { printable } from '../layout.ts';

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
  const read = await readGgufHeader(path);
  if (read.ok) return read.value;
  const hint = 'A GGUF of version 2 or 3, whole; of a split model its first file.';
  const exit = existsSync(path) ? EXIT.failed : EXIT.missing;
  throw new CommandFault(exit, `${path} is no model file: ${read.refusal}.`, { hint });
}
