// A decision for eyes: what was chosen and why, what it cost and saved, and every candidate with
// the gate that left it out. It reads both forms in which the gateway tells a decision: the
// caller's own record and the administrator's; what is not told is not shown.
import { formatUsd, kindsWords, secondStageWords } from '@signalbox/contract';
import { unconnectedWords } from '@signalbox/engine';
import { listIn, memberOf, numberIn, textIn, textsIn } from '../gateway-client.ts';
import { columns, printable } from '../layout.ts';
import type { Paint } from '../terminal.ts';

const FACT_INDENT = '  ';

export function explanationText(decision: unknown, paint: Paint): string {
  const facts = factsOf(decision).map(([name, value]) => [FACT_INDENT + name, printable(value)]);
  const id = textIn(decision, 'decision') ?? textIn(decision, 'decision_id') ?? '';
  const candidates = candidateRows(decision, paint);
  return [
    `${paint.bold(`decision ${id}`)}\n`,
    columns(facts),
    candidates.length > 1 ? `\n${columns(candidates)}` : '',
    ...changesOf(decision),
  ].join('');
}

type Fact = readonly [name: string, value: string];

function factsOf(decision: unknown): readonly Fact[] {
  const last = answeredAttempt(decision);
  const facts: (Fact | undefined)[] = [
    fact('tier', tierText(decision, last)),
    fact('claimed', claimedText(last)),
    fact('why', whyText(decision)),
    fact('label', labelText(decision)),
    fact('read by', secondStageText(decision)),
    fact('rule', ruleText(decision)),
    ...leftTexts(decision).map((one) => fact('left', one)),
    fact('asked', textIn(decision, 'modelRequested') ?? textIn(decision, 'model_requested')),
    fact('tokens', tokensText(memberOf(decision, 'usage'))),
    fact('cost', costText(decision, last)),
    fact('saved', savedText(decision)),
    fact('time', timeText(decision)),
    fact('ended', endingText(decision)),
    fact('feedback', feedbackText(decision)),
  ];
  return facts.filter((one) => one !== undefined);
}

const fact = (name: string, value: string | undefined): Fact | undefined =>
  value === undefined ? undefined : [name, value];

function answeredAttempt(decision: unknown): unknown {
  const attempts = listIn(decision, 'attempts');
  return attempts.findLast((one) => textIn(one, 'outcome') === 'answered') ?? attempts.at(-1);
}

/** Attempts that brought no answer: where, and what was met. */
function leftTexts(decision: unknown): readonly string[] {
  return listIn(decision, 'attempts').flatMap((one) => {
    const met = textIn(one, 'fault');
    if (met === undefined) return [];
    const status = numberIn(one, 'status');
    const words = unconnectedWords(met);
    const says = words === undefined ? '' : `: it ${words.says}; ${words.hint}`;
    const code = met === 'status' && status !== undefined ? `status ${status}` : met;
    return [`${textIn(one, 'endpoint') ?? ''}, ${code}${says}`];
  });
}

/** What its callers said of it. */
function feedbackText(decision: unknown): string | undefined {
  const said = listIn(decision, 'feedback').map(
    (one) =>
      `tier ${numberIn(one, 'tier') ?? '?'}: ${numberIn(one, 'score') ?? '?'} of 1` +
      (textIn(one, 'by') === 'device' ? ' (device)' : ''),
  );
  return said.length === 0 ? undefined : said.join(', ');
}

function tierText(decision: unknown, last: unknown): string | undefined {
  const tier = numberIn(last, 'tier') ?? numberIn(decision, 'tier');
  if (tier === undefined) return undefined;
  const endpoint = textIn(last, 'endpoint') ?? textIn(decision, 'endpoint') ?? '';
  const model = textIn(last, 'modelAsked') ?? textIn(last, 'model_asked');
  const region = textIn(last, 'region');
  const where = [endpoint, model, region].filter((one) => one !== undefined && one !== '');
  return `${tier}, ${where.join(', ')}`;
}

