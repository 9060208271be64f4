// Events into output items. Texts and thoughts are closed when something else begins; calls stay
// open until the answer stops, because upstreams may send the fragments of several by turns. `say`
// hears every change in the order in which a stream tells it.
import { assert } from '@signalbox/contract';
import type { AnswerEvent, Dropped, Json, JsonObject, Media } from '../canon/canon.ts';
import type { AnswerContext } from '../canon/codec.ts';
import { isObject, member, textIn, tryParse } from '../canon/exact.ts';
import { isCustom } from './ask-fields.ts';
import { writeLogprobs } from './logprobs.ts';

type Text = {
  readonly kind: 'text' | 'refusal';
  readonly part: number;
  readonly pieces: string[];
  readonly annotations: Json[];
  readonly logprobs: Json[];
};

type Message = {
  readonly kind: 'message';
  readonly index: number;
  readonly id: string;
  readonly texts: Text[];
  readonly whole: Json[];
};
type Thought = {
  readonly kind: 'thought';
  readonly index: number;
  readonly id: string;
  readonly part: number;
  readonly pieces: string[];
  sealed: string | undefined;
};
type Call = {
  readonly kind: 'call';
  readonly index: number;
  readonly id: string;
  readonly call: string;
  readonly name: string;
  readonly custom: boolean;
  readonly pieces: string[];
  signature: string | undefined;
};

/** Fields of a stream's event, without its type and number. */
export type Say = (type: string, fields: JsonObject) => void;
type Status = 'completed' | 'incomplete';
type PartEvent = Extract<AnswerEvent, { part: number }>;

export class Output {
  /** Whole items, by their place. */
  readonly items: Json[] = [];
  readonly dropped: Dropped = new Set();
  calls = false;
  refusal = false;
  readonly #say: Say | undefined;
  readonly #custom: ReadonlySet<string>;
  readonly #stem: string;
  #count = 0;
  #current: Message | Thought | undefined;
  readonly #calls = new Map<number, Call>();
  /** Parts whose thoughts are written: no signature reaches them. */
  readonly #thoughts = new Set<number>();
  /** What is told of its tokens after it is closed stands in the whole response. */
  #last: Text | undefined;
  /** Told before the text that they belong to. */
  #early: readonly Json[] = [];

  constructor(id: string, context: AnswerContext, say: Say | undefined) {
    this.#say = say;
    this.#stem = id.slice(id.indexOf('_') + 1);
    const custom = context.ask?.tools.filter(isCustom) ?? [];
    this.#custom = new Set(custom.map((tool) => tool.name));
  }

  add(event: PartEvent): void {
    switch (event.kind) {
      case 'text':
      case 'refusal':
        if (event.text !== '') this.#text(event.kind, event.part, event.text);
        return;
      case 'thought':
        this.#thought(event.part, event.text);
        return;
      case 'signature':
        this.#signature(event);
        return;
      case 'call':
        this.#call(event);
        return;
      case 'arguments':
        this.#arguments(event.part, event.text);
        return;
      case 'media':
        this.#media(event.media);
        return;
      case 'opaque':
        this.#opaque(event.wire, event.value);
    }
  }

  logprobs(event: Extract<AnswerEvent, { kind: 'logprobs' }>): void {
    const logprobs = writeLogprobs(event.tokens);
    const text = this.#last;
    if (text === undefined) {
      this.#early = [...this.#early, ...logprobs];
      return;
    }
    text.logprobs.push(...logprobs);
    const message = this.#current;
    if (message?.kind !== 'message' || message.texts.at(-1) !== text) return;
    this.#say?.('output_text.delta', { ...within(message), delta: '', logprobs });
  }

