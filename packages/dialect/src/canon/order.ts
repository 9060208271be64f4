// The order that events must keep. Cheap enough to run on every translated stream: a decoder that
// breaks it is a bug of ours, and the call ends with an error instead of a stream that a client
// would choke on.
import { assert } from '@signalbox/contract';
import type { AnswerEvent } from './canon.ts';

const FRAGMENTS = new Set(['text', 'refusal', 'thought', 'signature', 'arguments']);

export class Order {
  #state: 'before' | 'within' | 'over' = 'before';
  /** By answer and part: what it began as. */
  readonly #parts = new Map<string, string>();
  readonly #stopped = new Set<number>();

  /** Throws `BrokenAssertion`. */
  check(event: AnswerEvent): void {
    assert(this.#state !== 'over', 'nothing comes after the end of a stream');
    if (event.kind === 'error' || event.kind === 'end') {
      this.#state = 'over';
      return;
    }
    if (event.kind === 'start') {
      assert(this.#state === 'before', 'a stream starts once');
      this.#state = 'within';
      return;
    }
    assert(this.#state === 'within', 'a stream starts before it says anything');
    if (event.kind === 'usage') return;
    assert(!this.#stopped.has(event.answer), 'an answer that has stopped says nothing more');
    if (event.kind === 'stop') this.#stopped.add(event.answer);
    else if (event.kind !== 'logprobs') this.#checkPart(event);
  }

  #checkPart(event: Extract<AnswerEvent, { part: number }>): void {
    const place = `${event.answer}/${event.part}`;
    const began = this.#parts.get(place);
    if (began === undefined) {
      assert(event.kind !== 'arguments', 'a call has a name before it has arguments');
      this.#parts.set(place, event.kind === 'signature' ? 'thought' : event.kind);
      return;
    }
    assert(FRAGMENTS.has(event.kind), 'a part begins once');
    const fits =
      began === event.kind ||
      (began === 'call' && (event.kind === 'arguments' || event.kind === 'signature')) ||
      (began === 'thought' && event.kind === 'signature');
    assert(fits, 'the fragments of a part are of one kind');
  }
}
