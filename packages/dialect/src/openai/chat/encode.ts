// Events as a stream of chunks. Every choice begins with its role; a stop is a chunk of its own;
// usage comes last, without choices, and only to those who asked; then `[DONE]`. After an error
// nothing comes, so that nobody takes what there is for the whole.
import { assert } from '@signalbox/contract';
import { encode } from '../../bytes.ts';
import type { AnswerEvent, Dropped, Json, JsonObject, ToldUsage } from '../../canon/canon.ts';
import type { AnswerContext, StreamEncoder } from '../../canon/codec.ts';
import { isObject } from '../../canon/exact.ts';
import { droppedExtra } from './extra.ts';
import { writeLogprobs } from './logprobs.ts';
import { writeAnswerMedia } from './media.ts';
import { thoughtDetail } from './places.ts';
import { writeStop } from './stop.ts';
import { writeUsage } from './usage.ts';
import { headOf, serviceOf } from './write-head.ts';
import { signedCall, writeError } from './write-whole.ts';

const NOTHING = new Uint8Array(0);

type Of<K extends AnswerEvent['kind']> = Extract<AnswerEvent, { kind: K }>;

export class ChatEncoder implements StreamEncoder {
  readonly dropped: Dropped = new Set();
  readonly #context: AnswerContext;
  readonly #choices = new Map<number, Choice>();
  #state: 'before' | 'within' | 'over' = 'before';
  #head: JsonObject = {};
  /** What a chunk begins with, up to its choices. */
  #opening = '';
  #usage: ToldUsage | undefined;
  #service: string | undefined;

  constructor(context: AnswerContext) {
    this.#context = context;
  }

  push(event: AnswerEvent): Uint8Array {
    assert(this.#state !== 'over', 'nothing is written after the end of a stream');
    const text = this.#write(event);
    return text === '' ? NOTHING : encode(text);
  }

  #write(event: AnswerEvent): string {
    switch (event.kind) {
      case 'start':
        return this.#start(event);
      case 'error':
        this.#state = 'over';
        return `event: error\ndata: ${JSON.stringify({ error: writeError(event.error) })}\n\n`;
      case 'end':
        this.#state = 'over';
        return `${this.#lastUsage()}data: [DONE]\n\n`;
      case 'usage':
        this.#usage = event.usage;
        this.#service = event.service ?? this.#service;
        return '';
      case 'stop':
        return this.#stop(event);
      case 'logprobs':
        return this.#chunk(event.answer, '{}', writeLogprobs(event.tokens));
      default:
        return this.#part(event);
    }
  }

  #start(event: Of<'start'>): string {
    assert(this.#state === 'before', 'a stream starts once');
    this.#state = 'within';
    droppedExtra(event.extra, this.dropped);
    this.#head = headOf(event, 'chat.completion.chunk', this.#context);
    this.#opening = `data: ${JSON.stringify(this.#head).slice(0, -1)},"choices":[`;
    return this.#begun(0);
  }

  /** The role of a choice that is new. */
  #begun(answer: number): string {
    assert(this.#state === 'within', 'a stream starts before it says anything');
    if (this.#choices.has(answer)) return '';
    this.#choices.set(answer, new Choice());
    return this.#chunk(answer, '{"role":"assistant","content":""}', null);
  }

  #choice(answer: number): Choice {
    const choice = this.#choices.get(answer);
    assert(choice !== undefined, 'a choice begins with its role');
    return choice;
  }

  #part(event: Extract<AnswerEvent, { part: number }>): string {
    const role = this.#begun(event.answer);
    const choice = this.#choice(event.answer);
    const isThought = event.kind === 'thought' || event.kind === 'signature';
    const before = isThought ? choice.thinks(event.part) : undefined;
    const closing = before === undefined ? '' : this.#delta(event.answer, before);
    const delta = this.#deltaOf(event, choice);
    return role + closing + (delta === undefined ? '' : this.#delta(event.answer, delta));
  }

