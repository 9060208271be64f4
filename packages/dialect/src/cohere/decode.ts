// A stream of this format into events. Contents and calls are numbered from 0 each for itself;
// `message-end` has the reason to stop and the usage, and what follows it (`[DONE]`) says nothing.
import { Numbering } from '../anthropic/block.ts';
import type { AnswerEvent, Json } from '../canon/canon.ts';
import type { StreamDecoder } from '../canon/codec.ts';
import { countIn, isObject, member, textIn, tryParse } from '../canon/exact.ts';
import { FramedDecoder, type MessageReader, Told } from '../canon/framed-decoder.ts';
import { eventFraming, type Message } from '../canon/framing.ts';
import {
  argumentsOf,
  blockEvents,
  callEvent,
  citationEvents,
  lastEvents,
  piece,
  readErrorIn,
  startOf,
} from './whole.ts';

export const decoder = (): StreamDecoder => new FramedDecoder(eventFraming(), new Reader());

type OpenCall = { readonly part: number; hasArguments: boolean };

/** Citations of one answer that are kept until its end; more are left out. */
const CITATIONS_MAX = 10_000;

class Reader implements MessageReader {
  readonly told = new Told();
  readonly #numbering = new Numbering();
  /** By kind and place: a place whose kind changes is another part. */
  readonly #contents = new Map<string, number>();
  readonly #calls = new Map<number, OpenCall>();
  readonly #citations: Json[] = [];
  #started = false;

  message({ name, data }: Message): void {
    if (data.trim() === '[DONE]') return;
    const value = tryParse(data);
    if (!isObject(value)) {
      this.told.fail('an event of the stream is no JSON object');
      return;
    }
    const type = textIn(value, 'type') ?? name;
    const isError = type === 'error' || (type === undefined && member(value, 'message'));
    if (isError) {
      this.told.end({ kind: 'error', error: readErrorIn(value) });
    } else this.#event(type ?? '', value);
  }

  #event(type: string, event: Json): void {
    const index = countIn(event, 'index') ?? 0;
    const delta = member(event, 'delta');
    const message = member(delta, 'message');
    switch (type) {
      case 'message-start':
        this.#start(event);
        return;
      case 'tool-plan-delta':
        this.#tell('plan', (part) => piece('thought', textIn(message, 'tool_plan'), part));
        return;
      case 'content-start':
      case 'content-delta':
        this.#content(index, member(message, 'content'));
        return;
      case 'tool-call-start':
        this.#callStart(index, only(member(message, 'tool_calls')));
        return;
      case 'tool-call-delta':
        this.#callDelta(index, only(member(message, 'tool_calls')));
        return;
      case 'tool-call-end':
        this.#callEnd(index);
        return;
      case 'citation-start':
        this.#cite(only(member(message, 'citations')));
        return;
      case 'message-end':
        this.#end(delta);
        return;
      default: // `content-end`, `citation-end`, and what is new, have no word here
    }
  }

  #start(from: Json): void {
    if (this.#started) return;
    this.#started = true;
    this.told.push(startOf(from));
  }

  #content(index: number, content: Json | undefined): void {
    const kind = member(content, 'thinking') === undefined ? 'text' : 'thought';
    this.#tell(`${kind} ${index}`, (part) => blockEvents(content, part));
  }

  /** A part begins with the first piece that says something. */
  #tell(place: string, events: (part: number) => readonly AnswerEvent[]): void {
    this.#start({});
    if (events(0).length === 0) return;
    const part = this.#contents.get(place) ?? this.#numbering.take();
    this.#contents.set(place, part);
    this.told.push(...events(part));
  }

  #callStart(index: number, call: Json | undefined): void {
    this.#start({});
    this.#callEnd(index);
    const part = this.#numbering.take();
    this.#calls.set(index, { part, hasArguments: false });
    this.told.push(callEvent(call, part));
    this.#callDelta(index, call);
  }

  #callDelta(index: number, call: Json | undefined): void {
    const text = argumentsOf(call);
    if (text === '') return;
    const open = this.#calls.get(index);
    if (open === undefined) {
      this.told.fail('a piece of a call came that never began');
      return;
    }
    open.hasArguments = true;
    this.told.push({ kind: 'arguments', answer: 0, part: open.part, text });
  }

  #callEnd(index: number): void {
    const open = this.#calls.get(index);
    if (open === undefined) return;
    this.#calls.delete(index);
    if (open.hasArguments) return;
    this.told.push({ kind: 'arguments', answer: 0, part: open.part, text: '{}' });
  }

  #cite(citation: Json | undefined): void {
    if (citation !== undefined && this.#citations.length < CITATIONS_MAX) {
      this.#citations.push(citation);
    }
  }

  #end(delta: Json | undefined): void {
    this.#start({});
    for (const index of [...this.#calls.keys()]) this.#callEnd(index);
    if (this.#citations.length > 0) {
      this.told.push(...citationEvents(this.#citations, this.#numbering.take()));
    }
    this.told.end(...lastEvents(delta));
  }
}

/** One at a time; a list holds it at some servers. */
const only = (value: Json | undefined): Json | undefined =>
  Array.isArray(value) ? value[0] : value;
