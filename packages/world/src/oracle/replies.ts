// What a caller saw, held against what the upstream sent: byte for byte, except where usage that
// the gateway asked for itself is taken out again.

import {
  answeringDial,
  type CallFacts,
  type Dial,
  type FetchedFacts,
  headerOf,
  type Report,
  wordOf,
} from '../facts.ts';
import { SECRETS } from '../node/listener.ts';
import { labelsOf, tierAt } from './egress.ts';

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
  const dial = answeringDial(call);
  const isStream = call.sight !== 'answered' && call.received.length > 0;
  if (isStream) judgeStream(call, received, { headers: call.headers, dial }, say);
  else if (call.sight === 'answered') {
    judgeWhole(received, { status: call.status ?? 0, headers: call.headers, dial }, say);
  }
}

type Say = (invariant: Parameters<Report>[0], detail: string) => void;

function judgeFetched(call: CallFacts, { status, headers, body }: FetchedFacts, say: Say): void {
  const dial = answeringDial(call);
  const received = text.decode(body);
  const type = headerOf(headers, 'content-type') ?? '';
  if (type.startsWith('text/event-stream')) judgeStream(call, received, { headers, dial }, say);
  else judgeWhole(received, { status, headers, dial }, say);
}

type Seen = { readonly headers: readonly string[]; readonly dial: Dial | undefined };
type WholeSeen = Seen & { readonly status: number };

function judgeWhole(received: string, { status, headers, dial }: WholeSeen, say: Say): void {
  const isRelayed = headers.includes('x-signalbox-endpoint');
  if (status === 200 && !isRelayed) say('bytes-stay', 'an answer names no endpoint');
  if (!isRelayed) {
    judgeRefusal(received, status, say);
    return;
  }
  judgeHead(headers, dial, say);
  if (status === 200 && dial !== undefined && NO_ANSWERS.has(dial.script)) {
    say('no-false-answer', `what dial ${dial.number} said (${dial.script}) is no answer`);
  }
  if (dial === undefined) say('bytes-stay', 'an answer that nobody was asked for');
  else if (joined(dial.sent) !== received) {
    say('bytes-stay', `the answer is not the one of dial ${dial.number}`);
  }
}

/** What no caller may take for an answer. */
const NO_ANSWERS: ReadonlySet<string> = new Set(['malformed', 'empty', 'error-in-200', 'huge']);

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

/** What the head says of the decision. */
function judgeHead(headers: readonly string[], dial: Dial | undefined, say: Say): void {
  if (dial === undefined) return;
  const { call, endpoint, entry } = dial;
  const told = (name: string): string | undefined => headerOf(headers, `x-signalbox-${name}`);
  const decision = `dec_${call.id?.slice('req_'.length)}`;
  const isOurs = told('decision-id')?.startsWith(decision) === true;
  const tiers = entry?.versions.map(({ configuration }) =>
    tierAt(configuration, call.wish.tenant, endpoint),
  );
  const isRight = told('endpoint') === endpoint && tiers?.includes(Number(told('tier'))) === true;
  if (!isOurs || !isRight) {
    say(
      'record-true',
      `the head says ${told('decision-id')} at ${told('endpoint')} ${told('tier')}`,
    );
  }
  const labels = labelsOf(call);
  if (!labels.some((label) => told('sensitivity')?.startsWith(label))) {
    say('record-true', `the head says ${told('sensitivity')}, its label is ${labels.join(' or ')}`);
  }
}

function judgeStream(call: CallFacts, received: string, seen: Seen, say: Say): void {
  const { headers, dial } = seen;
  const told = withoutComments(received);
  const hides =
    call.wish.stream &&
    !call.wish.usageWanted &&
    (call.wish.operation === 'chat' || call.wish.operation === 'completion');
  const sent = dial === undefined ? '' : joined(dial.sent);
  const answer = hides ? withoutUsage(sent) : sent;
  // A heartbeat had opened the stream: a whole answer comes as an event.
  const expected = dial?.streams === true ? answer : eventOf(sent);
  // What a heartbeat opened says nothing of a decision that was not made yet.
  if (!received.startsWith(': ') && dial?.streams === true) judgeHead(headers, dial, say);
  if (dial?.script === 'error-first' && told.includes(joined(dial.sent))) {
    say('no-false-answer', `dial ${dial.number} said nothing but an error, and was passed on`);
  }
  if (told.includes(DONE) && !sent.includes(DONE)) {
    say('done-from-upstream', 'the caller got a [DONE] that nobody had sent');
  }
  if (call.sight === 'ended' && told !== expected) {
    say('bytes-stay', `the stream is not the one of dial ${dial?.number}`);
  }
  const isRelayed = told === `event: error\n${expected}`;
  const part = isRelayed ? '' : withoutErrorEvent(told);
  if (!expected.startsWith(part)) {
    say('bytes-stay', `what came of the stream was not sent by dial ${dial?.number}`);
  }
  const broke = dial?.end === 'faulted' && call.releasedTurn !== undefined;
  if (call.sight === 'ended' && broke) {
    say('cut-is-unclean', `the upstream broke off (${dial.fault}), and the reply ends cleanly`);
  }
}

const eventOf = (sent: string): string => `data: ${sent.split('\n').join('\ndata: ')}\n\n`;

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
