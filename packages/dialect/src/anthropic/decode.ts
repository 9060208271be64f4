// A stream of this dialect into events. `message_stop` is its end: a stream that breaks off before
// has none. A repeated `message_start` of the same message is passed over; one of another message
// while this one is open (a proxy that tried again in the middle of an answer) is an error, since
// the two must not become one answer.
import type { Json, JsonObject } from '../canon/canon.ts';
import type { StreamDecoder } from '../canon/codec.ts';
import { isObject, listIn, member, numberIn, textIn, tryParse } from '../canon/exact.ts';
import { FramedDecoder, type MessageReader, Told } from '../canon/framed-decoder.ts';
import { eventFraming, type Message } from '../canon/framing.ts';
import { Numbering, readBlock } from './block.ts';
import { readErrorIn } from './errors.ts';
import { OpenBlock } from './open-block.ts';
import { readStop, type Stopped } from './stop.ts';
import { Telling } from './usage.ts';
import { readWhole, stopEvents } from './whole.ts';

const OK = 200;

export const decoder = (): StreamDecoder => new FramedDecoder(eventFraming(), new Reader());

class Reader implements MessageReader {
  readonly told = new Told();
  readonly #numbering = new Numbering();
  readonly #telling = new Telling();
  readonly #open = new Map<number, OpenBlock>();
  #id: string | undefined;
  #started = false;
  #stopped: Stopped | undefined;

  close(): void {
    // Why it stopped is known, but not whether that was all.
    this.#stop();
  }

  message({ name, data }: Message): void {
    const value = tryParse(data);
    if (value === undefined) {
      // Proxies of other dialects add their end mark.
      if (data.trim() !== '[DONE]') this.told.fail('an event of the stream is no JSON');
      return;
    }
    const type = textIn(value, 'type') ?? name;
    if (name === 'error' || type === 'error' || isBareError(value, type)) {
      this.told.end({ kind: 'error', error: readErrorIn(value, OK) });
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
        this.told.end(...readWhole(event));
        return;
      default: // `ping`, and what is new
    }
  }

  #messageStart(message: Json | undefined): void {
    const id = textIn(message, 'id') || undefined;
    if (this.#started) {
      const isOther = id !== undefined && this.#id !== undefined && id !== this.#id;
      if (isOther) this.told.fail('a second message began before the first one ended');
      return;
    }
    this.#start(id, textIn(message, 'model') || undefined);
    this.#tell(member(message, 'usage'));
    // Some answers are whole from the start.
    for (const block of listIn(message, 'content') ?? []) {
      this.told.push(...readBlock(block, this.#numbering));
    }
    this.#stopped = readStop(message);
  }

  #start(id: string | undefined, model: string | undefined): void {
    if (this.#started) return;
    this.#started = true;
    this.#id = id;
    this.told.push({ kind: 'start', id, model, created: undefined });
  }

  #tell(usage: Json | undefined): void {
    if (!this.#telling.add(usage)) return;
    const told = this.#telling.told();
    if (told === undefined) return;
    this.#start(undefined, undefined);
    this.told.push({ kind: 'usage', ...told });
  }

  #blockStart(index: number, event: JsonObject): void {
    this.#start(undefined, undefined);
    this.#blockStop(index);
    const block = member(event, 'content_block');
    if (!isObject(block)) return;
    const open = new OpenBlock(block, this.#numbering);
    this.#open.set(index, open);
    open.begin(this.told.events);
  }

  #blockDelta(index: number, delta: Json | undefined): void {
    if (!isObject(delta)) return;
    let open = this.#open.get(index);
    if (open === undefined) {
      const block = beganUnsaid(delta);
      if (block === undefined) {
        this.told.fail('a piece of a block came that never began');
        return;
      }
      this.#start(undefined, undefined);
      open = new OpenBlock(block, this.#numbering);
      this.#open.set(index, open);
    }
    open.add(delta, this.told.events);
  }

  #blockStop(index: number): void {
    this.#open.get(index)?.end(this.told.events);
    this.#open.delete(index);
  }

  #stop(): void {
    if (this.#stopped === undefined || !this.#started) return;
    this.told.push(...stopEvents(this.#stopped, this.#numbering));
  }

  #end(): void {
    this.#start(undefined, undefined);
    for (const open of this.#open.values()) open.end(this.told.events);
    this.#stop();
    this.told.end({ kind: 'end' });
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
