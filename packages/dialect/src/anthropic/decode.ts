// A stream of this dialect into events. `message_stop` is its end: a stream that breaks off before
// has none. A repeated `message_start` of the same message is passed over; one of another message
// while this one is open (a proxy that tried again in the middle of an answer) is an error, since
// the two must not become one answer.
import type { AnswerEvent, Json, JsonObject } from '../canon/canon.ts';
import type { StreamDecoder } from '../canon/codec.ts';
import { isObject, listIn, member, numberIn, textIn, tryParse } from '../canon/exact.ts';
import { eventFraming, type Message, TooLong } from '../canon/framing.ts';
import { Numbering, readBlock } from './block.ts';
import { readErrorIn } from './errors.ts';
import { OpenBlock } from './open-block.ts';
import { readStop, type Stopped } from './stop.ts';
import { Telling } from './usage.ts';
import { readWhole, stopEvents } from './whole.ts';

const OK = 200;

export const decoder = (): StreamDecoder => new Decoder();

class Decoder implements StreamDecoder {
  readonly #framing = eventFraming();
  readonly #numbering = new Numbering();
  readonly #telling = new Telling();
  readonly #open = new Map<number, OpenBlock>();
  #out: AnswerEvent[] = [];
  #id: string | undefined;
  #started = false;
  #stopped: Stopped | undefined;
  /** The end or an error was said: what comes after counts for nothing. */
  #over = false;

  push(chunk: Uint8Array): readonly AnswerEvent[] {
    if (this.#over) return [];
    this.#read(() => this.#framing.push(chunk));
    return this.#taken();
  }

  end(): readonly AnswerEvent[] {
    if (this.#over) return [];
    this.#read(() => this.#framing.end());
    // Why it stopped is known, but not whether that was all.
    if (!this.#over) this.#stop();
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
    for (const message of messages) if (!this.#over) this.#message(message);
  }

  #message({ name, data }: Message): void {
    const value = tryParse(data);
    if (value === undefined) {
      // Proxies of other dialects add their end mark.
      if (data.trim() !== '[DONE]') this.#fail('an event of the stream is no JSON');
      return;
    }
    const type = textIn(value, 'type') ?? name;
    if (name === 'error' || type === 'error' || isBareError(value, type)) {
      this.#out.push({ kind: 'error', error: readErrorIn(value, OK) });
      this.#over = true;
      return;
    }
    if (isObject(value)) this.#event(type, value);
  }

  #event(type: string | undefined, event: JsonObject): void {
    switch (type) {
      case 'message_start':
        this.#messageStart(member(event, 'message'));
        return;
      case 'content_block_start':
        this.#blockStart(numberIn(event, 'index') ?? 0, event);
        return;
      case 'content_block_delta':
        this.#blockDelta(numberIn(event, 'index') ?? 0, member(event, 'delta'));
        return;
      case 'content_block_stop':
        this.#blockStop(numberIn(event, 'index') ?? 0);
        return;
      case 'message_delta':
        this.#stopped = readStop(member(event, 'delta')) ?? this.#stopped;
        this.#tell(member(event, 'usage'));
        return;
      case 'message_stop':
        this.#tell(member(event, 'usage'));
        this.#end();
        return;
      case 'message': // a whole answer in one event
        if (this.#started) return;
        this.#out.push(...readWhole(event));
        this.#over = true;
        return;
      default: // `ping`, and what is new
    }
  }

  #messageStart(message: Json | undefined): void {
    const id = textIn(message, 'id') || undefined;
    if (this.#started) {
      const isOther = id !== undefined && this.#id !== undefined && id !== this.#id;
      if (isOther) this.#fail('a second message began before the first one ended');
      return;
    }
    this.#start(id, textIn(message, 'model') || undefined);
    this.#tell(member(message, 'usage'));
    // Some answers are whole from the start.
    for (const block of listIn(message, 'content') ?? []) {
      this.#out.push(...readBlock(block, this.#numbering));
    }
    this.#stopped = readStop(message);
  }

  #start(id: string | undefined, model: string | undefined): void {
    if (this.#started) return;
    this.#started = true;
    this.#id = id;
    this.#out.push({ kind: 'start', id, model, created: undefined });
  }

  #tell(usage: Json | undefined): void {
    if (!this.#telling.add(usage)) return;
    const told = this.#telling.told();
    if (told === undefined) return;
    this.#start(undefined, undefined);
    this.#out.push({ kind: 'usage', ...told });
  }

  #blockStart(index: number, event: JsonObject): void {
    this.#start(undefined, undefined);
    this.#blockStop(index);
    const block = member(event, 'content_block');
    if (!isObject(block)) return;
    const open = new OpenBlock(block, this.#numbering);
    this.#open.set(index, open);
    open.begin(this.#out);
  }

  #blockDelta(index: number, delta: Json | undefined): void {
    if (!isObject(delta)) return;
    let open = this.#open.get(index);
    if (open === undefined) {
      const block = beganUnsaid(delta);
      if (block === undefined) {
        this.#fail('a piece of a block came that never began');
        return;
      }
      this.#start(undefined, undefined);
      open = new OpenBlock(block, this.#numbering);
      this.#open.set(index, open);
    }
    open.add(delta, this.#out);
  }

  #blockStop(index: number): void {
    this.#open.get(index)?.end(this.#out);
    this.#open.delete(index);
  }

  #stop(): void {
    if (this.#stopped === undefined || !this.#started) return;
    this.#out.push(...stopEvents(this.#stopped, this.#numbering));
  }

  #end(): void {
    this.#start(undefined, undefined);
    for (const open of this.#open.values()) open.end(this.#out);
    this.#stop();
    this.#out.push({ kind: 'end' });
    this.#over = true;
  }

  /** No content in the message: it may be logged. */
  #fail(message: string): void {
    this.#out.push({ kind: 'error', error: { kind: 'internal', message } });
    this.#over = true;
  }
}

/** `{"error": ...}` alone, as servers of other dialects put it into a stream. */
function isBareError(value: Json, type: string | undefined): boolean {
  return type === undefined && (member(value, 'error') ?? null) !== null;
}

/** Servers that leave out the start of a block: its pieces say what it is, but for calls. */
function beganUnsaid(delta: JsonObject): JsonObject | undefined {
  switch (textIn(delta, 'type')) {
    case 'thinking_delta':
    case 'signature_delta':
      return { type: 'thinking' };
    case 'input_json_delta':
      return undefined;
    default:
      return { type: 'text' };
  }
}
