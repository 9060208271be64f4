// A reply to a caller whose format is no series of events: what the line writes is framed anew.
import type { Headers, Parked, Refusal, Reply, Result } from '@signalbox/contract';
import { encode, type Reframing } from '@signalbox/dialect';

export const reframed = (reply: Reply, framing: Reframing): Reply =>
  new ReframedReply(reply, framing);

const EVENTS = /^text\/event-stream/;
const isEvents = (headers: Headers): boolean =>
  headers.some(([name, value]) => name === 'content-type' && EVENTS.test(value));

class ReframedReply implements Reply {
  readonly #reply: Reply;
  readonly #framing: Reframing;

  constructor(reply: Reply, framing: Reframing) {
    this.#reply = reply;
    this.#framing = framing;
  }

  /** A whole answer may be a stream that was complete before it was released. */
  whole(status: number, headers: Headers, body: Uint8Array): void {
    if (!isEvents(headers)) {
      this.#reply.whole(status, headers, body);
      return;
    }
    const text = new TextDecoder();
    const framed = text.decode(this.#framing.push(body)) + text.decode(this.#framing.end(true));
    this.#reply.whole(status, this.#typed(headers), encode(framed));
  }

  begin(status: number, headers: Headers): void {
    this.#reply.begin(status, this.#typed(headers));
  }

  write(bytes: Uint8Array): boolean {
    const framed = this.#framing.push(bytes);
    return framed.length === 0 || this.#reply.write(framed);
  }

  onDrain(then: () => void): void {
    this.#reply.onDrain(then);
  }

  end(trailers: Headers): void {
    const last = this.#framing.end(true);
    if (last.length > 0) this.#reply.write(last);
    this.#reply.end(trailers);
  }

  cut(): void {
    const last = this.#framing.end(false);
    if (last.length > 0) this.#reply.write(last);
    this.#reply.cut();
  }

  begun(): boolean {
    return this.#reply.begun();
  }

  onLeave(then: (stops: boolean) => void): void {
    this.#reply.onLeave(then);
  }

  defer(parked: Parked): Promise<Result<boolean, Refusal>> {
    return this.#reply.defer(parked);
  }

  kept(): Promise<void> | undefined {
    return this.#reply.kept();
  }

  #typed(headers: Headers): Headers {
    const { contentType } = this.#framing;
    return headers.map(([name, value]) =>
      name === 'content-type' && EVENTS.test(value) ? [name, contentType] : [name, value],
    );
  }
}
