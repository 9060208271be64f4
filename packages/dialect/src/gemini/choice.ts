// One candidate of an answer, part by part. Texts and thoughts of one kind in a row are one part,
// whatever their cutting; a signature ends it. A call may come whole or in pieces; pieces that end
// because the model was cut off leave arguments that are not closed.
import type { AnswerEvent, Json, JsonObject } from '../canon/canon.ts';
import { isObject, listIn, member, textIn } from '../canon/exact.ts';
import { readMedia } from './media.ts';
import { Assembly } from './partial.ts';
import { readArguments } from './parts.ts';
import type { Stop } from './stop.ts';

/** Around what a candidate says beside its parts, in an opaque part of our own. */
export const CANDIDATE = 'candidate';

type OpenText = { readonly kind: 'text' | 'thought'; readonly part: number };
type OpenCall = {
  readonly part: number;
  readonly name: string;
  readonly id: string | undefined;
  readonly pieces: Assembly;
  /** Arguments that came as a whole after all. */
  whole: Json | undefined;
};

export class Choice {
  readonly answer: number;
  called = false;
  stop: Stop | undefined = undefined;
  readonly #idOf: (call: number) => string;
  #next = 0;
  #calls = 0;
  #text: OpenText | undefined = undefined;
  #call: OpenCall | undefined = undefined;
  /** Arguments of calls that had an id, by id and name. */
  readonly #closed = new Map<string, string>();
  #fields: JsonObject | undefined = undefined;

  constructor(answer: number, idOf: (call: number) => string) {
    this.answer = answer;
    this.#idOf = idOf;
  }

  /** @returns false when pieces of arguments stand at no place. */
  read(part: Json, out: AnswerEvent[]): boolean {
    const call = member(part, 'functionCall');
    const signature = textIn(part, 'thoughtSignature') || undefined;
    if (isObject(call)) return this.#readCall(call, signature, out);
    const text = textIn(part, 'text');
    const thought = member(part, 'thought') === true;
    if (text !== undefined) this.#readText(text, thought, signature, out);
    else if (isObject(part)) this.#readOther(part, thought, signature, out);
    return true;
  }

  /** What stands beside the parts: said again with every chunk, so that the last one counts. */
  beside(fields: JsonObject): void {
    this.#fields = { ...this.#fields, ...fields };
  }

  /** A reason to stop was told; more of the answer may come. */
  stopFor(stop: Stop, out: AnswerEvent[]): void {
    this.#closeCall(stop.reason === 'end' || stop.reason === 'tools', out);
    this.stop = stop;
  }

  /** The end of the answer: what was kept until now. */
  end(stops: boolean, out: AnswerEvent[]): void {
    this.#closeCall(false, out);
    const { answer, stop } = this;
    if (this.#fields !== undefined) {
      const value = { [CANDIDATE]: this.#fields };
      out.push({ kind: 'opaque', answer, part: this.#begin(), wire: 'gemini', value });
    }
    if (stops && stop !== undefined) out.push({ kind: 'stop', answer, ...stop });
  }

  /** A part of its own begins: no other goes on. */
  #begin(): number {
    this.#text = undefined;
    this.#next += 1;
    return this.#next - 1;
  }

  #readText(
    text: string,
    thought: boolean,
    signature: string | undefined,
    out: AnswerEvent[],
  ): void {
    const { answer } = this;
    const kind = thought ? 'thought' : 'text';
    if (text !== '') {
      this.#closeCall(true, out);
      if (this.#text?.kind !== kind) this.#text = { kind, part: this.#begin() };
      out.push({ kind, answer, part: this.#text.part, text });
    }
    if (signature === undefined) return;
    const shown = thought && this.#text?.kind === 'thought' ? this.#text.part : undefined;
    this.#sign(shown ?? this.#begin(), signature, out);
  }

  #sign(part: number, signature: string, out: AnswerEvent[]): void {
    this.#text = undefined;
    out.push({ kind: 'signature', answer: this.answer, part, signature });
  }

  #readOther(
    value: JsonObject,
    thought: boolean,
    signature: string | undefined,
    out: AnswerEvent[],
  ): void {
    const { answer } = this;
    const { thoughtSignature: _signature, thought: _thought, ...rest } = value;
    if (Object.keys(rest).length === 0) {
      if (signature === undefined) return;
      this.#closeCall(true, out);
      const part = this.#begin();
      const sealed = thought ? { sealed: true as const } : {};
      out.push({ kind: 'signature', answer, part, signature, ...sealed });
      return;
    }
    this.#closeCall(true, out);
    const media = readMedia(value);
    if (media === undefined) {
      out.push({ kind: 'opaque', answer, part: this.#begin(), wire: 'gemini', value });
      return;
    }
    out.push({ kind: 'media', answer, part: this.#begin(), media });
    if (signature !== undefined) this.#sign(this.#begin(), signature, out);
  }

  #readCall(call: JsonObject, signature: string | undefined, out: AnswerEvent[]): boolean {
    const pieces = listIn(call, 'partialArgs');
    const args = member(call, 'args') ?? undefined;
    const goesOn = member(call, 'willContinue') === true;
    if (!goesOn && args !== undefined && this.#isAgain(call, args)) return true;
    const open = this.#continued(call, pieces !== undefined) ?? this.#openCall(call, out);
    // The end of a call that was closed already.
    if (open === undefined) return true;
    if (signature !== undefined) {
      out.push({ kind: 'signature', answer: this.answer, part: open.part, signature });
    }
    if (args !== undefined) open.whole = args;
    for (const piece of pieces ?? []) if (!open.pieces.push(piece)) return false;
    if (!goesOn) this.#closeCall(true, out);
    return true;
  }

  /** The same call a second time: whole after its pieces, or in two chunks. */
  #isAgain(call: JsonObject, args: Json): boolean {
    const id = textIn(call, 'id') || undefined;
    const said = id === undefined ? undefined : this.#closed.get(`${id} ${textIn(call, 'name')}`);
    return said !== undefined && said === readArguments(args);
  }

  /** The open call, where this is more of it: without a name, or with the same one again. */
  #continued(call: JsonObject, hasPieces: boolean): OpenCall | undefined {
    const open = this.#call;
    if (open === undefined) return undefined;
    const name = textIn(call, 'name') || undefined;
    const id = textIn(call, 'id') || undefined;
    if (id !== undefined && open.id !== undefined && id !== open.id) return undefined;
    const isSame = name === open.name && (hasPieces || id !== undefined);
    return name === undefined || isSame ? open : undefined;
  }

  #openCall(call: JsonObject, out: AnswerEvent[]): OpenCall | undefined {
    const name = textIn(call, 'name') || undefined;
    if (name === undefined) return undefined;
    this.#closeCall(true, out);
    const id = textIn(call, 'id') || undefined;
    const part = this.#begin();
    out.push({ kind: 'call', answer: this.answer, part, id: id ?? this.#idOf(this.#calls), name });
    this.#calls += 1;
    this.called = true;
    const open = { part, name, id, pieces: new Assembly(), whole: undefined };
    this.#call = open;
    return open;
  }

  #closeCall(whole: boolean, out: AnswerEvent[]): void {
    const open = this.#call;
    if (open === undefined) return;
    this.#call = undefined;
    const { part, pieces, id, name } = open;
    const cut = (): string => (whole ? pieces.text() : pieces.cutText());
    const text = open.whole === undefined ? cut() : readArguments(open.whole);
    if (id !== undefined) this.#closed.set(`${id} ${name}`, text);
    out.push({ kind: 'arguments', answer: this.answer, part, text });
  }
}
