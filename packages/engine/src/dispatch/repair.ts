// What follows when an answer does not pass: the same place again, others, or the end. One for each
// call whose policy checks answers; all others have none. Answers are still withheld here: nothing
// of one that was rejected has reached the caller. It never asks a place that the route does not
// hold, and the retry budget, the latency budget and the money of the call bind it.
import { type Clock, type Refusal, refusal, stepClassOf } from '@signalbox/contract';
import {
  type Answer,
  type Ask,
  askOf,
  hostedTools,
  type Json,
  readAnswerOf,
  wireOf,
} from '@signalbox/dialect';
import { costNanoUsd, type Schema } from '@signalbox/documents';
import type { Comparisons } from '../classify/route/comparisons.ts';
import type { OutputRules } from '../policy/policy.ts';
import type { DeniedBy } from '../policy/tools.ts';
import type { Offer } from '../resolve/offer.ts';
import type { Scheduled } from '../schedule/schedule.ts';
import type { Withheld } from './attempt.ts';
import { checkAnswer, type Found, rulesOf, type Wanted } from './check.ts';
import {
  type CascadeBreakers,
  type CascadeKind,
  escalatedMaxOf,
} from './evidence/cascade-breaker.ts';
import { type Fidelity, holdsForm } from './evidence/fidelity.ts';
import { judgedSure, leastConfidence } from './evidence/judged.ts';
import { hasLogprobs, madeOf, type Sample } from './evidence/sample.ts';
import type { LeaveOut } from './order.ts';
import type { Schemas } from './schemas.ts';
import type { Trial } from './trial.ts';

/** An answer that did not pass, and where its attempt stands in the record. */
export type Rejected = {
  readonly trial: Trial;
  readonly answer: Withheld;
  readonly found: Found;
  readonly at: number;
};

export type RepairPorts = {
  readonly clock: Clock;
  readonly schemas: Schemas;
  readonly cascades: CascadeBreakers;
  readonly fidelity: Fidelity;
  readonly leaveOut: LeaveOut;
  readonly comparisons: Pick<Comparisons, 'standing'>;
};

const UNREAD = 'Some tools are denied, and which ones the call offers cannot be read.';
const NAMED_MAX = 64;
const HINTS: Readonly<Record<DeniedBy, string>> = {
  tools: 'A rule of a policy denies it; `signalbox policy explain` names the rules that hold.',
  declared_tools: 'Name it in `x-signalbox-declared-tools`, or leave it out of the request.',
};

/** Undefined: nothing is checked, as for nearly every call. */
export function repairOf(
  call: Scheduled,
  ports: RepairPorts,
  sample: Sample | undefined,
): Repair | undefined {
  const rules = rulesOf(call);
  return rules === undefined ? undefined : new Repair(call, rules, ports, sample);
}

export class Repair implements Wanted {
  readonly #call: Scheduled;
  readonly #rules: OutputRules;
  readonly #ports: RepairPorts;
  readonly #sample: Sample | undefined;
  readonly #tries: Map<Offer, number> = new Map();
  /** Models on their tiers whose answer did not pass. */
  readonly #rejected: Set<string> = new Set();
  #ask: Ask | undefined = undefined;
  #isRead = false;
  #bypasses = false;
  /** Of the last answer that did not pass. */
  last: Rejected | undefined = undefined;
  /** Of those that were merely not sure enough. */
  #surest: Rejected | undefined = undefined;

  constructor(call: Scheduled, rules: OutputRules, ports: RepairPorts, sample: Sample | undefined) {
    this.#call = call;
    this.#rules = rules;
    this.#ports = ports;
    this.#sample = sample;
  }

  /**
   * The offers of the route, and those that are kept for when an answer is rejected: first, where
   * answers of this kind are rejected nearly always.
   */
  withBetter(offers: readonly Offer[]): readonly Offer[] {
    const { better } = this.#call.route;
    if (better.length === 0) return offers;
    const [first] = offers;
    if (first === undefined || !this.#ports.cascades.bypasses(this.#kindOf(first))) {
      return [...offers, ...better];
    }
    this.#bypasses = true;
    for (const offer of offers) {
      if (nameOf(offer) === nameOf(first)) this.#ports.leaveOut(this.#call, offer, 'escalates');
    }
    return [...better, ...offers];
  }

  /** What runs at the provider is denied before it is asked for: no answer tells of it in time. */
  barred(): Refusal | undefined {
    const { tools } = this.#rules;
    if (tools === undefined) return undefined;
    const ask = this.ask();
    if (ask === undefined) return refusal('policy_denied', UNREAD);
    const name = hostedTools(ask).find((one) => tools.denies(one, undefined) !== undefined);
    if (name === undefined) return undefined;
    const message = `The call offers \`${name.slice(0, NAMED_MAX)}\`, which the provider runs.`;
    const by = tools.denies(name, undefined);
    return refusal('policy_denied', message, { param: 'tools', hint: HINTS[by ?? 'tools'] });
  }

  check(answer: Withheld, raw: Uint8Array, trial: Trial): Found {
    const read = readAnswerOf(trial.lane, raw, answer.kind === 'stream');
    const found = this.#checked(read, trial);
    if (read !== undefined) this.#sample?.judged(trial.offer, read, found);
    return found;
  }

