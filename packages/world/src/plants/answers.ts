// Planted between the gateway and its callers.
import { encode } from '@signalbox/dialect';
import type { Exchange } from '@signalbox/ports';
import type { Plant } from './plant.ts';

const exchangeOver = (exchange: Exchange, more: Partial<Exchange>): Exchange => ({
  head: exchange.head,
  readBody: (bytesMax, ms) => exchange.readBody(bytesMax, ms),
  reply: (status, headers, bytes) => exchange.reply(status, headers, bytes),
  begin: (status, headers) => exchange.begin(status, headers),
  write: (bytes) => exchange.write(bytes),
  onDrain: (then) => exchange.onDrain(then),
  end: (trailers) => exchange.end(trailers),
  destroy: () => exchange.destroy(),
  onLeave: (then) => exchange.onLeave(then),
  ...more,
});

export const synthesiseDone: Plant = {
  says: 'a stream that broke off is ended as if it were whole',
  breaks: ['done-from-upstream', 'cut-is-unclean', 'record-first'],
  make: () => ({
    exchange: (exchange) =>
      exchangeOver(exchange, {
        destroy() {
          exchange.write(encode('data: [DONE]\n\n'));
          exchange.end();
        },
      }),
  }),
};

export const answerTwice: Plant = {
  says: 'a refusal is told twice',
  breaks: ['one-answer'],
  make: () => ({
    exchange: (exchange) =>
      exchangeOver(exchange, {
        reply(status, headers, bytes) {
          exchange.reply(status, headers, bytes);
          if (status >= 500) exchange.reply(status, headers, bytes);
        },
      }),
  }),
};

const QUEUED = '/v1/queued/';

export const deliverTwice: Plant = {
  says: 'what was fetched from the queue is handed out again',
  breaks: ['delivered-once'],
  make: () => {
    const delivered = new Map<string, Parameters<Exchange['reply']>>();
    return {
      exchange: (exchange) =>
        exchangeOver(exchange, {
          reply(status, headers, bytes) {
            const { target } = exchange.head;
            const before = status === 410 ? delivered.get(target) : undefined;
            if (target.startsWith(QUEUED)) delivered.set(target, [status, headers, bytes]);
            exchange.reply(...(before ?? [status, headers, bytes]));
          },
        }),
    };
  },
};

export const ignorePressure: Plant = {
  says: 'nobody holds back for a caller that reads slowly',
  breaks: ['pressure-passes'],
  make: () => ({
    exchange: (exchange) =>
      exchangeOver(exchange, {
        write(bytes) {
          exchange.write(bytes);
          return true;
        },
      }),
  }),
};
