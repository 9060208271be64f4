// What the listener knows of one connection: whose answers are open on it, and for how long it has
// had none.
import type { Socket } from 'node:net';
import type { Flushed } from '../turn.ts';

/** What is open on a connection: one exchange, or several when the caller pipelines. */
export type Open = Flushed & {
  /** The connection has closed. */
  left(): void;
  /** It is about to be cut: last words. */
  stopping(): void;
  /** Its request is still coming, and nothing of the answer has been sent. */
  readonly receiving: boolean;
};

export class Connection {
  readonly socket: Socket;
  readonly address: string;
  readonly open: Open[] = [];
  /** Sweeps that found nothing open. */
  idleSweeps = 0;
  /** A request on it was not HTTP; whatever else comes is dropped. */
  refused = false;

  constructor(socket: Socket) {
    this.socket = socket;
    this.address = socket.remoteAddress ?? '';
  }

  enter(exchange: Open): void {
    this.open.push(exchange);
    this.idleSweeps = 0;
  }

  leave(exchange: Open): void {
    const at = this.open.indexOf(exchange);
    if (at >= 0) this.open.splice(at, 1);
  }

  /** Whether somebody may have last words. */
  stopping(): boolean {
    for (const exchange of [...this.open]) exchange.stopping();
    return this.open.length > 0 || this.socket.writableLength > 0;
  }

  closed(): void {
    for (const exchange of this.open.splice(0)) exchange.left();
  }
}
