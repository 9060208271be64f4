// The difference between two lists, for a person who is about to commit it.
import type { PriceRow } from '../../packages/documents/src/prices-snapshot.ts';
import { usd, usdPerMillion } from './dollars.ts';
import type { Change } from './history.ts';
import { RATE_FIELDS } from './statement.ts';

const SIGNS: Readonly<Record<Change['kind'], string>> = {
  added: '+',
  changed: '~',
  retired: '-',
  unstated: '?',
};
const WORDS: Readonly<Record<Change['kind'], string>> = {
  added: 'new',
  changed: 'changed, from a new day on',
  retired: 'no longer in the sources (kept)',
  unstated: 'without a price in the sources now (the last one kept)',
};

/** One line a change, at most `linesMax` of each kind, then how many there are of each. */
export function describe(changes: readonly Change[], linesMax: number): readonly string[] {
  const lines: string[] = [];
  const totals: string[] = [];
  for (const kind of ['added', 'changed', 'retired', 'unstated'] as const) {
    const these = changes.filter((change) => change.kind === kind);
    lines.push(...these.slice(0, linesMax).map(describeOne));
    const rest = these.length - linesMax;
    if (rest > 0) lines.push(`${SIGNS[kind]} ... and ${rest} more (--all shows them)`);
    totals.push(`${SIGNS[kind]} ${these.length} ${WORDS[kind]}`);
  }
  return [...lines, ...totals];
}

function describeOne(change: Change): string {
  const { row } = change;
  const name = `${SIGNS[change.kind]} ${row.provider} ${row.model}`;
  if (change.kind !== 'changed') return `${name}  ${priceText(row)}`;
  return `${name}  ${priceText(change.before)}  ->  ${priceText(row)}`;
}

/** "input 2.5 output 10 cachedInput 1.25", in USD per million tokens. */
function priceText(row: PriceRow): string {
  if (row.kind === 'unknown') return `unknown (${row.why})`;
  if (row.kind === 'known-zero') return 'known to be zero';
  const rates = RATE_FIELDS.flatMap((field) => {
    const pico = row[field];
    if (pico === undefined) return [];
    return [`${field} ${field === 'request' ? usd(pico) : usdPerMillion(pico)}`];
  });
  const steps = (row.steps ?? []).map(
    (step) => `above ${step.above}: ${usdPerMillion(step.input)}`,
  );
  return [...rates, ...steps, ...Object.keys(row.services ?? {})].join(' ');
}
