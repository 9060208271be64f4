// The caller's side over one exchange, and the deferred kind: a caller that allows it is told 202
// and fetches its answer later.
import type { Headers, Reply } from '@signalbox/contract';
import type { Exchange } from '@signalbox/ports';

export type Deferred = {
  /** Keeps an answer for the caller to fetch. */
  answer(status: number, headers: Headers, body: Uint8Array): void;
};

export type DeferTo = (headers: Headers) => Deferred | undefined;

/** @param deferTo makes room for a deferred answer; undefined when there is none. */
export function replyOver(exchange: Exchange, deferTo: DeferTo): Reply {
  let begun = false;
  let gone = false;
  let deferred: Deferred | undefined;
  const leavers: (() => void)[] = [];
  exchange.onLeave(() => {
    gone = true;
    // Whoever is answered later does not leave with its connection.
    if (deferred === undefined) for (const then of leavers) then();
  });
  return {
    whole(status, headers, body) {
      if (deferred !== undefined) deferred.answer(status, headers, body);
      else if (!gone) exchange.reply(status, flat(headers), body);
    },
    begin(status, headers) {
      if (begun || gone) return;
      begun = true;
      exchange.begin(status, flat(headers));
    },
    write: (bytes) => gone || exchange.write(bytes),
    onDrain: (then) => exchange.onDrain(then),
    end(trailers) {
      if (!gone) exchange.end(flat(trailers));
    },
    cut() {
      if (!gone) exchange.destroy();
    },
    begun: () => begun,
    onLeave(then) {
      if (gone && deferred === undefined) then();
      else leavers.push(then);
    },
    defer(headers) {
      if (deferred !== undefined) return true;
      if (begun || gone) return false;
      deferred = deferTo(headers);
      if (deferred === undefined) return false;
      exchange.reply(202, flat(headers), new Uint8Array(0));
      return true;
    },
  };
}

export function flat(headers: Headers): string[] {
  const out: string[] = [];
  for (const [name, value] of headers) out.push(name, value);
  return out;
}
