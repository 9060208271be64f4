// The journal with what is made from it at a start, balances first of all, in the order that keeps
// both true: the first checkpoint of a run holds what the runs before it left, so that is restored
// before it is taken. Open holds are still open afterwards; `recover` charges them.
import { checkpoint, createLive, type Live, restore } from '@signalbox/engine';
import { type Journal, type JournalOptions, openJournal } from '@signalbox/ports';

export type LedgerOptions = Omit<JournalOptions, 'checkpoint'>;

export type Ledger = { readonly journal: Journal; readonly live: Live };

export async function openLedger(options: LedgerOptions): Promise<Ledger> {
  const late: { live?: Live } = {};
  const journal = await openJournal({
    ...options,
    checkpoint: () =>
      late.live === undefined ? { openHolds: [], balances: [] } : checkpoint(late.live),
  });
  const live = createLive(options.clock, journal, options.sink, options.random);
  late.live = live;
  await journal.recover((entry) => restore(live, entry));
  return { journal, live };
}
