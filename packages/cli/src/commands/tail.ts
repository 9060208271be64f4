// `signalbox tail`: ended calls as they happen, one aligned line each; Ctrl-C sums up.
import type { Asked, Command, Desk } from '../command.ts';
import { CommandFault, EXIT, type ExitCode, misused } from '../exit.ts';
import {
  listIn,
  memberOf,
  numberIn,
  readJson,
  refusalOf,
  send,
  textIn,
} from '../gateway-client.ts';
import { printable } from '../layout.ts';
import { askAdmin } from './admin.ts';
import { eventsOf } from './events.ts';
import { type Condition, holds, readWhere } from './where.ts';

export const commands: readonly Command[] = [
  {
    name: 'tail',
    says: 'Ended calls as they happen.',
    flags: {
      tenant: { says: 'Those of one tenant.', takes: 'NAME' },
      where: { says: "Conditions: 'tier=3 and ms>1000'.", takes: 'CONDITIONS' },
      recent: { says: 'Begin with the last N.', takes: 'N' },
      count: { says: 'End after N.', takes: 'N' },
    },
    examples: [
      'signalbox tail',
      "signalbox tail --tenant acme --where 'tier=3'",
      'signalbox tail --recent 20 --count 20 --json',
    ],
    run: tail,
  },
];

const RECENT_MAX = 200;
const COUNT_MAX = 1_000_000;

async function tail(asked: Asked, desk: Desk): Promise<ExitCode> {
  const { terminal } = desk;
  const conditions = readWhere(asked.text('where') ?? '');
  const tenant = asked.text('tenant');
  const recent = numberOf(asked, 'recent', RECENT_MAX) ?? 0;
  const countMax = numberOf(asked, 'count', COUNT_MAX) ?? Number.POSITIVE_INFINITY;
  const leaving = new AbortController();
  const leave = (): void => leaving.abort();
  process.once('SIGINT', leave);
  process.once('SIGTERM', leave);
  const sums = newSums();
  if (!terminal.json) terminal.out(`${terminal.paint.dim(HEAD)}\n`);
  const show = (row: unknown): boolean => {
    if (!holds(conditions, row)) return true;
    terminal.out(terminal.json ? `${JSON.stringify(row)}\n` : `${lineOf(row)}\n`);
    add(sums, row);
    return sums.calls < countMax;
  };
  try {
    await follow({ desk, tenant, recent, signal: leaving.signal, show });
  } finally {
    process.off('SIGINT', leave);
    process.off('SIGTERM', leave);
  }
  terminal.say(summaryOf(sums, conditions));
  terminal.say('next: signalbox explain DECISION');
  return EXIT.ok;
}

type Following = {
  readonly desk: Desk;
  readonly tenant: string | undefined;
  readonly recent: number;
  readonly signal: AbortSignal;
  /** False: that was enough. */
  readonly show: (row: unknown) => boolean;
};

/** The live stream is opened before the past is read, so that nothing falls between the two. */
async function follow({ desk, tenant, recent, signal, show }: Following): Promise<void> {
  const { place, terminal } = desk;
  const query = tenant === undefined ? '' : `?tenant=${encodeURIComponent(tenant)}`;
  const path = `/admin/v1/requests/live${query}`;
  const response = await send({ url: place.url, key: place.adminKey(), path, signal });
  if (!response.ok) throw refusalOf(response, await readJson(response));
  const known = new Set<string>();
  if (recent > 0) {
    const pages = `/admin/v1/requests?limit=${recent}${query.replace('?', '&')}`;
    const rows = listIn(await askAdmin(desk, { path: pages }), 'data');
    for (const row of rows.toReversed()) {
      known.add(textIn(row, 'decision_id') ?? '');
      if (!show(row)) return;
    }
  }
  try {
    for await (const { event, payload } of eventsOf(response)) {
      if (event === 'request') {
        const row: unknown = JSON.parse(payload);
        if (!known.has(textIn(row, 'decision_id') ?? '') && !show(row)) return;
      } else if (event === 'dropped' || event === 'gap') {
        terminal.say(`some calls are not shown: ${payload}`);
      } else if (event === 'drain') return terminal.say('The gateway is about to stop.');
    }
  } catch (cause) {
    if (signal.aborted) return;
    if (cause instanceof CommandFault) throw cause;
    throw new CommandFault(EXIT.down, 'The gateway went away.');
  }
}

function numberOf(asked: Asked, flag: string, most: number): number | undefined {
  const text = asked.text(flag);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > most) {
    throw misused(`--${flag} takes a whole number up to ${most}.`);
  }
  return value;
}

const WIDTHS = [8, 12, 4, 30, 9, 8, 7, 12, 8];
const HEAD = lined([
  'time',
  'tenant',
  'tier',
  'model at endpoint',
  'label',
  'ended',
  'tokens',
  'cost',
  'ms',
  'decision',
]);

function lineOf(row: unknown): string {
  const endpoint = textIn(row, 'endpoint');
  const model = textIn(row, 'model') ?? textIn(row, 'model_requested') ?? '-';
  const tokens = (numberIn(row, 'input_tokens') ?? 0) + (numberIn(row, 'output_tokens') ?? 0);
  const ending = textIn(row, 'ending') ?? '';
  const cost = textIn(row, 'cost_usd');
  return lined([
    (textIn(row, 'at') ?? '').slice(11, 19),
    textIn(row, 'tenant') ?? '-',
    String(numberIn(row, 'tier') ?? '-'),
    endpoint === undefined ? model : `${model} at ${endpoint}`,
    textIn(row, 'label') ?? '-',
    ending === 'answered' ? String(numberIn(row, 'status') ?? '') : ending,
    String(tokens),
    cost === undefined ? 'unknown' : `$${cost}`,
    String(Math.round(numberIn(row, 'total_ms') ?? 0)),
    textIn(row, 'decision_id') ?? '',
  ]);
}

/** Rows come one at a time, so the columns have fixed widths; what is longer pushes the rest. */
function lined(cells: readonly string[]): string {
  return cells
    .map((cell, at) => printable(cell).padEnd(WIDTHS[at] ?? 0))
    .join(' ')
    .trimEnd();
}

type Sums = {
  calls: number;
  notAnswered: number;
  costUsd: number;
  unknown: number;
  tiers: Map<number, number>;
};

const newSums = (): Sums => ({
  calls: 0,
  notAnswered: 0,
  costUsd: 0,
  unknown: 0,
  tiers: new Map(),
});

function add(sums: Sums, row: unknown): void {
  sums.calls += 1;
  if (textIn(row, 'ending') !== 'answered') sums.notAnswered += 1;
  const cost = memberOf(row, 'cost_micro_usd');
  if (typeof cost === 'number') sums.costUsd += cost / 1e6;
  else sums.unknown += 1;
  const tier = numberIn(row, 'tier');
  if (tier !== undefined) sums.tiers.set(tier, (sums.tiers.get(tier) ?? 0) + 1);
}

function summaryOf(sums: Sums, conditions: readonly Condition[]): string {
  const tiers = [...sums.tiers].sort().map(([tier, calls]) => `tier ${tier}: ${calls}`);
  const more = sums.unknown === 0 ? '' : ` and ${sums.unknown} of unknown cost`;
  const parts = [
    `${sums.calls} calls${conditions.length === 0 ? '' : ' that fit'}`,
    ...tiers,
    `${sums.notAnswered} not answered`,
    `$${sums.costUsd.toFixed(6)}${more}`,
  ];
  return parts.join(', ');
}
