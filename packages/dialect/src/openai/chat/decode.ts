// A stream of chunks into events. The stream is over at its `[DONE]`, or, where a server sends
// none, when every choice has its finish reason and the connection is closed; then the stops are
// told. Limit: of choices that come one after the other, a clean cut between two is an end too.
// A server that answers a whole JSON where a stream was asked for is read as well.
import type { AnswerEvent, Json, JsonObject, ToldUsage, UpstreamError } from '../../canon/canon.ts';
import type { StreamDecoder } from '../../canon/codec.ts';
import { countIn, isObject, listIn, textIn, tryParse } from '../../canon/exact.ts';
import { eventFraming, type Message, TooLong } from '../../canon/framing.ts';
import { ChoiceReader } from './choice.ts';
import type { Out } from './emitter.ts';
import { errorFrom, errorIn, noJson, noStream, tooLong } from './errors.ts';
import { readService, readStart } from './head.ts';
import { firstError, readWhole } from './read-whole.ts';
import { readUsage } from './usage.ts';

const WHOLE_BYTES_MAX = 33_554_432;
const DONE = '[DONE]';
const NO_CHOICES: readonly Json[] = [];

export class ChatDecoder implements StreamDecoder {
  readonly #framing = eventFraming();
  readonly #choices = new Map<number, ChoiceReader>();
  readonly #out: Out = { events: [] };
  #over = false;
  #started = false;
  #id = '';
  #usage: ToldUsage | undefined;
  /** The body where it is no stream of events; undefined until its first byte has shown that. */
  #body: Whole | 'stream' | undefined;

  push(chunk: Uint8Array): readonly AnswerEvent[] {
    if (this.#over) return [];
    this.#body ??= bodyOf(chunk);
    const body = this.#body;
    if (body instanceof Whole) {
      if (!body.add(chunk)) this.#fail(tooLong());
    } else if (body !== undefined) this.#frames(() => this.#framing.push(chunk));
    return this.#taken();
  }

  end(): readonly AnswerEvent[] {
    if (this.#over) return [];
    const body = this.#body;
    if (body instanceof Whole) {
      const json = tryParse(body.text());
      if (json === undefined) this.#fail(noStream());
      else this.#out.events.push(...readWhole(json));
    } else {
      this.#frames(() => this.#framing.end());
      if (!this.#over && this.#isFinished()) this.#end();
    }
    this.#over = true;
    return this.#taken();
  }

  #frames(next: () => readonly Message[]): void {
    try {
      for (const message of next()) this.#take(message);
    } catch (cause) {
      if (!(cause instanceof TooLong)) throw cause;
      this.#fail(tooLong());
    }
  }

  #taken(): readonly AnswerEvent[] {
    const { events } = this.#out;
    this.#out.events = [];
    return events;
  }

  #take({ name, data }: Message): void {
    if (this.#over || data === '') return;
    if (data.trim() === DONE) {
      this.#end();
      return;
    }
    const body = tryParse(data);
    if (body === undefined) {
      this.#fail(noJson());
      return;
    }
    const isNamed = name === 'error';
    const error =
      errorIn(body) ??
      (isNamed ? errorFrom(body) : firstError(listIn(body, 'choices') ?? NO_CHOICES));
    if (error !== undefined) this.#fail(error);
    else if (isObject(body)) this.#chunk(body);
  }

  #chunk(body: JsonObject): void {
    const choices = listIn(body, 'choices') ?? [];
    const usage = readUsage(body);
    // A first chunk of filters alone has no name, no time, and nothing else to say.
    if (choices.length > 0 || usage !== undefined || textIn(body, 'id')) this.#start(body);
    for (const [at, choice] of choices.entries()) {
      this.#choice(countIn(choice, 'index') ?? at).take(choice);
    }
    if (usage === undefined || sameUsage(usage, this.#usage)) return;
    this.#usage = usage;
    const service = readService(body);
    const told = service === undefined ? {} : { service };
    this.#out.events.push({ kind: 'usage', usage, ...told });
  }

  #start(body: JsonObject): void {
    if (this.#started) return;
    this.#started = true;
    const start = readStart(body);
    this.#id = start.id ?? '';
    this.#out.events.push(start);
  }

  #choice(answer: number): ChoiceReader {
    const known = this.#choices.get(answer);
    if (known !== undefined) return known;
    const choice = new ChoiceReader(answer, this.#out, { answerId: this.#id, whole: false });
    this.#choices.set(answer, choice);
    return choice;
  }

  /** Some servers close the connection, and that is their end. */
  #isFinished(): boolean {
    const choices = [...this.#choices.values()];
    return choices.length > 0 && choices.every((choice) => choice.stopped);
  }

  #end(): void {
    this.#start({});
    for (const choice of this.#choices.values()) choice.end();
    this.#out.events.push({ kind: 'end' });
    this.#over = true;
  }

  #fail(error: UpstreamError): void {
    this.#out.events.push({ kind: 'error', error });
    this.#over = true;
  }
}

/** Told in every chunk by some: only what is new goes on. */
function sameUsage(one: ToldUsage, other: ToldUsage | undefined): boolean {
  return other !== undefined && JSON.stringify(one) === JSON.stringify(other);
}

/** A body that is read at its end. */
class Whole {
  readonly #decoder = new TextDecoder();
  readonly #pieces: string[] = [];
  #bytes = 0;

  /** False when it is too long to hold. */
  add(chunk: Uint8Array): boolean {
    this.#bytes += chunk.length;
    if (this.#bytes > WHOLE_BYTES_MAX) return false;
    this.#pieces.push(this.#decoder.decode(chunk, { stream: true }));
    return true;
  }

  text(): string {
    return this.#pieces.join('');
  }
}

const SPACE = 0x20;
/** First bytes of JSON and of HTML; no line of a stream begins with one. */
const OTHERS = new Set([...'{[<'].map((one) => one.charCodeAt(0)));

/** Undefined while there is only white space. */
function bodyOf(chunk: Uint8Array): Whole | 'stream' | undefined {
  const first = chunk.find((byte) => byte > SPACE);
  if (first === undefined) return undefined;
  return OTHERS.has(first) ? new Whole() : 'stream';
}
