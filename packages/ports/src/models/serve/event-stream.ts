// Writes server-sent events no faster than they are read. The model waits for a slow reader, and
// not for ever: its slot is wanted by others.
import type { ServerResponse } from 'node:http';
import type { JsonObject } from './json.ts';
import { envelope, type Refusal } from './refusal.ts';

const STALL_MS_MAX = 30_000;

export type EventStream = {
  /** Waits until there is room; a reader who takes nothing for too long is cut off. */
  readonly send: (chunk: JsonObject) => Promise<void>;
  readonly done: () => void;
  /** An error after the head was sent: an event, then an unclean end. Never `[DONE]`. */
  readonly fail: (refusal: Refusal) => void;
};

export function eventStream(response: ServerResponse): EventStream {
  function open(): void {
    if (response.headersSent) return;
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
    });
  }

  return {
    async send(chunk) {
      open();
      if (!response.write(`data: ${JSON.stringify(chunk)}\n\n`)) await drained(response);
    },
    done() {
      open();
      response.end('data: [DONE]\n\n');
    },
    fail(refusal) {
      response.write(`data: ${envelope(refusal)}\n\n`, () => response.destroy());
    },
  };
}

async function drained(response: ServerResponse): Promise<void> {
  if (response.destroyed) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(() => response.destroy(), STALL_MS_MAX);
    const settle = (): void => {
      clearTimeout(timer);
      response.off('drain', settle);
      response.off('close', settle);
      resolve();
    };
    response.on('drain', settle);
    response.on('close', settle);
  });
}
