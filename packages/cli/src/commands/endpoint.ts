// `signalbox endpoint`: the model servers that there are, switched on and off, added and removed.
import type { Asked, Command, Desk } from '../command.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { numberIn, textIn, textsIn } from '../gateway-client.ts';
import { columns, printable } from '../layout.ts';
import { askAdmin, findNamed, listOf, mayChange } from './admin.ts';
import { addEndpoint, removeEndpoint } from './endpoint-file.ts';

const NAME = { name: 'NAME', says: 'The endpoint.' };

export const commands: readonly Command[] = [
  {
    name: 'endpoint list',
    says: 'All endpoints, their tier and whether they can be called.',
    examples: ['signalbox endpoint list', 'signalbox endpoint list --json'],
    run: list,
  },
  {
    name: 'endpoint show',
    says: 'One endpoint.',
    takes: [NAME],
    examples: ['signalbox endpoint show sim-local'],
    run: show,
  },
  {
    name: 'endpoint enable',
    says: 'Let calls go to it: one that was found, or one that was drained.',
    takes: [NAME],
    changes: true,
    examples: ['signalbox endpoint enable openai'],
    run: (asked, desk) => switchTo('enable', asked, desk),
  },
  {
    name: 'endpoint drain',
    says: 'Send it no new calls; those in flight end.',
    takes: [NAME],
    changes: true,
    examples: ['signalbox endpoint drain sim-private', 'signalbox endpoint enable sim-private'],
    run: (asked, desk) => switchTo('drain', asked, desk),
  },
  {
    name: 'endpoint add',
    says: 'Add one on this machine’s own word: any address, any tier.',
    takes: [NAME],
    flags: {
      url: { says: 'Its base URL with the version path.', takes: 'URL' },
      kind: { says: 'vllm, ollama, openai, …; openai-compatible.', takes: 'KIND' },
      tier: { says: '1, 2 or 3; else it follows from the address.', takes: 'N' },
      model: {
        says: 'A model that it serves; without one it is asked.',
        takes: 'NAME',
        many: true,
      },
      credential: {
        says: 'Where its key stands: env:NAME, file:PATH or exec:COMMAND.',
        takes: 'REFERENCE',
      },
      region: { says: 'The region that it runs in.', takes: 'REGION' },
    },
    changes: true,
    examples: [
      'signalbox endpoint add lab --url http://10.0.0.7:8000/v1 --kind vllm',
      'signalbox endpoint add eu --url https://llm.example/v1 --credential env:EU_KEY --model qwen3-8b',
    ],
    run: addEndpoint,
  },
  {
    name: 'endpoint remove',
    says: 'Remove one that was added.',
    takes: [NAME],
    changes: true,
    examples: ['signalbox endpoint remove lab'],
    run: removeEndpoint,
  },
];

async function list(_asked: Asked, desk: Desk): Promise<ExitCode> {
  const { terminal } = desk;
  const rows = await listOf(desk, 'endpoints');
  if (terminal.json) {
    terminal.out(`${JSON.stringify({ data: rows })}\n`);
    return EXIT.ok;
  }
  const head = ['name', 'tier', 'state', 'kind', 'models', 'why'].map((one) =>
    terminal.paint.dim(one),
  );
  terminal.out(columns([head, ...rows.map((one) => rowOf(one, desk))]));
  terminal.say('next: signalbox endpoint show NAME');
  return EXIT.ok;
}

function rowOf(endpoint: unknown, { terminal }: Desk): readonly string[] {
  const state = textIn(endpoint, 'state') ?? '';
  const paint = state === 'available' ? terminal.paint.green : terminal.paint.dim;
  return [
    printable(textIn(endpoint, 'name') ?? ''),
    String(numberIn(endpoint, 'tier') ?? ''),
    paint(state),
    textIn(endpoint, 'kind') ?? '',
    printable(textsIn(endpoint, 'models').join(', ')),
    printable(textIn(endpoint, 'why') ?? ''),
  ];
}

async function show(asked: Asked, desk: Desk): Promise<ExitCode> {
  const { terminal } = desk;
  const name = asked.words['NAME'] ?? '';
  const found = await findNamed(desk, 'endpoints', name);
  if (terminal.json) terminal.out(`${JSON.stringify(found)}\n`);
  else terminal.out(shown(found));
  const verb = textIn(found, 'state') === 'off' ? 'enable' : 'drain';
  terminal.say(`next: signalbox endpoint ${verb} ${name}`);
  return EXIT.ok;
}

/** What it told when it was asked stands below what the documents say, with time and source. */
function shown(endpoint: unknown): string {
  if (typeof endpoint !== 'object' || endpoint === null) return '';
  const { facts, ...stated } = { facts: undefined, ...endpoint };
  const rows = (Array.isArray(facts) ? facts : []).map((one: unknown) =>
    [
      [textIn(one, 'fact'), textIn(one, 'model')].filter(Boolean).join(' '),
      String(Reflect.get(Object(one), 'value')),
      textIn(one, 'at') ?? '',
      textIn(one, 'from') ?? '',
    ].map(printable),
  );
  const told = rows.length === 0 ? '' : `\n${columns([['told', 'value', 'at', 'by'], ...rows])}`;
  return `${columns(factsOf(stated))}${told}`;
}

export function factsOf(document: unknown): readonly (readonly string[])[] {
  if (typeof document !== 'object' || document === null) return [];
  return Object.entries(document).flatMap(([key, value]: [string, unknown]) => {
    if (value === null || value === undefined) return [];
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return [[key, printable(text)]];
  });
}

async function switchTo(verb: 'enable' | 'drain', asked: Asked, desk: Desk): Promise<ExitCode> {
  const { terminal } = desk;
  const name = asked.words['NAME'] ?? '';
  await findNamed(desk, 'endpoints', name);
  const path = `/admin/v1/endpoints/${encodeURIComponent(name)}/${verb}`;
  const question = `Send no new calls to ${name}?`;
  const shown = { method: 'POST', path };
  if (!(await mayChange(asked, desk, { question, shown, takes: verb === 'drain' }))) return EXIT.ok;
  const done = await askAdmin(desk, { method: 'POST', path });
  if (terminal.json) terminal.out(`${JSON.stringify(done)}\n`);
  else terminal.out(`${name}: ${verb === 'drain' ? 'drained' : 'enabled'}\n`);
  const undo = verb === 'drain' ? 'enable' : 'drain';
  terminal.say(`undo: signalbox endpoint ${undo} ${name}`);
  return EXIT.ok;
}
