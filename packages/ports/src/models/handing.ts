// Hands connections over to the child, and keeps each until the child says that it has it. Node's
// own book of handles forgets those that wait, and never closes the one on its way, when the child
// dies: its caller would hear nothing for as long as it cares to wait.
import type { ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { readToParent, type ToChild } from './messages.ts';

export type Refuse = (socket: Socket) => void;
type Kept = { readonly refuse: Refuse; isSent: boolean };

export class Handing {
  readonly #child: ChildProcess;
  /** In the order in which they go over. */
  readonly #kept = new Map<Socket, Kept>();

  constructor(child: ChildProcess) {
    this.#child = child;
    child.on('message', (value) => {
      if (readToParent(value)?.kind === 'taken') this.#taken();
    });
    child.once('exit', () => this.#end());
  }

  /** It is refused when the child is gone, or goes before the connection is on its way. */
  give(socket: Socket, refuse: Refuse): void {
    const child = this.#child;
    const isGone = child.exitCode !== null || child.signalCode !== null;
    if (isGone || !child.connected) {
      refuse(socket);
      return;
    }
    const message: ToChild = { kind: 'connection' };
    const kept: Kept = { refuse, isSent: false };
    this.#kept.set(socket, kept);
    socket.on('error', () => {});
    child.send(message, socket, { keepOpen: true }, (error) => {
      kept.isSent = true;
      if (error !== null && this.#kept.delete(socket)) refuse(socket);
    });
  }

  /** What is closed here is our end of it alone: the child has its own. */
  #taken(): void {
    const [first] = this.#kept.keys();
    if (first === undefined) return;
    this.#kept.delete(first);
    first.destroy();
  }

  /** The child may have begun to answer what was on its way: that one is cut off. */
  #end(): void {
    for (const [socket, { refuse, isSent }] of this.#kept) {
      if (isSent) socket.destroy();
      else refuse(socket);
    }
    this.#kept.clear();
  }
}
