// A stream of this format into events. Each message is an object whose one key names it; blocks are
// numbered, texts begin without a word. Usage comes after the reason to stop, and nothing marks the
// end: after both of them, or after the reason and a clean close, the stream is whole.
import { Numbering } from '../anthropic/block.ts';
import type { AnswerEvent, Json } from '../canon/canon.ts';
import type { StreamDecoder } from '../canon/codec.ts';
import { countIn, isObject, member, textIn, tryParse } from '../canon/exact.ts';
import { FramedDecoder, type MessageReader, Told } from '../canon/framed-decoder.ts';
import { eventFraming, type Message } from '../canon/framing.ts';
import { callEvent, readErrorIn, readStop, readUsage, thoughtEvents } from './whole.ts';

export const decoder = (): StreamDecoder => new FramedDecoder(eventFraming(), new Reader());

type Kind = 'text' | 'thought' | 'call';
type Open = { readonly kind: Kind; readonly part: number; hasArguments: boolean };

const EXCEPTION = /^(?:error$|\w{1,60}Exception$)/;

class Reader implements MessageReader {
  readonly told = new Told();
  readonly #numbering = new Numbering();
  readonly #open = new Map<number, Open>();
  #started = false;
  #stopped: AnswerEvent | undefined;
  #told = false;

  close(): void {
    if (this.#stopped !== undefined) this.#end();
  }

  message({ data }: Message): void {
    const value = tryParse(data);
    if (!isObject(value)) {
      this.told.fail('an event of the stream is no JSON object');
      return;
    }
    for (const [name, event] of Object.entries(value)) {
      if (EXCEPTION.test(name)) this.#error(name, event);
      else if (!this.told.isOver) this.#event(name, event);
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
        this.told.push(usage);
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
    this.told.push({ kind: 'start', id: undefined, model: undefined, created: undefined });
  }

  #blockStart(index: number, call: Json | undefined): void {
    this.#start();
    if (call === undefined) return;
    this.#blockStop(index);
    const { part } = this.#part(index, 'call');
    this.told.push(callEvent(call, part));
  }

  #blockDelta(index: number, delta: Json | undefined): void {
    this.#start();
    const text = textIn(delta, 'text');
    if (text !== undefined) {
      if (text === '') return;
      this.told.push({ kind: 'text', answer: 0, part: this.#part(index, 'text').part, text });
      return;
    }
    const thought = member(delta, 'reasoningContent');
    if (thought !== undefined) {
      if (thoughtEvents(thought, 0).length === 0) return;
      this.told.push(...thoughtEvents(thought, this.#part(index, 'thought').part));
      return;
    }
    const said = member(member(delta, 'toolUse'), 'input');
    const input = isObject(said) ? JSON.stringify(said) : said;
    if (typeof input !== 'string' || input === '') return;
    const open = this.#open.get(index);
    if (open?.kind !== 'call') {
      this.told.fail('a piece of a call came that never began');
      return;
    }
    open.hasArguments = true;
    this.told.push({ kind: 'arguments', answer: 0, part: open.part, text: input });
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
    this.told.push({ kind: 'arguments', answer: 0, part: open.part, text: '{}' });
  }

  #end(): void {
    this.#start();
    for (const index of [...this.#open.keys()]) this.#blockStop(index);
    if (this.#stopped !== undefined) this.told.push(this.#stopped);
    this.told.end({ kind: 'end' });
  }

  #error(name: string, value: Json): void {
    this.told.end({ kind: 'error', error: readErrorIn(name, value) });
  }
}
