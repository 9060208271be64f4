// A need that nobody meets: which one demand would have to go, and who would then serve; where no
// single one helps, who comes nearest.
import { type Refusal, refusal } from '@signalbox/contract';
import { GATES } from './gates.table.ts';
import { type Need, wordsOf } from './need.ts';
import type { Candidate } from './offer.ts';

/** Demands that are named in one refusal. */
const NAMED_MAX = 4;

/**
 * Undefined: somebody meets it, and something else is in the way. Only what the call might use
 * without its need is named.
 */
export function unsatisfied(need: Need, candidates: readonly Candidate[]): Refusal | undefined {
  if (candidates.some(({ unmet }) => unmet === 0)) return undefined;
  const open = candidates.filter(({ gates }) => gates === GATES.need);
  const message = `No known model satisfies \`need:${need.text}\`.`;
  return refusal('need_unsatisfiable', `${message}${nearest(need, open)}`, { param: 'model' });
}

function nearest(need: Need, open: readonly Candidate[]): string {
  const first = new Map<number, Candidate>();
  let fewest: Candidate | undefined;
  for (const one of open) {
    if (fewest === undefined || countOf(one.unmet) < countOf(fewest.unmet)) fewest = one;
    if (countOf(one.unmet) === 1 && !first.has(one.unmet)) first.set(one.unmet, one);
  }
  if (fewest === undefined) return ' Nothing that this call may use comes near.';
  const without = [...first].slice(0, NAMED_MAX);
  if (without.length === 0) {
    return ` The nearest is ${nameOf(fewest)}, which lacks ${listed(need, fewest.unmet)}.`;
  }
  const ways = without.map(
    ([unmet, one]) => `without ${listed(need, unmet)} ${nameOf(one)} would serve`,
  );
  return ` ${sentence(ways.join('; '))}.`;
}

function countOf(bits: number): number {
  let count = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}

const nameOf = ({ offering }: Candidate): string =>
  `\`${offering.model}\` at \`${offering.endpoint.name}\``;

const listed = (need: Need, unmet: number): string =>
  wordsOf(need, unmet)
    .map((word) => `\`${word}\``)
    .join(', ');

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
