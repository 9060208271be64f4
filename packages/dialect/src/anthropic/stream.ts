// Watches a stream of this dialect go by. Bytes pass as they come; read are only the events that
// tell about the message as a whole. Limits: lines end with LF or CRLF, not with CR alone, and an
// event in several `data` lines is not read.
import { finder } from '../bytes.ts';
import { readObject } from '../json.ts';
import { innerOf, isError, stringField } from '../openai/answer.ts';
import {
  Carry,
  countData,
  EVENT_BYTES_MAX,
  eachEvent,
  isTorn,
  linesOf,
  mayBeTorn,
  opensObject,
  type StreamFacts,
  type StreamReader,
} from '../openai/stream.ts';
import { usageIn } from './answer.ts';
import { Telling } from './usage.ts';

const NOTHING = new Uint8Array(0);
const EVENT_END = new TextEncoder().encode('\n\n');

const findMessage = finder('message_');
const findError = finder('error');

export const streamReader = (): StreamReader => new Watch();

class Watch implements StreamReader {
  readonly #carry = new Carry();
  readonly #telling = new Telling();
  #model: string | undefined;
  #id: string | undefined;
  #error = false;
  #done = false;
  #malformed = false;
  #events = 0;

  push(chunk: Uint8Array): Uint8Array {
    const whole = this.#carry.add(chunk);
    if (whole !== undefined) this.#complete(whole);
    if (this.#carry.length > EVENT_BYTES_MAX) this.#carry.take();
    return chunk;
  }

  rest(): Uint8Array {
    const last = this.#carry.take();
    this.#events += countData(last);
    this.#observe(last);
    return NOTHING;
  }

  closing(): Uint8Array {
    const isOpen = this.#carry.isTorn || this.#carry.length > 0 || this.#malformed;
    return isOpen ? EVENT_END : NOTHING;
  }

  facts(): StreamFacts {
    const told = this.#telling.told();
    return {
      model: this.#model,
      usage: told?.usage,
      service: told?.service,
      error: this.#error,
      done: this.#done,
      finished: this.#done,
      malformed: this.#malformed,
      events: this.#events,
    };
  }

  #complete(bytes: Uint8Array): void {
    this.#events += countData(bytes);
    if (findMessage(bytes) < 0 && findError(bytes) < 0 && !mayBeTorn(bytes)) return;
    eachEvent(bytes, (event) => this.#observe(event));
  }

  #observe(event: Uint8Array): Uint8Array {
    const { dataStart, dataEnd, isError: named } = linesOf(event);
    this.#error ||= named;
    if (dataStart < 0 || this.#done) return event;
    const body = event.subarray(dataStart, dataEnd);
    if (findMessage(body) < 0 && findError(body) < 0 && !isTorn(body)) return event;
    const reading = readObject(body);
    if (reading.kind === 'invalid') {
      this.#malformed ||= opensObject(body);
      return event;
    }
    const { fields } = reading;
    switch (stringField(body, fields, 'type')) {
      case 'message_start': {
        const message = innerOf(body, fields, 'message') ?? [];
        const id = stringField(body, message, 'id');
        // Two messages became one answer: a proxy tried again in the middle of the first.
        if (this.#id !== undefined && id !== undefined && id !== this.#id) this.#error = true;
        this.#id ??= id;
        this.#model ??= stringField(body, message, 'model');
        this.#telling.add(usageIn(body, message));
        return event;
      }
      case 'message_delta':
        this.#telling.add(usageIn(body, fields));
        return event;
      case 'message_stop':
        this.#telling.add(usageIn(body, fields));
        this.#done = true;
        return event;
      case 'content_block_start':
      case 'content_block_delta':
        return event;
      default:
        this.#error ||= isError(fields);
        return event;
    }
  }
}
