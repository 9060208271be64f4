// Answers into events: a whole answer is one line that is done. Chats say `message.content`,
// prompts `response`; everything beside it is the same.
import type {
  AnswerEvent,
  Extra,
  Json,
  JsonObject,
  TokenLogprob,
  ToldUsage,
} from '../canon/canon.ts';
import type { StreamDecoder } from '../canon/codec.ts';
import { countIn, isObject, listIn, member, numberIn, textIn, tryParse } from '../canon/exact.ts';
import { type Framing, lineFraming, type Message, TooLong } from '../canon/framing.ts';
import { idMaker, readCalls } from './calls.ts';
import { readErrorIn } from './errors.ts';
import { readImage } from './media.ts';
import { isTelling, reasonOf, stopReason } from './stop.table.ts';
import { readDetails, Thoughts } from './thoughts.ts';

/** Times, in nanoseconds, and what else a server measures. */
export const MEASURES = [
  'total_duration',
  'load_duration',
  'prompt_eval_duration',
  'eval_duration',
  'peak_memory',
] as const;

export function readWhole(body: Json): readonly AnswerEvent[] {
  const reading = new Reading();
  const events: AnswerEvent[] = [];
  if (isObject(body)) reading.take(body, events);
  else reading.fail('the answer is no JSON object', events);
  // Only streams must say that they are done.
  if (member(body, 'done') === undefined) reading.finish(body, events);
  if (events.length === 0) reading.fail('the answer holds no message', events);
  reading.end(events);
  return events;
}

export class LineDecoder implements StreamDecoder {
  readonly #framing: Framing = lineFraming();
  readonly #reading = new Reading();

  push(chunk: Uint8Array): readonly AnswerEvent[] {
    const events: AnswerEvent[] = [];
    this.#lines(() => this.#framing.push(chunk), events);
    return events;
  }

  end(): readonly AnswerEvent[] {
    const events: AnswerEvent[] = [];
    this.#lines(() => this.#framing.end(), events);
    this.#reading.end(events);
    return events;
  }

  #lines(read: () => readonly Message[], events: AnswerEvent[]): void {
    try {
      for (const { data } of read()) this.#line(data, events);
    } catch (error) {
      if (!(error instanceof TooLong)) throw error;
      this.#reading.fail(error.message, events);
    }
  }

  #line(data: string, events: AnswerEvent[]): void {
    const value = tryParse(data);
    if (isObject(value)) this.#reading.take(value, events);
    else this.#reading.fail('a line of the stream is no JSON object', events);
  }
}

/** What is known of an answer while it is read. */
class Reading {
  #state: 'before' | 'within' | 'done' | 'failed' = 'before';
  #parts = 0;
  #text: number | undefined;
  readonly #thoughts = new Map<number, number>();
  readonly #places = new Thoughts();
  readonly #callIds = new Set<string>();
  #calls = 0;
  #nextId: (index: number) => string = idMaker('');

