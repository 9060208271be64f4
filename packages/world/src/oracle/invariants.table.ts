// What must hold in every world, whatever happens in it.

export const INVARIANTS = {
  'settled-once': 'every call that was admitted is settled exactly once, whoever dies meanwhile',
  'queue-empties':
    'of a queued call nothing stays on the disk when it was delivered or its time is over',
  'queued-known':
    'who was told that its answer is fetched later never hears that nobody queued its call',
  'delivered-once':
    'an answer of the queue is handed out once, unless the gateway died while it was',
  'holds-end': 'every hold has its settlement, and no money is held when nothing runs',
  'places-return': 'places in flight and parked calls are back to zero when nothing runs',
  'timers-end': 'nothing goes on ticking when nothing runs',
  'spent-adds-up': 'what is spent is the sum of the settlements in the journal, window by window',
  'budget-kept': 'no admission and no extension passes a budget',
  'acknowledged-kept': 'what was acknowledged is still in the journal after whatever happened',
  'chain-verifies': 'the whole journal verifies as one chain',
  'restart-recovers': 'a gateway that died comes up again by itself',
  'egress-within': 'nothing goes where the documents of its tenant do not let it go',
  'cleared-only':
    'no byte of a call stands where its clearance does not reach: socket, span, log, disk, answer',
  'dial-asserted': 'what is dialled is within its clearance, and the place is the documented one',
  'credential-home': 'a credential goes to its own endpoint, and no key of a caller goes anywhere',
  'one-at-a-time': 'under one idempotency key one call runs at a time',
  'one-way-door': 'after the first released part nothing else is tried',
  'no-extra-calls':
    'without a chain, a need, a fallback, retries or equal endpoints one request is one call',
  'done-from-upstream': 'a closing [DONE] is there only when the upstream sent it',
  'cut-is-unclean': 'a reply that was cut short does not end as if it were whole',
  'no-false-answer': 'what is no answer is not passed on as one',
  'conflict-has-two': 'a repetition is refused only while, or when, there is another call',
  'bytes-stay': 'what a caller receives is what the upstream sent',
  'one-answer': 'a caller is answered once, in one piece or as one stream',
  'answered-in-time': 'every caller that stayed is answered within the bounds of its waits',
  'abort-within': 'nobody is dialled for a caller that has gone, or for a reply that is over',
  'down-ends': 'an endpoint that was down is left alone for a while, whatever clocks do',
  'places-bounded': 'an endpoint never has more calls in flight than its document allows',
  'place-for-place': 'nobody is refused for want of a place that is free',
  'pressure-passes': 'a caller that reads slowly is not flooded',
  'journal-first': 'no call goes out while the journal takes none',
  'record-first': 'who wants the record first is answered when it is safe',
  'record-true': 'the record of a call says what happened',
  'counted-all': 'what is refused without a record is counted',
  'serves-again': 'when the storm is over, everybody who may be served is served',
  'nothing-told': 'no prompt, output, key or session stands in a log, a label or the journal',
  'dry-run-dry': 'a dry run dials nobody, holds nothing and records nothing',
  'no-bug': 'nothing throws, and no call fails closed',
} as const;

export type Invariant = keyof typeof INVARIANTS;
