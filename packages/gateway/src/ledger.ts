// The journal with the balances that are made from it, in the order that keeps both true: the first
// checkpoint of a run holds what the runs before it left, so the balances are restored before it is
// taken. Open holds are still open afterwards; `recover` charges them.
import { createLive, type Live, restore } from '@signalbox/engine';
import { type Journal, type JournalOptions, openJournal } from '@signalbox/ports';

export type LedgerOptions = Omit<JournalOptions, 'checkpoint'>;

export type Ledger = { readonly journal: Journal; readonly live: Live };

export async function openLedger(options: LedgerOptions): Promise<Ledger> {
  const late: { live?: Live } = {};
  const journal = await openJournal({
    ...options,
    checkpoint: () => late.live?.pools.budgets.checkpoint() ?? { openHolds: [], balances: [] },
  });
  const live = createLive(options.clock, journal, options.sink, options.random);
  late.live = live;
  await journal.recover((entry) => restore(live, entry));
  return { journal, live };
}
