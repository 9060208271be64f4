// The blocks of a stream that is written: one open at a time, counted from 0.
import type { AnswerEvent, Json, JsonObject } from '../canon/canon.ts';
import { isObject, textIn } from '../canon/exact.ts';
import { citationsOf } from './block.ts';
import { writeCallSignature } from './input.ts';
import { JsonEnd } from './json-end.ts';
import { writeSeal } from './thought.ts';

export type PartEvent = Exclude<Extract<AnswerEvent, { part: number }>, { kind: 'refusal' }>;
type Write = (event: { readonly type: string; readonly [key: string]: Json }) => void;

type Open =
  | { readonly kind: 'text'; readonly part: number }
  | {
      readonly kind: 'thought';
      readonly part: number;
      readonly signature: string[];
      sealed: boolean;
    }
  /** Not written before it is whole. */
  | { readonly kind: 'sealed'; readonly part: number; readonly pieces: string[] }
  | {
      readonly kind: 'call';
      readonly part: number;
      readonly id: string;
      readonly name: string;
      readonly signature: string[];
      readonly end: JsonEnd;
      /** The start waits for the next event: a signature belongs into it. */
      written: boolean;
    };

export class Blocks {
  readonly #write: Write;
  readonly #missing: (name: string) => void;
  readonly #calls = new Set<number>();
  /** Events of parts that wait for the open call, by part in the order of beginning. */
  #waiting = new Map<number, PartEvent[]>();
  #open: Open | undefined;
  #index = -1;

  constructor(write: Write, missing: (name: string) => void) {
    this.#write = write;
    this.#missing = missing;
  }

  push(event: PartEvent): void {
    const open = this.#open;
    if (open?.kind === 'call' && open.part !== event.part && !open.end.reached) {
      const waiting = this.#waiting.get(event.part);
      if (waiting === undefined) this.#waiting.set(event.part, [event]);
      else waiting.push(event);
      return;
    }
    this.#add(event);
    if (this.#waiting.size > 0 && this.#isFree()) this.#release(() => this.#isFree());
  }

  /** Every part is over. */
  close(): void {
    this.#release(() => true);
    this.#shut();
  }

  #isFree(): boolean {
    return this.#open?.kind !== 'call' || this.#open.end.reached;
  }

