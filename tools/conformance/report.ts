// What a replay found, as one document for machines and as tables for people.
import type { Report, Row } from '../bench/report.ts';
import { versions } from '../bench/versions.ts';
import { CHECKS, type Check } from './checks.ts';
import type { Costs } from './costs.ts';
import type { Cell } from './matrix.ts';
import type { Replay, Replayed } from './replay.ts';
import type { Twins } from './twins.ts';

export type Found = {
  readonly replay: Replay;
  readonly twins: Twins;
  readonly costs: Costs;
  readonly cells: readonly Cell[];
};

const holds = ({ findings }: Replayed): boolean => findings.every(({ why }) => why === undefined);

/** Ours of a total; the goal is all of them. */
function row(figure: string, ours: number, total: number): Row {
  return {
    figure,
    unit: `of ${total}`,
    ours,
    baselines: {},
    ratio: null,
    goal: `${total}`,
    met: ours === total,
    spread: {},
  };
}

export function reportOf({ replay, twins, costs, cells }: Found): Report {
  const { replayed, broken } = replay;
  const { node = '', signalbox = '', revision = '' } = versions();
  const others = [...replay.others.values()].reduce((sum, one) => sum + one, 0);
  const wrong = replayed.flatMap(({ exchange, findings }) =>
    findings.flatMap(({ check, why }) =>
      why === undefined ? [] : [`${exchange.name}: ${check}: ${why}`],
    ),
  );
  return {
    name: 'conformance',
    versions: { node, signalbox, revision },
    rows: [
      ...byProvider(replayed),
      ...CHECKS.map((check) => byCheck(replayed, check)),
      ...cells.map(({ from, over, kept, total }) =>
        row(`${from} > ${over} > ${from}`, kept, total),
      ),
      { ...row('costs as told', costs.told - costs.unlike.length, costs.told), ...FREE },
      { ...row('twins of one shape', twins.pairs - twins.unlike.length, twins.pairs), ...FREE },
      { ...row('recordings in formats of others', others, others), ...FREE },
      { ...row('files that cannot be read', broken.length, 0), unit: 'files' },
    ],
    faults: [...wrong, ...cells.flatMap(({ faults }) => faults), ...broken],
  };
}

/** Without a goal. */
const FREE = { goal: null, met: null } as const;

function byProvider(replayed: readonly Replayed[]): readonly Row[] {
  return providersOf(replayed).map((provider) => {
    const own = replayed.filter(({ exchange }) => exchange.provider === provider);
    return row(`recordings of ${provider}`, own.filter(holds).length, own.length);
  });
}

function byCheck(replayed: readonly Replayed[], check: Check): Row {
  const findings = replayed.flatMap((one) => one.findings.filter((each) => each.check === check));
  const good = findings.filter(({ why }) => why === undefined).length;
  return row(`check: ${check}`, good, findings.length);
}

const providersOf = (replayed: readonly Replayed[]): readonly string[] =>
  [...new Set(replayed.map(({ exchange }) => exchange.provider))].sort();

export function tablesOf(found: Found): string {
  const { replay, twins, costs, cells } = found;
  const report = reportOf(found);
  const versionsLine = Object.entries(report.versions).map(([name, one]) => `${name} ${one}`);
  return [
    `${report.name}: ${versionsLine.join(', ')}`,
    '',
    table(PROVIDER_HEAD, providerRows(replay)),
    '',
    table(['check', 'holds', 'of'], checkRows(replay.replayed)),
    '',
    'There and back: a caller of the first format, an upstream of the second.',
    table(['caller', 'upstream', 'kept', 'of', 'dropped by name'], cells.map(cellRow)),
    '',
    `Streams with a whole twin: ${twins.pairs}; of another shape: ${twins.unlike.length}.`,
    `Answers whose cost is told: ${costs.told}; another by our list: ${costs.unlike.length}.`,
    ...report.faults.map((fault) => `fault: ${fault}`),
    '',
  ].join('\n');
}

const KINDS = ['stream', 'whole', 'embedding', 'error'] as const;
const PROVIDER_HEAD = ['provider', ...KINDS.map((kind) => `${kind}s`), 'hold', 'other formats'];

function providerRows({ replayed, others }: Replay): readonly (readonly string[])[] {
  const names = new Set([...providersOf(replayed), ...[...others.keys()].sort()]);
  return [...names].map((provider) => {
    const own = replayed.filter(({ exchange }) => exchange.provider === provider);
    const counts = KINDS.map((kind) => count(own.filter((one) => one.kind === kind).length));
    const good = own.filter(holds).length;
    const hold = own.length === 0 ? '' : good === own.length ? 'all' : `${good} of ${own.length}`;
    return [provider, ...counts, hold, count(others.get(provider) ?? 0)];
  });
}

const count = (value: number): string => (value === 0 ? '' : `${value}`);

const checkRows = (replayed: readonly Replayed[]): readonly (readonly string[])[] =>
  CHECKS.map((check) => {
    const { ours, goal } = byCheck(replayed, check);
    return [check, `${ours}`, `${goal}`];
  });

function cellRow(cell: Cell): readonly string[] {
  const { from, over, kept, total } = cell;
  const words = new Set([...cell.droppedOfAsks.keys(), ...cell.droppedOfAnswers.keys()]);
  return [from, over, `${kept}`, `${total}`, [...words].sort().join(' ')];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((cells) => (cells[column] ?? '').length)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return [head, widths.map((width) => '-'.repeat(Math.min(width, 40))), ...rows]
    .map(line)
    .join('\n');
}
