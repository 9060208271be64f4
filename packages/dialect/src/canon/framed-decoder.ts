// What decoders of framed streams have in common: pieces into messages, messages to the reader of
// the dialect, and nothing more once the end or an error was told.
import type { AnswerEvent } from './canon.ts';
import type { StreamDecoder } from './codec.ts';
import { type Framing, type Message, TooLong } from './framing.ts';

/** The events of one stream that were not taken yet. */
export class Told {
  #events: AnswerEvent[] = [];
  /** The end or an error was told: what comes after counts for nothing. */
  isOver = false;

  get events(): AnswerEvent[] {
    return this.#events;
  }

  push(...events: readonly AnswerEvent[]): void {
    this.#events.push(...events);
  }

  end(...events: readonly AnswerEvent[]): void {
    this.push(...events);
    this.isOver = true;
  }

  /** @param message holds no content: it may be logged. */
  fail(message: string): void {
    this.end({ kind: 'error', error: { kind: 'internal', message } });
  }

  take(): readonly AnswerEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }
}

/** Reads the messages of one stream, in a row, into events. */
export type MessageReader = {
  readonly told: Told;
  message(message: Message): void;
  /** The connection ended cleanly, and the stream has not told its end. */
  close?(): void;
};

export class FramedDecoder implements StreamDecoder {
  readonly #framing: Framing;
  readonly #reader: MessageReader;

  constructor(framing: Framing, reader: MessageReader) {
    this.#framing = framing;
    this.#reader = reader;
  }

  push(chunk: Uint8Array): readonly AnswerEvent[] {
    const { told } = this.#reader;
    if (!told.isOver) this.#read(() => this.#framing.push(chunk));
    return told.take();
  }

  end(): readonly AnswerEvent[] {
    const { told } = this.#reader;
    if (!told.isOver) this.#read(() => this.#framing.end());
    if (!told.isOver) this.#reader.close?.();
    told.isOver = true;
    return told.take();
  }

  #read(next: () => readonly Message[]): void {
    const reader = this.#reader;
    try {
      for (const message of next()) if (!reader.told.isOver) reader.message(message);
    } catch (error) {
      if (!(error instanceof TooLong)) throw error;
      reader.told.fail('an event of the stream is too long');
    }
  }
}
