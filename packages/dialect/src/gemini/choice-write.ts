// One candidate of a stream, from events to parts. What is whole goes on at once; a call waits for
// its arguments, a signature for its last piece, and what follows them waits too, so that parts
// keep their order.
import type { AnswerEvent, Dropped, JsonObject, TokenLogprob } from '../canon/canon.ts';
import { isObject, tryParse } from '../canon/exact.ts';
import { CANDIDATE } from './choice.ts';
import { besideIn, candidateOf } from './head.ts';
import { writeMedia } from './media.ts';
import { callPart, sealedPart, signaturePart, textPart, thoughtPart } from './parts.ts';
import { type Stop, writeStop } from './stop.ts';

type Spoken = Extract<AnswerEvent, { answer: number }>;
type Of<K extends Spoken['kind']> = Extract<Spoken, { kind: K }>;

type Waiting =
  | { readonly kind: 'ready'; readonly part: JsonObject }
  | {
      readonly kind: 'signature';
      readonly at: number;
      pieces: string[];
      sealed: boolean;
      shown: boolean;
    }
  | {
      readonly kind: 'call';
      readonly at: number;
      readonly id: string;
      readonly name: string;
      readonly pieces: string[];
      readonly signature: string[];
      /** Looked at once when another part began, and not whole then: it waits for the end. */
      late: boolean;
    };

export class ChoiceWriter {
  readonly #dropped: Dropped;
  readonly #calls = new Map<number, Extract<Waiting, { kind: 'call' }>>();
  #waiting: Waiting[] = [];
  #tokens: TokenLogprob[] = [];
  #beside: JsonObject | undefined = undefined;
  #stop: Stop | undefined = undefined;
  /** The part that the last event belonged to, and the last thought whose text was written. */
  #at = -1;
  #shown = -1;
  #said = false;

  constructor(dropped: Dropped) {
    this.#dropped = dropped;
  }

  /** The parts that can be written now. */
  take(event: Spoken): readonly JsonObject[] {
    if (event.kind === 'logprobs') {
      this.#tokens.push(...event.tokens);
      return [];
    }
    if (event.kind === 'stop') {
      const { reason, sequence, native } = event;
      this.#stop = {
        reason,
        ...(sequence === undefined ? {} : { sequence }),
        ...(native === undefined ? {} : { native }),
      };
      return [];
    }
    const out: JsonObject[] = [];
    if (event.part !== this.#at) this.#flush(false, out);
    this.#at = event.part;
    const part = this.#partOf(event);
    if (part === undefined) return out;
    if (this.#waiting.length === 0) out.push(part);
    else this.#waiting.push({ kind: 'ready', part });
    this.#said = true;
    return out;
  }

  logprobs(): { readonly logprobs?: readonly TokenLogprob[] } {
    if (this.#tokens.length === 0) return {};
    const logprobs = this.#tokens;
    this.#tokens = [];
    return { logprobs };
  }

  isFiltered(): boolean {
    return this.#stop?.reason === 'filtered' && !this.#said && this.#waiting.length === 0;
  }

  /** The candidate of the last chunk. */
  last(index: number): JsonObject {
    const parts: JsonObject[] = [];
    this.#flush(true, parts);
    const called = this.#calls.size > 0;
    const stop = this.#stop === undefined ? {} : { stop: writeStop(this.#stop, called) };
    return candidateOf({ index, parts, ...stop, beside: this.#beside, ...this.logprobs() });
  }

  /** Undefined where nothing can be written yet. */
  #partOf(event: Exclude<Spoken, Of<'logprobs' | 'stop'>>): JsonObject | undefined {
    switch (event.kind) {
      case 'text':
        return event.text === '' ? undefined : textPart(event.text);
      case 'refusal':
        this.#dropped.add('part.refusal');
        return event.text === '' ? undefined : textPart(event.text);
      case 'thought':
        if (event.text === '') return undefined;
        this.#shown = event.part;
        return thoughtPart(event.text);
      case 'media':
        return writeMedia(event.media, this.#dropped);
      case 'opaque':
        return this.#opaque(event);
      case 'signature':
        this.#sign(event);
        return undefined;
      case 'call':
        this.#call(event);
        return undefined;
      case 'arguments':
        this.#calls.get(event.part)?.pieces.push(event.text);
        return undefined;
    }
  }

  #opaque({ wire, value }: Of<'opaque'>): JsonObject | undefined {
    const beside = wire === 'gemini' ? besideIn(value, CANDIDATE) : undefined;
    if (beside !== undefined) this.#beside = { ...this.#beside, ...beside };
    else if (wire === 'gemini' && isObject(value)) return value;
    else this.#dropped.add('part.opaque');
    return undefined;
  }

  #sign({ part: at, signature, sealed: isSealed }: Of<'signature'>): void {
    const sealed = isSealed === true;
    const call = this.#calls.get(at);
    if (call !== undefined) {
      call.signature.push(signature);
      return;
    }
    const last = this.#waiting.at(-1);
    const same = last?.kind === 'signature' && last.at === at && last.sealed === sealed;
    if (same) last.pieces.push(signature);
    else {
      const shown = this.#shown === at;
      this.#waiting.push({ kind: 'signature', at, pieces: [signature], sealed, shown });
    }
  }

  #call({ part: at, id, name }: Of<'call'>): void {
    const pieces: string[] = [];
    const signature: string[] = [];
    const call = { kind: 'call' as const, at, id, name, pieces, signature, late: false };
    this.#calls.set(at, call);
    this.#waiting.push(call);
  }

  /** From the first on, as far as they are whole; all of them at the end. */
  #flush(all: boolean, out: JsonObject[]): void {
    let count = 0;
    for (const one of this.#waiting) {
      if (one.kind === 'call' && !all && !isWhole(one)) break;
      out.push(written(one));
      count += 1;
    }
    if (count === 0) return;
    this.#waiting = this.#waiting.slice(count);
    this.#said = true;
  }
}

/** Arguments are whole when they are an object; each call is looked at once. */
function isWhole(call: Extract<Waiting, { kind: 'call' }>): boolean {
  if (call.late) return false;
  const whole = isObject(tryParse(call.pieces.join('')));
  call.late = !whole;
  return whole;
}

function written(one: Waiting): JsonObject {
  switch (one.kind) {
    case 'ready':
      return one.part;
    case 'signature': {
      const signature = one.pieces.join('');
      return one.sealed ? sealedPart(signature) : signaturePart(signature, one.shown);
    }
    case 'call': {
      const { id, name, pieces, signature } = one;
      const signed = signature.length === 0 ? {} : { signature: signature.join('') };
      return callPart({ id, name, arguments: pieces.join(''), ...signed }, true);
    }
  }
}
