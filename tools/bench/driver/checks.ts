import { chunkWord } from '../mock/answers.ts';
import type { AnswerSink } from './answer-reader.ts';

/**
 * Every answer is read to its end and judged: a gateway that answers quickly and wrongly must not
 * win.
 *
 * A unary answer must have status 200, the very length that the mock sent, and the request's own
 * marker. A stream must carry its marker, every chunk once and in order, usage when it was asked
 * for, `[DONE]`, and a clean end.
 */

export type Verdict = { readonly ok: true } | { readonly ok: false; readonly reason: string };

const good: Verdict = { ok: true };

export interface UnaryExpectation {
  readonly marker: string;
  readonly bodyBytes: number;
}

export function checkUnary(
  expected: UnaryExpectation,
  done: (verdict: Verdict) => void,
): AnswerSink {
  let status = 0;
  let bodyBytes = 0;
  let markerSeen = false;
  let tail = '';
  return {
    head: (value) => {
      status = value;
    },
    piece: (bytes) => {
      bodyBytes += bytes.length;
      if (markerSeen) return;
      markerSeen = bytes.includes(expected.marker);
      if (markerSeen) return;
      const text = tail + bytes.toString('latin1');
      markerSeen = text.includes(expected.marker);
      tail = text.slice(1 - expected.marker.length);
    },
    end: () => {
      if (status !== 200) done({ ok: false, reason: `status ${status}` });
      else if (bodyBytes !== expected.bodyBytes)
        done({ ok: false, reason: `${bodyBytes} bytes instead of ${expected.bodyBytes}` });
      else if (!markerSeen)
        done({ ok: false, reason: 'an answer without the marker of its request' });
      else done(good);
    },
    fault: (reason) => done({ ok: false, reason }),
  };
}

export interface StreamExpectation {
  readonly marker: string;
  readonly chunks: number;
  readonly usageAsked: boolean;
}

export interface StreamEvents {
  /** The first byte of the first chunk that carries content has arrived. */
  readonly first: () => void;
  readonly done: (verdict: Verdict) => void;
}

export function checkStream(expected: StreamExpectation, events: StreamEvents): AnswerSink {
  let status = 0;
  let carry = '';
  let chunks = 0;
  let finished = false;
  let usage = false;
  let done = false;
  let wrong: string | undefined;

  const line = (text: string): void => {
    if (!text.startsWith('data:')) return;
    if (text.includes('[DONE]')) {
      done = true;
      return;
    }
    if (text.includes('"content":"')) {
      const word = chunks === 0 ? expected.marker : chunkWord(chunks);
      if (chunks === 0) events.first();
      if (!text.includes(word)) wrong ??= `chunk ${chunks} is not the one expected`;
      chunks += 1;
    } else if (text.includes('"finish_reason":"stop"')) {
      finished = true;
    } else if (text.includes('"total_tokens"')) {
      usage = true;
    }
  };

  const verdict = (): Verdict => {
    if (status !== 200) return { ok: false, reason: `status ${status}` };
    if (wrong !== undefined) return { ok: false, reason: wrong };
    if (chunks !== expected.chunks)
      return { ok: false, reason: `${chunks} chunks instead of ${expected.chunks}` };
    if (!finished || !done) return { ok: false, reason: 'a stream without its end' };
    if (usage !== expected.usageAsked)
      return { ok: false, reason: usage ? 'usage that nobody asked for' : 'usage is missing' };
    return good;
  };

  return {
    head: (value) => {
      status = value;
    },
    piece: (bytes) => {
      const lines = (carry + bytes.toString('latin1')).split('\n');
      carry = lines.pop() ?? '';
      for (const text of lines) line(text);
    },
    end: () => events.done(verdict()),
    fault: (reason) => events.done({ ok: false, reason }),
  };
}
