// `signalbox report`: what somebody has to answer for, from the records.
import type { Asked, Command, Desk } from '../command.ts';
import { EXIT, type ExitCode, misused } from '../exit.ts';
import { listIn, memberOf, numberIn, textIn } from '../gateway-client.ts';
import { columns, printable } from '../layout.ts';
import type { Paint } from '../terminal.ts';
import { askAdmin } from './admin.ts';
import { pastOf } from './amounts.ts';

export const commands: readonly Command[] = [
  {
    name: 'report data-flow',
    says: 'Where the data of a tenant went, what stayed, what was stopped, by which consent.',
    flags: {
      tenant: { says: 'Whose data.', takes: 'NAME' },
      since: { says: 'How far back (24h, 30d), or a day or instant in UTC; 30d.', takes: 'TIME' },
      until: { says: 'The end of the period, said like that; now.', takes: 'TIME' },
    },
    examples: [
      'signalbox report data-flow --tenant acme --since 30d',
      'signalbox report data-flow --tenant acme --since 2026-01-01 --until 2026-04-01 --json',
    ],
    run: dataFlow,
  },
  {
    name: 'report parity',
    says: 'How often the lower tier would have done, by step, as audits have shown.',
    flags: { tenant: { says: 'Whose audits; all.', takes: 'NAME' } },
    examples: ['signalbox report parity', 'signalbox report parity --tenant acme --json'],
    run: parity,
  },
];

async function parity(asked: Asked, desk: Desk): Promise<ExitCode> {
  const { terminal } = desk;
  const tenant = asked.text('tenant');
  const query = tenant === undefined ? '' : `?${new URLSearchParams({ tenant })}`;
  const report = await askAdmin(desk, { path: `/admin/v1/reports/parity${query}` });
  const rows = listIn(report, 'data').map(parityRow);
  terminal.out(
    terminal.json
      ? `${JSON.stringify(report)}\n`
      : table(terminal.paint, 'What lower tiers would have done', PARITY_HEAD, rows),
  );
  if (rows.length === 0) terminal.say('A policy has calls compared: `cascade: {audit: 0.05}`.');
  terminal.say(`next: signalbox tail${tenant === undefined ? '' : ` --tenant ${tenant}`}`);
  return EXIT.ok;
}

const SIDE_HEAD = ['ms', 'usd'];
const PARITY_HEAD = [
  ...['tenant', 'step', 'does', '95 %', 'of', 'lower', ...SIDE_HEAD, 'higher', ...SIDE_HEAD],
  'since',
];

const parityRow = (row: unknown): readonly string[] => [
  printable(textIn(row, 'tenant') ?? ''),
  printable(textIn(row, 'step') ?? 'not known'),
  percent(numberIn(row, 'share')),
  `${percent(numberIn(row, 'low'))} to ${percent(numberIn(row, 'high'))}`,
  String(numberIn(row, 'comparisons')),
  ...sideRow(memberOf(row, 'weak')),
  ...sideRow(memberOf(row, 'strong')),
  toSecond(textIn(row, 'since')),
];

const percent = (share: number | undefined): string => `${((share ?? 0) * 100).toFixed(1)} %`;

function sideRow(side: unknown): readonly string[] {
  const [ms, micro] = [numberIn(side, 'ms'), numberIn(side, 'micro_usd')];
  return [
    printable(textIn(side, 'model') ?? ''),
    ms === undefined ? 'not told' : ms.toFixed(0),
    micro === undefined ? 'unknown' : (micro / 1_000_000).toFixed(6),
  ];
}

async function dataFlow(asked: Asked, desk: Desk): Promise<ExitCode> {
  const { terminal } = desk;
  const tenant = asked.text('tenant');
  if (tenant === undefined) throw misused('Whose data? Say --tenant NAME.');
  const query = new URLSearchParams({ tenant });
  for (const flag of ['since', 'until']) {
    const told = asked.text(flag);
    if (told !== undefined) query.set(flag, pastOf(told, Date.now(), `--${flag}`));
  }
  const report = await askAdmin(desk, { path: `/admin/v1/reports/data-flow?${query}` });
  terminal.out(terminal.json ? `${JSON.stringify(report)}\n` : textOf(report, terminal.paint));
  const page = new URLSearchParams({
    tenant,
    since: textIn(report, 'since') ?? '',
    until: textIn(report, 'until') ?? '',
  });
  terminal.say(`to print: ${desk.place.url}/data-flow?${page}`);
  terminal.say(`next: signalbox tail --tenant ${tenant}`);
  return memberOf(report, 'complete') === false ? EXIT.partial : EXIT.ok;
}

function textOf(report: unknown, paint: Paint): string {
  const period = `${textIn(report, 'since')} to ${textIn(report, 'until')}`;
  const kept = textIn(report, 'records_since') ?? 'none is kept';
  const parts = [
    `${textIn(report, 'tenant')}, ${period}; single calls since ${kept}\n`,
    table(paint, 'How far calls went', CALLS_HEAD, listIn(report, 'calls').map(callsRow)),
    table(paint, 'Who received what', RECEIVED_HEAD, listIn(report, 'received').map(receivedRow)),
    table(paint, 'Stopped at the socket', PLACE_HEAD, listIn(report, 'blocked').map(placeRow)),
    table(paint, 'Exceptions', EXCEPTION_HEAD, listIn(report, 'exceptions').map(exceptionRow)),
  ];
  const cut =
    memberOf(report, 'complete') === false ? ['There is more: shorten the period.\n'] : [];
  return [...parts, ...cut].join('\n');
}

const CALLS_HEAD = ['reach', 'label', 'calls'];
const PLACE_HEAD = [
  'endpoint',
  'tier',
  'region',
  'legal entity',
  'label',
  'calls',
  'first',
  'last',
];
const RECEIVED_HEAD = [...PLACE_HEAD, 'input', 'output', 'uncounted', ''];
const EXCEPTION_HEAD = [...PLACE_HEAD, 'why'];

const callsRow = (row: unknown): readonly string[] => [
  textIn(row, 'reach') ?? '',
  textIn(row, 'label') ?? 'none',
  String(numberIn(row, 'calls')),
];

const placeRow = (row: unknown): readonly string[] => [
  printable(textIn(row, 'endpoint') ?? ''),
  String(numberIn(row, 'tier')),
  printable(textIn(row, 'region') ?? 'not stated'),
  printable(textIn(row, 'legal_entity') ?? 'not stated'),
  textIn(row, 'label') ?? 'none',
  String(numberIn(row, 'calls')),
  toSecond(textIn(row, 'first')),
  toSecond(textIn(row, 'last')),
];

const receivedRow = (row: unknown): readonly string[] => [
  ...placeRow(row),
  String(numberIn(row, 'input_tokens')),
  String(numberIn(row, 'output_tokens')),
  String(numberIn(row, 'uncounted_calls')),
  memberOf(row, 'left') === true ? 'left' : 'stayed',
];

const exceptionRow = (row: unknown): readonly string[] => {
  const consent = textIn(row, 'consent');
  const why = consent === undefined ? 'privacy: observe' : `consent ${consent}`;
  return [...placeRow(row), printable(why)];
};

const toSecond = (iso: string | undefined): string => iso?.replace(/\.\d+Z$/, 'Z') ?? '';

function table(
  paint: Paint,
  title: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  if (rows.length === 0) return `${title}: none\n`;
  return `${title}\n${columns([head.map((one) => paint.dim(one)), ...rows])}`;
}
