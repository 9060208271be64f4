// Events of one choice: gives parts their numbers, in the order in which they begin.
import type { AnswerEvent } from '../../canon/canon.ts';

type Kind = Extract<AnswerEvent, { part: number }>['kind'];
/** Where events go; shared by the choices of an answer. */
export type Out = { events: AnswerEvent[] };

export class Emitter {
  readonly answer: number;
  readonly #out: Out;
  readonly #texts = new Map<Kind, number>();
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

  /** Goes on with the text that there is. `apart`: unless something else was said since. */
  text(kind: 'text' | 'refusal', text: string, apart = false): void {
    if (text === '') return;
    const open = apart && !this.isLast(kind) ? undefined : this.#texts.get(kind);
    const part = open ?? this.begin(kind);
    this.#texts.set(kind, part);
    this.push({ kind, answer: this.answer, part, text });
  }
}
