// `signalbox node`: how this gateway stands, and what an operator says about its level of
// degradation.
import { LEVEL_MAX } from '@signalbox/engine';
import type { Asked, Command, Desk } from '../command.ts';
import { EXIT, type ExitCode, misused } from '../exit.ts';
import { numberIn, textIn, textsIn } from '../gateway-client.ts';
import { columns, printable } from '../layout.ts';
import { askAdmin, mayChange } from './admin.ts';

const LEVELS = `0 to ${LEVEL_MAX}, or \`auto\` for what is measured`;

export const commands: readonly Command[] = [
  {
    name: 'node show',
    says: 'How the gateway stands, and its level of degradation.',
    examples: ['signalbox node show', 'signalbox node show --json'],
    run: show,
  },
  {
    name: 'node set',
    says: 'State the level of degradation, until that is taken back or the gateway ends.',
    flags: { degradation: { says: `${LEVELS}.`, takes: 'LEVEL' } },
    changes: true,
    examples: ['signalbox node set --degradation 2', 'signalbox node set --degradation auto'],
    run: set,
  },
];

const DEGRADATION = { path: '/admin/v1/degradation' } as const;

async function show(_asked: Asked, desk: Desk): Promise<ExitCode> {
  const { terminal } = desk;
  const status = await askAdmin(desk, { path: '/admin/v1/status' });
  const degradation = await askAdmin(desk, DEGRADATION);
  const [name, mode, reasons] = [
    textIn(status, 'node') ?? '',
    textIn(status, 'mode') ?? '',
    textsIn(status, 'reasons'),
  ];
  if (terminal.json) terminal.out(`${JSON.stringify({ name, mode, reasons, degradation })}\n`);
  else {
    const rows = [
      ['node', name],
      ['mode', mode],
      ['degradation', levelText(degradation)],
      ...reasons.map((one) => ['', one]),
    ];
    terminal.out(columns(rows.map((row) => row.map(printable))));
  }
  terminal.say('next: signalbox node set --degradation auto');
  return EXIT.ok;
}

async function set(asked: Asked, desk: Desk): Promise<ExitCode> {
  const { terminal } = desk;
  const text = asked.text('degradation') ?? '';
  const isLevel = /^\d$/.test(text) && Number(text) <= LEVEL_MAX;
  if (!isLevel && text !== 'auto') throw misused(`--degradation takes ${LEVELS}.`);
  const body = { level: isLevel ? Number(text) : null };
  const change = { question: `Set the level to ${text}?`, shown: body, takes: false };
  if (!(await mayChange(asked, desk, change))) return EXIT.ok;
  const degradation = await askAdmin(desk, { ...DEGRADATION, method: 'PUT', body });
  terminal.out(
    terminal.json
      ? `${JSON.stringify(degradation)}\n`
      : `degradation ${printable(levelText(degradation))}\n`,
  );
  terminal.say('next: signalbox node show');
  return EXIT.ok;
}

function levelText(degradation: unknown): string {
  const because = textIn(degradation, 'because');
  const level = `level ${numberIn(degradation, 'level') ?? 0}`;
  return because === undefined ? level : `${level}: ${because}`;
}
