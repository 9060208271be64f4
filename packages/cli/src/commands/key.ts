// `signalbox key`: what callers prove themselves with. A key is shown once, when it is made; what
// is kept of it cannot be turned back into it.
import type { ArgumentFacts, Asked, Command, Desk, FlagFacts } from '../command.ts';
import { EXIT, type ExitCode, misused } from '../exit.ts';
import { memberOf, textIn, textsIn } from '../gateway-client.ts';
import { columns } from '../layout.ts';
import { askAdmin, findNamed, listOf, mayChange } from './admin.ts';
import { budgetOf, instantOf } from './amounts.ts';
import { rotatedDocument } from './key-copy.ts';
import { sourceOf } from './tenant.ts';

const NAME: ArgumentFacts = { name: 'NAME', says: 'The key: a-z, 0-9 and dashes.' };

const FLAGS: Readonly<Record<string, FlagFacts>> = {
  tenant: { says: 'Whose key it is.', takes: 'NAME' },
  model: {
    says: 'A model it may call, `*` for any characters; else all.',
    takes: 'PATTERN',
    many: true,
  },
  tier: { says: 'A tier it may reach; else all.', takes: 'N', many: true },
  scope: { says: 'call (default), explain, admin, audit, finance.', takes: 'WORD', many: true },
  network: { says: 'A network it may be used from; else any.', takes: 'CIDR', many: true },
  expires: { says: 'When it ends: 90d, 12h or an ISO 8601 date.', takes: 'WHEN' },
  'budget-usd': { says: 'Hard limit in dollars.', takes: 'AMOUNT' },
  'budget-per': { says: 'day, month (default) or total.', takes: 'WORD' },
};

export const commands: readonly Command[] = [
  {
    name: 'key create',
    says: 'Make a key and show it, once.',
    takes: [NAME],
    flags: FLAGS,
    changes: true,
    examples: [
      'signalbox key create ci --tenant acme --expires 90d',
      'signalbox key create agent --tenant acme --model "sim-*" --budget-usd 5 --budget-per day',
    ],
    run: create,
  },
  {
    name: 'key list',
    says: 'All keys, never their secrets.',
    flags: { tenant: { says: 'Those of one tenant.', takes: 'NAME' } },
    examples: ['signalbox key list --tenant acme'],
    run: list,
  },
  {
    name: 'key rotate',
    says: 'Make a second key with the same limits; the first works until it is revoked.',
    takes: [NAME],
    changes: true,
    examples: ['signalbox key rotate ci', 'signalbox key revoke ci'],
    run: rotate,
  },
  {
    name: 'key revoke',
    says: 'Refuse a key from now on.',
    takes: [NAME],
    changes: true,
    examples: ['signalbox key revoke ci'],
    run: revoke,
  },
];

async function create(asked: Asked, desk: Desk): Promise<ExitCode> {
  const tenant = asked.text('tenant');
  if (tenant === undefined) throw misused('A key wants --tenant.', 'signalbox tenant list');
  const name = asked.words['NAME'] ?? '';
  return make(asked, desk, { name, tenant, ...documentOf(asked) });
}

async function rotate(asked: Asked, desk: Desk): Promise<ExitCode> {
  const { terminal } = desk;
  const old = asked.words['NAME'] ?? '';
  await findNamed(desk, 'keys', old);
  const taken = (await listOf(desk, 'keys')).flatMap((one) => textIn(one, 'name') ?? []);
  const document = await rotatedDocument(old, taken, desk);
  const exit = await make(asked, desk, document);
  terminal.say(`The old one works until: signalbox key revoke ${old}`);
  return exit;
}

async function make(asked: Asked, desk: Desk, body: object): Promise<ExitCode> {
  const { terminal } = desk;
  const path = '/admin/v1/keys';
  const change = { question: '', shown: { method: 'POST', path, body }, takes: false };
  if (!(await mayChange(asked, desk, change))) return EXIT.ok;
  const made = await askAdmin(desk, { method: 'POST', path, body });
  terminal.out(terminal.json ? `${JSON.stringify(made)}\n` : `${textIn(made, 'key') ?? ''}\n`);
  terminal.say('It is shown this once. Whoever has it sets SIGNALBOX_KEY.');
  terminal.say('next: signalbox key list');
  return EXIT.ok;
}

async function list(asked: Asked, desk: Desk): Promise<ExitCode> {
  const { terminal } = desk;
  const tenant = asked.text('tenant');
  const rows = (await listOf(desk, 'keys')).filter(
    (one) => tenant === undefined || textIn(one, 'tenant') === tenant,
  );
  if (terminal.json) terminal.out(`${JSON.stringify({ data: rows })}\n`);
  else {
    const head = ['name', 'tenant', 'id', 'scopes', 'state', 'from'];
    const lines = rows.map((one) => [
      textIn(one, 'name') ?? '',
      textIn(one, 'tenant') ?? '',
      textIn(one, 'id') ?? '-',
      textsIn(one, 'scopes').join(', '),
      stateOf(one),
      sourceOf(one),
    ]);
    terminal.out(columns([head.map((one) => terminal.paint.dim(one)), ...lines]));
  }
  terminal.say('next: signalbox key create NAME --tenant TENANT');
  return EXIT.ok;
}

function stateOf(key: unknown): string {
  if (memberOf(key, 'revoked') === true) return 'revoked';
  const expires = textIn(key, 'expires');
  return expires === undefined ? 'valid' : `until ${expires}`;
}

async function revoke(asked: Asked, desk: Desk): Promise<ExitCode> {
  const { terminal } = desk;
  const name = asked.words['NAME'] ?? '';
  const found = await findNamed(desk, 'keys', name);
  if (memberOf(found, 'revoked') === true) {
    terminal.out(
      terminal.json
        ? `${JSON.stringify({ name, done: 'revoked' })}\n`
        : `${name}: revoked already\n`,
    );
    return EXIT.ok;
  }
  const path = `/admin/v1/keys/${encodeURIComponent(name)}`;
  const question = `Refuse the key ${name} from now on?`;
  const change = { question, shown: { method: 'DELETE', path }, takes: true };
  if (!(await mayChange(asked, desk, change))) return EXIT.ok;
  await askAdmin(desk, { method: 'DELETE', path });
  terminal.out(
    terminal.json ? `${JSON.stringify({ name, done: 'revoked' })}\n` : `${name}: revoked\n`,
  );
  terminal.say('next: signalbox key list');
  return EXIT.ok;
}

function documentOf(asked: Asked): object {
  const lists = {
    models: asked.list('model'),
    scopes: asked.list('scope'),
    networks: asked.list('network'),
  };
  const said = Object.entries(lists).filter(([, list]) => list.length > 0);
  const tiers = asked.list('tier').map(Number);
  const expires = asked.text('expires');
  const budget = budgetOf(asked);
  return {
    ...Object.fromEntries(said),
    ...(tiers.length === 0 ? {} : { tiers }),
    ...(expires === undefined ? {} : { expires: instantOf(expires, Date.now()) }),
    ...(budget === undefined ? {} : { budget }),
  };
}
