import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { EVERY_TENANT } from '@signalbox/ports';
import { decisionNumber, summary } from '../memory-readings.fixture.ts';
import { at, BEARER, Served } from '../served.fixture.ts';
import { HEARTBEAT_MS, TAILS_MAX, WAITING_ROWS_MAX } from './live.ts';

const PATH = '/admin/v1/requests/live';
const WAIT_MS = 20_000;
const LAST_CHARACTERS = 4_096;

/** A reader of the stream that waits for what it expects. */
class Reader {
  readonly request: ClientRequest;
  text = '';
  ended = false;
  #last = '';
  #answer: IncomingMessage | undefined;
  #check: () => void = () => {};

  constructor(served: Served, path: string, headers: Readonly<Record<string, string>>) {
    this.request = served.open(path, headers);
  }

  async open(): Promise<IncomingMessage> {
    this.request.end();
    const [answer]: IncomingMessage[] = await once(this.request, 'response');
    if (answer === undefined) throw new Error('no answer');
    answer.setEncoding('utf8').on('data', (piece: string) => {
      this.text += piece;
      this.#last = (this.#last + piece).slice(-LAST_CHARACTERS);
      this.#check();
    });
    answer.on('end', () => {
      this.ended = true;
      this.#check();
    });
    this.#answer = answer;
    return answer;
  }

  get answer(): IncomingMessage {
    if (this.#answer === undefined) throw new Error('not open');
    return this.#answer;
  }

  /** Waits, within bounds, for a text or whatever else the stream brings about. */
  async until(what: string | (() => boolean)): Promise<void> {
    if (typeof what === 'string' ? this.text.includes(what) : what()) return;
    // Searching the whole text at every piece would take longer than all else.
    const holds = typeof what === 'string' ? () => this.#last.includes(what) : what;
    const late = AbortSignal.timeout(WAIT_MS);
    await new Promise<void>((resolve, reject) => {
      this.#check = () => {
        if (holds()) resolve();
        else if (this.ended) reject(new Error('the stream ended without it'));
      };
      late.addEventListener('abort', () => reject(new Error(`no ${what} in time`)));
    });
  }

  ids(): string[] {
    return [...this.text.matchAll(/^id: (\S+)$/gm)].map((match) => match[1] ?? '');
  }
}

