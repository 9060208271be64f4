// What Google answers, chunk by chunk, as our events; a whole answer is one chunk. Older servers
// say STOP in every chunk, so that an answer stops only when all was read. The format has no mark
// of its end: it is the reason to stop, for every candidate, and a connection that ends cleanly.
import type { AnswerEvent, Json, JsonObject, TokenLogprob, UpstreamError } from '../canon/canon.ts';
import type { StreamDecoder } from '../canon/codec.ts';
import { countIn, listIn, member, numberIn, restOf, textIn, tryParse } from '../canon/exact.ts';
import { eventFraming, type Framing, type Message, TooLong } from '../canon/framing.ts';
import { Choice } from './choice.ts';
import { errorIn, errorOf } from './errors.ts';
import { readStop } from './stop.ts';
import { readUsage, sameUsage, type Told } from './usage.ts';
import { type ValueFraming, valueFraming } from './values.ts';

const HEAD_KEYS = new Set([
  ...['candidates', 'usageMetadata', 'modelVersion', 'responseId', 'createTime', 'error'],
]);
const CANDIDATE_KEYS = new Set([
  ...['content', 'finishReason', 'index', 'logprobsResult', 'stopDetails'],
  // They say nothing that the answer does not say.
  ...['avgLogprobs', 'tokenCount'],
]);
const ID_CHARACTERS_MAX = 28;

const broken = (message: string): UpstreamError => ({ kind: 'internal', message });

/** Reads chunks in a row. */
export class Reading {
  readonly #choices = new Map<number, Choice>();
  #head: Json | undefined = undefined;
  #told: Told | undefined = undefined;
  /** Why the prompt was refused as a whole. */
  #blocked: string | undefined = undefined;
  over = false;

