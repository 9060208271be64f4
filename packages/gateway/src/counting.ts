// The count of a message's tokens goes down the line like any call: the endpoint that would answer
// the message is asked, where it counts, and only where the message itself might go. Where nobody
// may be asked, or nobody answers, it is a count by length, as the estimate before a call is; the
// answer says which. Whoever may not call at all, or sends no message, is refused like anybody.
import type { Dialect } from '@signalbox/contract';
import { questionIn, wireOf, writeCount } from '@signalbox/dialect';
import type { Exchange } from '@signalbox/ports';
import { ExchangeOver } from './exchange-over.ts';
import type { InPath } from './paths.table.ts';

/** `upstream` or `length`. */
export const COUNTED_HEADER = 'x-signalbox-counted';

/** No place for it, no such model, or a place that failed. */
const BY_LENGTH: ReadonlySet<number> = new Set([403, 404, 422, 500, 502, 503, 504, 529]);
/** What stays of the headers of a no. */
const KEPT: ReadonlySet<string> = new Set(['x-signalbox-decision-id', 'server-timing']);

export function counting(exchange: Exchange, dialect: Dialect, inPath?: InPath): Exchange {
  return new Counting(exchange, dialect, inPath ?? IN_BODY);
}

const IN_BODY: InPath = { model: '', stream: false };

class Counting extends ExchangeOver {
  readonly #dialect: Dialect;
  readonly #inPath: InPath;
  #body: Uint8Array | undefined;

  constructor(exchange: Exchange, dialect: Dialect, inPath: InPath) {
    super(exchange);
    this.#dialect = dialect;
    this.#inPath = inPath;
  }

  override reply(status: number, headers: readonly string[], bytes: Uint8Array): void {
    if (status === 200) {
      this.exchange.reply(200, [...headers, COUNTED_HEADER, 'upstream'], bytes);
      return;
    }
    const tokens = BY_LENGTH.has(status) ? this.#length() : undefined;
    if (tokens === undefined) {
      this.exchange.reply(status, headers, bytes);
      return;
    }
    const caller = wireOf(this.#dialect, 'count');
    this.exchange.reply(200, byLength(headers), writeCount(caller, tokens));
  }

  override async readBody(bytesMax: number, ms: number): ReturnType<Exchange['readBody']> {
    const body = await this.exchange.readBody(bytesMax, ms);
    if (typeof body !== 'string') this.#body = body;
    return body;
  }

  /** Undefined: it was not read, or is no message. */
  #length(): number | undefined {
    if (this.#body === undefined) return undefined;
    const question = questionIn(this.#dialect, 'count', this.#body, this.#inPath);
    return question.ok ? question.value.inputTokensEstimate : undefined;
  }
}

function byLength(headers: readonly string[]): readonly string[] {
  const own = ['content-type', 'application/json', COUNTED_HEADER, 'length'];
  for (let at = 0; at < headers.length; at += 2) {
    const [name = '', value = ''] = headers.slice(at, at + 2);
    if (KEPT.has(name)) own.push(name, value);
  }
  return own;
}