/** Told only where the server says that another model answered than was asked for. */
function claimedText(last: unknown): string | undefined {
  const asked = textIn(last, 'modelAsked') ?? textIn(last, 'model_asked');
  const claimed = textIn(last, 'modelClaimed') ?? textIn(last, 'model_claimed');
  return claimed === asked || claimed === undefined ? undefined : `${claimed} is what it says`;
}

/** Of a call of `auto`. */
const WHO: Readonly<Record<string, string>> = {
  learned: ', says the learned router',
  step: ', as such steps usually are',
  session: ', as the step before it',
  words: ', by rule of thumb',
  mode: ', for who waits for it',
};

function whyText(decision: unknown): string | undefined {
  const difficulty = textIn(decision, 'difficulty');
  if (difficulty === undefined) return undefined;
  const step = textIn(decision, 'step');
  const source = textIn(decision, 'stepSource') ?? textIn(decision, 'step_source');
  const known = step === undefined ? '' : `; the step is ${step} (from the ${source})`;
  const ceiling = numberIn(memberOf(decision, 'clearance'), 'ceiling');
  const allowed = ceiling === undefined ? '' : `; it may go to tier ${ceiling} at most`;
  const routed = memberOf(decision, 'routed');
  const by = WHO[textIn(routed, 'by') ?? ''] ?? '';
  return `${difficulty} work${by}${failedText(routed)}${movedText(routed)}${known}${allowed}`;
}

/** Why its session stayed or left, and whether tier 3 was closed to it. */
function movedText(routed: unknown): string {
  const turn = memberOf(routed, 'turn');
  const [from, why] = [textIn(turn, 'from'), textIn(turn, 'why')];
  const stays = memberOf(turn, 'kept') === true ? 'stays with' : 'leaves';
  const told = from === undefined ? '' : `; the session ${stays} ${from} (${why ?? 'unknown'})`;
  const closed = textIn(routed, 'closed');
  if (closed === undefined) return told;
  const after = closed === 'alarm' ? 'an alarm' : "the tenant's share of strong calls";
  return `${told}; tier 3 is closed by ${after}`;
}

/** What came of such calls before. */
function failedText(routed: unknown): string {
  const cache = memberOf(routed, 'cache');
  const [tier, failures] = [numberIn(cache, 'tier'), numberIn(cache, 'failures')];
  if (tier === undefined || failures === undefined) return '';
  const so = memberOf(cache, 'explored') === true ? 'tried all the same' : 'so above it';
  return `; tier ${tier} failed ${failures} such calls in a row, ${so}`;
}

function labelText(decision: unknown): string | undefined {
  const label = textIn(decision, 'label');
  if (label === undefined) return undefined;
  const declared = textIn(decision, 'declared');
  const less = declared === undefined ? '' : `; the caller declared ${declared}, which was ignored`;
  return `${label} (${kindsWords(textsIn(decision, 'kinds'))})${less}`;
}

/** Where a tenant has a local model look for what no pattern sees. */
function secondStageText(decision: unknown): string | undefined {
  const stage = memberOf(decision, 'secondStage') ?? memberOf(decision, 'second_stage');
  const outcome = textIn(stage, 'outcome');
  if (outcome === undefined) return undefined;
  const where = [textIn(stage, 'endpoint'), textIn(stage, 'model')].filter(
    (one) => one !== undefined,
  );
  const who = where.length === 0 ? 'the second stage' : where.join(', ');
  return `${who}: ${secondStageWords(outcome, textsIn(stage, 'types'))}`;
}

function tokensText(usage: unknown): string | undefined {
  const input = numberIn(usage, 'inputTokens') ?? numberIn(usage, 'input_tokens');
  const output = numberIn(usage, 'outputTokens') ?? numberIn(usage, 'output_tokens');
  if (input === undefined || output === undefined) return undefined;
  return `${input} in, ${output} out (${textIn(usage, 'source') ?? 'measured'})`;
}

/** Of a call that went nowhere there is no rule to tell, and no cost. */
function ruleText(decision: unknown): string | undefined {
  const rule = textIn(decision, 'rule');
  if (rule !== undefined || textIn(decision, 'ending') !== 'answered') return rule;
  return 'none: how hard it is';
}

function costText(decision: unknown, last: unknown): string | undefined {
  const dollars = dollarsIn(decision, 'cost');
  if (dollars !== undefined) return `$${dollars}`;
  return last === undefined ? undefined : 'unknown: no price is known';
}