  take(body: Json, out: AnswerEvent[]): void {
    if (Array.isArray(body)) {
      for (const one of body) if (!this.over) this.take(one, out);
      return;
    }
    const error = errorIn(body);
    if (error !== undefined) {
      this.fail(errorOf(error), out);
      return;
    }
    if (this.#head === undefined) out.push(this.#start(body));
    this.#blocked ??= textIn(member(body, 'promptFeedback'), 'blockReason');
    const candidates = listIn(body, 'candidates') ?? [];
    candidates.forEach((candidate, at) => {
      if (!this.over) this.#read(candidate, countIn(candidate, 'index') ?? at, out);
    });
    const told = this.over ? undefined : readUsage(member(body, 'usageMetadata'));
    if (told === undefined || sameUsage(told, this.#told)) return;
    this.#told = told;
    out.push({ kind: 'usage', ...told });
  }

  /** @param whole the body was complete, so that nothing can follow. */
  end(whole: boolean, out: AnswerEvent[]): void {
    if (this.over || this.#head === undefined) return;
    const choices = [...this.#choices.values()].sort((a, b) => a.answer - b.answer);
    if (choices.length === 0 && this.#blocked !== undefined) {
      out.push({ kind: 'stop', answer: 0, ...plainBlock(this.#blocked) }, { kind: 'end' });
      this.over = true;
      return;
    }
    if (choices.length === 0 && whole) {
      this.fail(broken('The answer of the upstream holds no candidates.'), out);
      return;
    }
    const stopped = choices.length > 0 && choices.every(({ stop }) => stop !== undefined);
    // Where one was cut off, the answer was: nobody is to take the others for all of it.
    for (const choice of choices) choice.end(stopped || whole, out);
    if (stopped || whole) out.push({ kind: 'end' });
    this.over = true;
  }

  fail(error: UpstreamError, out: AnswerEvent[]): void {
    if (this.over) return;
    this.over = true;
    out.push({ kind: 'error', error });
  }

  #start(body: Json): AnswerEvent {
    this.#head = body;
    const rest = restOf(body, HEAD_KEYS);
    return {
      kind: 'start',
      id: textIn(body, 'responseId') || undefined,
      model: textIn(body, 'modelVersion') || undefined,
      created: secondsOf(textIn(body, 'createTime')),
      ...(rest === undefined ? {} : { extra: { gemini: rest } }),
    };
  }

  #read(candidate: Json, answer: number, out: AnswerEvent[]): void {
    let choice = this.#choices.get(answer);
    if (choice === undefined) {
      choice = new Choice(answer, (call) => this.#idOf(answer, call));
      this.#choices.set(answer, choice);
    }
    for (const part of listIn(member(candidate, 'content'), 'parts') ?? []) {
      if (choice.read(part, out)) continue;
      this.fail(broken("A piece of a call's arguments stands at no place."), out);
      return;
    }
    const tokens = readLogprobs(member(candidate, 'logprobsResult'));
    if (tokens.length > 0) out.push({ kind: 'logprobs', answer, tokens });
    const stop = readStop(candidate, choice.called);
    if (stop !== undefined) choice.stopFor(stop, out);
    const beside = besideOf(candidate, stop?.native !== undefined);
    if (beside !== undefined) choice.beside(beside);
  }

  /**
   * For a call without one. Ids of one conversation must differ, so that the answer's own id is in
   * it, or what stands for that; at most 40 characters, as other providers want them.
   */
  #idOf(answer: number, call: number): string {
    const id = textIn(this.#head, 'responseId') || hashOf(JSON.stringify(this.#head));
    const plain = id.replace(/[^a-zA-Z0-9_-]/g, '').slice(0, ID_CHARACTERS_MAX);
    return answer === 0 ? `call_${plain}_${call}` : `call_${plain}_${answer}_${call}`;
  }
}

const plainBlock = (word: string): { reason: 'filtered'; native: string } => ({
  reason: 'filtered',
  native: word,
});

/** A message of the end is worth something only where the end is not a plain one. */
function besideOf(candidate: Json, odd: boolean): JsonObject | undefined {
  const rest = restOf(candidate, CANDIDATE_KEYS);
  if (rest === undefined || odd) return rest;
  const { finishMessage: _message, ...more } = rest;
  return Object.keys(more).length === 0 ? undefined : more;
}

const MILLISECONDS = 1_000;

function secondsOf(time: string | undefined): number | undefined {
  const at = time === undefined ? Number.NaN : Date.parse(time);
  return Number.isNaN(at) ? undefined : Math.floor(at / MILLISECONDS);
}

/** FNV-1a, 32 bits (Fowler, Noll, Vo). */
function hashOf(text: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  return (hash >>> 0).toString(36);
}

function readLogprobs(result: Json | undefined): readonly TokenLogprob[] {
  const tops = listIn(result, 'topCandidates') ?? [];
  return (listIn(result, 'chosenCandidates') ?? []).flatMap((chosen, at) => {
    const one = logprobOf(chosen);
    const top = (listIn(tops[at], 'candidates') ?? []).flatMap(logprobOf);
    return one.map((token) => ({ ...token, top }));
  });
}

function logprobOf(candidate: Json): readonly { token: string; logprob: number }[] {
  const token = textIn(candidate, 'token');
  // A chance of one is 0, which Google does not write.
  const logprob = numberIn(candidate, 'logProbability') ?? 0;
  return token === undefined ? [] : [{ token, logprob }];
}

export function readWhole(body: Json): readonly AnswerEvent[] {
  const reading = new Reading();
  const out: AnswerEvent[] = [];
  reading.take(body, out);
  reading.end(true, out);
  return out;
}

/** Server-sent events, the elements of one array, or bare values: the first byte tells. */
class Decoder implements StreamDecoder {
  readonly #reading = new Reading();
  #framing: Framing | undefined = undefined;
  #values: ValueFraming | undefined = undefined;

  push(chunk: Uint8Array): readonly AnswerEvent[] {
    const out: AnswerEvent[] = [];
    if (this.#reading.over) return out;
    const framing = this.#framing ?? this.#choose(chunk);
    if (framing !== undefined) this.#guard(out, () => framing.push(chunk));
    return out;
  }

  end(): readonly AnswerEvent[] {
    const out: AnswerEvent[] = [];
    const framing = this.#framing;
    if (framing !== undefined) this.#guard(out, () => framing.end());
    // An array that was not closed is cut off.
    if (this.#values?.open !== true) this.#reading.end(false, out);
    return out;
  }

  #choose(chunk: Uint8Array): Framing | undefined {
    const first = chunk.find((byte) => byte > 0x20 && !MARK.has(byte));
    if (first === undefined) return undefined;
    if (first === 0x5b || first === 0x7b) {
      this.#values = valueFraming();
      this.#framing = this.#values;
    } else this.#framing = eventFraming();
    return this.#framing;
  }

  #guard(out: AnswerEvent[], read: () => readonly Message[]): void {
    try {
      for (const message of read()) this.#take(message, out);
    } catch (error) {
      if (!(error instanceof TooLong)) throw error;
      this.#reading.fail(broken(`The stream of the upstream is broken: ${error.message}.`), out);
    }
  }

  #take({ name, data }: Message, out: AnswerEvent[]): void {
    if (this.#reading.over || data === '[DONE]') return;
    const body = tryParse(data);
    if (body === undefined) {
      this.#reading.fail(broken('An event of the upstream is no valid JSON.'), out);
      return;
    }
    if (name === 'error' && errorIn(body) === undefined) this.#reading.fail(errorOf(body), out);
    else this.#reading.take(body, out);
  }
}

/** Bytes of a byte order mark. */
const MARK = new Set([0xef, 0xbb, 0xbf]);

export const decoder = (): StreamDecoder => new Decoder();
