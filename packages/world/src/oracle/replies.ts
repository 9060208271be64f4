// What a caller saw, held against what the upstream sent: byte for byte, except where usage that
// the gateway asked for itself is taken out again.

import { type CallFacts, type Dial, type FetchedFacts, type Report, wordOf } from '../facts.ts';
import { SECRETS } from '../node/listener.ts';

const DONE = 'data: [DONE]';
const text = new TextDecoder();

/** Answers are judged when they are over; of a caller that went away, what it had until then. */
export function judgeReply(call: CallFacts, report: Report): void {
  const say = (invariant: Parameters<Report>[0], detail: string): void =>
    report(invariant, detail, wordOf(call));
  if (call.wish.kind === 'dry-run') return;
  if (call.deferredTo !== undefined) {
    if (call.fetched !== undefined) judgeFetched(call, call.fetched, say);
    return;
  }
  const received = joined(call.received);
  const dial = call.dials.at(-1);
  const isStream = call.sight !== 'answered' && call.received.length > 0;
  if (isStream) judgeStream(call, received, dial, say);
  else if (call.sight === 'answered') {
    judgeWhole(received, { status: call.status ?? 0, headers: call.headers, dial }, say);
  }
}

type Say = (invariant: Parameters<Report>[0], detail: string) => void;

function judgeFetched(call: CallFacts, { status, headers, body }: FetchedFacts, say: Say): void {
  const dial = call.dials.at(-1);
  const received = text.decode(body);
  const type = headers[headers.indexOf('content-type') + 1] ?? '';
  if (type.startsWith('text/event-stream')) judgeStream(call, received, dial, say);
  else judgeWhole(received, { status, headers, dial }, say);
}

type WholeSeen = {
  readonly status: number;
  readonly headers: readonly string[];
  readonly dial: Dial | undefined;
};

function judgeWhole(received: string, { status, headers, dial }: WholeSeen, say: Say): void {
  const isRelayed = headers.includes('x-signalbox-endpoint');
  if (status === 200 && !isRelayed) say('bytes-stay', 'an answer names no endpoint');
  if (!isRelayed) {
    judgeRefusal(received, status, say);
    return;
  }
  if (dial === undefined) say('bytes-stay', 'an answer that nobody was asked for');
  else if (joined(dial.sent) !== received) {
    say('bytes-stay', `the answer is not the one of dial ${dial.number}`);
  }
}

/** Our own no: the envelope, with no word of the call in it. */
function judgeRefusal(received: string, status: number, say: Say): void {
  let code: unknown;
  try {
    code = JSON.parse(received)?.error?.code;
  } catch {
    code = undefined;
  }
  if (typeof code !== 'string') say('bytes-stay', `status ${status} comes without an envelope`);
  if (SECRETS.test(received)) say('nothing-told', `status ${status} repeats what was sent`);
}

function judgeStream(call: CallFacts, received: string, dial: Dial | undefined, say: Say): void {
  const told = withoutComments(received);
  const hides =
    call.wish.stream &&
    !call.wish.usageWanted &&
    (call.wish.operation === 'chat' || call.wish.operation === 'completion');
  const sent = dial === undefined ? '' : joined(dial.sent);
  const expected = hides ? withoutUsage(sent) : sent;
  if (told.includes(DONE) && dial?.doneSent !== true) {
    say('done-from-upstream', 'the caller got a [DONE] that nobody had sent');
  }
  if (call.sight === 'ended' && told !== expected) {
    say('bytes-stay', `the stream is not the one of dial ${dial?.number}`);
  }
  const part = withoutErrorEvent(told);
  if (!expected.startsWith(part)) {
    say('bytes-stay', `what came of the stream was not sent by dial ${dial?.number}`);
  }
  const broke = dial?.end === 'faulted' && call.releasedTurn !== undefined;
  if (call.sight === 'ended' && broke) {
    say('cut-is-unclean', `the upstream broke off (${dial.fault}), and the reply ends cleanly`);
  }
}

const withoutUsage = (sent: string): string =>
  sent
    .split(/(?<=\n\n)/)
    .filter((event) => !/"choices":\[\],"usage":\{/.test(event))
    .join('')
    .replaceAll(',"usage":null', '');

/** Heartbeats and summaries. */
const withoutComments = (received: string): string =>
  received
    .split(/(?<=\n\n)/)
    .filter((event) => !event.startsWith(': '))
    .join('');

/** Our error event, and the empty line that may close a broken event before it. */
function withoutErrorEvent(told: string): string {
  const at = told.lastIndexOf('event: error\ndata: {"error"');
  return at === -1 ? told : told.slice(0, at).replace(/\n\n$/, '');
}

function joined(pieces: readonly Uint8Array[]): string {
  const size = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const whole = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return text.decode(whole);
}
