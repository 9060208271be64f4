// The loop that every character of every call goes through, in WebAssembly: what an engine makes of
// it in JavaScript checks the bounds of seven arrays a character. A text is walked in four lanes at
// once, since a step must wait for the one before it, and meanwhile the processor takes those of
// the other lanes. What the loop finds is noted lane by lane and looked at afterwards.
import type { Automaton } from './automaton.ts';
import { ASCII_CLASS, CLASS_BITS, CLASS_ITSELF, DIGIT } from './text.ts';

export const LANES = 4;
/** Characters of one lane in one walk. */
export const LANE_MAX = 1_024;
const NOTE_BYTES = 4;
const PAGE_BYTES = 65_536;
/** Two slices of text with their margins; a longer text makes it grow. */
const TEXT_BYTES = 133_120;

/** Where things stand in the memory. */
const CLASSES_AT = 0;
const COUNTS_AT = 512;
const NOTES_AT = 1_024;
const NEXT_AT: number = NOTES_AT + LANES * LANE_MAX * NOTE_BYTES;

/** Which of the two tables says what class a byte has. */
export const OF_ASCII: number = CLASSES_AT;
export const OF_CLASSES: number = CLASSES_AT + ASCII_CLASS.length;

type Walk = (from: number, step: number, classes: number, state: number) => number;

declare const WebAssembly: {
  readonly Memory: new (size: {
    initial: number;
  }) => {
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  };
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: Readonly<Record<string, Readonly<Record<string, object>>>>,
  ) => { readonly exports: Readonly<Record<string, unknown>> };
};

type Views = {
  /** The text, one byte a character. */
  readonly bytes: Uint8Array;
  /** As of the automaton. */
  readonly next: Uint16Array;
  /** How many bytes of notes each lane has made. */
  readonly counts: Int32Array;
  /** Two numbers a note: how far into the lane, and the state there. Of each lane `LANE_MAX`. */
  readonly notes: Uint16Array;
};

/** An automaton and a memory, shared by all pages: a text stands in it while it is read. */
export class Lanes {
  readonly automaton: Omit<Automaton, 'next'>;
  views: Views;
  readonly #memory: InstanceType<typeof WebAssembly.Memory>;
  readonly #bytesAt: number;
  readonly #walk: Walk;