  #deltaOf(event: Extract<AnswerEvent, { part: number }>, choice: Choice): JsonObject | undefined {
    switch (event.kind) {
      case 'text':
        return { content: event.text };
      case 'refusal':
        return { refusal: event.text };
      case 'thought':
        choice.thought.push(event.text);
        return event.text === '' ? undefined : { reasoning_content: event.text };
      case 'signature':
        return choice.signed(event);
      case 'call':
        return { tool_calls: [choice.called(event)] };
      case 'arguments': {
        const index = choice.indexOf(event.part);
        return { tool_calls: [{ index, function: { arguments: event.text } }] };
      }
      case 'media':
        return writeAnswerMedia(event.media, this.dropped);
      case 'opaque':
        if (event.wire === 'openai' && isObject(event.value)) return event.value;
        this.dropped.add('part.opaque');
        return undefined;
    }
  }

  #stop(event: Of<'stop'>): string {
    const role = this.#begun(event.answer);
    const left = this.#choice(event.answer).lastThought();
    const closing = left === undefined ? '' : this.#delta(event.answer, left);
    return role + closing + this.#chunk(event.answer, '{}', null, writeStop(event));
  }

  #delta(answer: number, delta: JsonObject): string {
    return this.#chunk(answer, JSON.stringify(delta), null);
  }

  #chunk(answer: number, delta: string, logprobs: Json, finish: JsonObject = NO_FINISH): string {
    const told = logprobs === null ? 'null' : JSON.stringify(logprobs);
    const end = JSON.stringify(finish).slice(1);
    const usage = this.#context.usageWanted ? ',"usage":null' : '';
    const choice = `{"index":${answer},"delta":${delta},"logprobs":${told},${end}`;
    return `${this.#opening}${choice}]${usage}}\n\n`;
  }

  #lastUsage(): string {
    if (!this.#context.usageWanted || this.#usage === undefined) return '';
    const service = serviceOf({ service: this.#service });
    const body = { ...this.#head, ...service, choices: [], usage: writeUsage(this.#usage) };
    return `data: ${JSON.stringify(body)}\n\n`;
  }
}

const NO_FINISH: JsonObject = { finish_reason: null };

/** What the chunks of one choice depend on. */
class Choice {
  /** Texts of the open thought. */
  thought: string[] = [];
  /** The part that it is. */
  #part = 0;
  #hasDetails = false;
  readonly #calls = new Map<number, number>();

  /**
   * A thought that begins after another closes that one, so that their texts are not taken for one.
   * @returns the detail that closes it, if it is open.
   */
  thinks(part: number): JsonObject | undefined {
    if (this.#calls.has(part)) return undefined;
    const isNext = this.#part !== part && this.thought.length > 0;
    const closing = isNext ? this.#detail({}) : undefined;
    this.#part = part;
    return closing;
  }

  /** Once there are details, clients read thoughts from them alone: none may be missing. */
  lastThought(): JsonObject | undefined {
    return this.#hasDetails && this.thought.length > 0 ? this.#detail({}) : undefined;
  }

  signed({ part, signature, sealed }: Of<'signature'>): JsonObject {
    const index = this.#calls.get(part);
    if (index !== undefined) {
      // Clients expect the function in every piece of a call.
      return { tool_calls: [{ index, function: { arguments: '' }, ...signedCall(signature) }] };
    }
    return this.#detail(sealed ? { sealed: signature } : { signature });
  }

  #detail(signed: { readonly signature?: string; readonly sealed?: string }): JsonObject {
    const text = signed.sealed === undefined ? this.thought.join('') : '';
    if (signed.sealed === undefined) this.thought = [];
    this.#hasDetails = true;
    const detail = thoughtDetail({ kind: 'thought', text, ...signed }, this.#part);
    return { reasoning_details: [detail] };
  }

  called({ part, id, name }: Of<'call'>): JsonObject {
    const index = this.#calls.size;
    this.#calls.set(part, index);
    return { index, id, type: 'function', function: { name, arguments: '' } };
  }

  indexOf(part: number): number {
    const index = this.#calls.get(part);
    assert(index !== undefined, 'a call has a name before it has arguments');
    return index;
  }
}
