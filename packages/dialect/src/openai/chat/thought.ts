// Thoughts of an answer or of a message. Servers tell them as a text (`reasoning_content`,
// `reasoning`), as `reasoning_details` with signatures, or as both at once: then the details count.
// Ours are the text as it comes, and one detail with the whole text where a thought ends that is
// signed; such a detail closes the thought and does not say it again.
import type { Json } from '../../canon/canon.ts';
import { countIn, listIn, textIn } from '../../canon/exact.ts';
import type { Emitter } from './emitter.ts';

export class ThoughtReader {
  /** Of every thought, its place among the parts; 0 where none is told. */
  readonly places: number[] = [];
  readonly #emitter: Emitter;
  readonly #whole: boolean;
  #part: number | undefined;
  /** What follows belongs to another thought. */
  #closed = true;
  /** The open thought came as a plain text. */
  #plain = false;
  #index: number | undefined;

  constructor(emitter: Emitter, whole: boolean) {
    this.#emitter = emitter;
    this.#whole = whole;
  }

  take(message: Json): void {
    const details = listIn(message, 'reasoning_details') ?? [];
    const plain = textIn(message, 'reasoning_content') || textIn(message, 'reasoning') || '';
    const takesText = !this.#plain && details.some((one) => detailText(one) !== '');
    if (plain !== '' && !takesText) {
      this.say(plain);
      this.#plain = true;
    }
    for (const [at, detail] of details.entries()) this.#detail(detail, at, takesText);
  }

  /** Goes on with the open thought. `apart`: unless something else was said since. */
  say(text: string, apart = false): void {
    if (text === '') return;
    if (this.#closed || (apart && !this.#emitter.isLast('thought'))) this.#begin(this.#index);
    const { answer } = this.#emitter;
    this.#emitter.push({ kind: 'thought', answer, part: this.#begun(), text });
  }

  #detail(detail: Json, at: number, takesText: boolean): void {
    const index = countIn(detail, 'index') ?? (this.#whole ? at : undefined);
    const sealed = textIn(detail, 'data') ?? '';
    if (sealed !== '') {
      this.#begin(index);
      this.#sign(sealed, true);
      return;
    }
    if (index !== this.#index) {
      if (this.#index !== undefined && !this.#plain) this.#closed = true;
      this.#index = index;
    }
    const text = detailText(detail);
    if (takesText) this.say(text);
    const signature = textIn(detail, 'signature') ?? '';
    if (signature !== '') {
      if (this.#closed) this.#begin(index);
      this.#sign(signature, false);
    } else if (text !== '' && !takesText) this.#close();
  }

  #sign(signature: string, sealed: boolean): void {
    const { answer } = this.#emitter;
    const event = { kind: 'signature', answer, part: this.#begun(), signature } as const;
    this.#emitter.push(sealed ? { ...event, sealed } : event);
    this.#close();
  }

  #begin(place: number | undefined): void {
    this.places.push(place ?? 0);
    this.#part = this.#emitter.begin('thought');
    this.#closed = false;
  }

  #begun(): number {
    return this.#part ?? this.#emitter.begin('thought');
  }

  #close(): void {
    this.#closed = true;
    this.#plain = false;
  }
}

const detailText = (detail: Json): string =>
  textIn(detail, 'text') || textIn(detail, 'summary') || '';
