// `signalbox policy`: the rules as they are written, with file and line, which works without a
// server; and what is made, changed and removed at one.

import { renderProblems } from '@signalbox/config';
import type { Origin, PolicyDocument } from '@signalbox/documents';
import type { Asked, Command, Desk } from '../command.ts';
import { CONFIG_FLAG } from '../configuration/config-flag.ts';
import { readOffline } from '../configuration/offline.ts';
import { CommandFault, EXIT, type ExitCode } from '../exit.ts';
import { columns, printable } from '../layout.ts';
import { problemsOf } from '../up/documents.ts';
import { unknownName } from './admin.ts';
import { commands as checking } from './policy-check.ts';
import { commands as deeds } from './policy-deeds.ts';
import { commands as comparing } from './policy-diff.ts';
import { commands as replaying } from './policy-replay.ts';
import { commands as shadowing } from './policy-shadow.ts';
import { textCommands } from './text-document.ts';

export const commands: readonly Command[] = [
  {
    name: 'policy list',
    says: 'All policies, and whose they are.',
    flags: { config: CONFIG_FLAG },
    examples: ['signalbox policy list', 'signalbox policy list --config signalbox.yaml'],
    run: list,
  },
  {
    name: 'policy show',
    says: 'The rules of one policy, in order.',
    takes: [{ name: 'NAME', says: 'The policy.' }],
    flags: { config: CONFIG_FLAG },
    examples: ['signalbox policy show first'],
    run: show,
  },
  ...textCommands({
    ...{ noun: 'policies', word: 'policy', example: ['first', 'default_tier=1'] },
    next: 'signalbox tenant set NAME --policy POLICY',
  }),
  ...checking,
  ...replaying,
  ...shadowing,
  ...deeds,
  ...comparing,
];

async function list(_asked: Asked, desk: Desk): Promise<ExitCode> {
  const { terminal } = desk;
  const { policies, tenants } = await readRight(desk);
  const rows = [...policies.values()].map((policy) => ({
    name: policy.name,
    rules: policy.rules.length,
    default_tier: policy.defaultTier ?? null,
    tenants: [...tenants.values()]
      .filter((tenant) => tenant.policies.includes(policy.name))
      .map(({ name }) => name),
    source: whereOf(policy.origin),
  }));
  if (terminal.json) terminal.out(`${JSON.stringify({ data: rows })}\n`);
  else {
    const head = ['name', 'rules', 'default tier', 'tenants', 'from'];
    const lines = rows.map((one) => [
      one.name,
      String(one.rules),
      String(one.default_tier ?? 'by difficulty'),
      one.tenants.join(', ') || '-',
      one.source,
    ]);
    terminal.out(columns([head.map((one) => terminal.paint.dim(one)), ...lines]));
  }
  terminal.say('next: signalbox policy show NAME');
  return EXIT.ok;
}

async function show(asked: Asked, desk: Desk): Promise<ExitCode> {
  const { terminal } = desk;
  const name = asked.words['NAME'] ?? '';
  const { policies } = await readRight(desk);
  const policy = policies.get(name);
  if (policy === undefined) throw unknownName('policy', name, [...policies.keys()]);
  if (terminal.json) terminal.out(`${JSON.stringify(policy)}\n`);
  else terminal.out(policyText(policy));
  terminal.say('next: signalbox ask "hello" --explain');
  return EXIT.ok;
}

function policyText(policy: PolicyDocument): string {
  const rules = policy.rules.map((rule, index) => [
    String(index + 1),
    rule.name,
    printable(stated(rule.when)),
    printable(stated(rule.route)),
    whereOf(rule.origin),
  ]);
  const head = ['', 'rule', 'when', 'route', 'from'];
  const rest = [
    ['default tier', String(policy.defaultTier ?? 'by difficulty')],
    ['fallback', stated(policy.fallback)],
  ];
  return `${columns([head, ...rules])}\n${columns(rest)}`;
}

/** What somebody said, as they might have written it. */
function stated(value: object): string {
  const said = Object.entries(value).filter(([, one]) => one !== undefined);
  return said.length === 0
    ? '-'
    : said.map(([key, one]) => `${key}=${JSON.stringify(one)}`).join(' ');
}

const whereOf = (origin: Origin | undefined): string =>
  origin === undefined ? '' : printable(`${origin.file}:${origin.line}`);

async function readRight({ place }: Desk) {
  const reading = await readOffline(place);
  if (reading.kind === 'whole' && reading.whole.ok) return reading.whole.configuration;
  const shown = renderProblems(problemsOf(reading), { color: false }).trimEnd();
  throw new CommandFault(EXIT.usage, shown, { hint: 'signalbox config validate' });
}
