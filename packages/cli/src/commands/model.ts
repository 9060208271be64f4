// `signalbox model`: what can be asked for, and where it runs.
import type { Asked, Command, Desk } from '../command.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { askJson, listIn, memberOf, numberIn, textIn, textsIn } from '../gateway-client.ts';
import { columns, printable } from '../layout.ts';
import { listOf } from './admin.ts';

export const commands: readonly Command[] = [
  {
    name: 'model list',
    says: 'All models; with --mine what your key may call.',
    flags: { mine: { says: 'As the key of SIGNALBOX_KEY sees it.' } },
    examples: ['signalbox model list', 'signalbox model list --mine --json'],
    run: list,
  },
];

async function list(asked: Asked, desk: Desk): Promise<ExitCode> {
  return asked.switched('mine') ? listMine(desk) : listAll(desk);
}

async function listAll(desk: Desk): Promise<ExitCode> {
  const { terminal } = desk;
  const rows = await listOf(desk, 'models');
  if (terminal.json) terminal.out(`${JSON.stringify({ data: rows })}\n`);
  else {
    const head = ['name', 'tiers', 'context', 'state', 'endpoints'];
    const lines = rows.map((one) => [
      printable(textIn(one, 'name') ?? ''),
      listIn(one, 'tiers').join(', '),
      String(numberIn(one, 'context_tokens') ?? 'unknown'),
      memberOf(one, 'available') === true ? terminal.paint.green('available') : 'unavailable',
      printable(textsIn(one, 'endpoints').join(', ')),
    ]);
    terminal.out(columns([head.map((one) => terminal.paint.dim(one)), ...lines]));
  }
  terminal.say('next: signalbox ask "hello" --model NAME');
  return EXIT.ok;
}

async function listMine({ terminal, place }: Desk): Promise<ExitCode> {
  const body = await askJson({ url: place.url, key: place.key(), path: '/v1/models' });
  const rows = listIn(body, 'data');
  if (terminal.json) terminal.out(`${JSON.stringify({ data: rows })}\n`);
  else {
    const head = ['name', 'kind', 'tiers'];
    const lines = rows.map((one) => {
      const facts = memberOf(one, 'signalbox');
      return [
        printable(textIn(one, 'id') ?? ''),
        textIn(facts, 'kind') ?? '',
        listIn(facts, 'tiers').join(', '),
      ];
    });
    terminal.out(columns([head.map((one) => terminal.paint.dim(one)), ...lines]));
  }
  terminal.say('next: signalbox ask "hello" --model NAME');
  return EXIT.ok;
}
