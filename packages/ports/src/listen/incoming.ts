// A request whose body is taken where the parser hands it over. The stream in between (buffering,
// `data`, `end`, `close`) costs as much as the whole rest of reading a small body, and nobody here
// wants a stream.
import { IncomingMessage } from 'node:http';

/** Gets the body as it comes: bytes that stay valid, then the end. */
export type Taker = {
  take(bytes: Uint8Array): void;
  ended(): void;
};

export class Incoming extends IncomingMessage {
  #taker: Taker | undefined = undefined;
  #streamed = false;

  /** From now on the body goes to the taker. Bytes that came before are handed over first. */
  handTo(taker: Taker): void {
    this.#taker = taker;
    if (!this.#streamed) return;
    this.on('data', (bytes: Buffer) => this.#taker?.take(bytes));
    this.on('end', () => this.#taker?.ended());
  }

  override push(bytes: unknown, encoding?: BufferEncoding): boolean {
    if (this.#taker === undefined || this.#streamed) {
      this.#streamed = true;
      return super.push(bytes, encoding);
    }
    if (bytes instanceof Uint8Array) this.#taker.take(bytes);
    else this.#taker.ended();
    return true;
  }

  /** What went past the stream leaves nothing to resume. */
  override resume(): this {
    return this.#taker === undefined || this.#streamed ? super.resume() : this;
  }
}
