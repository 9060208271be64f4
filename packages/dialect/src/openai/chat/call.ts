// Calls of tools in an answer, put together from their pieces. Names and ids come first, late or
// again; several calls may share one index, or have none; arguments come in fragments, at once, a
// second time at the end, as an object, or not at all.
import type { Json } from '../../canon/canon.ts';
import { countIn, isObject, member, textIn, tryParse } from '../../canon/exact.ts';
import type { Emitter } from './emitter.ts';
import { ANSWER_TOOL } from './format.ts';

type Call = {
  /** Its place among the calls of the answer. */
  readonly at: number;
  id: string;
  name: string;
  /** Undefined until it has a name, and an id or arguments. */
  part: number | undefined;
  /** Everything said so far. */
  pieces: string[];
  length: number;
  signature: string | undefined;
};

export class CallReader {
  readonly #emitter: Emitter;
  readonly #whole: boolean;
  /** Of the answer: made ids differ between answers by it. */
  readonly #answerId: string;
  readonly #calls: Call[] = [];
  readonly #byIndex = new Map<number, Call>();

  constructor(emitter: Emitter, answerId: string, whole: boolean) {
    this.#emitter = emitter;
    this.#answerId = answerId;
    this.#whole = whole;
  }

  /** Calls that the caller is to run. */
  any(): boolean {
    return this.#calls.some(({ name, part }) => part !== undefined && name !== ANSWER_TOOL);
  }

  /** An answer that was asked for through a tool. */
  anyAnswer(): boolean {
    return this.#calls.some(({ name }) => name === ANSWER_TOOL);
  }

  take(item: Json, at: number): void {
    if (textIn(item, 'type') === 'custom') {
      const part = this.#emitter.begin('opaque');
      const { answer } = this.#emitter;
      this.#emitter.push({
        kind: 'opaque',
        answer,
        part,
        wire: 'openai',
        value: { tool_calls: [item] },
      });
      return;
    }
    const index = this.#whole ? at : countIn(item, 'index');
    this.#add(item, member(item, 'function'), index);
  }

  /** `function_call`, of the time before there were several. */
  takeLegacy(inner: Json): void {
    this.#add({}, inner, -1);
  }

  /**
   * What waits for a name gets none, and for arguments an empty object, which clients parse.
   * @param cut the model was stopped, and might have gone on.
   */
  end(cut: boolean): void {
    for (const call of this.#calls) {
      if (call.part === undefined && (call.length > 0 || call.name !== '')) this.#begin(call);
      const isBare = call.length === 0 && call.part !== undefined && call.name !== ANSWER_TOOL;
      if (isBare && !cut) this.#say(call, '{}');
    }
  }

  #add(item: Json, inner: Json | undefined, index: number | undefined): void {
    const id = textIn(item, 'id') ?? '';
    const name = textIn(inner, 'name') ?? '';
    const call = this.#find(index, id, name);
    if (call.part === undefined) {
      call.id ||= id;
      call.name ||= name;
    }
    const text = this.#unsaid(call, member(inner, 'arguments'));
    call.pieces.push(text);
    call.length += text.length;
    call.signature = callSignature(item) ?? call.signature;
    if (call.part !== undefined) this.#say(call, text);
    else if (call.name !== '' && (call.id !== '' || call.length > 0)) this.#begin(call);
  }

  #find(index: number | undefined, id: string, name: string): Call {
    const before = index === undefined ? this.#calls.at(-1) : this.#byIndex.get(index);
    if (before !== undefined) {
      const isNamed = before.name !== '' && name !== '';
      if (!isNamed || !isOther(before, { index, id, name })) return before;
    }
    // The order of calls is that of their names.
    if (before?.part === undefined && before?.name) this.#begin(before);
    const none = { part: undefined, pieces: [], length: 0, signature: undefined };
    const call: Call = { at: this.#calls.length, id: '', name: '', ...none };
    this.#calls.push(call);
    if (index !== undefined) this.#byIndex.set(index, call);
    return call;
  }

  #begin(call: Call): void {
    const { answer } = this.#emitter;
    if (call.name !== ANSWER_TOOL) {
      call.id ||= callIdFor(this.#answerId, answer, call.at);
      call.part = this.#emitter.begin('call');
      this.#emitter.push({ kind: 'call', answer, part: call.part, id: call.id, name: call.name });
    } else call.part = -1;
    this.#say(call, call.pieces.join(''));
  }

  #say(call: Call, text: string): void {
    const { answer } = this.#emitter;
    if (call.name === ANSWER_TOOL) {
      this.#emitter.text('text', text);
      return;
    }
    const part = call.part ?? this.#emitter.begin('call');
    if (text !== '') this.#emitter.push({ kind: 'arguments', answer, part, text });
    if (call.signature === undefined) return;
    this.#emitter.push({ kind: 'signature', answer, part, signature: call.signature });
    call.signature = undefined;
  }

  /** The new part of the arguments: nothing where they are told a second time. */
  #unsaid(call: Call, value: Json | undefined): string {
    const text = argumentsText(value);
    const isLike = isObject(value) || (text.length === call.length && text.startsWith('{'));
    if (call.length === 0 || !isLike) return text;
    const said = call.pieces.join('');
    call.pieces = [said];
    const isAgain = isObject(value) || said === text;
    return isAgain && isObject(tryParse(said)) ? '' : text;
  }
}

type Piece = {
  readonly index: number | undefined;
  readonly id: string;
  readonly name: string;
};

/** A name again begins another call, unless it came for the id that was missing. */
function isOther(before: Call, { index, id, name }: Piece): boolean {
  if (id === '') return index === undefined;
  const waits = before.id === '' && before.part === undefined;
  return waits ? name !== before.name : id !== before.id;
}

/** Some servers and their clients write the object itself. */
export function argumentsText(value: Json | undefined): string {
  if (typeof value === 'string') return value;
  return value === undefined || value === null ? '' : JSON.stringify(value);
}

/** Where those who sign calls put it in this dialect. */
export function callSignature(item: Json): string | undefined {
  const google = member(member(item, 'extra_content'), 'google');
  return textIn(google, 'thought_signature') || undefined;
}

/** The id of a call that came without one: the same for the same place in the same answer. */
export function callIdFor(answerId: string, turn: number, at: number): string {
  const place = turn === 0 ? `${at}` : `${turn}_${at}`;
  return answerId === '' ? `call_${place}` : `call_${place}_${mixed(answerId, 0).toString(36)}`;
}

/** FNV-1a, 32 bits. */
export function mixed(text: string, seed: number): number {
  let hash = 0x811c9dc5 ^ seed;
  for (let at = 0; at < text.length; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  return hash >>> 0;
}
