// `signalbox session`: what a session has held, lowered by somebody who says why.
import type { Asked, Command, Desk } from '../command.ts';
import { EXIT, type ExitCode, misused } from '../exit.ts';
import { textIn } from '../gateway-client.ts';
import { printable } from '../layout.ts';
import { askAdmin, mayChange } from './admin.ts';

export const commands: readonly Command[] = [
  {
    name: 'session declassify',
    says: 'Lower what a session has held; what its calls say themselves holds as before.',
    takes: [
      { name: 'TENANT', says: 'Whose session it is.' },
      { name: 'SESSION', says: 'Its id (`ses_…`), or the name that its caller gives it.' },
    ],
    flags: {
      reason: { says: 'Why; it is kept in the journal.', takes: 'TEXT' },
      to: { says: 'The label that later calls start from; public.', takes: 'LABEL' },
    },
    changes: true,
    examples: ['signalbox session declassify acme ses_… --reason "the claim was anonymised"'],
    run: declassify,
  },
];

async function declassify(asked: Asked, desk: Desk): Promise<ExitCode> {
  const { terminal } = desk;
  const reason = asked.text('reason');
  if (reason === undefined) {
    throw misused(
      'A session is lowered for a --reason.',
      'See: signalbox session declassify --help',
    );
  }
  const session = asked.words['SESSION'] ?? '';
  const tenant = asked.words['TENANT'] ?? '';
  const to = asked.text('to');
  const body = { tenant, reason, ...(to === undefined ? {} : { to }) };
  const path = `/admin/v1/sessions/${encodeURIComponent(session)}/declassify`;
  const question = `Let later calls of the session ${session} go further?`;
  const change = { question, shown: { method: 'POST', path, body }, takes: true };
  if (!(await mayChange(asked, desk, change))) return EXIT.ok;
  const done = await askAdmin(desk, { method: 'POST', path, body });
  if (terminal.json) terminal.out(`${JSON.stringify(done)}\n`);
  else {
    const [id, from, now] = ['session', 'from', 'to'].map((key) => textIn(done, key) ?? '');
    terminal.out(`${printable(`${id}: ${from} -> ${now}`)}\n`);
  }
  terminal.say('next: signalbox tail');
  return EXIT.ok;
}
