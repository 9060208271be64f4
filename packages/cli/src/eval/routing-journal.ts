// What the journal of this machine's gateway teaches routing: of calls of `auto` whose features
// were kept, the tier and how good its answer was. A caller's word counts most; a comparison of two
// tiers less; that an answer was rejected, or how sure it sounded, is a weak label. Equal questions
// of a tenant at a step are one row, so that saying something often is saying it once.
import { join } from 'node:path';
import { type Terms, unpackTerms } from '@signalbox/engine';
import { DiskFault, dayOpener, JournalFault, nodeDisk, readJournal } from '@signalbox/ports';
import { CommandFault, EXIT } from '../exit.ts';
import type { RoutingRow } from './routing-set.ts';

/** Where a label comes from, the most trusted first. */
export type Origin = 'feedback' | 'comparison' | 'overlap' | 'check' | 'confidence' | 'device';

/** How much a label of each kind counts beside a caller's word: a convention. */
const WEIGHTS: Readonly<Record<Origin, number>> = {
  feedback: 1,
  comparison: 0.75,
  // Long answers that say the same in other words count as different there.
  overlap: 0.5,
  check: 0.5,
  confidence: 0.25,
  device: 0.25,
};
/** The newest ones; more of one tenant push out its own eldest. */
const CALLS_PER_TENANT_MAX = 5_000;
const CALLS_MAX = 20_000;
const DAY_MS = 86_400_000;
/** Of a digest that tells equal questions. */
const KEY_LENGTH = 64;

export type Taught = {
  readonly rows: readonly RoutingRow[];
  /** Labels by where they come from, before equal questions were put together. */
  readonly origins: Readonly<Record<string, number>>;
  readonly calls: number;
  /** Calls whose features are past their time, or cannot be opened. */
  readonly unread: number;
};

type Label = { readonly score: number; readonly origin: Origin };

type Seen = {
  readonly sealed: string;
  step: string | undefined;
  /** By tier. */
  readonly labels: Map<number, Label>;
};

export type TaughtOptions = {
  readonly dataFolder: string;
  /** Undefined: of all. */
  readonly tenant: string | undefined;
  /** Older features are not read, whether their keys are still there or not. */
  readonly keepDays: number;
  /** Unix milliseconds. */
  readonly now: number;
};

/** @throws a fault where the journal cannot be read. */
export async function taughtBy(options: TaughtOptions): Promise<Taught> {
  const calls = await callsIn(options);
  const open = await dayOpener(join(options.dataFolder, 'days'));
  const merged = new Map<string, Merged>();
  const origins: Record<string, number> = {};
  let unread = 0;
  for (const { tenant, sealed, step, labels } of calls.all()) {
    if (step === undefined || labels.size === 0) continue;
    const bytes = open(tenant, sealed);
    const terms = bytes === undefined ? undefined : unpackTerms(bytes);
    if (bytes === undefined || terms === undefined) {
      unread += 1;
      continue;
    }
    const prompt = Buffer.from(bytes).toString('base64');
    const key = JSON.stringify([tenant, step, prompt]);
    const row = merged.get(key) ?? { tenant, step, prompt, terms, labels: [] };
    merged.set(key, row);
    for (const [tier, label] of labels) {
      row.labels.push([tier, label]);
      origins[label.origin] = (origins[label.origin] ?? 0) + 1;
    }
  }
  return { rows: [...merged.values()].map(rowOf), origins, calls: calls.size, unread };
}

type Merged = {
  readonly tenant: string;
  readonly step: string;
  readonly prompt: string;
  readonly terms: Terms;
  readonly labels: (readonly [tier: number, label: Label])[];
};

/** Of each tier the mean by weight; it counts as much as the best of its labels. */
function rowOf({ tenant, step, prompt, terms, labels }: Merged, at: number): RoutingRow {
  const outcomes: Record<string, number> = {};
  const weights: Record<string, number> = {};
  for (const tier of new Set(labels.map(([one]) => one))) {
    const said = labels.filter(([one]) => one === tier).map(([, label]) => label);
    const whole = said.reduce((sum, { origin }) => sum + WEIGHTS[origin], 0);
    const good = said.reduce((sum, { origin, score }) => sum + WEIGHTS[origin] * score, 0);
    outcomes[`tier-${tier}`] = good / whole;
    weights[`tier-${tier}`] = Math.max(...said.map(({ origin }) => WEIGHTS[origin]));
  }
  return {
    ...{ id: `${at}:${prompt.slice(-KEY_LENGTH)}`, task: tenant, sub: step, prompt, terms },
    ...{ outcomes, weights, tools: undefined, prices: undefined },
    ...{ weakResponse: undefined, role: undefined },
  };
}

