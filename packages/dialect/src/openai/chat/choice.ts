// One choice of an answer, read delta by delta; a whole message is one delta. A part begins where
// the kind changes. The stop is told only when the answer is over: servers repeat it, and say
// things after it.
import type { Json, JsonObject, Media } from '../../canon/canon.ts';
import { isObject, listIn, member, textIn } from '../../canon/exact.ts';
import { CallReader } from './call.ts';
import { thinkingText } from './content.ts';
import { Emitter, type Out } from './emitter.ts';
import { readLogprobs } from './logprobs.ts';
import { AudioPieces, readImages } from './media.ts';
import { readStop, type Stop } from './stop.ts';
import { ThoughtReader } from './thought.ts';

type From = {
  readonly answerId: string;
  /** The choice is told at once, not in deltas. */
  readonly whole: boolean;
};

export class ChoiceReader {
  readonly #emitter: Emitter;
  readonly #thoughts: ThoughtReader;
  readonly #calls: CallReader;
  readonly #audio = new AudioPieces();
  readonly #annotations: Json[] = [];
  readonly #whole: boolean;
  #stop: Stop | undefined;

  constructor(answer: number, out: Out, from: From) {
    this.#emitter = new Emitter(answer, out);
    this.#thoughts = new ThoughtReader(this.#emitter, from.whole);
    this.#calls = new CallReader(this.#emitter, from.answerId, from.whole);
    this.#whole = from.whole;
  }

  /** Of the thoughts of a whole message, among its parts. */
  get places(): readonly number[] {
    return this.#thoughts.places;
  }

  get stopped(): boolean {
    return this.#stop !== undefined;
  }

  take(choice: Json): void {
    const delta = member(choice, 'delta') ?? member(choice, 'message');
    if (isObject(delta)) this.#delta(delta);
    this.#emitter.text('text', textIn(choice, 'text') ?? '');
    const tokens = readLogprobs(member(choice, 'logprobs'));
    const { answer } = this.#emitter;
    if (tokens.length > 0) this.#emitter.push({ kind: 'logprobs', answer, tokens });
    this.#stop ??= readStop(choice);
  }

  /** The answer is over, in the words of its dialect. */
  end(): void {
    const reason = this.#stop?.reason ?? 'end';
    this.#calls.end(reason !== 'end' && reason !== 'tools');
    if (this.#annotations.length > 0) this.#opaque({ annotations: this.#annotations });
    const audio = this.#audio.media();
    if (audio !== undefined) this.#media(audio);
    this.#emitter.push({ kind: 'stop', answer: this.#emitter.answer, ...this.#reason() });
  }

  /** Callers' tools are run on `tools` alone, and some servers say `stop` there. */
  #reason(): Stop {
    const stop = this.#stop ?? { reason: 'end' };
    if (stop.reason === 'end' && this.#calls.any()) return { ...stop, reason: 'tools' };
    if (stop.reason === 'tools' && this.#calls.anyAnswer() && !this.#calls.any()) {
      return { reason: 'end' };
    }
    return stop;
  }

  #delta(delta: JsonObject): void {
    this.#thoughts.take(delta);
    const callsFirst = this.#whole && callsStandFirst(delta);
    if (callsFirst) this.#called(delta);
    const content = member(delta, 'content');
    if (typeof content === 'string') this.#emitter.text('text', content);
    else if (Array.isArray(content)) for (const part of content) this.#part(part);
    this.#emitter.text('refusal', textIn(delta, 'refusal') ?? '');
    this.#annotations.push(...(listIn(delta, 'annotations') ?? []));
    for (const image of readImages(delta)) this.#media(image);
    this.#audio.take(member(delta, 'audio'));
    if (!callsFirst) this.#called(delta);
  }

  #called(delta: JsonObject): void {
    for (const [at, call] of (listIn(delta, 'tool_calls') ?? []).entries()) {
      this.#calls.take(call, at);
    }
    const legacy = member(delta, 'function_call');
    if (isObject(legacy)) this.#calls.takeLegacy(legacy);
  }

  /** Content in typed parts, as one vendor writes it. */
  #part(part: Json): void {
    const type = textIn(part, 'type');
    if (type === 'text') this.#emitter.text('text', textIn(part, 'text') ?? '', true);
    else if (type === 'thinking') this.#thoughts.say(thinkingText(member(part, 'thinking')), true);
    else if (isObject(part)) this.#opaque({ content: [part] });
  }

  #media(media: Media): void {
    const part = this.#emitter.begin('media');
    this.#emitter.push({ kind: 'media', answer: this.#emitter.answer, part, media });
  }

  #opaque(value: Json): void {
    const { answer } = this.#emitter;
    const part = this.#emitter.begin('opaque');
    this.#emitter.push({ kind: 'opaque', answer, part, wire: 'openai', value });
  }
}

/** The order of the keys is the order of the parts, where calls come before what is said. */
export function callsStandFirst(message: JsonObject): boolean {
  const keys = Object.keys(message);
  const calls = keys.indexOf('tool_calls');
  return calls >= 0 && calls < keys.indexOf('content');
}
