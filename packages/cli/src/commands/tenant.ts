// `signalbox tenant`: who is served, and what holds for their data.
import type { ArgumentFacts, Asked, Command, Desk, FlagFacts } from '../command.ts';
import { EXIT, type ExitCode, misused } from '../exit.ts';
import { memberOf, textIn, textsIn } from '../gateway-client.ts';
import { columns, printable } from '../layout.ts';
import { askAdmin, fetchNamed, listOf, mayChange } from './admin.ts';
import { budgetOf } from './amounts.ts';
import { factsOf } from './endpoint.ts';

const NAME: ArgumentFacts = { name: 'NAME', says: 'The tenant: a-z, 0-9 and dashes.' };

const FLAGS: Readonly<Record<string, FlagFacts>> = {
  plan: { says: 'The plan it subscribes to.', takes: 'NAME' },
  topology: { says: 'cloud, hybrid (default) or sovereign.', takes: 'WORD' },
  'shared-nodes': { says: 'allow or refuse (default): for a sovereign tenant.', takes: 'WORD' },
  residency: { says: 'A region its calls may run in.', takes: 'REGION', many: true },
  'default-label': { says: 'Label of a call in which nothing was found.', takes: 'LABEL' },
  'unscanned-label': { says: 'Label of what the scanner cannot read.', takes: 'LABEL' },
  privacy: { says: '`enforce`, or `observe`: labels and reports, refuses nothing.', takes: 'WORD' },
  durable: { says: 'after-answer or before-answer.', takes: 'WORD' },
  retention: { says: 'standard or zero.', takes: 'WORD' },
  policy: { says: 'A policy, asked in this order.', takes: 'NAME', many: true },
  'own-endpoint': { says: 'An endpoint that is its own.', takes: 'NAME', many: true },
  'budget-usd': { says: 'Hard limit in dollars.', takes: 'AMOUNT' },
  'budget-per': { says: 'day, month (default) or total.', takes: 'WORD' },
};

export const commands: readonly Command[] = [
  {
    name: 'tenant create',
    says: 'Make a tenant.',
    takes: [NAME],
    flags: FLAGS,
    changes: true,
    examples: [
      'signalbox tenant create acme --topology sovereign --own-endpoint lab',
      'signalbox tenant create acme --budget-usd 25 --budget-per month',
    ],
    run: create,
  },
  {
    name: 'tenant list',
    says: 'All tenants.',
    examples: ['signalbox tenant list'],
    run: list,
  },
  {
    name: 'tenant show',
    says: 'One tenant.',
    takes: [NAME],
    examples: ['signalbox tenant show demo'],
    run: show,
  },
  {
    name: 'tenant set',
    says: 'Change what is said; the rest stays.',
    takes: [NAME],
    flags: FLAGS,
    changes: true,
    examples: ['signalbox tenant set acme --privacy enforce'],
    run: set,
  },
  {
    name: 'tenant remove',
    says: 'Remove a tenant; its keys go first.',
    takes: [NAME],
    changes: true,
    examples: ['signalbox tenant remove acme'],
    run: remove,
  },
  {
    name: 'tenant rotate-key',
    says: 'Seal the keys that it brought under a new data key.',
    takes: [NAME],
    changes: true,
    examples: ['signalbox tenant rotate-key acme'],
    run: rotateKey,
  },
];

async function create(asked: Asked, desk: Desk): Promise<ExitCode> {
  const { terminal } = desk;
  const name = asked.words['NAME'] ?? '';
  const body = { name, ...documentOf(asked) };
  const path = '/admin/v1/tenants';
  const change = { question: '', shown: { method: 'POST', path, body }, takes: false };
  if (!(await mayChange(asked, desk, change))) return EXIT.ok;
  const made = await askAdmin(desk, { method: 'POST', path, body });
  if (terminal.json) terminal.out(`${JSON.stringify(made)}\n`);
  else terminal.out(columns(factsOf(made)));
  terminal.say(`next: signalbox key create ${name}-key --tenant ${name}`);
  return EXIT.ok;
}

async function list(_asked: Asked, desk: Desk): Promise<ExitCode> {
  const { terminal } = desk;
  const rows = await listOf(desk, 'tenants');
  if (terminal.json) terminal.out(`${JSON.stringify({ data: rows })}\n`);
  else {
    const head = ['name', 'topology', 'plan', 'privacy', 'policies', 'from'];
    const lines = rows.map((one) => [
      textIn(one, 'name') ?? '',
      textIn(one, 'topology') ?? '',
      textIn(one, 'plan') ?? '-',
      textIn(one, 'privacy') ?? '',
      textsIn(one, 'policies').join(', ') || '-',
      sourceOf(one),
    ]);
    terminal.out(columns([head.map((one) => terminal.paint.dim(one)), ...lines]));
  }
  terminal.say('next: signalbox tenant show NAME');
  return EXIT.ok;
}

export function sourceOf(document: unknown): string {
  const source = memberOf(document, 'source');
  const file = textIn(source, 'file');
  return file === undefined ? '' : printable(`${file}:${String(memberOf(source, 'line'))}`);
}

