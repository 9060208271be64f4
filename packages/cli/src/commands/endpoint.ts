// `signalbox endpoint`: the model servers that there are, switched on and off, added, asked, let in
// and removed.
import type { Asked, Command, Desk } from '../command.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { numberIn, textIn, textsIn } from '../gateway-client.ts';
import { columns, printable } from '../layout.ts';
import { askAdmin, findNamed, listOf, mayChange } from './admin.ts';
import {
  activateEndpoint,
  bringEndpoint,
  changeKey,
  probeEndpoint,
  removeEndpoint,
} from './endpoint-brought.ts';
import { addEndpoint } from './endpoint-file.ts';
import { endpointPath } from './endpoint-words.ts';
import { KEY_FLAGS } from './secret-flags.ts';

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
    says: 'Add one, in quarantine: for all, on the gateway’s own machine, or for a --tenant.',
    takes: [{ name: 'URL', says: 'Its base URL; of one without a path `/v1` is tried, too.' }],
    flags: {
      tenant: {
        says: 'Only for this tenant, through the admin API; its key is sealed.',
        takes: 'NAME',
      },
      name: { says: 'What it is called; else it follows from the URL.', takes: 'NAME' },
      kind: { says: 'vllm, ollama, openai, …; openai-compatible.', takes: 'KIND' },
      tier: { says: '1, 2 or 3; else it follows from the address.', takes: 'N' },
      model: {
        says: 'A model that it serves; without one it is asked.',
        takes: 'NAME',
        many: true,
      },
      ...KEY_FLAGS,
      region: { says: 'The region that it runs in.', takes: 'REGION' },
      activate: { says: 'Let calls go there at once if its checks pass.' },
    },
    changes: true,
    examples: [
      'signalbox endpoint add http://10.0.0.7:8000/v1 --name lab --kind vllm --activate',
      'signalbox endpoint add https://llm.example/v1 --tenant acme --key env:ACME_LLM_KEY',
    ],
    run: (asked, desk) => {
      const tenant = asked.text('tenant');
      return tenant === undefined ? addEndpoint(asked, desk) : bringEndpoint(asked, desk, tenant);
    },
  },
  {
    name: 'endpoint probe',
    says: 'Ask one about itself now, and show its checks; nothing that costs money.',
    takes: [NAME],
    examples: ['signalbox endpoint probe lab'],
    run: probeEndpoint,
  },
  {
    name: 'endpoint activate',
    says: 'Let calls go to one that is quarantined, if its checks pass.',
    takes: [NAME],
    changes: true,
    examples: ['signalbox endpoint activate acme/gpu'],
    run: activateEndpoint,
  },
  {
    name: 'endpoint key',
    says: 'Replace or delete the key of one that a tenant brought.',
    takes: [NAME],
    flags: { ...KEY_FLAGS, remove: { says: 'Delete it.' } },
    changes: true,
    examples: [
      'signalbox endpoint key acme/gpu --key env:ACME_LLM_KEY',
      'signalbox endpoint key acme/gpu --remove',
    ],
    run: changeKey,
  },
  {
    name: 'endpoint remove',
    says: 'Remove one that was added, and its key.',
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

const NEXT: Readonly<Record<string, string>> = { off: 'enable', quarantined: 'activate' };

async function show(asked: Asked, desk: Desk): Promise<ExitCode> {
  const { terminal } = desk;
  const name = asked.words['NAME'] ?? '';
  const found = await findNamed(desk, 'endpoints', name);
  if (terminal.json) terminal.out(`${JSON.stringify(found)}\n`);
  else terminal.out(shown(found));
  const verb = NEXT[textIn(found, 'state') ?? ''] ?? 'drain';
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
  const path = endpointPath(name, verb);
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
