// Reads what a call says, in steps: the content of its body goes through the scanner in slices, so
// that a large body never holds the loop. What comes out are types and how many of each; never a
// value. JSON's escapes are undone on the way, so that a value is seen as its reader will see it.
import type { Clock, ContentRange, Question } from '@signalbox/contract';
import type { SensitiveRules, TenantFacts } from '../tenant/tenant.ts';
import { type Finding, RAISES_FROM, Scan, SLICE } from './scan/scan.ts';

/** What was found: each type once, the surest first; last what could not be read. */
export type Content = readonly FoundType[];
export type FoundType = {
  readonly type: string;
  readonly kind: Finding['kind'] | typeof UNSCANNED;
  readonly count: number;
};

/** Bytes that began as text and are none. */
export const UNSCANNED = 'unscanned';

export const NOTHING_FOUND: Content = [];

/** Making one costs more than a short text. */
const WHOLE = new TextDecoder();

const BACKSLASH = '\\';
/** The longest escape, `\u0041`, and what may hang over the end of a slice. */
const ESCAPE_LENGTH = 6;

/** What a text never holds, and what the decoder writes where bytes are none. */
const NO_TEXT = ['\0', '\ufffd'];

/** A body up to here is no larger than a page of the scanner can get: it needs no turns. */
const AT_ONCE = 2 * SLICE;

/** A body, and where in it there is something to read. */
type Said = Pick<Question, 'bytes' | 'content'>;

/** The part of a call that is read, and whose rules hold. */
type Asking = {
  readonly question: Said;
  readonly tenant: Pick<TenantFacts, 'sensitive'>;
};

/** Reads a whole body; of one beyond `AT_ONCE` the loop has a turn between two slices. */
export function readContent(
  { question, tenant }: Asking,
  clock: Pick<Clock, 'after'>,
): Content | Promise<Content> {
  const reading = new Reading(question, tenant.sensitive);
  if (!reading.step()) return reading.found();
  return new Promise((done, fail) => {
    const go = (): void => {
      try {
        if (reading.step()) clock.after(0, go);
        else done(reading.found());
      } catch (cause) {
        fail(cause);
      }
    };
    clock.after(0, go);
  });
}

/** A body that was read so far. Ask `step` until it says false, then `found`. */
export class Reading {
  readonly #body: Uint8Array;
  readonly #ranges: readonly ContentRange[];
  #range = 0;
  #at: number;
  readonly #rules: SensitiveRules | undefined;
  #scan: Scan;
  /** Of a piece that is longer than a slice. */
  #decoder: InstanceType<typeof TextDecoder> | undefined;
  #rest = '';
  readonly #findings: Finding[] = [];
  #unscanned = 0;

  constructor(said: Said, rules?: SensitiveRules) {
    this.#body = said.bytes;
    this.#rules = rules;
    this.#scan = new Scan(rules);
    this.#ranges = said.content();
    this.#at = this.#ranges[0]?.start ?? 0;
  }

  /** Reads one slice at most, of as many pieces as it spans; true when there is more. */
  step(): boolean {
    let room = this.#body.length <= AT_ONCE ? AT_ONCE : SLICE;
    for (;;) {
      const range = this.#ranges[this.#range];
      if (range === undefined) return false;
      if (room <= 0) return true;
      const end = Math.min(range.end, this.#at + room);
      const last = end === range.end;
      const bytes = this.#body.subarray(this.#at, end);
      room -= bytes.length;
      const text = this.#decoded(bytes, last);
      if (range.plain === true) this.#pushPlain(text);
      else this.#push(text, last);
      this.#at = end;
      if (last) this.#next();
    }
  }

  /** What was found in what has been read. */
  found(): Content {
    const types = new Map<string, FoundType & { kind: Finding['kind']; confidence: number }>();
    for (const { type, kind, confidence } of this.#findings) {
      if (confidence < RAISES_FROM) continue;
      const known = types.get(type);
      const count = (known?.count ?? 0) + 1;
      const surest = Math.max(confidence, known?.confidence ?? 0);
      types.set(type, { type, kind, count, confidence: surest });
    }
    if (types.size === 0 && this.#unscanned === 0) return NOTHING_FOUND;
    const found: FoundType[] = [...types.values()]
      .sort((a, b) => b.confidence - a.confidence)
      .map(({ type, kind, count }) => ({ type, kind, count }));
    const count = this.#unscanned;
    if (count > 0) found.push({ type: UNSCANNED, kind: UNSCANNED, count });
    return found;
  }

  #decoded(bytes: Uint8Array, last: boolean): string {
    if (last && this.#decoder === undefined) return WHOLE.decode(bytes);
    this.#decoder ??= new TextDecoder();
    const text = this.#decoder.decode(bytes, { stream: !last });
    if (last) this.#decoder = undefined;
    return text;
  }

  #push(text: string, last: boolean): void {
    const whole = this.#rest + text;
    const keep = last ? whole.length : safeEnd(whole);
    this.#rest = whole.slice(keep);
    this.#scan.push(unescaped(whole.slice(0, keep)));
  }

  #pushPlain(text: string): void {
    if (NO_TEXT.some((mark) => text.includes(mark))) this.#unscanned += 1;
    this.#scan.push(text);
  }

  #next(): void {
    const found = this.#scan.end();
    const described = this.#ranges[this.#range]?.described === true;
    this.#findings.push(...(described ? found.filter(isPlanted) : found));
    this.#range += 1;
    this.#at = this.#ranges[this.#range]?.start ?? 0;
    if (this.#range < this.#ranges.length) this.#scan = new Scan(this.#rules);
  }
}

/** What an example or an address of support in the description of a tool is not. */
const PLANTED: ReadonlySet<Finding['kind']> = new Set([
  ...(['secret', 'government-id', 'financial', 'health'] as const),
]);
const PLANTED_FROM = 0.85;
const isPlanted = ({ kind, confidence }: Finding): boolean =>
  confidence >= PLANTED_FROM && PLANTED.has(kind);

/** Where a piece may be cut: not inside an escape. */
function safeEnd(text: string): number {
  const near = text.indexOf(BACKSLASH, Math.max(0, text.length - 2 * ESCAPE_LENGTH));
  return near < 0 ? text.length : near;
}

const MEANS: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\n',
  t: '\t',
  b: ' ',
  f: ' ',
  '"': '"',
  '/': '/',
  '\\': '\\',
};

/** What text in JSON means; what stands around its strings stays as it is. */
export function unescaped(text: string): string {
  let at = text.indexOf(BACKSLASH);
  if (at < 0) return text;
  const pieces: string[] = [];
  let from = 0;
  while (at >= 0) {
    pieces.push(text.slice(from, at));
    const mark = text[at + 1] ?? '';
    const code = mark === 'u' ? Number.parseInt(text.slice(at + 2, at + ESCAPE_LENGTH), 16) : -1;
    if (code >= 0) pieces.push(String.fromCharCode(code));
    else pieces.push(MEANS[mark] ?? '');
    from = at + (mark === 'u' ? ESCAPE_LENGTH : 2);
    at = text.indexOf(BACKSLASH, from);
  }
  pieces.push(text.slice(from));
  return pieces.join('');
}