async function show(asked: Asked, desk: Desk): Promise<ExitCode> {
  const { terminal } = desk;
  const name = asked.words['NAME'] ?? '';
  const { document } = await fetchNamed(desk, 'tenants', name);
  if (terminal.json) terminal.out(`${JSON.stringify(document)}\n`);
  else terminal.out(columns(factsOf(document)));
  terminal.say(`next: signalbox key list --tenant ${name}`);
  return EXIT.ok;
}

async function set(asked: Asked, desk: Desk): Promise<ExitCode> {
  const { terminal } = desk;
  const name = asked.words['NAME'] ?? '';
  const changed = documentOf(asked);
  if (Object.keys(changed).length === 0) {
    throw misused('Nothing is said to be changed.', 'See: signalbox tenant set --help');
  }
  const { document, etag } = await fetchNamed(desk, 'tenants', name);
  const body = merged(writtenOf(document), changed);
  const path = `/admin/v1/tenants/${encodeURIComponent(name)}`;
  const change = { question: '', shown: { method: 'PUT', path, body }, takes: false };
  if (!(await mayChange(asked, desk, change))) return EXIT.ok;
  const headers: Readonly<Record<string, string>> = etag === undefined ? {} : { 'if-match': etag };
  const made = await askAdmin(desk, { method: 'PUT', path, body, headers });
  if (terminal.json) terminal.out(`${JSON.stringify(made)}\n`);
  else terminal.out(columns(factsOf(made)));
  terminal.say(`next: signalbox tenant show ${name}`);
  return EXIT.ok;
}

async function remove(asked: Asked, desk: Desk): Promise<ExitCode> {
  const { terminal } = desk;
  const name = asked.words['NAME'] ?? '';
  await fetchNamed(desk, 'tenants', name);
  const path = `/admin/v1/tenants/${encodeURIComponent(name)}`;
  const question = `Remove the tenant ${name}?`;
  const change = { question, shown: { method: 'DELETE', path }, takes: true };
  if (!(await mayChange(asked, desk, change))) return EXIT.ok;
  const done = await askAdmin(desk, { method: 'DELETE', path });
  terminal.out(terminal.json ? `${JSON.stringify(done)}\n` : `${name}: removed\n`);
  terminal.say('next: signalbox tenant list');
  return EXIT.ok;
}

async function rotateKey(asked: Asked, desk: Desk): Promise<ExitCode> {
  const { terminal } = desk;
  const name = asked.words['NAME'] ?? '';
  const path = `/admin/v1/tenants/${encodeURIComponent(name)}/rotate-key`;
  const change = { question: '', shown: { method: 'POST', path }, takes: false };
  if (!(await mayChange(asked, desk, change))) return EXIT.ok;
  const done = await askAdmin(desk, { method: 'POST', path });
  if (terminal.json) terminal.out(`${JSON.stringify(done)}\n`);
  else terminal.out(`${name}: data key ${String(memberOf(done, 'version'))}\n`);
  terminal.say('next: signalbox endpoint list');
  return EXIT.ok;
}

/** What is said of a part leaves the rest of it: of its own places, of its budget. */
function merged(before: object, changed: object): object {
  const parts = Object.entries(changed).map(([key, value]: [string, unknown]) => {
    const old: unknown = Reflect.get(before, key);
    return [key, isMapping(old) && isMapping(value) ? { ...old, ...value } : value] as const;
  });
  return { ...before, ...Object.fromEntries(parts) };
}

const isMapping = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** As it is shown, less what is not written: its name, where it stands, what nobody stated. */
export function writtenOf(document: unknown): object {
  if (typeof document !== 'object' || document === null) return {};
  const stated = Object.entries(document).flatMap(([key, value]: [string, unknown]) => {
    if (key === 'name' || key === 'source') return [];
    const kept = key === 'own' ? someOf(writtenOf(value)) : value;
    const isEmpty = Array.isArray(kept) && kept.length === 0;
    return kept === null || kept === undefined || isEmpty ? [] : [[key, kept] as const];
  });
  return Object.fromEntries(stated);
}

const someOf = (value: object): object | undefined =>
  Object.keys(value).length === 0 ? undefined : value;

const TEXTS = ['plan', 'topology', 'privacy', 'durable', 'retention'];

function documentOf(asked: Asked): Readonly<Record<string, unknown>> {
  const document: Record<string, unknown> = {};
  for (const name of TEXTS) put(document, name, asked.text(name));
  put(document, 'default_label', asked.text('default-label'));
  put(document, 'unscanned_label', asked.text('unscanned-label'));
  put(document, 'shared_nodes', asked.text('shared-nodes'));
  put(document, 'residency', some(asked.list('residency')));
  put(document, 'policies', some(asked.list('policy')));
  const own = some(asked.list('own-endpoint'));
  put(document, 'own', own === undefined ? undefined : { endpoints: own });
  put(document, 'budget', budgetOf(asked));
  return document;
}

function put(document: Record<string, unknown>, key: string, value: unknown): void {
  if (value !== undefined) document[key] = value;
}

const some = (list: readonly string[]): readonly string[] | undefined =>
  list.length === 0 ? undefined : list;
