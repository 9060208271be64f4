// Output items into events, for streams and whole answers alike: a whole answer opens and closes
// each item at once. Whatever comes twice (a fragment, then the whole; an item when it is done,
// then in the last response) is said once: what has been said in fragments is not said again, and
// what came only at the end is said then.
import type { AnswerEvent, Json, JsonObject, Media } from '../canon/canon.ts';
import { listIn, member, restOf, textIn } from '../canon/exact.ts';
import { readLogprobs } from './logprobs.ts';
import type { Holds } from './stop.ts';

/** A piece of text inside an item. */
type Content = {
  readonly kind: 'text' | 'refusal';
  readonly part: number;
  said: boolean;
  logprobs: boolean;
  annotations: number;
};

export type Item = {
  readonly type: string;
  /** Of a thought, a call or another thing; parts are counted as they begin to say something. */
  part: number | undefined;
  readonly contents: Map<number, Content>;
  /** As it was when it was opened. */
  readonly first: JsonObject;
  /** A call has told its name. */
  named: boolean;
  /** Fragments of a call's arguments that wait for its name. */
  held: string;
  /** Arguments of a call, as far as they came. */
  given: string;
  said: boolean;
  /** The arguments were told as a whole: fragments that follow repeat them. */
  whole: boolean;
  /** Of a thought: the pieces that were said, and the last of them. */
  readonly pieces: Set<string>;
  piece: string | undefined;
  closed: boolean;
};

const ANSWER = 0;
/** Between the pieces of one thought. */
const GAP = '\n\n';
const EMPTY: JsonObject = {};
const CALLS = new Set(['function_call', 'custom_tool_call']);

/** What a custom tool's text becomes: the arguments of a function with one field. */
const INPUT_START = '{"input":"';
const INPUT_END = '"}';
const inString = (text: string): string => JSON.stringify(text).slice(1, -1);

export const inputArguments = (text: string): string => INPUT_START + inString(text) + INPUT_END;

export const pieceOf = (list: 'summary' | 'content', at: number): string => `${list} ${at}`;

export class Reading {
  #events: AnswerEvent[] = [];
  #parts = 0;
  #calls = false;
  #refusal = false;
  /** Custom calls that the provider runs by itself: the caller offered tools, none of that kind. */
  #customIsHosted = false;

  /** What was said since the last time. */
  taken(): AnswerEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  holds(): Holds {
    return { calls: this.#calls, refusal: this.#refusal };
  }

  /** The tools that a response repeats. */
  offered(tools: readonly Json[] | undefined): void {
    if (tools === undefined) return;
    const isCustom = (tool: Json): boolean =>
      textIn(tool, 'type') === 'custom' || textIn(tool, 'type') === 'namespace';
    this.#customIsHosted = tools.length > 0 && !tools.some(isCustom);
  }

  open(type: string, first: JsonObject = EMPTY): Item {
    const item: Item = {
      type: type === 'custom_tool_call' && this.#customIsHosted ? 'hosted' : type,
      part: undefined,
      contents: new Map(),
      first,
      named: false,
      held: '',
      given: '',
      said: false,
      whole: false,
      pieces: new Set(),
      piece: undefined,
      closed: false,
    };
    if (CALLS.has(item.type)) this.#name(item, first);
    return item;
  }

  text(item: Item, at: number, kind: Content['kind'], text: string): Content | undefined {
    const content = this.#content(item, at, kind);
    if (content.kind !== kind) return undefined;
    if (text === '') return content;
    content.said = true;
    if (kind === 'refusal') this.#refusal = true;
    this.#events.push({ kind, answer: ANSWER, part: content.part, text });
    return content;
  }

  logprobs(content: Content | undefined, list: readonly Json[] | undefined): void {
    if (content === undefined) return;
    const tokens = readLogprobs(list);
    if (tokens.length === 0) return;
    content.logprobs = true;
    this.#events.push({ kind: 'logprobs', answer: ANSWER, tokens });
  }

  annotation(item: Item, at: number, annotation: Json): void {
    this.#content(item, at, 'text').annotations += 1;
    this.#opaque(this.#newPart(), { annotation });
  }

  /** `piece` names the place inside the item: two of them are two paragraphs. */
  thought(item: Item, piece: string, text: string): void {
    if (text === '') return;
    const gap = item.piece === undefined || item.piece === piece ? '' : GAP;
    item.piece = piece;
    item.pieces.add(piece);
    item.said = true;
    const place = { answer: ANSWER, part: this.#partOf(item) };
    this.#events.push({ kind: 'thought', ...place, text: gap + text });
  }

  arguments(item: Item, text: string): void {
    if (text === '' || item.whole) return;
    const written = item.type === 'custom_tool_call' ? inString(text) : text;
    const opening = item.type === 'custom_tool_call' && !item.said ? INPUT_START : '';
    item.said = true;
    item.given += text;
    this.#say(item, opening + written);
  }

  /** As they are in the end: some servers send a beginning in pieces, or nothing at all. */
  wholeArguments(item: Item, whole: string): void {
    if (whole.length > item.given.length && whole.startsWith(item.given)) {
      this.arguments(item, whole.slice(item.given.length));
      item.whole = true;
    }
  }

  /** Of a function as the last response repeats it, or an event after the call was done. */
  lateArguments(item: Item, whole: string): void {
    if (item.type === 'function_call') this.wholeArguments(item, whole);
  }

  /** Clients parse the arguments of a call that was not cut off: without any, an empty object. */
  withoutArguments(item: Item): void {
    if (item.type === 'function_call' && item.given === '') this.arguments(item, '{}');
  }

  /** Of a message as the last response repeats it: what is told of its tokens there alone. */
  lateLogprobs(item: Item, last: JsonObject): void {
    (listIn(last, 'content') ?? []).forEach((part, at) => {
      const content = item.contents.get(at);
      if (content?.logprobs === false) this.logprobs(content, listIn(part, 'logprobs'));
    });
  }

  /** `last` is the item as it ended; undefined: the response ended without saying. */
  close(item: Item, last: JsonObject | undefined): void {
    if (item.closed) return;
    item.closed = true;
    const whole = last ?? item.first;
    switch (item.type) {
      case 'message':
        (listIn(whole, 'content') ?? []).forEach((part, at) => void this.content(item, at, part));
        return;
      case 'reasoning':
        this.#closeThought(item, whole);
        return;
      case 'function_call':
      case 'custom_tool_call':
        this.#closeCall(item, whole);
        return;
      default:
        if (last !== undefined) this.#closeOther(item, last);
    }
  }

  /** A content part of a message as a whole. */
  content(item: Item, at: number, value: Json): void {
    const kind = textIn(value, 'type') === 'refusal' ? 'refusal' : 'text';
    const text = textIn(value, kind) ?? '';
    if (text !== '' && item.contents.get(at)?.said !== true) this.text(item, at, kind, text);
    const content = item.contents.get(at);
    if (content === undefined || content.kind !== kind) return;
    const annotations = listIn(value, 'annotations') ?? [];
    for (const one of annotations.slice(content.annotations)) this.annotation(item, at, one);
    if (!content.logprobs) this.logprobs(content, listIn(value, 'logprobs'));
  }

  #closeThought(item: Item, whole: JsonObject): void {
    for (const list of ['summary', 'content'] as const) {
      (listIn(whole, list) ?? []).forEach((one, at) => {
        const piece = pieceOf(list, at);
        if (!item.pieces.has(piece)) this.thought(item, piece, textIn(one, 'text') ?? '');
      });
    }
    const sealed = textIn(whole, 'encrypted_content') ?? textIn(item.first, 'encrypted_content');
    if (sealed === undefined || sealed === '') return;
    const place = { answer: ANSWER, part: this.#partOf(item) };
    const signature = { kind: 'signature', ...place, signature: sealed } as const;
    this.#events.push(item.said ? signature : { ...signature, sealed: true });
  }

  #closeCall(item: Item, whole: JsonObject): void {
    this.#name(item, whole);
    if (!item.named)
      this.#call(item, textIn(whole, 'name') ?? '', idOf(whole) ?? `call_${this.#parts}`);
    this.wholeArguments(item, argumentsOf(whole) ?? '');
    if (!item.said && item.type === 'custom_tool_call') this.#say(item, INPUT_START);
    if (item.type === 'custom_tool_call') this.#say(item, INPUT_END);
    const signature = signatureOf(whole) ?? signatureOf(item.first);
    if (signature === undefined) return;
    this.#events.push({ kind: 'signature', answer: ANSWER, part: this.#partOf(item), signature });
  }

  /** What a provider's own tools did. Pictures are media, so that other dialects have them too. */
  #closeOther(item: Item, last: JsonObject): void {
    const media = pictureOf(last);
    const part = this.#partOf(item);
    if (media === undefined) this.#opaque(part, last);
    else this.#events.push({ kind: 'media', answer: ANSWER, part, media });
  }

