// Events into the stream of typed events and into whole responses. The last event of a stream
// repeats the whole response, so what was said is kept until the end.
import { assert } from '@signalbox/contract';
import { encode } from '../bytes.ts';
import type { Answer, AnswerEvent, Dropped, JsonObject, UpstreamError } from '../canon/canon.ts';
import type { AnswerContext, StreamEncoder, Written } from '../canon/codec.ts';
import { unfold } from '../canon/fold.ts';
import { type Body, type Frame, frameOf, responseText } from './echo.ts';
import { Output } from './output.ts';
import { type Stop, writeStop } from './stop.ts';

export const encoder = (context: AnswerContext): StreamEncoder => new Encoder(context, true);

/** An answer that has not ended is written as one that is in progress. */
export function writeWhole(answer: Answer, context: AnswerContext): Written {
  const encoder = new Encoder(context, false);
  for (const event of unfold(answer)) encoder.take(event);
  return { body: encode(encoder.whole()), dropped: encoder.dropped };
}

class Encoder implements StreamEncoder {
  readonly dropped: Dropped = new Set();
  readonly #context: AnswerContext;
  readonly #streams: boolean;
  #said: string[] = [];
  #number = 0;
  #frame: Frame | undefined;
  #output: Output | undefined;
  #stop: Stop | undefined;
  #usage: Extract<AnswerEvent, { kind: 'usage' }> | undefined;
  #error: UpstreamError | undefined;
  #state: 'running' | 'ended' = 'running';

  constructor(context: AnswerContext, streams: boolean) {
    this.#context = context;
    this.#streams = streams;
  }

  push(event: AnswerEvent): Uint8Array {
    this.take(event);
    if (this.#said.length === 0) return NOTHING;
    const text = this.#said.join('');
    this.#said = [];
    return encode(text);
  }

  take(event: AnswerEvent): void {
    assert(this.#state === 'running', 'nothing is written after the end of a response');
    switch (event.kind) {
      case 'start':
        this.#begin(event);
        return;
      case 'error':
        this.#fail(event.error);
        return;
      case 'usage':
        this.#usage = event;
        return;
      case 'end':
        this.#end();
        return;
      default:
        this.#within(event);
    }
  }

  /** JSON text of the response. */
  whole(): string {
    assert(this.#frame !== undefined, 'a response starts before it is written');
    if (this.#state === 'running') this.#output?.close(true);
    return responseText(this.#frame, this.#body());
  }

  #within(event: Exclude<AnswerEvent, { kind: 'start' | 'error' | 'usage' | 'end' }>): void {
    const output = this.#output;
    assert(output !== undefined, 'a response starts before it says anything');
    if (event.answer > 0) this.dropped.add('answers');
    else if (event.kind === 'stop') {
      this.#stop = event;
      output.close(event.reason === 'length' || event.reason === 'context');
    } else if (event.kind === 'logprobs') output.logprobs(event);
    else output.add(event);
    if (output.dropped.size > 0) for (const one of output.dropped) this.dropped.add(one);
  }

  #begin(event: Extract<AnswerEvent, { kind: 'start' }>): void {
    assert(this.#frame === undefined, 'a response starts once');
    this.#frame = frameOf(event, this.#context);
    const say = this.#streams
      ? (type: string, fields: JsonObject) => this.#say(type, JSON.stringify(fields).slice(1, -1))
      : undefined;
    this.#output = new Output(this.#frame.id, this.#context, say);
    if (!this.#streams) return;
    const text = responseText(this.#frame, this.#body());
    this.#say('created', `"response":${text}`);
    this.#say('in_progress', `"response":${text}`);
  }

  #end(): void {
    const output = this.#output;
    assert(output !== undefined, 'a response starts before it ends');
    output.close(false);
    this.#state = 'ended';
    if (this.#streams) this.#say(this.#body().status, `"response":${this.whole()}`);
  }

  /** OpenAI nests the error; its published schema is flat: both are said. */
  #fail(error: UpstreamError): void {
    this.#error = error;
    this.#state = 'ended';
    this.#frame ??= frameOf(undefined, this.#context);
    if (!this.#streams) return;
    const { code, message } = errorOf(error);
    const said = { code, message, param: null };
    const fields = { ...said, error: { type: code, ...said } };
    this.#line('error', `"type":"error"`, JSON.stringify(fields).slice(1, -1));
    this.#say('failed', `"response":${this.whole()}`);
  }

  #body(): Body {
    const output = this.#output;
    const ends = this.#state === 'ended';
    const holds = { calls: output?.calls ?? false, refusal: output?.refusal ?? false };
    const { status, fields } = writeStop(this.#stop, holds);
    const failed = this.#error === undefined ? undefined : { error: errorOf(this.#error) };
    return {
      status: failed === undefined ? (ends ? status : 'in_progress') : 'failed',
      fields: failed ?? (ends ? fields : {}),
      output: output?.items.filter((item) => item !== undefined) ?? [],
      usage: this.#usage?.usage,
      service: this.#usage?.service,
    };
  }

  #say(type: string, fields: string): void {
    this.#line(`response.${type}`, `"type":"response.${type}"`, fields);
  }

  #line(name: string, type: string, fields: string): void {
    const number = this.#number;
    this.#number += 1;
    this.#said.push(`event: ${name}\ndata: {${type},"sequence_number":${number},${fields}}\n\n`);
  }
}

const NOTHING = new Uint8Array(0);

const errorOf = (error: UpstreamError): { readonly code: string; readonly message: string } => ({
  code: error.type ?? CODES[error.kind],
  message: error.message,
});

/** OpenAI's codes for our kinds, for errors that came without a code. */
const CODES: Readonly<Record<UpstreamError['kind'], string>> = {
  auth: 'invalid_api_key',
  not_found: 'model_not_found',
  rate_limited: 'rate_limit_exceeded',
  quota: 'insufficient_quota',
  overloaded: 'server_is_overloaded',
  context_too_long: 'context_length_exceeded',
  invalid: 'invalid_value',
  filtered: 'content_filter',
  timeout: 'timeout',
  internal: 'server_error',
  unknown: 'server_error',
};