  /** Each event waits once: a part is written whole, then the next. */
  #release(goesOn: () => boolean): void {
    for (const [part, events] of this.#waiting) {
      if (!goesOn()) return;
      this.#waiting.delete(part);
      for (const event of events) this.#add(event);
    }
  }

  #add(event: PartEvent): void {
    const { part } = event;
    if (this.#open !== undefined && this.#open.part !== part && !this.#isCitation(event)) {
      this.#shut();
    }
    switch (event.kind) {
      case 'text':
        if (event.text !== '') this.#text(part, event.text);
        return;
      case 'thought':
        if (event.text !== '') this.#thought(part, event.text);
        return;
      case 'signature':
        this.#signature(part, event.signature, event.sealed === true);
        return;
      case 'call': {
        const { id, name } = event;
        this.#calls.add(part);
        const rest = { signature: [], end: new JsonEnd(), written: false };
        this.#open = { kind: 'call', part, id, name, ...rest };
        return;
      }
      case 'arguments':
        this.#arguments(event.text);
        return;
      case 'media':
        this.#missing(`part.${event.media.medium}`);
        return;
      case 'opaque':
        if (event.wire === 'anthropic') this.#opaque(part, event.value);
        else this.#missing('part.opaque');
    }
  }

  #isCitation(event: PartEvent): boolean {
    return (
      this.#open?.kind === 'text' &&
      event.kind === 'opaque' &&
      citationsOf(event.value) !== undefined
    );
  }

  #text(part: number, text: string): void {
    if (this.#open?.kind !== 'text') {
      this.#shut();
      this.#begin({ type: 'text', text: '' });
      this.#open = { kind: 'text', part };
    }
    this.#delta({ type: 'text_delta', text });
  }

  #thought(part: number, text: string): void {
    this.#openThought(part);
    this.#delta({ type: 'thinking_delta', thinking: text });
  }

  #openThought(part: number): Extract<Open, { kind: 'thought' }> {
    if (this.#open?.kind === 'thought') return this.#open;
    this.#shut();
    this.#begin({ type: 'thinking', thinking: '', signature: '' });
    const open: Open = { kind: 'thought', part, signature: [], sealed: false };
    this.#open = open;
    return open;
  }

  /** Clients keep the last piece of a signature alone: it is written in one. */
  #signature(part: number, signature: string, sealed: boolean): void {
    const open = this.#open;
    if (open?.kind === 'call') open.signature.push(signature);
    else if (this.#calls.has(part)) this.#missing('call.signature');
    else if (open?.kind === 'sealed' && sealed) open.pieces.push(signature);
    else if (sealed && open?.kind !== 'thought') {
      this.#shut();
      this.#open = { kind: 'sealed', part, pieces: [signature] };
    } else {
      const thought = this.#openThought(part);
      if (sealed && !thought.sealed) thought.signature.length = 0;
      if (sealed || !thought.sealed) thought.signature.push(signature);
      thought.sealed ||= sealed;
    }
  }

  #arguments(text: string): void {
    const open = this.#open;
    if (open?.kind !== 'call') {
      // Its block is over, since its arguments were whole.
      if (text.trim() !== '') this.#missing('part.arguments');
      return;
    }
    this.#beginCall(open);
    if (text === '') return;
    open.end.push(text);
    this.#delta({ type: 'input_json_delta', partial_json: text });
  }

  #beginCall(open: Extract<Open, { kind: 'call' }>): void {
    if (open.written) return;
    open.written = true;
    const { id, name, signature } = open;
    const signed = signature.join('');
    signature.length = 0;
    const extra = signed === '' ? {} : { extra_content: writeCallSignature(signed) };
    this.#begin({ type: 'tool_use', id, name, input: {}, ...extra });
  }

  #opaque(part: number, value: Json): void {
    const citations = citationsOf(value);
    if (citations !== undefined) {
      if (this.#open?.kind !== 'text') {
        this.#begin({ type: 'text', text: '' });
        this.#open = { kind: 'text', part };
      }
      for (const citation of citations) this.#delta({ type: 'citations_delta', citation });
      return;
    }
    if (!isObject(value)) {
      this.#missing('part.opaque');
      return;
    }
    const { start, delta } = inStream(value);
    this.#begin(start);
    if (delta !== undefined) this.#delta(delta);
    this.#end();
  }

  #shut(): void {
    const open = this.#open;
    this.#open = undefined;
    if (open === undefined) return;
    if (open.kind === 'sealed') {
      this.#begin({ type: 'redacted_thinking', data: open.pieces.join('') });
    }
    if (open.kind === 'call') this.#beginCall(open);
    const signature =
      open.kind === 'thought' || open.kind === 'call' ? open.signature.join('') : '';
    if (signature !== '') {
      const isSealed = open.kind === 'thought' && open.sealed;
      this.#delta({
        type: 'signature_delta',
        signature: isSealed ? writeSeal(signature) : signature,
      });
    }
    this.#end();
  }

  #begin(block: JsonObject): void {
    this.#index += 1;
    this.#write({ type: 'content_block_start', index: this.#index, content_block: block });
  }

  #delta(delta: JsonObject): void {
    this.#write({ type: 'content_block_delta', index: this.#index, delta });
  }

  #end(): void {
    this.#write({ type: 'content_block_stop', index: this.#index });
  }
}

/** A hosted tool's input and a summary come in deltas, as clients expect them. */
function inStream(block: JsonObject): { start: JsonObject; delta: JsonObject | undefined } {
  const { input, content } = block;
  if (isObject(input)) {
    const delta = { type: 'input_json_delta', partial_json: JSON.stringify(input) };
    return {
      start: { ...block, input: {} },
      delta: Object.keys(input).length > 0 ? delta : undefined,
    };
  }
  if (textIn(block, 'type') === 'compaction' && typeof content === 'string') {
    return { start: { ...block, content: null }, delta: { type: 'compaction_delta', content } };
  }
  return { start: block, delta: undefined };
}