  /** Nothing more comes. `cut`: what is open now was not finished. */
  close(cut: boolean): void {
    const status = cut ? 'incomplete' : 'completed';
    this.#closeCurrent(status);
    for (const call of this.#calls.values()) this.#closeCall(call, status);
    this.#calls.clear();
    if (this.#early.length > 0) this.dropped.add('logprobs');
  }

  #text(kind: Text['kind'], part: number, delta: string): void {
    const message = this.#message();
    let text = message.texts.at(-1);
    if (text?.part !== part || text.kind !== kind) {
      this.#closeText(message);
      text = { kind, part, pieces: [], annotations: [], logprobs: [] };
      message.texts.push(text);
      this.#say?.('content_part.added', { ...within(message), part: contentOf(text, '') });
    }
    text.pieces.push(delta);
    if (kind === 'refusal') this.refusal = true;
    if (kind === 'refusal') {
      this.#say?.('refusal.delta', { ...within(message), delta });
      return;
    }
    this.#last = text;
    const logprobs = this.#early;
    this.#early = [];
    text.logprobs.push(...logprobs);
    this.#say?.('output_text.delta', { ...within(message), delta, logprobs });
  }

  #message(): Message {
    if (this.#current?.kind === 'message') return this.#current;
    this.#closeCurrent('completed');
    const index = this.#place();
    const message: Message = {
      kind: 'message',
      index,
      id: `msg_${this.#stem}_${index}`,
      texts: [],
      whole: [],
    };
    this.#current = message;
    this.#say?.('output_item.added', {
      output_index: index,
      item: messageOf(message, 'in_progress'),
    });
    return message;
  }

  #thought(part: number, delta: string): void {
    const thought = this.#thoughtAt(part);
    if (delta === '') return;
    const place = { item_id: thought.id, output_index: thought.index, summary_index: 0 };
    if (thought.pieces.length === 0) {
      this.#say?.('reasoning_summary_part.added', { ...place, part: summaryOf('') });
    }
    thought.pieces.push(delta);
    this.#say?.('reasoning_summary_text.delta', { ...place, delta });
  }

  #thoughtAt(part: number): Thought {
    if (this.#current?.kind === 'thought' && this.#current.part === part) return this.#current;
    this.#closeCurrent('completed');
    const index = this.#place();
    const id = `rs_${this.#stem}_${index}`;
    const thought: Thought = { kind: 'thought', index, id, part, pieces: [], sealed: undefined };
    this.#current = thought;
    const item = { id, type: 'reasoning', summary: [] };
    this.#say?.('output_item.added', { output_index: index, item });
    return thought;
  }

  #signature(event: Extract<PartEvent, { kind: 'signature' }>): void {
    const call = this.#calls.get(event.part);
    if (call !== undefined) {
      call.signature = (call.signature ?? '') + event.signature;
      return;
    }
    if (this.#thoughts.has(event.part)) {
      this.dropped.add('part.signature');
      return;
    }
    const thought = this.#thoughtAt(event.part);
    thought.sealed = (thought.sealed ?? '') + event.signature;
  }

  #call(event: Extract<PartEvent, { kind: 'call' }>): void {
    this.#closeCurrent('completed');
    this.calls = true;
    const index = this.#place();
    const custom = this.#custom.has(event.name);
    const call: Call = {
      kind: 'call',
      index,
      id: `${custom ? 'ctc' : 'fc'}_${this.#stem}_${index}`,
      call: event.id,
      name: event.name,
      custom,
      pieces: [],
      signature: undefined,
    };
    this.#calls.set(event.part, call);
    this.#say?.('output_item.added', {
      output_index: index,
      item: callOf(call, 'in_progress', ''),
    });
  }

  #arguments(part: number, delta: string): void {
    const call = this.#calls.get(part);
    assert(call !== undefined, 'arguments belong to a call that is open');
    call.pieces.push(delta);
    if (call.custom) return;
    const { id, index } = call;
    this.#say?.('function_call_arguments.delta', { item_id: id, output_index: index, delta });
  }

  #media(media: Media): void {
    const { source, medium, type } = media;
    if (medium !== 'image' || source.kind !== 'base64') {
      this.dropped.add(`part.${medium}`);
      return;
    }
    const index = this.#other();
    const head = { type: 'image_generation_call', id: `ig_${this.#stem}_${index}` };
    const own = media.extra?.responses ?? { output_format: type?.split('/')[1] ?? 'png' };
    this.#whole(index, { ...head, status: 'completed', ...own, result: source.data });
  }

  #opaque(wire: string, value: Json): void {
    const annotation = member(value, 'annotation');
    if (wire !== 'responses' || !isObject(value)) {
      this.dropped.add('part.opaque');
    } else if (annotation === undefined) {
      const index = this.#other();
      this.#whole(index, { id: `item_${this.#stem}_${index}`, ...value });
    } else this.#annotation(annotation);
  }

  #annotation(annotation: Json): void {
    const message = this.#current;
    const text = message?.kind === 'message' ? message.texts.at(-1) : undefined;
    if (message?.kind !== 'message' || text?.kind !== 'text') {
      this.dropped.add('part.opaque');
      return;
    }
    const index = text.annotations.push(annotation) - 1;
    const fields = { ...within(message), annotation_index: index, annotation };
    this.#say?.('output_text.annotation.added', fields);
  }

  /** A place for an item that comes whole. */
  #other(): number {
    this.#closeCurrent('completed');
    return this.#place();
  }

  #whole(index: number, item: JsonObject): void {
    this.#say?.('output_item.added', { output_index: index, item });
    this.#done(index, item);
  }

  #closeCurrent(status: Status): void {
    const current = this.#current;
    this.#current = undefined;
    if (current?.kind === 'thought') this.#closeThought(current);
    if (current?.kind !== 'message') return;
    this.#closeText(current);
    this.#done(current.index, messageOf(current, status));
  }

  #closeText(message: Message): void {
    const text = message.texts.at(-1);
    if (text === undefined) return;
    const place = within(message);
    const whole = text.pieces.join('');
    const part = contentOf(text, whole);
    message.whole.push(part);
    if (text.kind === 'refusal') this.#say?.('refusal.done', { ...place, refusal: whole });
    else this.#say?.('output_text.done', { ...place, text: whole, logprobs: text.logprobs });
    this.#say?.('content_part.done', { ...place, part });
  }

  #closeThought(thought: Thought): void {
    const { id, index, sealed } = thought;
    this.#thoughts.add(thought.part);
    const text = thought.pieces.join('');
    const summary = text === '' ? [] : [summaryOf(text)];
    const place = { item_id: id, output_index: index, summary_index: 0 };
    if (text !== '') {
      this.#say?.('reasoning_summary_text.done', { ...place, text });
      this.#say?.('reasoning_summary_part.done', { ...place, part: summaryOf(text) });
    }
    const encrypted = sealed === undefined ? {} : { encrypted_content: sealed };
    this.#done(index, { id, type: 'reasoning', summary, ...encrypted });
  }

  #closeCall(call: Call, status: Status): void {
    const { id, index } = call;
    const text = call.pieces.join('');
    const place = { item_id: id, output_index: index };
    if (call.custom) {
      const input = inputOf(text);
      this.#say?.('custom_tool_call_input.delta', { ...place, delta: input });
      this.#say?.('custom_tool_call_input.done', { ...place, input });
      this.#done(index, callOf(call, status, input));
      return;
    }
    const name = call.name;
    this.#say?.('function_call_arguments.done', { ...place, name, arguments: text });
    this.#done(index, callOf(call, status, text));
  }

  #done(index: number, item: JsonObject): void {
    this.items[index] = item;
    this.#say?.('output_item.done', { output_index: index, item });
  }

  #place(): number {
    this.#count += 1;
    return this.#count - 1;
  }
}

