// An exchange that passes everything on to another one. Who wants to see or say something of its
// own overrides that.
import type { Exchange } from '@signalbox/ports';

export class ExchangeOver implements Exchange {
  readonly head: Exchange['head'];
  protected readonly exchange: Exchange;

  constructor(exchange: Exchange) {
    this.head = exchange.head;
    this.exchange = exchange;
  }

  reply(status: number, headers: readonly string[], bytes: Uint8Array): void {
    this.exchange.reply(status, headers, bytes);
  }

  readBody(bytesMax: number, ms: number): ReturnType<Exchange['readBody']> {
    return this.exchange.readBody(bytesMax, ms);
  }

  begin(status: number, headers: readonly string[]): void {
    this.exchange.begin(status, headers);
  }

  write(bytes: Uint8Array): boolean {
    return this.exchange.write(bytes);
  }

  onDrain(then: () => void): void {
    this.exchange.onDrain(then);
  }

  end(trailers?: readonly string[]): void {
    this.exchange.end(trailers);
  }

  destroy(): void {
    this.exchange.destroy();
  }

  onLeave(then: (stops: boolean) => void): void {
    this.exchange.onLeave(then);
  }
}
