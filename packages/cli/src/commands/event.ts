// `signalbox event` and `signalbox delivery`: what became of the registry, and whom it was told.
import type { ArgumentFacts, Asked, Command, Desk, FlagFacts } from '../command.ts';
import { EXIT, type ExitCode, misused } from '../exit.ts';
import { listIn, memberOf, numberIn, textIn, textsIn } from '../gateway-client.ts';
import { columns, printable } from '../layout.ts';
import { askAdmin, mayChange } from './admin.ts';
import { factsOf } from './endpoint.ts';

const LIMIT_MAX = 200;
const ID: ArgumentFacts = { name: 'ID', says: 'The event: `evt_…`.' };
const LIMIT: FlagFacts = { says: 'At most N rows, the newest; 50.', takes: 'N' };
const TENANT: FlagFacts = { says: 'What is of one tenant alone.', takes: 'NAME' };

export const commands: readonly Command[] = [
  {
    name: 'event list',
    says: 'What became of models, endpoints, rollouts and overrides, the newest first.',
    flags: { tenant: TENANT, limit: LIMIT },
    examples: ['signalbox event list', 'signalbox event list --tenant acme --limit 10'],
    run: (asked, desk) => list(asked, desk, EVENTS),
  },
  {
    name: 'event show',
    says: 'One event as it is sent, which webhooks wait for it, and what was tried.',
    takes: [ID],
    examples: ['signalbox event show evt_…', 'signalbox event show evt_… --json'],
    run: show,
  },
  {
    name: 'event redeliver',
    says: 'Tell an event once more, now.',
    takes: [ID],
    flags: { webhook: { says: 'One webhook; else all that may hear of it.', takes: 'NAME' } },
    changes: true,
    examples: ['signalbox event redeliver evt_…', 'signalbox event redeliver evt_… --webhook ops'],
    run: redeliver,
  },
  {
    name: 'delivery list',
    says: 'Attempts to tell webhooks of events, the newest first.',
    flags: {
      webhook: { says: 'To one webhook.', takes: 'NAME' },
      event: { says: 'Of one event.', takes: 'ID' },
      outcome: { says: 'delivered, failed, blocked, given-up or gone.', takes: 'OUTCOME' },
      tenant: TENANT,
      limit: LIMIT,
    },
    examples: ['signalbox delivery list --webhook ops', 'signalbox delivery list --outcome failed'],
    run: (asked, desk) => list(asked, desk, DELIVERIES),
  },
];

type Listed = {
  readonly noun: 'events' | 'deliveries';
  readonly filters: readonly string[];
  readonly head: readonly string[];
  readonly row: (one: unknown) => readonly string[];
  readonly next: string;
};

const EVENTS: Listed = {
  noun: 'events',
  filters: ['tenant', 'limit'],
  head: ['id', 'when', 'version', 'what', 'became', 'tenant', 'waiting'],
  row: (one) => [
    textIn(one, 'id') ?? '',
    toSecond(textIn(one, 'at')),
    String(numberIn(one, 'version')),
    printable(textIn(one, 'subject') ?? ''),
    becameOf(one),
    textIn(one, 'tenant') ?? '',
    textsIn(one, 'waiting').join(', '),
  ],
  next: 'signalbox event show ID',
};

const DELIVERIES: Listed = {
  noun: 'deliveries',
  filters: ['webhook', 'event', 'outcome', 'tenant', 'limit'],
  head: ['when', 'webhook', 'event', 'attempt', 'outcome', 'answer', 'ms'],
  row: deliveryRow,
  next: 'signalbox event redeliver ID',
};

