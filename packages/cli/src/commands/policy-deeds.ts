// `signalbox policy approve|promote|rollback|standing`: what is done with policies beside their
// documents, at the gateway that serves them.
import type { Asked, Command, Desk } from '../command.ts';
import { EXIT, type ExitCode, misused } from '../exit.ts';
import { listIn, numberIn, textIn } from '../gateway-client.ts';
import { columns, printable } from '../layout.ts';
import { askAdmin, mayChange } from './admin.ts';

const NAME = [{ name: 'NAME', says: 'The policy.' }];

export const commands: readonly Command[] = [
  {
    name: 'policy approve',
    says: 'Approve the content of a policy as somebody else than its author.',
    takes: NAME,
    flags: {
      by: { says: 'Who approves.', takes: 'PERSON' },
      digest: { says: 'Only this content, as `policy standing` shows it.', takes: 'DIGEST' },
    },
    changes: true,
    examples: ['signalbox policy approve legal --by john'],
    run: approve,
  },
  {
    name: 'policy promote',
    says: 'Let a policy further: from shadow over the rings to everybody.',
    takes: NAME,
    flags: {
      ring: { says: 'To tenants of this ring and those before it.', takes: 'N' },
      all: { says: 'To everybody at once.' },
    },
    changes: true,
    examples: ['signalbox policy promote legal-next', 'signalbox policy promote legal-next --all'],
    run: promote,
  },
  {
    name: 'policy rollback',
    says: 'Put back in force what was before the content of a policy, at once.',
    takes: NAME,
    changes: true,
    examples: ['signalbox policy rollback legal'],
    run: rollback,
  },
  {
    name: 'policy standing',
    says: 'Which content of a policy is in force, for whom, and who approved it.',
    takes: NAME,
    examples: ['signalbox policy standing legal', 'signalbox policy standing legal --json'],
    run: standing,
  },
];

async function approve(asked: Asked, desk: Desk): Promise<ExitCode> {
  const by = asked.text('by');
  if (by === undefined) throw misused('Say who approves: --by PERSON.');
  const digest = asked.text('digest');
  return carryOut(asked, desk, 'approve', { by, ...(digest === undefined ? {} : { digest }) });
}

async function promote(asked: Asked, desk: Desk): Promise<ExitCode> {
  const ring = asked.text('ring');
  if (ring !== undefined && asked.switched('all')) throw misused('Give --ring or --all, not both.');
  if (ring !== undefined && !/^\d{1,4}$/.test(ring)) throw misused('--ring takes a number.');
  const to = ring === undefined ? undefined : Number(ring);
  const body = asked.switched('all') ? { ring: null } : to === undefined ? {} : { ring: to };
  return carryOut(asked, desk, 'promote', body);
}

function rollback(asked: Asked, desk: Desk): Promise<ExitCode> {
  return carryOut(asked, desk, 'rollback', {});
}

const pathOf = (asked: Asked, word: string): string =>
  `/admin/v1/policies/${encodeURIComponent(asked.words['NAME'] ?? '')}/${word}`;

async function carryOut(asked: Asked, desk: Desk, word: string, body: object): Promise<ExitCode> {
  const name = asked.words['NAME'] ?? '';
  const question = `${word === 'rollback' ? 'Roll back' : `${word} `} the policy ${name}?`;
  const change = { question, shown: { policy: name, [word]: body }, takes: word === 'rollback' };
  if (!(await mayChange(asked, desk, change))) return EXIT.ok;
  show(await askAdmin(desk, { path: pathOf(asked, word), method: 'POST', body }), desk);
  desk.terminal.say(`next: signalbox policy standing ${printable(name)}`);
  return EXIT.ok;
}

async function standing(asked: Asked, desk: Desk): Promise<ExitCode> {
  show(await askAdmin(desk, { path: pathOf(asked, 'standing') }), desk);
  desk.terminal.say('next: signalbox policy replay --since 24h');
  return EXIT.ok;
}

const WHY: Readonly<Record<string, string>> = {
  written: 'as its document says',
  promoted: 'promoted',
  'waits-for-approval': 'its document waits for approval',
  'rolled-back': 'rolled back',
};

function show(found: unknown, { terminal }: Desk): void {
  if (terminal.json) {
    terminal.out(`${JSON.stringify(found)}\n`);
    return;
  }
  const ring = numberIn(found, 'ring');
  const approvals = listIn(found, 'approvals').map((one) => [
    'approved',
    `${textIn(one, 'digest')} by ${textIn(one, 'by')}, ${textIn(one, 'at')}`,
  ]);
  const rows = [
    ['policy', textIn(found, 'name') ?? ''],
    ['document', `${textIn(found, 'digest')} by ${textIn(found, 'author') ?? 'nobody named'}`],
    ['in force', textIn(found, 'decides') ?? 'none'],
    ['for', ring === undefined ? 'everybody' : `ring ${ring} and those before it`],
    ['since it is', WHY[textIn(found, 'why') ?? ''] ?? ''],
    ...approvals,
  ];
  terminal.out(columns(rows.map((row) => row.map(printable))));
}
