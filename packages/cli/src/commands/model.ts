// `signalbox model`: what can be asked for, and where it runs.
import type { Asked, Command, Desk } from '../command.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { askJson, listIn, memberOf, numberIn, textIn, textsIn } from '../gateway-client.ts';
import { columns, printable } from '../layout.ts';
import { askAdmin, findNamed, listOf } from './admin.ts';
import { inspect } from './model-file.ts';
import { ofModels } from './text-nouns.ts';

export const commands: readonly Command[] = [
  {
    name: 'model list',
    says: 'All models; with --mine what your key may call.',
    flags: { mine: { says: 'As the key of SIGNALBOX_KEY sees it.' } },
    examples: ['signalbox model list', 'signalbox model list --mine --json'],
    run: list,
  },
  {
    name: 'model show',
    says: 'What is known of a model at each endpoint, field by field, and by whose word.',
    takes: [{ name: 'NAME', says: 'The model.' }],
    examples: ['signalbox model show sim-small', 'signalbox model show gpt-4o --json'],
    run: show,
  },
  {
    name: 'model inspect',
    says: 'What a GGUF file says of its model, from its header, as lines for a document.',
    takes: [{ name: 'FILE', says: 'A GGUF file on this machine.' }],
    examples: ['signalbox model inspect qwen3-8b-q4_k_m.gguf'],
    run: inspect,
  },
  ...ofModels,
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

async function show(asked: Asked, desk: Desk): Promise<ExitCode> {
  const { terminal } = desk;
  const name = asked.words['NAME'] ?? '';
  const model = await findNamed(desk, 'models', name);
  const path = `/admin/v1/model-facts?model=${encodeURIComponent(name)}`;
  const rows = listIn(await askAdmin(desk, { path }), 'data');
  if (terminal.json) {
    terminal.out(`${JSON.stringify({ model, facts: rows })}\n`);
    return EXIT.ok;
  }
  const head = ['endpoint', 'field', 'value', 'from', 'also said'];
  const lines = rows.map((row) => {
    const [first, ...others] = listIn(row, 'said');
    const also = others.map((one) => `${textIn(one, 'value')} (${textIn(one, 'from')})`);
    return [
      printable(textIn(row, 'endpoint') ?? ''),
      printable(textIn(row, 'field') ?? ''),
      printable(textIn(first, 'value') ?? ''),
      textIn(first, 'from') ?? '',
      printable(also.join('; ')),
    ];
  });
  terminal.out(columns([head.map((one) => terminal.paint.dim(one)), ...lines]));
  terminal.say(`next: signalbox ask "hello" --model ${name}`);
  return EXIT.ok;
}
