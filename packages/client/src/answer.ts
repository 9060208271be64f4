// What a caller gets: where the answer came from, what the gateway said of it, and the answer in
// the words of OpenAI's chat completions.
import type { Begun } from './dial.ts';
import { Broken, GatewayError, LocalError, type Why } from './errors.ts';
import { bytesOf, isLast, readEvents } from './events.ts';
import { isObject, type JsonObject, listOf, memberOf, parse, textOf } from './json.ts';

/** What the gateway says of a call, from its response headers. */
export type Explained = {
  readonly decision: string;
  /** Where it ran; undefined where it ran nowhere. */
  readonly tier: 1 | 2 | 3 | undefined;
  readonly endpoint: string | undefined;
  readonly model: string | undefined;
  /** Undefined: unknown, and in streams not known yet. */
  readonly costUsd: string | undefined;
};

/** `local`: the gateway was not there, for the reason in `why`. */
export type Via =
  | { readonly via: 'gateway'; readonly explained: Explained | undefined }
  | { readonly via: 'local'; readonly why: Why };

export type ChatAnswer = Via & {
  /** Of the first choice; empty where it only calls tools. */
  readonly text: string;
  /** The whole chat completion. */
  readonly body: JsonObject;
};

export type Reply = Via & { readonly begun: Begun };

/** Undefined without a decision: it was not the gateway that answered. */
export function explainedBy(headers: Headers): Explained | undefined {
  const said = (name: string): string | undefined =>
    headers.get(`x-signalbox-${name}`) ?? undefined;
  const decision = said('decision-id');
  if (decision === undefined) return undefined;
  const cost = said('cost-usd');
  return {
    decision,
    tier: ([1, 2, 3] as const).find((tier) => String(tier) === said('tier')),
    endpoint: said('endpoint'),
    model: said('model'),
    costUsd: cost === 'unknown' ? undefined : cost,
  };
}

const viaOf = (reply: Reply): Via =>
  reply.via === 'local'
    ? { via: 'local', why: reply.why }
    : { via: 'gateway', explained: reply.explained };

/** Reads a whole answer. */
export async function readAnswer(reply: Reply): Promise<ChatAnswer> {
  const body = parse(await readText(reply.begun));
  if (!isObject(body)) throw new Broken('the answer is no JSON object');
  const message = memberOf(listOf(body, 'choices')[0], 'message');
  return { ...viaOf(reply), text: textOf(message, 'content') ?? '', body };
}

/** Throws `Broken`, or the caller's reason to give up. */
export async function readText(begun: Begun): Promise<string> {
  try {
    return await begun.response.text();
  } catch (cause) {
    throw broken(cause, begun.signal);
  } finally {
    begun.abort();
  }
}

/** A stream of chat completion chunks; it can be read once. */
export class ChatStream implements AsyncIterable<JsonObject> {
  readonly via: Via['via'];
  /** Of an answer of the gateway. */
  readonly explained: Explained | undefined;
  /** Of a local answer. */
  readonly why: Why | undefined;
  readonly #reply: Reply;

  constructor(reply: Reply) {
    this.via = reply.via;
    this.explained = reply.via === 'gateway' ? reply.explained : undefined;
    this.why = reply.via === 'local' ? reply.why : undefined;
    this.#reply = reply;
  }

  /** Ends the call; the upstream is closed too. */
  abort(): void {
    this.#reply.begun.abort();
  }

  /**
   * Throws `GatewayError` or `LocalError` for an error that the stream tells, `Broken` when it ends
   * before the answer does. Leaving the loop aborts the call.
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<JsonObject> {
    let isFinished = false;
    try {
      for await (const event of readEvents(guarded(this.#reply.begun))) {
        if (event.kind === 'done') {
          isFinished = true;
          return;
        }
        if (event.kind === 'error') throw this.#errorOf(event.body);
        isFinished ||= isLast(event.chunk);
        yield event.chunk;
      }
      if (!isFinished) throw new Broken('the stream ended before the answer did');
    } finally {
      this.#reply.begun.abort();
    }
  }

  /** The text of the first choice, whole. */
  async text(): Promise<string> {
    const pieces: string[] = [];
    for await (const chunk of this) {
      pieces.push(textOf(memberOf(listOf(chunk, 'choices')[0], 'delta'), 'content') ?? '');
    }
    return pieces.join('');
  }

  #errorOf(body: Parameters<typeof memberOf>[0]): Error {
    if (this.why === undefined) return new GatewayError(this.#reply.begun.response.status, body);
    const said = textOf(memberOf(body, 'error'), 'message') ?? '';
    return new LocalError(this.why, this.#reply.begun.response.status, said);
  }
}

async function* guarded({ response, signal }: Begun): AsyncGenerator<Uint8Array> {
  try {
    yield* bytesOf(response);
  } catch (cause) {
    throw broken(cause, signal);
  }
}

/** A caller that aborts gets its own reason back, everybody else a broken answer. */
function broken(cause: unknown, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted === true) return signal.reason;
  if (cause instanceof Error && cause.name === 'AbortError') return cause;
  return new Broken('the connection broke within the answer', { cause });
}
