// Events into a stream of this dialect. Clients follow one block at a time, so that a block is over
// before the next one begins: what belongs to later parts waits while the arguments of a call are
// not whole (an upstream that writes several calls at once), and what comes for a part that is over
// begins a block of its own.
import { assert } from '@signalbox/contract';
import { encode } from '../bytes.ts';
import type { AnswerEvent, Dropped, Json, JsonObject, ToldUsage } from '../canon/canon.ts';
import type { AnswerContext, StreamEncoder } from '../canon/codec.ts';
import { errorEventText } from './errors.ts';
import { Blocks } from './open-blocks.ts';
import { type Stop, writeStop } from './stop.ts';
import { writeUsage } from './usage.ts';

const NOTHING = new Uint8Array(0);

export const encoder = (context: AnswerContext): StreamEncoder => new Encoder(context);

class Encoder implements StreamEncoder {
  readonly dropped: Dropped = new Set();
  readonly #context: AnswerContext;
  readonly #blocks: Blocks;
  readonly #refusal: string[] = [];
  #out: string[] = [];
  #state: 'before' | 'held' | 'within' | 'over' = 'before';
  #start: JsonObject = {};
  #stop: Stop | undefined;
  #usage: ToldUsage | undefined;
  #service: string | undefined;

  constructor(context: AnswerContext) {
    this.#context = context;
    this.#blocks = new Blocks(
      (event) => this.#write(event),
      (name) => void this.dropped.add(name),
    );
  }

  push(event: AnswerEvent): Uint8Array {
    assert(this.#state !== 'over', 'nothing comes after the end of a stream');
    this.#event(event);
    if (this.#out.length === 0) return NOTHING;
    const bytes = encode(this.#out.join(''));
    this.#out = [];
    return bytes;
  }

  #event(event: AnswerEvent): void {
    if (event.kind === 'error') {
      this.#out.push(errorEventText(event.error));
      this.#state = 'over';
      return;
    }
    if (event.kind === 'start') {
      assert(this.#state === 'before', 'a stream starts once');
      this.#state = 'held';
      const { id, model } = event;
      this.#start = { id: id ?? this.#context.id, model: model ?? this.#context.model };
      return;
    }
    assert(this.#state !== 'before', 'a stream starts before it says anything');
    if (event.kind === 'usage') {
      this.#usage = event.usage;
      this.#service = event.service ?? this.#service;
    }
    // One event later, so that usage which is known at once stands where clients look for it.
    if (this.#state === 'held') this.#writeStart();
    if (event.kind === 'end') this.#end();
    else if (event.kind !== 'usage') this.#answer(event);
  }

  #answer(event: Exclude<AnswerEvent, { kind: 'start' | 'usage' | 'error' | 'end' }>): void {
    if (event.answer > 0) this.dropped.add('answers');
    else if (event.kind === 'logprobs') this.dropped.add('logprobs');
    else if (event.kind === 'refusal') this.#refusal.push(event.text);
    else if (event.kind === 'stop') {
      this.#blocks.close();
      const { kind: _, answer: __, ...stop } = event;
      this.#stop = stop;
    } else this.#blocks.push(event);
  }

  #writeStart(): void {
    this.#state = 'within';
    const { id, model } = this.#start;
    const message = {
      ...{ id: id ?? null, type: 'message', role: 'assistant', model: model ?? null, content: [] },
      ...{ stop_reason: null, stop_sequence: null },
      usage: writeUsage(this.#usage, this.#service),
    };
    this.#write({ type: 'message_start', message });
  }

  #end(): void {
    this.#blocks.close();
    const refusal = this.#refusal.length === 0 ? undefined : this.#refusal.join('');
    const delta = writeStop(this.#stop, refusal);
    this.#write({ type: 'message_delta', delta, usage: writeUsage(this.#usage, this.#service) });
    this.#write({ type: 'message_stop' });
    this.#state = 'over';
  }

  #write(event: { readonly type: string; readonly [key: string]: Json }): void {
    this.#out.push(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  }
}
