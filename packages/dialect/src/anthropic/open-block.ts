// A block of a stream between its start and its stop. Texts, thoughts and calls go on as they come;
// what only this dialect can read is gathered and told as a whole.
import type { AnswerEvent, Json, JsonObject } from '../canon/canon.ts';
import { listIn, member, textIn, tryParse } from '../canon/exact.ts';
import { callEvent, type Numbering, opaqueEvent, readCitations, sealedEvents } from './block.ts';
import { readCallSignature, readInput } from './input.ts';
import { readSeal } from './thought.ts';

type Kind = 'text' | 'thinking' | 'redacted_thinking' | 'tool_use' | 'other';
const KINDS: readonly Kind[] = ['text', 'thinking', 'redacted_thinking', 'tool_use'];

export class OpenBlock {
  readonly #kind: Kind;
  readonly #block: JsonObject;
  readonly #numbering: Numbering;
  readonly #citations: Json[] = [];
  /** Of an input that is gathered, or of a summary. */
  readonly #pieces: string[] = [];
  #part: number | undefined;
  #hasArguments = false;
  #isSigned = false;

  constructor(block: JsonObject, numbering: Numbering) {
    const type = textIn(block, 'type');
    this.#kind = KINDS.find((kind) => kind === type) ?? 'other';
    this.#block = block;
    this.#numbering = numbering;
    this.#citations.push(...(listIn(block, 'citations') ?? []));
  }

  /** What the start itself says. */
  begin(out: AnswerEvent[]): void {
    if (this.#kind === 'text') this.#text('text', textIn(this.#block, 'text'), out);
    if (this.#kind === 'thinking') this.#text('thought', textIn(this.#block, 'thinking'), out);
    if (this.#kind !== 'tool_use') return;
    const place = { answer: 0, part: this.#place() };
    out.push(callEvent(this.#block, place));
    const signature = readCallSignature(this.#block);
    if (signature !== undefined) out.push({ kind: 'signature', ...place, signature });
  }

  add(delta: JsonObject, out: AnswerEvent[]): void {
    switch (textIn(delta, 'type')) {
      case 'text_delta':
        if (this.#kind === 'text') this.#text('text', textIn(delta, 'text'), out);
        return;
      case 'thinking_delta':
        if (this.#kind === 'thinking') this.#text('thought', textIn(delta, 'thinking'), out);
        return;
      case 'signature_delta':
        this.#signature(textIn(delta, 'signature'), out);
        return;
      case 'input_json_delta':
        this.#input(delta['partial_json'], out);
        return;
      case 'citations_delta': {
        const citation = member(delta, 'citation');
        if (citation !== undefined) this.#citations.push(citation);
        return;
      }
      case 'compaction_delta': {
        const content = textIn(delta, 'content');
        if (content !== undefined) this.#pieces.push(content);
        return;
      }
      default: // what is new has no word here
    }
  }

  end(out: AnswerEvent[]): void {
    switch (this.#kind) {
      case 'text':
        out.push(...readCitations(this.#citations, this.#numbering));
        return;
      case 'thinking':
        if (!this.#isSigned) this.#signature(textIn(this.#block, 'signature'), out);
        return;
      case 'redacted_thinking':
        out.push(...sealedEvents(textIn(this.#block, 'data') ?? '', this.#numbering));
        return;
      case 'tool_use':
        // Without pieces the start held them all.
        if (!this.#hasArguments) this.#input(readInput(this.#block['input']), out);
        return;
      case 'other':
        out.push(opaqueEvent(this.#gathered(), this.#numbering));
    }
  }

  #place(): number {
    this.#part ??= this.#numbering.take();
    return this.#part;
  }

  #text(kind: 'text' | 'thought', text: string | undefined, out: AnswerEvent[]): void {
    if (text === undefined || text === '') return;
    out.push({ kind, answer: 0, part: this.#place(), text });
  }

  #signature(signature: string | undefined, out: AnswerEvent[]): void {
    const isCall = this.#kind === 'tool_use';
    if (!isCall && this.#kind !== 'thinking') return;
    const seal = readSeal(signature);
    if (seal.kind === 'none') return;
    this.#isSigned = true;
    const event = {
      kind: 'signature',
      answer: 0,
      part: this.#place(),
      signature: seal.text,
    } as const;
    out.push(seal.kind === 'sealed' && !isCall ? { ...event, sealed: true } : event);
  }

  #input(piece: Json | undefined, out: AnswerEvent[]): void {
    const text = piece === undefined || piece === '' ? '' : readInput(piece);
    if (text === '') return;
    if (this.#kind === 'tool_use') {
      this.#hasArguments = true;
      out.push({ kind: 'arguments', answer: 0, part: this.#place(), text });
    } else if (this.#kind === 'other') this.#pieces.push(text);
  }

  #gathered(): JsonObject {
    if (this.#pieces.length === 0) return this.#block;
    const whole = this.#pieces.join('');
    if (textIn(this.#block, 'type') === 'compaction') return { ...this.#block, content: whole };
    return { ...this.#block, input: tryParse(whole) ?? whole };
  }
}
