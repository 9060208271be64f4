// One question to an endpoint about itself, and its answer, bounded in time and in bytes.
import type {
  Clearance,
  Credential,
  DialSink,
  Fault,
  FaultCode,
  Headers,
  Label,
  Place,
  TenantName,
  Timers,
  Upstream,
} from '@signalbox/contract';
import type { EndpointFacts } from './catalog.ts';

/** A longer answer is not read to its end. */
export const HEARD_BYTES_MAX = 262_144;
/** Who takes longer to talk about itself is not waited for. */
const TIMERS: Timers = { connectMs: 2_000, headMs: 5_000, idleMs: 5_000, totalMs: 10_000 };

export type Heard =
  | { readonly kind: 'answer'; readonly status: number; readonly body: Uint8Array }
  /** An answer came, and it was too long. */
  | { readonly kind: 'long' }
  | { readonly kind: 'fault'; readonly code: FaultCode };

export type Question = {
  readonly endpoint: EndpointFacts;
  readonly place: Place;
  readonly clearance: Clearance;
  /** Whose question it is. */
  readonly tenant: TenantName;
  readonly asked: Sent;
  /** Of what is sent. Absent: a question about itself, which says nothing of anybody. */
  readonly label?: Label;
  /** Absent: the one that it is asked about itself with. */
  readonly credential?: Credential | undefined;
  readonly totalMs?: number;
};
export type Sent = {
  readonly method: 'GET' | 'POST';
  /** Path and query below the origin. */
  readonly path: string;
  readonly body: string | Uint8Array | undefined;
};

/** @returns how to give up; `then` is called once, and not after that. */
export function ask(
  upstream: Upstream,
  { endpoint, place, clearance, tenant, asked, label, credential, totalMs }: Question,
  then: (heard: Heard) => void,
): () => void {
  const hearing = new Hearing(then, () => abort());
  const abort = upstream.dial(
    {
      place,
      clearance,
      label: label ?? 'public',
      tenant,
      method: asked.method,
      path: asked.path,
      headers: headersFor(endpoint, asked),
      credential: credential ?? endpoint.probe.credential,
      body: bytesOf(asked.body),
      timers: timersOf(endpoint, totalMs),
    },
    hearing,
  );
  return abort;
}

const bytesOf = (body: Sent['body']): Uint8Array | undefined =>
  typeof body === 'string' ? new TextEncoder().encode(body) : body;

function timersOf({ timers }: EndpointFacts, totalMs: number | undefined): Timers {
  const connectMs = Math.min(TIMERS.connectMs, timers.connectMs);
  return totalMs === undefined
    ? { ...TIMERS, connectMs }
    : { connectMs, headMs: totalMs, idleMs: totalMs, totalMs };
}

function headersFor({ headers, probe }: EndpointFacts, { body }: Sent): Headers {
  const all: (readonly [string, string])[] = [['accept', 'application/json'], ...headers];
  if (body !== undefined) all.push(['content-type', 'application/json']);
  const named = new Set(all.map(([name]) => name));
  return [...all, ...probe.kind.extraHeaders.filter(([name]) => !named.has(name))];
}

class Hearing implements DialSink {
  readonly #then: (heard: Heard) => void;
  readonly #abort: () => void;
  #status = 0;
  #pieces: Uint8Array[] = [];
  #size = 0;

  constructor(then: (heard: Heard) => void, abort: () => void) {
    this.#then = then;
    this.#abort = abort;
  }

  head(status: number): void {
    this.#status = status;
  }

  chunk(bytes: Uint8Array): void {
    this.#size += bytes.length;
    if (this.#size > HEARD_BYTES_MAX) {
      this.#abort();
      this.#then({ kind: 'long' });
    } else this.#pieces.push(bytes.slice());
  }

  end(): void {
    const body = new Uint8Array(this.#size);
    let at = 0;
    for (const piece of this.#pieces) {
      body.set(piece, at);
      at += piece.length;
    }
    this.#then({ kind: 'answer', status: this.#status, body });
  }

  fault({ code }: Fault): void {
    this.#then({ kind: 'fault', code });
  }
}
