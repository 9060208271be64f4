// After the door: a released stream goes to the caller byte for byte, as fast as the caller takes
// it. Money is reserved ahead of what is spent; a stream that outruns its budget is cut. However it
// ends, it ends once, and a broken stream ends with an error event and without a clean end.
import {
  type Fault,
  fault,
  type Mac,
  type Refusal,
  type Reply,
  refusal,
} from '@signalbox/contract';
import type { StreamFacts, StreamReader } from '@signalbox/dialect';
import { costNanoUsd } from '@signalbox/documents';
import type { Offer } from '../resolve/offer.ts';
import type { Scheduled } from '../schedule/schedule.ts';
import type { OpenStream, Released } from './attempt.ts';

export type Piped = {
  readonly ending: 'answered' | 'cut' | 'left';
  readonly facts: StreamFacts;
  readonly fault: Fault | undefined;
  /** What the caller was told after the first byte. */
  readonly refusal: Refusal | undefined;
  /** Over the bytes that the caller was sent. */
  readonly commitment: Mac;
};

/** Output tokens that are reserved at a time once the first reservation is used up. */
export const EXTEND_TOKENS = 256;

const UPSTREAM_SAID = refusal(
  'upstream_failed',
  'The upstream reported an error in the middle of its answer.',
);

const NOT_JSON = refusal(
  'upstream_failed',
  'An event in the stream of the upstream is not valid JSON.',
);
const NO_END = refusal(
  'upstream_failed',
  'The stream of the upstream stopped before the answer had ended.',
);

/** Told to whoever is still there when the node stops. */
export const STOPPED: Refusal = refusal(
  'shed',
  'The gateway stopped before the answer had ended.',
  { retryAfterMs: 1_000 },
);

type Broken = readonly [told: Refusal, why?: Fault];

const OVERSPENT: Broken = [
  refusal('budget_exhausted', 'The budget was spent while the answer streamed.'),
];

const UNREADABLE: Broken = [
  NOT_JSON,
  fault('malformed', 'upstream', 'never', 'an event is not JSON'),
];

/** What a stream that ended cleanly lacks to be an answer. */
function brokenBy({ malformed, finished }: StreamFacts): Broken | undefined {
  if (malformed) return UNREADABLE;
  if (finished !== false) return undefined;
  return [NO_END, fault('closed_early', 'upstream', 'never', 'no reason to end')];
}

function stopped({ code: why }: Fault): Refusal {
  const slow = why === 'idle_timeout' || why === 'total_timeout';
  const code = slow ? 'upstream_timeout' : 'upstream_failed';
  return refusal(code, `The upstream stopped in the middle of its answer (${why}).`);
}

type Pipe = {
  readonly answer: Released & OpenStream;
  readonly reply: Reply;
  readonly ports: {
    readonly commitment: Mac;
    readonly abort: () => void;
    readonly leave: (then: (stops: boolean) => void) => void;
    readonly errorEvent: (call: Scheduled, refusal: Refusal) => Uint8Array;
  };
};

export function pipe(
  call: Scheduled,
  offer: Offer,
  { answer, reply, ports }: Pipe,
): Promise<Piped> {
  const { reader, flow } = answer;
  return new Promise((resolve) => {
    const affords = reserver(call, offer, reader);
    let over = false;
    const finish = (ending: Piped['ending'], why?: Fault, told?: Refusal): void => {
      over = true;
      resolve({
        ending,
        facts: reader.facts(),
        fault: why,
        refusal: told,
        commitment: ports.commitment,
      });
    };
    const write = (bytes: Uint8Array): void => {
      if (bytes.length === 0) return;
      ports.commitment.add(bytes);
      if (reply.write(bytes)) return;
      flow.pause();
      reply.onDrain(() => flow.resume());
    };
    const cut = (told: Refusal, why?: Fault): void => {
      write(reader.closing());
      if (!answer.isUnread) write(ports.errorEvent(call, told));
      reply.cut();
      finish('cut', why, told);
    };
    // The caller has the upstream's own words for it; what is left to us is the unclean end.
    const endInError = (): void => {
      reply.cut();
      finish('cut', fault('body_error', 'upstream', 'never', 'an error event'), UPSTREAM_SAID);
    };
    ports.leave((stops) => {
      if (over) return;
      if (stops) cut(STOPPED);
      else finish('left');
    });
    if (over) return;
    write(answer.opening);
    answer.consume({
      chunk(bytes) {
        if (over) return;
        const out = reader.push(bytes);
        const isReadable = !reader.facts().malformed;
        if (isReadable) write(out);
        if (isReadable && affords()) return;
        ports.abort();
        cut(...(isReadable ? OVERSPENT : UNREADABLE));
      },
      end() {
        if (over) return;
        write(reader.rest());
        const broken = brokenBy(reader.facts());
        if (reader.facts().error) endInError();
        else if (broken === undefined) finish('answered');
        else cut(...broken);
      },
      fault(why) {
        if (over) return;
        if (reader.facts().error) endInError();
        else cut(stopped(why), why);
      },
    });
  });
}

/** Reserves ahead of what is spent; the answer says whether the budget reaches. */
function reserver(call: Scheduled, offer: Offer, reader: StreamReader): () => boolean {
  let reserved = call.permit.outputTokensReserved;
  return () => {
    const lacking = reader.facts().events - reserved;
    if (lacking <= 0) return true;
    const outputTokens = Math.ceil(lacking / EXTEND_TOKENS) * EXTEND_TOKENS;
    const more = costNanoUsd(offer.offering.price, { inputTokens: 0, outputTokens });
    reserved += outputTokens;
    return more.kind === 'unknown' || more.nanoUsd === 0n || call.permit.extend(more.nanoUsd);
  };
}