  #name(item: Item, from: JsonObject): void {
    const name = textIn(from, 'name');
    const id = idOf(from);
    if (item.named || name === undefined || name === '' || id === undefined) return;
    this.#call(item, name, id);
  }

  #call(item: Item, name: string, id: string): void {
    item.named = true;
    this.#calls = true;
    this.#events.push({ kind: 'call', answer: ANSWER, part: this.#partOf(item), id, name });
    const { held } = item;
    item.held = '';
    if (held !== '') this.#say(item, held);
  }

  #say(item: Item, text: string): void {
    if (!item.named) item.held += text;
    else this.#events.push({ kind: 'arguments', answer: ANSWER, part: this.#partOf(item), text });
  }

  #opaque(part: number, value: Json): void {
    this.#events.push({ kind: 'opaque', answer: ANSWER, part, wire: 'responses', value });
  }

  #content(item: Item, at: number, kind: Content['kind']): Content {
    const known = item.contents.get(at);
    if (known !== undefined) return known;
    const content = { kind, part: this.#newPart(), said: false, logprobs: false, annotations: 0 };
    item.contents.set(at, content);
    return content;
  }

  #partOf(item: Item): number {
    item.part ??= this.#newPart();
    return item.part;
  }

  #newPart(): number {
    this.#parts += 1;
    return this.#parts - 1;
  }
}

/** Of a call. */
const idOf = (item: JsonObject): string | undefined => {
  const id = textIn(item, 'call_id') ?? textIn(item, 'id');
  return id === '' ? undefined : id;
};

export function argumentsOf(item: JsonObject): string | undefined {
  const said = member(item, textIn(item, 'type') === 'custom_tool_call' ? 'input' : 'arguments');
  if (typeof said === 'string') return said;
  return said === undefined || said === null ? undefined : JSON.stringify(said);
}

export const signatureOf = (item: JsonObject): string | undefined =>
  textIn(member(member(item, 'extra_content'), 'google'), 'thought_signature');

const PICTURE: ReadonlySet<string> = new Set(['type', 'status', 'result']);

/** The picture of an image generation that has one. */
export function pictureOf(item: JsonObject): Media | undefined {
  const data = textIn(item, 'result');
  if (textIn(item, 'type') !== 'image_generation_call' || !data) return undefined;
  const rest = restOf(item, PICTURE);
  return {
    kind: 'media',
    medium: 'image',
    type: `image/${textIn(item, 'output_format') ?? 'png'}`,
    source: { kind: 'base64', data },
    ...(rest === undefined ? {} : { extra: { responses: rest } }),
  };
}
