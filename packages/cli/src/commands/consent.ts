// `signalbox consent`: what lets some of a tenant's data go further than its label.
import type { ArgumentFacts, Asked, Command, Desk } from '../command.ts';
import { EXIT, type ExitCode, misused } from '../exit.ts';
import { memberOf, textIn, textsIn } from '../gateway-client.ts';
import { columns } from '../layout.ts';
import { askAdmin, findNamed, listOf, mayChange } from './admin.ts';
import { instantOf } from './amounts.ts';
import { factsOf } from './endpoint.ts';
import { sourceOf } from './tenant.ts';

const NAME: ArgumentFacts = { name: 'NAME', says: 'The consent: its name, or its id `con_…`.' };

export const commands: readonly Command[] = [
  {
    name: 'consent create',
    says: 'Give a consent; a call names it in `x-signalbox-consent`.',
    flags: {
      tenant: { says: 'Whose data it is about.', takes: 'NAME' },
      name: { says: 'What it is called; else it gets an id.', takes: 'NAME' },
      kind: { says: 'A kind or type of data that it covers.', takes: 'KIND', many: true },
      tier: { says: 'A tier that it opens, and no other.', takes: 'N', many: true },
      region: {
        says: 'A region that it opens; else those of the tenant.',
        takes: 'REGION',
        many: true,
      },
      subject: { says: 'Whose data it covers; else every subject.', takes: 'TEXT' },
      purpose: { says: 'What for.', takes: 'TEXT' },
      'given-by': { says: 'Who gave it.', takes: 'TEXT' },
      from: { says: 'When it begins: an ISO 8601 date; else at once.', takes: 'WHEN' },
      until: { says: 'When it ends: 90d, 12h or an ISO 8601 date.', takes: 'WHEN' },
    },
    changes: true,
    examples: [
      'signalbox consent create --tenant acme --kind health --tier 2 --until 90d ' +
        '--purpose claims --given-by Ada',
    ],
    run: create,
  },
  {
    name: 'consent list',
    says: 'All consents.',
    flags: { tenant: { says: 'Those of one tenant.', takes: 'NAME' } },
    examples: ['signalbox consent list --tenant acme'],
    run: list,
  },
  {
    name: 'consent show',
    says: 'One consent.',
    takes: [NAME],
    examples: ['signalbox consent show claims-2026'],
    run: show,
  },
  {
    name: 'consent remove',
    says: 'Revoke a consent: from now on calls that name it are refused.',
    takes: [NAME],
    changes: true,
    examples: ['signalbox consent remove claims-2026'],
    run: remove,
  },
];

async function create(asked: Asked, desk: Desk): Promise<ExitCode> {
  const { terminal } = desk;
  const body = documentOf(asked);
  const path = '/admin/v1/consents';
  const change = { question: '', shown: { method: 'POST', path, body }, takes: false };
  if (!(await mayChange(asked, desk, change))) return EXIT.ok;
  const made = await askAdmin(desk, { method: 'POST', path, body });
  if (terminal.json) terminal.out(`${JSON.stringify(made)}\n`);
  else terminal.out(columns(factsOf(made)));
  terminal.say(`A call names it: x-signalbox-consent: ${textIn(made, 'name')}`);
  terminal.say('next: signalbox consent list');
  return EXIT.ok;
}

function documentOf(asked: Asked): object {
  const needed = (flag: string): string => {
    const said = asked.text(flag);
    if (said === undefined) throw misused(`A consent wants --${flag}.`, CREATE_HELP);
    return said;
  };
  const kinds = asked.list('kind');
  const tiers = asked.list('tier').map(Number);
  if (kinds.length === 0) throw misused('A consent wants --kind.', CREATE_HELP);
  if (tiers.length === 0) throw misused('A consent wants --tier.', CREATE_HELP);
  const [name, subject, from] = [asked.text('name'), asked.text('subject'), asked.text('from')];
  const regions = asked.list('region');
  return {
    ...(name === undefined ? {} : { name }),
    tenant: needed('tenant'),
    ...(subject === undefined ? {} : { subject }),
    kinds,
    tiers,
    ...(regions.length === 0 ? {} : { regions }),
    purpose: needed('purpose'),
    ...(from === undefined ? {} : { from: instantOf(from, Date.now()) }),
    until: instantOf(needed('until'), Date.now()),
    given_by: needed('given-by'),
  };
}

const CREATE_HELP = 'See: signalbox consent create --help';

async function list(asked: Asked, desk: Desk): Promise<ExitCode> {
  const { terminal } = desk;
  const tenant = asked.text('tenant');
  const rows = (await listOf(desk, 'consents')).filter(
    (one) => tenant === undefined || textIn(one, 'tenant') === tenant,
  );
  if (terminal.json) terminal.out(`${JSON.stringify({ data: rows })}\n`);
  else {
    const head = ['name', 'tenant', 'kinds', 'state', 'given by', 'from'];
    const lines = rows.map((one) => [
      textIn(one, 'name') ?? '',
      textIn(one, 'tenant') ?? '',
      textsIn(one, 'kinds').join(', '),
      memberOf(one, 'revoked') === true ? 'revoked' : `until ${textIn(one, 'until')}`,
      textIn(one, 'given_by') ?? '',
      sourceOf(one),
    ]);
    terminal.out(columns([head.map((one) => terminal.paint.dim(one)), ...lines]));
  }
  terminal.say('next: signalbox consent show NAME');
  return EXIT.ok;
}

async function show(asked: Asked, desk: Desk): Promise<ExitCode> {
  const { terminal } = desk;
  const found = await findNamed(desk, 'consents', asked.words['NAME'] ?? '');
  if (terminal.json) terminal.out(`${JSON.stringify(found)}\n`);
  else terminal.out(columns(factsOf(found)));
  terminal.say('next: signalbox policy check');
  return EXIT.ok;
}

async function remove(asked: Asked, desk: Desk): Promise<ExitCode> {
  const { terminal } = desk;
  const name = asked.words['NAME'] ?? '';
  await findNamed(desk, 'consents', name);
  const path = `/admin/v1/consents/${encodeURIComponent(name)}`;
  const question = `Refuse calls that name the consent ${name} from now on?`;
  const change = { question, shown: { method: 'DELETE', path }, takes: true };
  if (!(await mayChange(asked, desk, change))) return EXIT.ok;
  const done = await askAdmin(desk, { method: 'DELETE', path });
  terminal.out(terminal.json ? `${JSON.stringify(done)}\n` : `${name}: revoked\n`);
  terminal.say('next: signalbox consent list');
  return EXIT.ok;
}
