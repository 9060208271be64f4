// A record in words: what happened in one sentence, why each candidate was or was not taken, and
// what would change it. Says nothing that the record does not hold.
import { CODES, type Code, formatUsd, kindsWords, secondStageWords } from '@signalbox/contract';
import { GATE_WORDS, gateNames } from '@signalbox/engine';
import type {
  ReadCache,
  ReadCandidate,
  ReadClearance,
  ReadRecord,
  ReadRouting,
  ReadTurn,
} from './record.ts';
import { REMEDIES } from './remedies.table.ts';

export type ExplainedCandidate = {
  readonly endpoint: string;
  readonly model: string;
  readonly tier: number;
  readonly in_route: boolean;
  readonly gates: readonly string[];
  readonly why: readonly string[];
  readonly remedies: readonly string[];
};

export type Explanation = {
  /** What happened. */
  readonly summary: string;
  /** Why it went there, one sentence each, in the order in which it was decided. */
  readonly because: readonly string[];
  /** What would change it. */
  readonly changes: readonly string[];
};

export function explainCandidate(candidate: ReadCandidate): ExplainedCandidate {
  const gates = gateNames(candidate.gates);
  return {
    endpoint: candidate.endpoint,
    model: candidate.model,
    tier: candidate.tier,
    in_route: candidate.gates === 0,
    gates,
    why: gates.map((gate) => GATE_WORDS[gate]),
    remedies: gates.map((gate) => REMEDIES[gate]),
  };
}

export function explain(record: ReadRecord): Explanation {
  return { summary: summaryOf(record), because: becauseOf(record), changes: changesOf(record) };
}

function summaryOf(record: ReadRecord): string {
  const answered = record.attempts.findLast((one) => one.outcome === 'answered');
  const last = answered ?? record.attempts.at(-1);
  const where =
    last === undefined ? '' : ` by ${last.modelAsked} at ${last.endpoint}, tier ${last.tier}`;
  const meanwhile = where === '' ? '' : `, while answered${where}`;
  const total = `${rounded(record.totalMs)} ms`;
  switch (record.ending) {
    case 'answered':
      return `Answered${where}, in ${total}${costWords(record)}.`;
    case 'refused':
      return `Refused after ${total}: ${meaningOf(record.code)}`;
    case 'cut':
      return `Cut off after ${total}${meanwhile}. ${meaningOf(record.code)}`;
    case 'left':
      return `The caller left after ${total}${meanwhile}.`;
    case 'crashed':
      return 'The server stopped during this call; its hold was charged at the estimate.';
    default:
      return `Ended (${record.ending}) after ${total}.`;
  }
}

function costWords({ costNanoUsd, savingsNanoUsd }: ReadRecord): string {
  if (costNanoUsd === undefined) return ', at a cost that is not known';
  const cost = `, for $${formatUsd(costNanoUsd)}`;
  if (savingsNanoUsd === undefined || savingsNanoUsd <= 0n) return cost;
  return `${cost} ($${formatUsd(savingsNanoUsd)} less than at the frontier)`;
}

function becauseOf(record: ReadRecord): readonly string[] {
  const told: string[] = [];
  const { clearance, label, kinds, difficulty, rule } = record;
  if (label !== undefined) told.push(`It is labelled ${label} (${kindsWords(kinds)}).`);
  const { declared, secondStage } = record;
  if (declared !== undefined) told.push(`The caller declared ${declared}: less, and ignored.`);
  if (secondStage !== undefined) {
    const { outcome, types, model } = secondStage;
    const who = model === undefined ? 'The second stage' : `The second stage (${model})`;
    told.push(`${who} ${secondStageWords(outcome, types)}.`);
  }
  if (record.consent !== undefined) told.push(consentWords(record.consent, record.consentUse));
  if (clearance !== undefined) told.push(clearanceWords(clearance));
  if (record.step !== undefined) told.push(stepWords(record.step, record));
  if (rule !== undefined) told.push(`The rule ${rule} spoke.`);
  if (difficulty !== undefined) told.push(difficultyWords(difficulty, record.routed));
  if (record.routed?.cache !== undefined) told.push(cacheWords(record.routed.cache));
  if (record.routed?.turn !== undefined) told.push(turnWords(record.routed.turn));
  if (record.routed?.closed !== undefined) told.push(closedWords(record.routed));
  const open = record.candidates.filter((one) => one.gates === 0).length;
  if (record.candidates.length > 0) {
    const { length } = record.candidates;
    told.push(`Of ${length} candidate${length === 1 ? '' : 's'}, ${open} stood in the route.`);
  }
  return told;
}

function consentWords(id: string, use: string | undefined): string {
  if (use === 'applied') return `The consent ${id} covers all that keeps it on tier 1.`;
  if (use === 'unneeded') return `The consent ${id} changes nothing for it.`;
  return `The consent ${id} is not its tenant's, not in force, or about another subject.`;
}

