// The stream of typed events into ours. Items are known by their id, else by their place in the
// output, else as the last one of their type: servers differ in which of these they send, and some
// change the ids from event to event. The events that only repeat a state are passed over.
import type { Json, JsonObject } from '../canon/canon.ts';
import type { StreamDecoder } from '../canon/codec.ts';
import { countIn, isObject, listIn, member, textIn, tryParse } from '../canon/exact.ts';
import { FramedDecoder, type MessageReader, Told } from '../canon/framed-decoder.ts';
import { eventFraming, type Message } from '../canon/framing.ts';
import { errorFrom } from './errors.ts';
import { argumentsOf, type Item, pieceOf, Reading } from './reading.ts';
import { endOf, startOf, UNREADABLE } from './whole.ts';

/** The kind of item that an event speaks of. */
const ITEM_TYPES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'content_part.added': 'message',
    'content_part.done': 'message',
    'output_text.delta': 'message',
    'output_text.done': 'message',
    'output_text.annotation.added': 'message',
    'refusal.delta': 'message',
    'refusal.done': 'message',
    'reasoning_text.delta': 'reasoning',
    'reasoning_text.done': 'reasoning',
    'reasoning_summary_text.delta': 'reasoning',
    'reasoning_summary_text.done': 'reasoning',
    'reasoning_summary_part.done': 'reasoning',
    'function_call_arguments.delta': 'function_call',
    'function_call_arguments.done': 'function_call',
    'custom_tool_call_input.delta': 'custom_tool_call',
    'custom_tool_call_input.done': 'custom_tool_call',
  }),
);

const PREFIX = 'response.';
const DONE = '[DONE]';

export const decoder = (): StreamDecoder => new FramedDecoder(eventFraming(), new Reader());

class Reader implements MessageReader {
  readonly told = new Told();
  readonly #reading = new Reading();
  readonly #items: Item[] = [];
  readonly #byId = new Map<string, Item>();
  readonly #byIndex = new Map<number, Item>();
  #started = false;

  message({ name, data }: Message): void {
    if (data === DONE || data.trim() === '') return;
    const event = tryParse(data);
    if (!isObject(event)) {
      this.told.end({ kind: 'error', error: UNREADABLE });
      return;
    }
    const type = textIn(event, 'type') ?? name;
    const isError = type === 'error' || name === 'error';
    if (isError || (!type?.startsWith(PREFIX) && isObject(member(event, 'error')))) {
      this.told.end({ kind: 'error', error: errorFrom(event) });
      return;
    }
    if (type?.startsWith(PREFIX) !== true) return;
    this.#event(type.slice(PREFIX.length), event);
  }

  #event(type: string, event: JsonObject): void {
    const response = member(event, 'response');
    if (!this.#started) {
      this.#started = true;
      this.told.push(startOf(response));
    }
    switch (type) {
      case 'created':
      case 'queued':
      case 'in_progress':
        this.#reading.offered(listIn(response, 'tools'));
        return;
      case 'completed':
      case 'incomplete':
      case 'failed':
      case 'cancelled':
        this.#end(type, isObject(response) ? response : {});
        return;
      case 'output_item.added':
        this.#added(event);
        break;
      case 'output_item.done':
        this.#done(event);
        break;
      default:
        this.#within(type, event);
    }
    this.told.push(...this.#reading.taken());
  }

