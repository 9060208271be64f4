// `signalbox console`: a new link into the console. Each opens it once.
import type { Asked, Command, Desk } from '../command.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { textIn } from '../gateway-client.ts';
import { askAdmin } from './admin.ts';

export const commands: readonly Command[] = [
  {
    name: 'console',
    says: 'Print a link that opens the console once, within ten minutes.',
    examples: ['signalbox console'],
    run: link,
  },
];

async function link(_asked: Asked, desk: Desk): Promise<ExitCode> {
  const { terminal } = desk;
  const made = await askAdmin(desk, { method: 'POST', path: '/admin/v1/login-links' });
  terminal.out(terminal.json ? `${JSON.stringify(made)}\n` : `${textIn(made, 'url') ?? ''}\n`);
  terminal.say('It is for one person: whoever opens it first is in.');
  return EXIT.ok;
}