function clearanceWords(clearance: ReadClearance): string {
  const { ceiling, shut, residency, retention, ownOnly } = clearance;
  const highest = ceiling === 3 ? 'any tier' : `tier ${ceiling} at most`;
  const terms = [
    shut === undefined ? highest : `${highest} but ${shut}`,
    ...(residency === undefined ? [] : [`only in ${residency.join(', ')}`]),
    ...(retention === 'zero' ? ['only where nothing is kept'] : []),
    ...(ownOnly ? ["only the tenant's own endpoints"] : []),
  ];
  return `So it may go to ${terms.join('; ')}.`;
}

const SOURCES: Readonly<Record<string, string>> = {
  header: 'as the header said',
  metadata: 'as its metadata said',
  telemetry: 'as its trace said',
  identity: 'as its callers said of the same prompt and tools before',
  structure: 'by how it is built',
  words: 'by the words of its instruction',
  position: 'by where it stands in the conversation',
};

function stepWords(step: string, { stepSource, stepClass }: ReadRecord): string {
  const isOther = stepClass !== undefined && stepClass !== step;
  const counted = isOther ? `, which counts as ${stepClass}` : '';
  return `Its step is ${step}, ${SOURCES[stepSource] ?? 'as the call said'}${counted}.`;
}

function difficultyWords(difficulty: string, routed: ReadRouting | undefined): string {
  const work = DIFFICULTY[difficulty] ?? difficulty;
  switch (routed?.by) {
    case 'learned':
      return `The learned router ${routed.router ?? ''} says it is ${work}${gainWords(routed)}.`;
    case 'session':
      return `It goes on where the step before it was done: ${work}.`;
    case 'mode':
      return `For who waits, or does not, as the call says, it is taken as ${work}.`;
    case 'step':
      return `Such steps are usually ${work}${abstainedWords(routed)}.`;
    default:
      return `By rule of thumb it is ${work}${routed === undefined ? '' : abstainedWords(routed)}.`;
  }
}

function cacheWords({ tier, failures, explored }: ReadCache): string {
  const before = `The last ${failures} answers of tier ${tier} to such calls were not good enough`;
  if (explored === true) return `${before}; one call in twenty is tried there all the same.`;
  return `${before}: it begins above it, unless a rule names the tier.`;
}

const TURNS: Readonly<Record<string, string>> = {
  tool: 'it asked for the tool whose result this is',
  cache: 'its prompt is cached there, and reading it anew costs more than a lower tier saves',
  'needs-more': 'this step needs more',
  saves: 'a lower tier saves more than the prompt costs that is read anew',
  step: 'this step begins elsewhere, and nothing is cached there any more',
  share: 'the share of strong calls is used up',
  unavailable: 'it may not be asked now',
};

const turnWords = ({ kept, why, from }: ReadTurn): string =>
  `Its session ${kept ? 'stays with' : 'leaves'} ${from}: ${TURNS[why] ?? why}.`;

function closedWords({ closed, lowered }: ReadRouting): string {
  const why =
    closed === 'alarm'
      ? 'After an alarm the share of strong calls of its tenant is held at what was usual'
      : 'Its tenant has had its share of strong calls';
  return lowered === undefined ? `${why}.` : `${why}: it was ${DIFFICULTY[lowered] ?? lowered}.`;
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;

const gainWords = ({ gain, error }: ReadRouting): string =>
  gain === undefined
    ? ''
    : `: the stronger tier gains ${percent(gain)}, give or take ${percent(error ?? 1)}`;

function abstainedWords({ router, abstained }: ReadRouting): string {
  if (router === undefined) return '; no learned router is promoted';
  return `; the learned router ${router} says nothing (${abstained ?? 'no labels'})`;
}

const DIFFICULTY: Readonly<Record<string, string>> = {
  easy: 'easy work, which begins on tier 1',
  middle: 'middling work, which begins on tier 2',
  hard: 'hard work, which begins on tier 3',
};

/** The hint of a refusal, and what would open the gates of candidates that one gate alone stops. */
function changesOf(record: ReadRecord): readonly string[] {
  const told = new Set<string>();
  if (record.code !== undefined && isCode(record.code)) told.add(CODES[record.code].hint);
  for (const candidate of record.candidates) {
    const [gate, second] = gateNames(candidate.gates);
    if (gate === undefined || second !== undefined) continue;
    told.add(`For ${candidate.model} at ${candidate.endpoint}: ${REMEDIES[gate]}.`);
  }
  return [...told];
}

function meaningOf(code: string | undefined): string {
  return code !== undefined && isCode(code) ? CODES[code].meaning : '';
}

const isCode = (text: string): text is Code => Object.hasOwn(CODES, text);

const rounded = (ms: number): string => (ms < 10 ? ms.toFixed(1) : Math.round(ms).toString());