  #added(event: JsonObject): void {
    const first = member(event, 'item');
    if (isObject(first)) this.#open(textIn(first, 'type') ?? '', first, event);
  }

  #done(event: JsonObject): void {
    const last = member(event, 'item');
    if (!isObject(last)) return;
    const type = textIn(last, 'type') ?? '';
    const known = this.#known(last) ?? this.#find(type, event);
    this.#reading.close(known ?? this.#open(type, last, event), last);
  }

  #within(type: string, event: JsonObject): void {
    const part = member(event, 'part');
    const isThought = textIn(part, 'type') === 'reasoning_text';
    const itemType = isThought ? 'reasoning' : ITEM_TYPES.get(type);
    if (itemType === undefined) return;
    const item = this.#find(itemType, event) ?? this.#open(itemType, {}, event);
    if (item.closed && type === 'function_call_arguments.done') {
      this.#reading.lateArguments(item, wholeArguments(event));
    }
    if (item.closed || item.type !== itemType) return;
    switch (itemType) {
      case 'message':
        this.#inMessage(type, item, event);
        return;
      case 'reasoning':
        this.#inThought(type, item, event);
        return;
      default:
        // What comes only at the end is said when the item is closed.
        if (type.endsWith('.delta')) this.#reading.arguments(item, textIn(event, 'delta') ?? '');
        else this.#reading.wholeArguments(item, wholeArguments(event));
    }
  }

  #inMessage(type: string, item: Item, event: JsonObject): void {
    const at = countIn(event, 'content_index') ?? Math.max(0, item.contents.size - 1);
    const delta = textIn(event, 'delta') ?? '';
    const logprobs = listIn(event, 'logprobs');
    switch (type) {
      case 'output_text.delta':
        this.#reading.logprobs(this.#reading.text(item, at, 'text', delta), logprobs);
        return;
      case 'refusal.delta':
        this.#reading.text(item, at, 'refusal', delta);
        return;
      case 'output_text.annotation.added':
        this.#reading.annotation(item, at, member(event, 'annotation') ?? null);
        return;
      case 'output_text.done':
      case 'refusal.done':
        this.#reading.content(item, at, { ...event, type: contentType(type) });
        return;
      case 'content_part.done':
        this.#reading.content(item, at, member(event, 'part') ?? null);
    }
  }

  #inThought(type: string, item: Item, event: JsonObject): void {
    const isSummary = type.startsWith('reasoning_summary');
    const index = countIn(event, isSummary ? 'summary_index' : 'content_index') ?? 0;
    const piece = pieceOf(isSummary ? 'summary' : 'content', index);
    if (type.endsWith('.delta')) {
      this.#reading.thought(item, piece, textIn(event, 'delta') ?? '');
      return;
    }
    if (!type.endsWith('.done') || item.pieces.has(piece)) return;
    const text = textIn(event, 'text') ?? textIn(member(event, 'part'), 'text');
    this.#reading.thought(item, piece, text ?? '');
  }

  #end(type: string, response: JsonObject): void {
    (listIn(response, 'output') ?? []).forEach((value, at) => {
      if (!isObject(value)) return;
      const itemType = textIn(value, 'type') ?? '';
      const item = this.#known(value) ?? this.#at(itemType, at);
      if (item?.closed) {
        this.#reading.lateLogprobs(item, value);
        this.#reading.lateArguments(item, argumentsOf(value) ?? '');
      }
      this.#reading.close(item ?? this.#open(itemType, value, {}), value);
    });
    const status = textIn(response, 'status') ?? type;
    for (const item of this.#items) {
      this.#reading.close(item, undefined);
      if (status === 'completed') this.#reading.withoutArguments(item);
    }
    this.told.push(...this.#reading.taken());
    this.told.end(...endOf({ ...response, status }, this.#reading));
  }

  #open(type: string, first: JsonObject, event: JsonObject): Item {
    const item = this.#reading.open(type, first);
    this.#items.push(item);
    const ids = [textIn(first, 'id'), textIn(first, 'call_id'), textIn(event, 'item_id')];
    for (const id of ids) if (id !== undefined && id !== '') this.#byId.set(id, item);
    const index = countIn(event, 'output_index');
    if (index !== undefined) this.#byIndex.set(index, item);
    return item;
  }

  #known(value: JsonObject): Item | undefined {
    const type = textIn(value, 'type');
    for (const key of ['id', 'call_id']) {
      const item = this.#byId.get(textIn(value, key) ?? '');
      if (item !== undefined && isOf(item, type)) return item;
    }
    return undefined;
  }

  #find(type: string, event: JsonObject): Item | undefined {
    const named = this.#byId.get(textIn(event, 'item_id') ?? '');
    if (named !== undefined && isOf(named, type)) return named;
    const index = countIn(event, 'output_index');
    if (index !== undefined) {
      const placed = this.#byIndex.get(index);
      return placed !== undefined && isOf(placed, type) ? placed : undefined;
    }
    return this.#items.findLast((item) => isOf(item, type) && !item.closed);
  }

  /** Of the last response's output, whose ids may be others than the stream's. */
  #at(type: string, at: number): Item | undefined {
    const item = this.#byIndex.size > 0 ? this.#byIndex.get(at) : this.#items[at];
    return item !== undefined && isOf(item, type) ? item : undefined;
  }
}

/** `hosted`: a call that the provider runs by itself. */
const isOf = (item: Item, type: string | undefined): boolean =>
  item.type === type || (item.type === 'hosted' && type === 'custom_tool_call');

const contentType = (type: string): string => (type === 'refusal.done' ? 'refusal' : 'output_text');

function wholeArguments(event: JsonObject): string {
  const said: Json | undefined = member(event, 'arguments') ?? member(event, 'input');
  if (typeof said === 'string') return said;
  return said === undefined || said === null ? '' : JSON.stringify(said);
}