  constructor({ next, ...automaton }: Automaton) {
    this.automaton = automaton;
    this.#bytesAt = NEXT_AT + next.byteLength;
    const pages = Math.ceil((this.#bytesAt + TEXT_BYTES) / PAGE_BYTES);
    this.#memory = new WebAssembly.Memory({ initial: pages });
    const all = new Uint8Array(this.#memory.buffer);
    all.set(ASCII_CLASS, OF_ASCII);
    all.set(CLASS_ITSELF, OF_CLASSES);
    new Uint16Array(this.#memory.buffer, NEXT_AT, next.length).set(next);
    const code = moduleOf(automaton, this.#bytesAt);
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(code), {
      m: { m: this.#memory },
    });
    this.#walk = exports['w'] as Walk; // the one function of the module below
    this.views = this.#viewsNow();
  }

  /** Makes room for a text of that many characters. */
  fit(length: number): void {
    const missing = length - this.views.bytes.length;
    if (missing <= 0) return;
    this.#memory.grow(Math.ceil(missing / PAGE_BYTES));
    this.views = this.#viewsNow();
  }

  /**
   * Walks `LANES` lanes of `step` characters, at most `LANE_MAX` and at least as many as the
   * longest word has; the first begins at `from`, in `state`.
   *
   * @returns the state behind the last one.
   */
  walk(from: number, step: number, classes: number, state: number): number {
    return this.#walk(from, step, classes, state);
  }

  #viewsNow(): Views {
    const { buffer } = this.#memory;
    return {
      bytes: new Uint8Array(buffer, this.#bytesAt),
      next: new Uint16Array(buffer, NEXT_AT, (this.#bytesAt - NEXT_AT) / 2),
      counts: new Int32Array(buffer, COUNTS_AT, LANES),
      notes: new Uint16Array(buffer, NOTES_AT, (LANES * LANE_MAX * NOTE_BYTES) / 2),
    };
  }
}

// A module by hand (WebAssembly Core Specification 2.0, chapters 5.4 and 5.5).

type Code = readonly (number | Code)[];

const flat = (code: Code): number[] =>
  code.flatMap((one) => (typeof one === 'number' ? [one] : flat(one)));

/** LEB128, unsigned and signed. */
function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}
function signed(value: number): number[] {
  const isLast = value >= -64 && value < 64;
  return isLast ? [value & 0x7f] : [(value & 0x7f) | 0x80, ...signed(value >> 7)];
}

const I32 = 0x7f;
const NOTHING = 0x40;
const END = 0x0b;
const ADD = 0x6a;
const MUL = 0x6c;
const OR = 0x72;
const SHL = 0x74;
const LESS = 0x48;
const NOT_LESS = 0x4e;
const get = (local: number): Code => [0x20, local];
const set = (local: number): Code => [0x21, local];
const tee = (local: number): Code => [0x22, local];
const number = (value: number): Code => [0x41, signed(value)];
const block = (...body: Code): Code => [0x02, NOTHING, body, END];
const loop = (...body: Code): Code => [0x03, NOTHING, body, END];
/** Out of so many blocks, or back to the loop. */
const leaveIf = (depth: number): Code => [0x0d, depth];
const byteAt = (offset: number): Code => [0x2d, 0, unsigned(offset)];
const shortAt = (offset: number): Code => [0x2f, 1, unsigned(offset)];
const keepShort = (offset: number): Code => [0x3b, 1, unsigned(offset)];
const keepWord = (offset: number): Code => [0x36, 2, unsigned(offset)];

/** Parameters of the function, its counter, and four locals a lane. */
const FROM = 0;
const STEP = 1;
const CLASSES = 2;
const STATE = 3;
const AT = 4;
const LANE_LOCALS = 4;
type Lane = { readonly [name in 'index' | 'start' | 'state' | 'note' | 'class']: number };
const laneOf = (index: number): Lane => {
  const first = AT + 1 + index * LANE_LOCALS;
  return { index, start: first, state: first + 1, note: first + 2, class: first + 3 };
};
const FIRST = laneOf(0);
const LATER: readonly Lane[] = Array.from({ length: LANES - 1 }, (_, index) => laneOf(index + 1));
const ALL: readonly Lane[] = [FIRST, ...LATER];

/** One character of a lane: its class, then the state it leads to. */
const classAt = ({ start, class: one }: Lane, bytesAt: number): Code => [
  [get(start), get(AT), ADD, byteAt(bytesAt), get(CLASSES), ADD, byteAt(0), set(one)],
];
const stepOf = ({ state, class: one }: Lane): Code => [
  [get(state), number(CLASS_BITS), SHL, get(one), OR, number(1), SHL, shortAt(NEXT_AT), set(state)],
];

/** Where a word ends, or a character is an anchor. */
function noteOf({ index, state, note, class: one }: Lane, firstEnd: number): Code {
  const notesAt = NOTES_AT + index * LANE_MAX * NOTE_BYTES;
  return block(
    block(
      [get(state), number(firstEnd), NOT_LESS, leaveIf(0)],
      [get(one), number(DIGIT), LESS, leaveIf(1)],
    ),
    [get(note), get(AT), keepShort(notesAt)],
    [get(note), get(state), keepShort(notesAt + 2)],
    [get(note), number(NOTE_BYTES), ADD, set(note)],
  );
}

/** Does `each` for every character of a lane up to `until`. */
const walking = (each: Code, until: Code): Code =>
  loop(each, get(AT), number(1), ADD, tee(AT), until, LESS, leaveIf(0));

function moduleOf({ firstEnd, longest }: Lanes['automaton'], bytesAt: number): Uint8Array {
  const step = (some: readonly Lane[]): Code => [
    some.map((lane) => classAt(lane, bytesAt)),
    some.map(stepOf),
  ];
  return moduleAround([
    ALL.map(({ index, start }) => [[get(FROM), get(STEP), number(index), MUL, ADD, set(start)]]),
    // A state knows no more than the longest word: so far before a lane is far enough.
    [number(-longest), set(AT)],
    walking(step(LATER), number(0)),
    [get(STATE), set(FIRST.state)],
    walking([step(ALL), ALL.map((lane) => noteOf(lane, firstEnd))], get(STEP)),
    ALL.map(({ index, note }) => [
      [number(0), get(note), keepWord(COUNTS_AT + index * NOTE_BYTES)],
    ]),
    get(laneOf(LANES - 1).state),
  ]);
}

/** Imports the memory `m.m`, exports the function `w` with that body. */
function moduleAround(body: Code): Uint8Array {
  const code = flat([[1, [1 + LANES * LANE_LOCALS, I32]], body, END]);
  const name = (text: string): Code => [text.length, [...text].map((one) => one.charCodeAt(0))];
  const section = (id: number, ...content: Code): Code => {
    const bytes = flat(content);
    return [id, unsigned(bytes.length), bytes];
  };
  return Uint8Array.from(
    flat([
      [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
      section(1, 1, 0x60, 4, I32, I32, I32, I32, 1, I32),
      section(2, 1, name('m'), name('m'), 2, 0, 1),
      section(3, 1, 0),
      section(7, 1, name('w'), 0, 0),
      section(10, 1, unsigned(code.length), code),
    ]),
  );
}