describe('the live tail', () => {
  let served: Served;
  let readers: Reader[];
  beforeEach(async () => {
    served = new Served();
    readers = [];
    await served.start();
  });
  afterEach(async () => {
    for (const reader of readers) reader.request.destroy();
    await served.stop();
  });

  const open = async (query = '', headers = {}): Promise<Reader> => {
    const reader = new Reader(served, `${PATH}${query}`, { ...BEARER, ...headers });
    readers.push(reader);
    await reader.open();
    return reader;
  };

  it('shows calls as they end, for whose rows were asked', async () => {
    const all = await open();
    const globex = await open('?tenant=globex');
    assert.equal(all.answer.headers['content-type'], 'text/event-stream');
    assert.deepEqual(served.readings.scopes, [EVERY_TENANT, 'globex']);
    served.readings.add(summary(1));
    served.readings.add(summary(2, { tenant: 'globex' }));
    await all.until(decisionNumber(2));
    await globex.until(decisionNumber(2));
    assert.deepEqual(all.ids(), [decisionNumber(1), decisionNumber(2)]);
    assert.deepEqual(globex.ids(), [decisionNumber(2)]);
    const [, row] = /data: (.*)/.exec(globex.text) ?? [];
    assert.equal(at(JSON.parse(row ?? ''), 'tenant'), 'globex');
  });

  it('filters like the list does', async () => {
    const reader = await open('?tier=3&ending=refused');
    served.readings.add(summary(1));
    served.readings.add(summary(2, { tier: 3 }));
    served.readings.add(summary(3, { tier: 3, ending: 'refused' }));
    await reader.until(decisionNumber(3));
    assert.deepEqual(reader.ids(), [decisionNumber(3)]);
  });

  it('goes on where a reader left off', async () => {
    for (let i = 1; i <= 5; i += 1) served.readings.add(summary(i));
    const reader = await open('', { 'last-event-id': decisionNumber(3) });
    await reader.until(decisionNumber(5));
    served.readings.add(summary(6));
    await reader.until(decisionNumber(6));
    assert.deepEqual(reader.ids(), [4, 5, 6].map(decisionNumber));
    assert.equal(reader.text.includes('event: gap'), false);
  });

  it('says that rows are missing when it cannot find where a reader left off', async () => {
    served.readings.add(summary(5));
    const reader = await open(`?since=${decisionNumber(1)}`);
    await reader.until(decisionNumber(5));
    assert.match(reader.text, /event: gap\ndata: \{\}\n\nid: dec_/);
  });

  it('refuses a place that is none', async () => {
    const reply = await served.get(PATH, { ...BEARER, 'last-event-id': 'DROP TABLE' });
    assert.equal(reply.status, 400);
  });

  it('drops the oldest rows of a slow reader, tells how many, and holds back nobody', async () => {
    const slow = await open();
    const quick = await open();
    slow.answer.pause();
    const rows = 16_000;
    const wide = { modelRequested: 'm'.repeat(400) };
    for (let i = 1; i <= rows; i += 1) {
      served.readings.tell([summary(i, wide)], 0);
      if (i % 100 === 0) await quick.until(decisionNumber(i));
      quick.text = '';
    }
    slow.answer.resume();
    await slow.until(decisionNumber(rows));
    const dropped = [...slow.text.matchAll(/event: dropped\ndata: \{"count":(\d+)\}/g)];
    const lost = dropped.reduce((sum, match) => sum + Number(match[1]), 0);
    assert.equal(slow.ids().length + lost, rows);
    assert.ok(lost > 0);
    assert.equal(slow.ids().at(-WAITING_ROWS_MAX), decisionNumber(rows - WAITING_ROWS_MAX + 1));
  });

  it('passes on how many rows the store itself had no room for', async () => {
    const reader = await open();
    served.readings.tell([], 7);
    await reader.until('event: dropped\ndata: {"count":7}\n\n');
  });

  it('beats, so that nobody takes silence for the end', async () => {
    const reader = await open();
    served.clock.turn(HEARTBEAT_MS);
    await reader.until(': still here');
  });

  it('ends when the session behind it ends', async () => {
    const link = new URL(served.control.loginLink());
    const login = await served.get(`${link.pathname}${link.search}`, {});
    const cookie = (login.headers['set-cookie']?.[0] ?? '').split(';')[0] ?? '';
    const reader = new Reader(served, PATH, { cookie });
    readers.push(reader);
    await reader.open();
    const headers = { cookie, origin: served.origin };
    await served.ask('POST', '/admin/v1/logout', { headers });
    served.clock.turn(HEARTBEAT_MS);
    await reader.until('event: signed-out');
    await reader.until(() => reader.ended);
    assert.equal(served.readings.feeds, 0);
  });

  it('ends when the server drains, and forgets readers that leave', async () => {
    const left = await open();
    const stays = await open();
    assert.equal(served.readings.feeds, 2);
    left.request.destroy();
    await served.until(() => served.readings.feeds === 1);
    served.control.drain();
    await stays.until('event: drain');
    await stays.until(() => stays.ended);
    assert.equal(served.readings.feeds, 0);
  });

  it('has room for a number of readers, and says so to the next', async () => {
    for (let i = 0; i < TAILS_MAX; i += 1) await open();
    const reply = await served.get(PATH);
    assert.equal(reply.status, 429);
    assert.ok(Number(reply.headers['retry-after-ms']) >= 2_000);
    readers[0]?.request.destroy();
    await served.until(() => served.readings.feeds < TAILS_MAX);
    await open();
  });
});