  take(value: JsonObject, events: AnswerEvent[]): void {
    if (this.#state === 'failed') return;
    const error = readErrorIn(value);
    if (error !== undefined) {
      this.#state = 'failed';
      events.push({ kind: 'error', error });
      return;
    }
    const isAnswer = 'message' in value || 'response' in value || 'done' in value;
    if (!isAnswer) return;
    if (this.#state === 'before') this.#start(value, events);
    if (this.#state === 'within') this.#content(value, events);
    if (value['done'] === true) this.finish(value, events);
  }

  fail(message: string, events: AnswerEvent[]): void {
    if (this.#state === 'failed') return;
    this.#state = 'failed';
    events.push({ kind: 'error', error: { kind: 'internal', message } });
  }

  /** The line that says that the answer is done; a second one may still tell usage. */
  finish(value: Json, events: AnswerEvent[]): void {
    if (this.#state === 'before' || this.#state === 'failed') return;
    if (this.#state === 'within') {
      this.#state = 'done';
      const word = textIn(value, 'done_reason');
      const sequence = textIn(value, 'stop_sequence');
      const own = stopReason(textIn(value, 'stop_reason'));
      const told = sequence === undefined ? undefined : 'stop_sequence';
      const reason = own ?? told ?? reasonOf(word, this.#calls > 0);
      const more = {
        ...(sequence === undefined ? {} : { sequence }),
        ...(word !== undefined && isTelling(word) ? { native: word } : {}),
      };
      events.push({ kind: 'stop', answer: 0, reason, ...more });
    }
    const usage = readUsage(value);
    if (usage !== undefined) events.push({ kind: 'usage', usage });
  }

  end(events: AnswerEvent[]): void {
    if (this.#state === 'done') events.push({ kind: 'end' });
    this.#state = 'failed';
  }

  #start(value: JsonObject, events: AnswerEvent[]): void {
    this.#state = 'within';
    const time = textIn(value, 'created_at') ?? '';
    const created = Math.floor(Date.parse(time) / 1000);
    const extra = remoteOf(value);
    this.#nextId = idMaker(time);
    events.push({
      kind: 'start',
      id: undefined,
      model: textIn(value, 'model') || undefined,
      created: Number.isFinite(created) ? created : undefined,
      ...(extra === undefined ? {} : { extra }),
    });
  }

  #content(value: JsonObject, events: AnswerEvent[]): void {
    const message = value['message'];
    const isChat = isObject(message);
    const said = isChat ? message : value;
    for (const detail of readDetails(said)) {
      const part = this.#thought(this.#places.place(detail));
      const { text, signature, sealed } = detail;
      if (text !== '') events.push({ kind: 'thought', answer: 0, part, text });
      if (signature !== undefined) events.push({ kind: 'signature', answer: 0, part, signature });
      if (sealed === undefined) continue;
      events.push({ kind: 'signature', answer: 0, part, signature: sealed, sealed: true });
    }
    const text = textIn(said, isChat ? 'content' : 'response') ?? '';
    if (text !== '') {
      this.#text ??= this.#parts++;
      events.push({ kind: 'text', answer: 0, part: this.#text, text });
    }
    for (const image of listIn(said, 'images') ?? []) {
      if (typeof image !== 'string') continue;
      events.push({ kind: 'media', answer: 0, part: this.#parts++, media: readImage(image) });
    }
    this.#toolCalls(said, events);
    const tokens = (listIn(value, 'logprobs') ?? []).flatMap(readLogprob);
    if (tokens.length > 0) events.push({ kind: 'logprobs', answer: 0, tokens });
  }

  #thought(place: number): number {
    const known = this.#thoughts.get(place);
    if (known !== undefined) return known;
    this.#thoughts.set(place, this.#parts);
    return this.#parts++;
  }

  /** A call with an id that came before is the same one, told twice. */
  #toolCalls(said: JsonObject, events: AnswerEvent[]): void {
    for (const call of readCalls(said)) {
      const id = call.id ?? this.#nextId(this.#calls);
      if (this.#callIds.has(id)) continue;
      this.#callIds.add(id);
      this.#calls += 1;
      const part = this.#parts++;
      events.push({ kind: 'call', answer: 0, part, id, name: call.name });
      events.push({ kind: 'arguments', answer: 0, part, text: call.arguments });
      const { signature } = call;
      if (signature !== undefined) events.push({ kind: 'signature', answer: 0, part, signature });
    }
  }
}

/** Where the answer was really made, when the server passed the request on. */
function remoteOf(value: JsonObject): Extra | undefined {
  const names = ['remote_model', 'remote_host'].filter((name) => textIn(value, name));
  if (names.length === 0) return undefined;
  return { ollama: Object.fromEntries(names.map((name) => [name, value[name] ?? null])) };
}

/** A count that is left out is 0: of a prompt that was still in the cache nothing was read. */
function readUsage(value: Json): ToldUsage | undefined {
  const input = countIn(value, 'prompt_eval_count');
  const output = countIn(value, 'eval_count');
  if (input === undefined && output === undefined) return undefined;
  const measured = MEASURES.flatMap((name) => {
    const number = numberIn(value, name);
    return number === undefined ? [] : [[name, number] as const];
  });
  return {
    inputTokens: input ?? 0,
    outputTokens: output ?? 0,
    cachedInputTokens: undefined,
    reasoningTokens: undefined,
    source: 'measured',
    ...(measured.length === 0 ? {} : { extra: { ollama: Object.fromEntries(measured) } }),
  };
}

function readLogprob(value: Json): readonly TokenLogprob[] {
  const one = readToken(value);
  if (one === undefined) return [];
  const top = (listIn(value, 'top_logprobs') ?? []).flatMap((other) => readToken(other) ?? []);
  return [{ ...one, top }];
}

function readToken(value: Json): Omit<TokenLogprob, 'top'> | undefined {
  const token = textIn(value, 'token');
  const logprob = numberIn(value, 'logprob');
  if (token === undefined || logprob === undefined) return undefined;
  const bytes = listIn(value, 'bytes')?.filter((one) => typeof one === 'number');
  return { token, logprob, ...(bytes === undefined ? {} : { bytes }) };
}
