// Log lines: one JSON object a line, collected for a moment and written together, never awaited by
// anybody.
//
// When the disk is slower than the logging, lines are dropped and counted, and the next line that
// gets through says how many.

import { write, writeSync } from 'node:fs';
import type { Clock, LogLevel, Secret } from '@signalbox/contract';
import { type LogFields, lineOf } from './line.ts';

const LEVELS: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

const HELD_BYTES_MAX = 1_048_576;
const BATCH_MS = 50;
const GUARDED_MAX = 256;
/** Shorter secrets would turn up in ordinary words. */
const GUARDED_CHARACTERS_MIN = 8;

export type LogSettings = { readonly fd: number; readonly level: LogLevel; readonly clock: Clock };

export class LogWriter {
  readonly #fd: number;
  readonly #clock: Clock;
  readonly #guarded: string[] = [];
  #floor: number;
  #held: string[] = [];
  #heldBytes = 0;
  #dropped = 0;
  #withheld = 0;
  #untold = 0;
  #writing = false;
  #stop: (() => void) | undefined = undefined;
  #waiting: (() => void)[] = [];

  constructor({ fd, level, clock }: LogSettings) {
    this.#fd = fd;
    this.#clock = clock;
    this.#floor = LEVELS[level];
  }

  setLevel(level: LogLevel): void {
    this.#floor = LEVELS[level];
  }

  /** The value never leaves through a log line, whatever a caller does. */
  guard(secret: Secret): void {
    const value = secret.reveal();
    if (value.length < GUARDED_CHARACTERS_MIN || this.#guarded.length >= GUARDED_MAX) return;
    if (!this.#guarded.includes(value)) this.#guarded.push(value);
  }

  /** It is worth nothing any more: another one has taken its place. */
  unguard(secret: Secret): void {
    const at = this.#guarded.indexOf(secret.reveal());
    if (at !== -1) this.#guarded.splice(at, 1);
  }

  /** Values that were not written since the start: they looked like content. */
  withheld(): number {
    return this.#withheld;
  }

  /** Lines lost since the start. */
  dropped(): number {
    return this.#dropped;
  }

  log(level: LogLevel, event: string, fields: LogFields): void {
    if (LEVELS[level] < this.#floor) return;
    if (this.#heldBytes > HELD_BYTES_MAX) {
      this.#lose(1);
      return;
    }
    const untold = this.#untold;
    this.#untold = 0;
    if (untold > 0) this.#hold(this.#line('warn', 'log-dropped', { lines: untold }));
    this.#hold(this.#line(level, event, fields));
  }

  /** Calls back when everything logged so far was written, or counted as lost. */
  flush(then: () => void): void {
    this.#waiting.push(then);
    this.#stop?.();
    this.#turn();
  }

  /** Writes what is held, synchronously; for the last moment of a process. */
  close(): void {
    this.#stop?.();
    this.#stop = undefined;
    const rest = this.#taken();
    try {
      if (rest !== '') writeSync(this.#fd, rest);
    } catch {
      this.#lose(1);
    }
    for (const then of this.#waiting.splice(0)) then();
  }

  #line(level: LogLevel, event: string, fields: LogFields): string {
    const { text, withheld } = lineOf(
      { at: this.#clock.now(), level, event, fields },
      this.#guarded,
    );
    this.#withheld += withheld;
    return text;
  }

  #hold(text: string): void {
    this.#held.push(text);
    this.#heldBytes += text.length;
    if (this.#stop !== undefined || this.#writing) return;
    this.#stop = this.#clock.after(BATCH_MS, () => this.#turn());
  }

  #taken(): string {
    const text = this.#held.join('');
    this.#held = [];
    this.#heldBytes = 0;
    return text;
  }

  #lose(lines: number): void {
    this.#dropped += lines;
    this.#untold += lines;
  }

  #turn(): void {
    this.#stop = undefined;
    if (this.#writing) return;
    const lines = this.#held.length;
    if (lines === 0) {
      for (const then of this.#waiting.splice(0)) then();
      return;
    }
    this.#writing = true;
    this.#write(Buffer.from(this.#taken()), 0, (whole) => {
      this.#writing = false;
      if (!whole) this.#lose(lines);
      if (this.#held.length > 0 || this.#waiting.length > 0) this.#turn();
    });
  }

  #write(batch: Buffer, from: number, then: (whole: boolean) => void): void {
    write(this.#fd, batch, from, batch.length - from, null, (error, bytes) => {
      if (error !== null && error.code !== 'EAGAIN') then(false);
      else if (error !== null) this.#clock.after(BATCH_MS, () => this.#write(batch, from, then));
      else if (from + bytes < batch.length) this.#write(batch, from + bytes, then);
      else then(true);
    });
  }
}