async function list(asked: Asked, desk: Desk, listed: Listed): Promise<ExitCode> {
  const { terminal } = desk;
  const query = new URLSearchParams();
  for (const flag of listed.filters) {
    const told = asked.text(flag);
    if (told !== undefined) query.set(flag, flag === 'limit' ? limitOf(told) : told);
  }
  const page = await askAdmin(desk, { path: `/admin/v1/${listed.noun}?${query}` });
  if (terminal.json) terminal.out(`${JSON.stringify(page)}\n`);
  else terminal.out(table(listed, listIn(page, 'data'), desk));
  if (memberOf(page, 'has_more') === true) terminal.say('There are more: see --limit.');
  terminal.say(`next: ${listed.next}`);
  return EXIT.ok;
}

function limitOf(told: string): string {
  const isFit = /^\d{1,3}$/.test(told) && Number(told) >= 1 && Number(told) <= LIMIT_MAX;
  if (!isFit) throw misused(`--limit takes a number from 1 to ${LIMIT_MAX}.`);
  return told;
}

const table = (
  { head, row }: Pick<Listed, 'head' | 'row'>,
  rows: readonly unknown[],
  { terminal }: Desk,
): string => columns([head.map((one) => terminal.paint.dim(one)), ...rows.map(row)]);

async function show(asked: Asked, desk: Desk): Promise<ExitCode> {
  const { terminal } = desk;
  const id = asked.words['ID'] ?? '';
  const shown = await askAdmin(desk, { path: pathOf(id) });
  if (terminal.json) terminal.out(`${JSON.stringify(shown)}\n`);
  else {
    const { waiting, deliveries, event, ...facts } = Object(shown);
    terminal.out(columns(factsOf(facts)));
    terminal.out(`\n${printable(JSON.stringify(event, undefined, 2))}\n`);
    const waits = listIn({ waiting }, 'waiting').map((one) => [
      `waits for ${textIn(one, 'webhook')}`,
      `${numberIn(one, 'tries')} tried, next at ${toSecond(textIn(one, 'next'))}`,
    ]);
    if (waits.length > 0) terminal.out(`\n${columns(waits)}`);
    const tried = listIn({ deliveries }, 'deliveries');
    if (tried.length > 0) terminal.out(`\n${table(DELIVERIES, tried, desk)}`);
  }
  terminal.say(`next: signalbox event redeliver ${printable(id)}`);
  return EXIT.ok;
}

async function redeliver(asked: Asked, desk: Desk): Promise<ExitCode> {
  const { terminal } = desk;
  const id = asked.words['ID'] ?? '';
  const webhook = asked.text('webhook');
  const path = `${pathOf(id)}/redeliver`;
  const body = webhook === undefined ? {} : { webhook };
  const change = { question: '', shown: { method: 'POST', path, body }, takes: false };
  if (!(await mayChange(asked, desk, change))) return EXIT.ok;
  const done = await askAdmin(desk, { method: 'POST', path, body });
  if (terminal.json) terminal.out(`${JSON.stringify(done)}\n`);
  else terminal.out(`${printable(id)}: told again to ${textsIn(done, 'webhooks').join(', ')}\n`);
  terminal.say(`next: signalbox delivery list --event ${printable(id)}`);
  return EXIT.ok;
}

const pathOf = (id: string): string => `/admin/v1/events/${encodeURIComponent(id)}`;

/** `changed: region`. */
function becameOf(one: unknown): string {
  const change = textIn(one, 'type')?.split('.').at(-1) ?? '';
  const fields = textsIn(one, 'fields');
  return printable(fields.length === 0 ? change : `${change}: ${fields.join(', ')}`);
}

function deliveryRow(one: unknown): readonly string[] {
  const status = numberIn(one, 'status');
  return [
    toSecond(textIn(one, 'at')),
    textIn(one, 'webhook') ?? '',
    textIn(one, 'event') ?? '',
    String(numberIn(one, 'attempt')),
    textIn(one, 'outcome') ?? '',
    status === undefined ? (textIn(one, 'fault') ?? '') : String(status),
    String(numberIn(one, 'ms')),
  ];
}

const toSecond = (iso: string | undefined): string => iso?.replace(/\.\d+Z$/, 'Z') ?? '';