/** Where the last text of a message stands. */
const within = (message: Message): JsonObject => ({
  item_id: message.id,
  output_index: message.index,
  content_index: Math.max(0, message.texts.length - 1),
});

function contentOf(text: Text, whole: string): JsonObject {
  if (text.kind === 'refusal') return { type: 'refusal', refusal: whole };
  const { annotations, logprobs } = text;
  return { type: 'output_text', annotations, logprobs, text: whole };
}

const summaryOf = (text: string): JsonObject => ({ type: 'summary_text', text });

const messageOf = (message: Message, status: string): JsonObject => ({
  id: message.id,
  type: 'message',
  status,
  content: message.whole,
  role: 'assistant',
});

function callOf(call: Call, status: string, text: string): JsonObject {
  const { id, name, signature } = call;
  const head = { id, type: call.custom ? 'custom_tool_call' : 'function_call', status };
  const said = call.custom ? { input: text } : { arguments: text };
  const google = { thought_signature: signature ?? '' };
  const signed = signature === undefined ? {} : { extra_content: { google } };
  return { ...head, ...said, call_id: call.call, name, ...signed };
}

/** The text inside the one field of a custom tool's arguments; what has none is the text itself. */
export const inputOf = (text: string): string => textIn(tryParse(text), 'input') ?? text;