function savedText(decision: unknown): string | undefined {
  const dollars = dollarsIn(decision, 'savings');
  return dollars === undefined
    ? undefined
    : `$${dollars} against sending every call to the frontier`;
}

/** `costNanoUsd` and `cost_nano_usd` are digits, `cost_usd` is dollars already. */
function dollarsIn(decision: unknown, what: 'cost' | 'savings'): string | undefined {
  const nano = textIn(decision, `${what}NanoUsd`) ?? textIn(decision, `${what}_nano_usd`);
  if (nano !== undefined && /^-?\d{1,30}$/.test(nano)) return formatUsd(BigInt(nano));
  return textIn(decision, `${what}_usd`);
}

function timeText(decision: unknown): string | undefined {
  const parts = (['body', 'decide', 'queue', 'upstream', 'total'] as const).flatMap((name) => {
    const ms = numberIn(decision, `${name}Ms`) ?? numberIn(decision, `${name}_ms`);
    return ms === undefined ? [] : [`${name} ${msText(ms)}`];
  });
  return parts.length === 0 ? undefined : parts.join(', ');
}

const msText = (ms: number): string => `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;

function endingText(decision: unknown): string | undefined {
  const ending = textIn(decision, 'ending');
  if (ending === undefined || ending === 'answered') return undefined;
  const code = textIn(decision, 'code');
  return code === undefined ? ending : `${ending}: ${code}`;
}

function candidateRows(decision: unknown, paint: Paint): readonly (readonly string[])[] {
  const answered = answeredAttempt(decision);
  const candidates = listIn(decision, 'candidates');
  // Of a dry run alone: a record says what was, not what was expected.
  const predicted = candidates.some((one) => memberOf(one, 'estimate_micro_usd') !== undefined);
  const rows = candidates.map((one) => {
    const tier = String(numberIn(one, 'tier') ?? '');
    const endpoint = textIn(one, 'endpoint') ?? '';
    const why = textsIn(one, 'why');
    const gates = textsIn(one, 'gates');
    const model = textIn(one, 'model') ?? '';
    const took = endpoint === textIn(answered, 'endpoint') && gates.length === 0;
    const verdict = verdictOf({ took, gates, why, answered: answered !== undefined }, paint);
    const expected = predicted ? [costMaxText(one), expectedText(one)] : [];
    return [FACT_INDENT + tier, printable(endpoint), printable(model), ...expected, verdict];
  });
  const expected = predicted ? ['cost at most', 'takes about'] : [];
  const head = [`${FACT_INDENT}tier`, 'endpoint', 'model', ...expected, 'verdict'];
  return [head.map((one) => paint.dim(one)), ...rows];
}

function costMaxText(candidate: unknown): string {
  const microUsd = numberIn(candidate, 'estimate_micro_usd');
  return microUsd === undefined ? 'unknown' : `$${formatUsd(BigInt(Math.ceil(microUsd)) * 1_000n)}`;
}

function expectedText(candidate: unknown): string {
  const ms = numberIn(candidate, 'expected_ms');
  return ms === undefined ? (textIn(candidate, 'expected_why') ?? '') : msText(ms);
}

type Verdict = {
  readonly took: boolean;
  readonly gates: readonly string[];
  readonly why: readonly string[];
  /** Somebody did. */
  readonly answered: boolean;
};

function verdictOf({ took, gates, why, answered }: Verdict, paint: Paint): string {
  if (took) return paint.green('answered');
  if (gates.length === 0) {
    return answered ? 'stood in the route, behind the one that answered' : 'stood in the route';
  }
  const words = printable((why.length > 0 ? why : gates).join('; '));
  return gates.length === 1 && gates[0] === 'notNeeded'
    ? words
    : `${paint.red('refused')}: ${words}`;
}

function changesOf(decision: unknown): readonly string[] {
  const changes = textsIn(memberOf(decision, 'explanation'), 'changes');
  if (changes.length === 0) return [];
  return ['\nWhat would change it\n', ...changes.map((one) => `${FACT_INDENT}${printable(one)}\n`)];
}