  #checked(read: Answer | undefined, trial: Trial): Found {
    const found = checkAnswer(read, this.#rules, this);
    this.#measure(read, found, trial.offer);
    const least = leastConfidence(this.#rules, trial.offer);
    if (read === undefined || least === undefined || found.rejected !== undefined) return found;
    let threshold: Found['threshold'];
    const sure = judgedSure({
      answer: read,
      ask: this.ask(),
      step: stepClassOf(this.#call),
      least: (confidence) => {
        threshold = this.#promised(read, trial, { confidence, least });
        return threshold?.least ?? least;
      },
    });
    const [better] = this.#call.route.better;
    if (better !== undefined) {
      const escalatedMax = escalatedMaxOf(this.#costOf(trial.offer), this.#costOf(better));
      const kind = this.#kindOf(trial.offer);
      this.#ports.cascades.decided(kind, sure.rejected !== undefined, escalatedMax);
    }
    return { undecided: found.undecided, denied: false, ...sure, threshold };
  }

  /** What audits say that keeps the promised loss; until they can, what is configured. */
  #promised(
    read: Answer,
    { offer }: Trial,
    { confidence, least }: { readonly confidence: number; readonly least: number },
  ): Found['threshold'] {
    const { verdict, better } = this.#call.route;
    const { risk, assurance } = verdict.cascade ?? NO_CASCADE;
    const [strong] = better;
    if (risk === undefined || strong === undefined || better.includes(offer)) return undefined;
    const kind = {
      tenant: this.#call.tenant.name,
      step: stepClassOf(this.#call),
      weak: `${nameOf(offer)} ${madeOf(offer.offering, read.model)}`,
      strong: nameOf(strong),
      tokensTold: hasLogprobs(read),
    };
    const found = this.#ports.comparisons.standing(kind, { risk, assurance }, confidence);
    return { ...found, least: found.least ?? least };
  }

  /** Only where a form was asked for, and it could be told whether the answer has it. */
  #measure(read: Answer | undefined, found: Found, { offering }: Offer): void {
    if (found.undecided !== undefined || found.denied === true) return;
    const held = holdsForm(read, found, this.#rules, () => this.ask());
    if (held === undefined) return;
    const { name: tenant } = this.#call.tenant;
    this.#ports.fidelity.checked({ tenant, step: stepClassOf(this.#call), offering }, held);
  }

  reject(rejected: Rejected): void {
    const { offer } = rejected.trial;
    this.last = rejected;
    const { confidence = -1, denied } = rejected.found;
    if (denied !== true && confidence >= (this.#surest?.found.confidence ?? 0)) {
      this.#surest = rejected;
    }
    this.#tries.set(offer, (this.#tries.get(offer) ?? 0) + 1);
    this.#rejected.add(nameOf(offer));
  }

  /** The same model at the same place. */
  mayRetry(offer: Offer): boolean {
    return !this.#isLate() && (this.#tries.get(offer) ?? 0) <= this.#rules.retries;
  }

  /** Before an answer was rejected, only the route; after it, only who may do better. */
  skips(offer: Offer): boolean {
    if (this.last === undefined) {
      return !this.#bypasses && this.#call.route.better.includes(offer);
    }
    const { escalate } = this.#rules;
    return escalate === undefined || this.#isLate() || this.#rejected.has(nameOf(offer));
  }

  /** What goes out when no answer passed: the surest one, else the last. */
  get best(): Rejected | undefined {
    return this.#surest ?? this.last;
  }

  /** An answer that is merely not sure is better than none. */
  get flags(): boolean {
    const isUnsure = this.#surest !== undefined;
    return isUnsure || (this.#rules.otherwise === 'flag' && this.last?.found.denied !== true);
  }

  refusal({ trial, found }: Rejected): Refusal {
    const where = `\`${trial.offer.place.name}\`, ${found.rejected ?? 'unknown'}`;
    return refusal('output_rejected', `No answer passed the checks of the policy. Last: ${where}.`);
  }

  ask(): Ask | undefined {
    if (this.#isRead) return this.#ask;
    this.#isRead = true;
    const { head, question } = this.#call;
    const { dialect, operation } = head;
    const read = askOf(question, { caller: wireOf(dialect, operation), operation });
    this.#ask = read.ok ? read.value : undefined;
    return this.#ask;
  }

  schemaOf(schema: Json): Schema | undefined {
    return this.#ports.schemas.of(this.#call.tenant.name, JSON.stringify(schema));
  }

  /** What the call may cost there; undefined: its price is not known. */
  #costOf({ offering }: Offer): bigint | undefined {
    const cost = costNanoUsd(offering.price, this.#call.route.usageMax);
    return cost.kind === 'known' ? cost.nanoUsd : undefined;
  }

  #kindOf(offer: Offer): CascadeKind {
    const { name: tenant } = this.#call.tenant;
    return { tenant, step: stepClassOf(this.#call), model: nameOf(offer) };
  }

  #isLate(): boolean {
    const { profile, route, arrived } = this.#call;
    const budgetMs = profile.latencyBudgetMs ?? route.verdict.latencyBudgetMs;
    return budgetMs !== undefined && this.#ports.clock.monotonic() - arrived > budgetMs;
  }
}

const NO_CASCADE = { risk: undefined, assurance: undefined };

const nameOf = ({ offering, place }: Offer): string => `${offering.model}@${place.tier}`;