async function callsIn(options: TaughtOptions): Promise<Calls> {
  const { dataFolder, tenant, keepDays, now } = options;
  const from = now - keepDays * DAY_MS;
  const calls = new Calls();
  const start = { position: { segment: 0, offset: 0 } };
  const journal = join(dataFolder, 'journal');
  try {
    await readJournal(nodeDisk(), journal, start, ({ head, bodyText }) => {
      const { kind, call, tenant: whose } = head;
      if (call === undefined || whose === undefined || bodyText === undefined) return true;
      if (tenant !== undefined && whose !== tenant) return true;
      if (kind === 'features') {
        if (head.at >= from) calls.add(whose, call, String(read(bodyText)['sealed']));
      } else if (LABELLING.has(kind)) {
        const seen = calls.of(whose, call);
        if (seen !== undefined) learn(seen, kind, read(bodyText));
      }
      return true;
    });
  } catch (cause) {
    // No gateway has served here yet.
    if (cause instanceof DiskFault && cause.kind === 'missing') return calls;
    if (!(cause instanceof JournalFault)) throw cause;
    throw new CommandFault(EXIT.failed, cause.message, { hint: 'signalbox doctor journal' });
  }
  return calls;
}

/** Of each tenant its newest calls; where there are too many the busiest one loses its eldest. */
class Calls {
  readonly #of = new Map<string, Map<string, Seen>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Only a tenant's own entries say something of its calls. */
  of(tenant: string, call: string): Seen | undefined {
    return this.#of.get(tenant)?.get(call);
  }

  all(): readonly (Seen & { readonly tenant: string })[] {
    return [...this.#of].flatMap(([tenant, calls]) =>
      [...calls.values()].map((one) => ({ ...one, tenant })),
    );
  }

  add(tenant: string, call: string, sealed: string): void {
    const calls = this.#of.get(tenant) ?? new Map<string, Seen>();
    this.#of.set(tenant, calls);
    if (!calls.has(call)) this.#size += 1;
    calls.set(call, { sealed, step: undefined, labels: new Map() });
    const full = calls.size > CALLS_PER_TENANT_MAX ? calls : this.#busiest();
    const [eldest] = full?.keys() ?? [];
    if (eldest === undefined || full?.delete(eldest) !== true) return;
    this.#size -= 1;
  }

  /** Undefined: there is room. */
  #busiest(): Map<string, Seen> | undefined {
    if (this.#size <= CALLS_MAX) return undefined;
    return [...this.#of.values()].reduce((most, one) => (one.size > most.size ? one : most));
  }
}

const LABELLING: ReadonlySet<string> = new Set(['settlement', 'feedback', 'comparison']);

type Body = Readonly<Record<string, unknown>>;

/** Our own entries: their frames and chain were checked. */
const read = (bodyText: string): Body => Object(JSON.parse(bodyText));

function learn(seen: Seen, kind: string, body: Body): void {
  switch (kind) {
    case 'feedback':
      say(seen, body['tier'], body['score'], body['by'] === 'device' ? 'device' : 'feedback');
      break;
    case 'comparison':
      compare(seen, body);
      break;
    default:
      seen.step = typeof body['stepClass'] === 'string' ? body['stepClass'] : undefined;
      for (const attempt of Object(body['attempts'] ?? [])) judge(seen, Object(attempt));
  }
}

/** By how near the lower tier came to the higher one, which counts as good. */
function compare(seen: Seen, { weak, strong, good, how }: Body): void {
  const origin = how === 'overlap' ? 'overlap' : 'comparison';
  say(seen, Object(strong).tier, 1, origin);
  say(seen, Object(weak).tier, good === true ? 1 : 0, origin);
}

/** What the gateway itself thought of an answer. */
function judge(seen: Seen, { tier, outcome, rejected, confidence }: Body): void {
  if (confidence !== undefined) say(seen, tier, confidence, 'confidence');
  else if (outcome === 'judged-away' && rejected !== undefined) say(seen, tier, 0, 'check');
}

/** A more trusted label stands; of equal trust the last one does. */
function say({ labels }: Seen, tier: unknown, score: unknown, origin: Origin): void {
  if (tier !== 1 && tier !== 2 && tier !== 3) return;
  if (typeof score !== 'number' || !(score >= 0 && score <= 1)) return;
  const known = labels.get(tier);
  if (known !== undefined && WEIGHTS[known.origin] > WEIGHTS[origin]) return;
  labels.set(tier, { score, origin });
}
