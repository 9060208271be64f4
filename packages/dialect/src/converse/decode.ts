// A stream of this format into events. Each message is an object whose one key names it; blocks are
// numbered, texts begin without a word. Usage comes after the reason to stop, and nothing marks the
// end: after both of them, or after the reason and a clean close, the stream is whole.
import { Numbering } from '../anthropic/block.ts';
import type { AnswerEvent, Json } from '../canon/canon.ts';
import type { StreamDecoder } from '../canon/codec.ts';
import { countIn, isObject, member, textIn, tryParse } from '../canon/exact.ts';
import { eventFraming, type Message, TooLong } from '../canon/framing.ts';
import { callEvent, readErrorIn, readStop, readUsage, thoughtEvents } from './whole.ts';

export const decoder = (): StreamDecoder => new Decoder();

type Kind = 'text' | 'thought' | 'call';
type Open = { readonly kind: Kind; readonly part: number; hasArguments: boolean };

const EXCEPTION = /^(?:error$|\w{1,60}Exception$)/;

class Decoder implements StreamDecoder {
  readonly #framing = eventFraming();
  readonly #numbering = new Numbering();
  readonly #open = new Map<number, Open>();
  #out: AnswerEvent[] = [];
  #started = false;
  #stopped: AnswerEvent | undefined;
  #told = false;
  /** The end or an error was said: what comes after counts for nothing. */
  #over = false;

  push(chunk: Uint8Array): readonly AnswerEvent[] {
    if (!this.#over) this.#read(() => this.#framing.push(chunk));
    return this.#taken();
  }

  end(): readonly AnswerEvent[] {
    if (this.#over) return [];
    this.#read(() => this.#framing.end());
    if (!this.#over && this.#stopped !== undefined) this.#end();
    this.#over = true;
    return this.#taken();
  }

  #taken(): readonly AnswerEvent[] {
    const out = this.#out;
    this.#out = [];
    return out;
  }

  #read(frame: () => readonly Message[]): void {
    let messages: readonly Message[] = [];
    try {
      messages = frame();
    } catch (error) {
      if (!(error instanceof TooLong)) throw error;
      this.#fail('an event of the stream is too long');
    }
    for (const { data } of messages) if (!this.#over) this.#message(data);
  }

  #message(data: string): void {
    const value = tryParse(data);
    if (!isObject(value)) {
      this.#fail('an event of the stream is no JSON object');
      return;
    }
    for (const [name, event] of Object.entries(value)) {
      if (EXCEPTION.test(name)) this.#error(name, event);
      else if (!this.#over) this.#event(name, event);
    }
  }

  #event(name: string, event: Json): void {
    const index = countIn(event, 'contentBlockIndex') ?? 0;
    switch (name) {
      case 'messageStart':
        this.#start();
        return;
      case 'contentBlockStart':
        this.#blockStart(index, member(member(event, 'start'), 'toolUse'));
        return;
      case 'contentBlockDelta':
        this.#blockDelta(index, member(event, 'delta'));
        return;
      case 'contentBlockStop':
        this.#blockStop(index);
        return;
      case 'messageStop':
        this.#stopped = readStop(event) ?? this.#stopped;
        break;
      case 'metadata': {
        const usage = readUsage(member(event, 'usage'));
        if (usage === undefined) return;
        this.#start();
        this.#out.push(usage);
        this.#told = true;
        break;
      }
      default: // what is new has no word here
        return;
    }
    if (this.#told && this.#stopped !== undefined) this.#end();
  }

  #start(): void {
    if (this.#started) return;
    this.#started = true;
    this.#out.push({ kind: 'start', id: undefined, model: undefined, created: undefined });
  }

  #blockStart(index: number, call: Json | undefined): void {
    this.#start();
    if (call === undefined) return;
    this.#blockStop(index);
    const { part } = this.#part(index, 'call');
    this.#out.push(callEvent(call, part));
  }

  #blockDelta(index: number, delta: Json | undefined): void {
    this.#start();
    const text = textIn(delta, 'text');
    if (text !== undefined) {
      if (text === '') return;
      this.#out.push({ kind: 'text', answer: 0, part: this.#part(index, 'text').part, text });
      return;
    }
    const thought = member(delta, 'reasoningContent');
    if (thought !== undefined) {
      if (thoughtEvents(thought, 0).length === 0) return;
      this.#out.push(...thoughtEvents(thought, this.#part(index, 'thought').part));
      return;
    }
    const said = member(member(delta, 'toolUse'), 'input');
    const input = isObject(said) ? JSON.stringify(said) : said;
    if (typeof input !== 'string' || input === '') return;
    const open = this.#open.get(index);
    if (open?.kind !== 'call') {
      this.#fail('a piece of a call came that never began');
      return;
    }
    open.hasArguments = true;
    this.#out.push({ kind: 'arguments', answer: 0, part: open.part, text: input });
  }

  /** The part that stands at a place of the wire; another kind there is another part. */
  #part(index: number, kind: Kind): Open {
    const known = this.#open.get(index);
    if (known?.kind === kind) return known;
    const open: Open = { kind, part: this.#numbering.take(), hasArguments: false };
    this.#open.set(index, open);
    return open;
  }

  #blockStop(index: number): void {
    const open = this.#open.get(index);
    if (open === undefined) return;
    this.#open.delete(index);
    if (open.kind !== 'call' || open.hasArguments) return;
    this.#out.push({ kind: 'arguments', answer: 0, part: open.part, text: '{}' });
  }

  #end(): void {
    this.#start();
    for (const index of [...this.#open.keys()]) this.#blockStop(index);
    if (this.#stopped !== undefined) this.#out.push(this.#stopped);
    this.#out.push({ kind: 'end' });
    this.#over = true;
  }

  #error(name: string, value: Json): void {
    this.#out.push({ kind: 'error', error: readErrorIn(name, value) });
    this.#over = true;
  }

  #fail(message: string): void {
    this.#out.push({ kind: 'error', error: { kind: 'internal', message } });
    this.#over = true;
  }
}
