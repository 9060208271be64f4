// Calls that a model wrote into its text, found and told as calls, piece by piece: of a stream only
// what may be the beginning of a tag is kept back. What stands between tags and is no call stays
// the text that it is.
import type { AnswerEvent, StopReason } from '../canon/canon.ts';
import { isObject, textIn, tryParse } from '../canon/exact.ts';
import { CALL_BEGIN, CALL_END } from './tools.ts';

/** Of one call; a longer one is text. */
const CALL_CHARS_MAX = 65_536;
/** Blanks before a tag; more of them are text. */
const BLANKS_MAX = 64;

const NONE: readonly AnswerEvent[] = [];

type Choice = {
  /** What is not told yet. */
  held: string;
  isInside: boolean;
  /** Before the tag: they belong to a text alone. */
  blanks: string;
  /** The upstream's part that it is of. */
  source: number;
  /** The upstream's part that was told last, and ours for it. */
  from: number;
  part: number;
  calls: number;
  /** Our last one. */
  parts: number;
};

export class ToldCalls {
  readonly #choices = new Map<number, Choice>();
  #id = '';

  push(event: AnswerEvent): readonly AnswerEvent[] {
    if (event.kind === 'start') this.#id = event.id ?? '';
    if (!('answer' in event)) return event.kind === 'end' ? [...this.#rest(), event] : [event];
    if (event.kind === 'logprobs') return [event];
    const choice = this.#choice(event.answer);
    if (event.kind === 'stop') {
      const told = this.#flush(choice, event.answer);
      const reason: StopReason =
        choice.calls > 0 && event.reason === 'end' ? 'tools' : event.reason;
      return [...told, { ...event, reason }];
    }
    if (event.kind !== 'text') {
      const before = this.#flush(choice, event.answer);
      return [...before, { ...event, part: partFor(choice, event.part) }];
    }
    if (choice.held !== '' && choice.source !== event.part) {
      const before = this.#flush(choice, event.answer);
      choice.source = event.part;
      choice.held = event.text;
      return [...before, ...this.#read(choice, event.answer)];
    }
    choice.source = event.part;
    choice.held += event.text;
    return this.#read(choice, event.answer);
  }

  #choice(answer: number): Choice {
    const known = this.#choices.get(answer);
    if (known !== undefined) return known;
    const none = { held: '', isInside: false, blanks: '', calls: 0 };
    const choice = { ...none, source: 0, from: -1, part: -1, parts: -1 };
    this.#choices.set(answer, choice);
    return choice;
  }

  #read(choice: Choice, answer: number): AnswerEvent[] {
    const told: AnswerEvent[] = [];
    for (;;) {
      const at = choice.held.indexOf(choice.isInside ? CALL_END : CALL_BEGIN);
      if (at < 0) break;
      const text = choice.held.slice(0, at);
      choice.held = choice.held.slice(at + (choice.isInside ? CALL_END : CALL_BEGIN).length);
      if (choice.isInside) told.push(...this.#call(choice, answer, text, CALL_END));
      else {
        const trimmed = text.trimEnd();
        choice.blanks = text.slice(trimmed.length);
        told.push(...said(choice, answer, trimmed));
      }
      choice.isInside = !choice.isInside;
    }
    if (choice.isInside) {
      if (choice.held.length <= CALL_CHARS_MAX) return told;
      told.push(...said(choice, answer, choice.blanks + CALL_BEGIN + choice.held));
      choice.held = '';
      choice.isInside = false;
      return told;
    }
    // Blanks before a call belong to no text either.
    const kept = tagLength(choice.held);
    const text = choice.held.slice(0, choice.held.length - kept);
    choice.held = choice.held.slice(choice.held.length - kept);
    told.push(...said(choice, answer, text));
    return told;
  }

  #call(choice: Choice, answer: number, text: string, after: string): readonly AnswerEvent[] {
    const value = tryParse(text.trim());
    const name = textIn(value, 'name');
    const written = isObject(value) ? (value['arguments'] ?? value['parameters'] ?? {}) : undefined;
    if (name === undefined || name === '' || written === undefined) {
      return said(choice, answer, choice.blanks + CALL_BEGIN + text + after);
    }
    choice.calls += 1;
    choice.parts += 1;
    choice.from = -1;
    const place = { answer, part: choice.parts };
    const id = `call_${this.#id.replace(/[^A-Za-z0-9]/g, '').slice(-24)}${answer}${choice.calls}`;
    const args = typeof written === 'string' ? written : JSON.stringify(written);
    return [
      { kind: 'call', ...place, id, name },
      { kind: 'arguments', ...place, text: args },
    ];
  }

  /** Nothing more comes: a call without its closing tag is one all the same, if it is whole. */
  #flush(choice: Choice, answer: number): readonly AnswerEvent[] {
    const { held, isInside } = choice;
    choice.held = '';
    choice.isInside = false;
    if (isInside) return this.#call(choice, answer, held, '');
    const isBlank = choice.calls > 0 && held.trim() === '';
    return isBlank ? NONE : said(choice, answer, held);
  }

  /** An end without a stop. */
  #rest(): readonly AnswerEvent[] {
    return [...this.#choices].flatMap(([answer, choice]) => this.#flush(choice, answer));
  }
}

function said(choice: Choice, answer: number, text: string): readonly AnswerEvent[] {
  const isBetween = choice.calls > 0 && text.trim() === '';
  if (text === '' || isBetween) return NONE;
  return [{ kind: 'text', answer, part: partFor(choice, choice.source), text }];
}

/** Ours for a part of the upstream; a call between two texts parts them. */
function partFor(choice: Choice, from: number): number {
  if (choice.from !== from) {
    choice.from = from;
    choice.parts += 1;
    choice.part = choice.parts;
  }
  return choice.part;
}

/** How much of the end may be the beginning of a tag, with the blanks before it. */
function tagLength(text: string): number {
  let length = Math.min(text.length, CALL_BEGIN.length - 1);
  while (length > 0 && !CALL_BEGIN.startsWith(text.slice(text.length - length))) length -= 1;
  return length + blankLength(text.slice(0, text.length - length));
}

function blankLength(text: string): number {
  const end = text.slice(-BLANKS_MAX);
  return end.length - end.trimEnd().length;
}
