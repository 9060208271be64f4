// What a provider says that an answer cost, against the shipped list of prices and the counts as
// they are read here. Of text, thoughts and calls alone: what a provider's own tools did is charged
// beyond tokens. A price of today may not be the one of the recording, so nothing fails by it.
import { type Json, member } from '@signalbox/dialect';
import { costNanoUsd, findPrice, loadSnapshot, priceBook } from '@signalbox/documents';
import type { Replayed } from './replay.ts';
import { messagesOf } from './speakers.ts';

export type Costs = { readonly told: number; readonly unlike: readonly string[] };

const MESSAGES_MAX = 1_000_000;
const IN_TOKENS: ReadonlySet<string> = new Set(['text', 'refusal', 'thought', 'call']);
const NANO_PER_USD = 1_000_000_000;
/** xAI counts in ticks of 1e-10 USD. */
const TICKS_PER_NANO = 10;
/** Providers round, and write fractions in binary. */
const OFF_NANO_MAX = 1;

export async function costs(replayed: readonly Replayed[]): Promise<Costs> {
  const list = await loadSnapshot();
  const book = priceBook(list.ok ? list.value : undefined, []);
  const unlike: string[] = [];
  let count = 0;
  for (const { exchange, answer } of replayed) {
    const { model, usage, answers = [] } = answer ?? {};
    const told = toldNano(exchange.answered);
    const isPlain = answers.every(({ parts }) => parts.every(({ kind }) => IN_TOKENS.has(kind)));
    if (model === undefined || usage === undefined || told === undefined || !isPlain) continue;
    const price = findPrice(book, { provider: exchange.provider, model, at: Date.now() });
    const cost = costNanoUsd(price, usage);
    if (cost.kind === 'unknown') continue;
    count += 1;
    const ours = Number(cost.nanoUsd);
    if (Math.abs(ours - told) > OFF_NANO_MAX)
      unlike.push(`${exchange.name}: ${ours}, told ${told}`);
  }
  return { told: count, unlike };
}

/** The last one holds. */
function toldNano(answered: Uint8Array): number | undefined {
  let nano: number | undefined;
  for (const message of messagesOf(new TextDecoder().decode(answered), MESSAGES_MAX)) {
    nano = nanoIn(member(message, 'usage') ?? member(member(message, 'response'), 'usage')) ?? nano;
  }
  return nano;
}

function nanoIn(usage: Json | undefined): number | undefined {
  const ticks = member(usage, 'cost_in_usd_ticks');
  if (typeof ticks === 'number') return ticks / TICKS_PER_NANO;
  const cost = member(usage, 'cost');
  const usd = typeof cost === 'number' ? cost : member(cost, 'total_cost');
  return typeof usd === 'number' ? usd * NANO_PER_USD : undefined;
}
