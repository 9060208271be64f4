// Events of one choice: gives parts their numbers, in the order in which they begin.
import type { AnswerEvent } from '../../canon/canon.ts';

type Kind = Extract<AnswerEvent, { part: number }>['kind'];
/** Where events go; shared by the choices of an answer. */
export type Out = { events: AnswerEvent[] };

export class Emitter {
  readonly answer: number;
  readonly #out: Out;
  #begun = 0;
  #last: Kind | undefined;

  constructor(answer: number, out: Out) {
    this.answer = answer;
    this.#out = out;
  }

  push(event: AnswerEvent): void {
    this.#out.events.push(event);
  }

  /** @returns the number of a new part. */
  begin(kind: Kind): number {
    this.#last = kind;
    this.#begun += 1;
    return this.#begun - 1;
  }

  isLast(kind: Kind): boolean {
    return this.#last === kind;
  }

  /** Goes on where the same kind stood last. */
  text(kind: 'text' | 'refusal', text: string): void {
    if (text === '') return;
    const part = this.isLast(kind) ? this.#begun - 1 : this.begin(kind);
    this.push({ kind, answer: this.answer, part, text });
  }
}
