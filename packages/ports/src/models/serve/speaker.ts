// Turns what the model says into what an answer consists of: text, tool calls and an end. Here the
// grammar is switched: an answer of a given shape has one from the first token on, a tool call has
// one from its opening mark to its closing one, anything else has none.
import type { AnswerPart, AnswerPlan } from './answer-plan.ts';
import type { GrammarState, Token } from './engine.ts';
import type { Step } from './generate.ts';
import { type LoadedModel, tokensOfMark } from './loaded-model.ts';
import type { TokenNote } from './notes.ts';
import { type TextGate, textGate } from './text-gate.ts';
import {
  CALL_CLOSES,
  CALL_OPENS,
  type CallEvent,
  type CallReader,
  callReader,
} from './tool-call.ts';

const CALLS_MAX = 16;

export class Speaker {
  readonly #loaded: LoadedModel;
  readonly #plan: AnswerPlan;
  readonly #gate: TextGate;
  readonly #marks: ReadonlySet<Token>;
  #grammar: GrammarState | undefined;
  /** There while a call is being written. */
  #reader: CallReader | undefined;
  #begun = 0;
  #closed = 0;
  #tokensSaid = 0;
  #notes: TokenNote[] = [];
  #over = false;

  constructor(loaded: LoadedModel, plan: AnswerPlan) {
    this.#loaded = loaded;
    this.#plan = plan;
    this.#gate = textGate(plan.calls === undefined ? plan.stops : [...plan.stops, CALL_OPENS]);
    const marks = [CALL_OPENS, CALL_CLOSES].map((mark) => tokensOfMark(loaded.model, mark));
    this.#marks = new Set(marks.flatMap((tokens) => (tokens.length === 1 ? tokens : [])));
    if (plan.shape !== undefined) this.#grammar = loaded.grammarState(plan.shape);
    if (plan.calls?.required === true) this.#open('');
  }

  /** What restricts the next token. */
  grammar(): GrammarState | undefined {
    return this.#grammar;
  }

  /** Within a grammar every token is shown as the grammar has read it. */
  shows(token: Token): boolean {
    return this.#grammar !== undefined || this.#marks.has(token);
  }

  ended(): boolean {
    return this.#over;
  }

  *parts(step: Step): Generator<AnswerPart, void, undefined> {
    if (step.kind === 'token') {
      this.#tokensSaid += 1;
      if (step.note !== undefined) this.#notes.push(step.note);
    }
    yield* this.#said(step.text);
    if (step.kind === 'token' || this.#over) return;
    const unread = this.#reader?.leftover() ?? '';
    const rest = unread === '' ? this.#gate.flush() : CALL_OPENS + unread;
    if (rest !== '') yield this.#text(rest);
    yield* this.#end(step.reason);
  }

  *#said(words: string): Generator<AnswerPart, void, undefined> {
    if (words === '') return;
    if (this.#reader === undefined) yield* this.#spoken(words);
    else yield* this.#called(this.#reader.push(words));
  }

  *#spoken(words: string): Generator<AnswerPart, void, undefined> {
    // Between two calls there is white space that belongs to neither.
    const between = this.#closed > 0 && !this.#gate.holds();
    const passed = this.#gate.push(between ? words.trimStart() : words);
    if (passed.text !== '') yield this.#text(passed.text);
    if (passed.mark === undefined) return;
    if (passed.mark !== CALL_OPENS || this.#plan.calls === undefined) {
      yield* this.#end('stop');
      return;
    }
    yield* this.#called(this.#open(passed.rest).push(passed.rest));
  }

  *#called(events: readonly CallEvent[]): Generator<AnswerPart, void, undefined> {
    for (const event of events) {
      if (event.kind === 'call-named') {
        yield { kind: 'call', index: this.#begun, name: event.name };
        this.#begun += 1;
      } else if (event.kind === 'call-arguments') {
        yield { kind: 'arguments', index: this.#begun - 1, text: event.text };
      } else {
        this.#reader = undefined;
        this.#grammar = undefined;
        if (event.kind === 'call-unreadable') yield this.#text(CALL_OPENS + event.text);
        else yield* this.#closeCall(event.rest);
      }
    }
  }

  *#closeCall(rest: string): Generator<AnswerPart, void, undefined> {
    this.#closed += 1;
    const last = this.#plan.calls?.several === false || this.#closed >= CALLS_MAX;
    if (last) yield* this.#end('stop');
    else yield* this.#said(rest);
  }

  /** A grammar only if nothing of the call was written yet: it cannot know what it has missed. */
  #open(rest: string): CallReader {
    const { calls } = this.#plan;
    if (calls !== undefined && rest.trim() === '') {
      this.#grammar = this.#loaded.grammarState(calls.grammar);
    }
    this.#reader = callReader();
    return this.#reader;
  }

  #text(text: string): AnswerPart {
    const notes = this.#notes;
    this.#notes = [];
    return { kind: 'text', text, notes };
  }

  *#end(reason: 'stop' | 'length'): Generator<AnswerPart, void, undefined> {
    // The notes of a tool call have no text to go with, and are wanted all the same.
    if (this.#notes.length > 0) yield this.#text('');
    this.#over = true;
    const called = reason === 'stop' && this.#closed > 0;
    yield {
      kind: 'end',
      reason: called ? 'tool_calls' : reason,
      tokensSaid: this.#tokensSaid,
    };
  }
}
