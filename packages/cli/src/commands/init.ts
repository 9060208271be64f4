// `signalbox init`: a first configuration to change, and the schema by which editors complete it.
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SCHEMA_FILE, sampleConfiguration } from '@signalbox/config';
import { configurationJsonSchema } from '@signalbox/documents';
import type { Asked, Command, Desk } from '../command.ts';
import { DEFAULT_FILE } from '../configuration/gather.ts';
import { CommandFault, EXIT, type ExitCode } from '../exit.ts';

export const commands: readonly Command[] = [
  {
    name: 'init',
    says: 'Write a first signalbox.yaml, and the schema for editors, into this folder.',
    changes: true,
    examples: ['signalbox init', 'signalbox init --dry-run'],
    run: init,
  },
];

async function init(asked: Asked, { terminal, place }: Desk): Promise<ExitCode> {
  const file = join(place.folder, DEFAULT_FILE);
  const schema = join(place.folder, SCHEMA_FILE);
  const text = sampleConfiguration();
  if (asked.switched('dry-run')) {
    terminal.out(terminal.json ? `${JSON.stringify({ dry_run: true, file, text })}\n` : text);
    terminal.say('Nothing was written.');
    return EXIT.ok;
  }
  if (existsSync(file)) {
    throw new CommandFault(EXIT.conflict, `${file} is there already; it stays as it is.`, {
      hint: 'Check it: signalbox config validate',
    });
  }
  await writeFile(schema, `${JSON.stringify(configurationJsonSchema(), undefined, 2)}\n`);
  await writeFile(file, text, { flag: 'wx' });
  terminal.out(terminal.json ? `${JSON.stringify({ file, schema })}\n` : `${file}\n${schema}\n`);
  terminal.say('next: signalbox config validate, then signalbox up');
  return EXIT.ok;
}
