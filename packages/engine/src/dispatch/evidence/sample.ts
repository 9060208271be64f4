// What a call that was drawn for an audit leaves behind: the answers that were heard for it, read
// in our words, whoever of them went out. Made for such calls alone; nothing of it is kept when the
// audit is over, and its caller does not wait for it.
import {
  type Attempt,
  type Headers,
  type Keys,
  type Reply,
  type Usage,
  yes,
} from '@signalbox/contract';
import { type Answer, readAnswerOf, wireOf } from '@signalbox/dialect';
import type { Offer } from '../../resolve/offer.ts';
import type { Scheduled } from '../../schedule/schedule.ts';
import type { Found } from '../check.ts';
import { Gathered } from '../gathered.ts';
import type { Outcome } from '../outcome.ts';

export type HeardAnswer = {
  readonly offer: Offer;
  readonly answer: Answer;
  /** Undefined: nobody asked how sure it is. */
  readonly confidence: number | undefined;
  readonly attempt: Attempt | undefined;
  /** Undefined: nobody told. */
  readonly usage: Usage | undefined;
  /** Its caller got it. */
  readonly isServed: boolean;
};

const NONE: readonly never[] = [];

function toldBy(outcome: Outcome): Usage | undefined {
  if (outcome.kind === 'whole') return outcome.answer.facts.usage;
  return outcome.kind === 'streamed' ? outcome.piped.facts.usage : undefined;
}

type JudgedAnswer = Pick<HeardAnswer, 'offer' | 'answer'> & {
  readonly found: Pick<Found, 'confidence' | 'rejected'>;
};

const isOf = (
  attempt: Attempt,
  { offer: { place, offering }, found: { confidence, rejected } }: JudgedAnswer,
): boolean =>
  attempt.endpoint === place.name &&
  attempt.modelAsked === offering.upstream &&
  attempt.confidence === confidence &&
  attempt.rejected === rejected &&
  (attempt.outcome === 'judged-away' || attempt.outcome === 'answered');

/** More of a stream is not kept, and not compared. */
const KEPT_BYTES_MAX = 262_144;
const DRAW_BITS = 32;

/**
 * Undefined: the call was not drawn. Drawn by a keyed hash of its id: nobody can tell beforehand
 * which calls are, and nothing of the call itself moves it.
 */
export function sampleOf(call: Scheduled, keys: Pick<Keys, 'mac'>): Sample | undefined {
  const { verdict, better } = call.route;
  const share = verdict.cascade?.audit;
  if (share === undefined || verdict.unlogged || !mayRunTwice(call)) return undefined;
  if (better.length === 0 && call.question.model !== 'auto') return undefined;
  const drawn = new DataView(keys.mac('audit', call.id).buffer).getUint32(0);
  return drawn < share * 2 ** DRAW_BITS ? new Sample(share) : undefined;
}

/** Nothing happens twice that anybody would notice: no state, no tools that run over there. */
function mayRunTwice({ head, question }: Scheduled): boolean {
  const { dialect, operation } = head;
  if (operation !== 'chat' && operation !== 'completion') return false;
  if (question.passing !== undefined || question.statefulReference !== undefined) return false;
  if (question.answersWanted > 1 || (question.fileReferences?.length ?? 0) > 0) return false;
  return !question.toolsOffered || (dialect !== 'anthropic' && dialect !== 'gemini');
}

/** What a call has that was drawn. */
export type Sampling = { sample?: Sample | undefined };

export class Sample {
  /** Probability with which it was drawn, 0 to 1. */
  readonly propensity: number;
  readonly #judged: JudgedAnswer[] = [];
  #outcome: Outcome | undefined = undefined;
  #listening: Listening | undefined = undefined;

  constructor(propensity: number) {
    this.propensity = propensity;
  }

  /** What of a stream goes out is heard, too. */
  listen(reply: Reply): Reply {
    this.#listening = new Listening(reply);
    return this.#listening;
  }

  judged(offer: Offer, answer: Answer, found: JudgedAnswer['found']): void {
    this.#judged.push({ offer, answer, found });
  }

  ended(outcome: Outcome): void {
    this.#outcome = outcome;
  }

  /** In the order in which they came. Empty: none went out, or it was too long. */
  heard(call: Scheduled): readonly HeardAnswer[] {
    const outcome = this.#outcome;
    if (outcome === undefined || !('offer' in outcome)) return NONE;
    if (outcome.kind === 'whole' && outcome.relayed) return NONE;
    if (outcome.kind === 'streamed' && outcome.piped.ending !== 'answered') return NONE;
    const { offer: served, attempts } = outcome;
    const last = attempts.at(-1);
    const left = [...attempts];
    const heardOf = (one: JudgedAnswer): HeardAnswer => {
      const at = left.findLastIndex((other) => isOf(other, one));
      const [attempt] = at < 0 ? [] : left.splice(at, 1);
      // The one that went out stands last, whenever it was judged.
      const isServed = attempt !== undefined && attempt === last;
      const usage = isServed ? toldBy(outcome) : attempt?.usage;
      const { offer, answer, found } = one;
      return { offer, answer, confidence: found.confidence, attempt, usage, isServed };
    };
    const seen = this.#judged.toReversed().map(heardOf).reverse();
    if (seen.length > 0) return seen;
    const answer = this.#served(call, outcome);
    if (answer === undefined) return NONE;
    const facts = { attempt: last, usage: toldBy(outcome), isServed: true };
    return [{ offer: served, answer, confidence: undefined, ...facts }];
  }

  #served({ head }: Scheduled, outcome: Outcome): Answer | undefined {
    const caller = wireOf(head.dialect, head.operation);
    const { operation } = head;
    const lane = { upstream: caller, caller, operation, carried: false };
    const isWhole = outcome.kind === 'whole';
    const bytes = isWhole ? outcome.answer.body : this.#listening?.bytes;
    return bytes === undefined ? undefined : readAnswerOf(lane, bytes, !isWhole);
  }
}

/** A caller's side that is written to as ever, and remembers what of a stream went out. */
class Listening implements Reply {
  readonly #reply: Reply;
  readonly #gathered = new Gathered();
  #isTooLong = false;

  constructor(reply: Reply) {
    this.#reply = reply;
  }

  /** Undefined: it was too long. */
  get bytes(): Uint8Array | undefined {
    return this.#isTooLong ? undefined : this.#gathered.view();
  }

  write(bytes: Uint8Array): boolean {
    if (this.#gathered.length + bytes.length > KEPT_BYTES_MAX) this.#isTooLong = true;
    if (this.#isTooLong) this.#gathered.take();
    else this.#gathered.add(bytes);
    return this.#reply.write(bytes);
  }
  whole(status: number, headers: Headers, body: Uint8Array): void {
    this.#reply.whole(status, headers, body);
  }
  begin(status: number, headers: Headers): void {
    this.#reply.begin(status, headers);
  }
  onDrain(then: () => void): void {
    this.#reply.onDrain(then);
  }
  end(trailers: Headers): void {
    this.#reply.end(trailers);
  }
  cut(): void {
    this.#reply.cut();
  }
  begun(): boolean {
    return this.#reply.begun();
  }
  onLeave(then: (stops: boolean) => void): void {
    this.#reply.onLeave(then);
  }
  defer(parked: Parameters<Reply['defer']>[0]): ReturnType<Reply['defer']> {
    return this.#reply.defer(parked);
  }
  kept(): Promise<void> | undefined {
    return this.#reply.kept();
  }
}

export const hasLogprobs = ({ answers }: Answer): boolean =>
  answers.some(({ logprobs }) => logprobs.length > 0);

/** What tells a model from itself after a change: its name there, quantisation, what is claimed. */
export const madeOf = (
  { upstream, facts: { quantisation } }: Offer['offering'],
  claimed: string | undefined,
): string => `${upstream} ${quantisation ?? '-'} ${claimed?.slice(0, CLAIMED_MAX) ?? '-'}`;

/** Of what a server claims, which may be of any length. */
const CLAIMED_MAX = 128;

/** The caller's side of a call that nobody sent. */
export const NOBODY: Reply = {
  whole() {},
  begin() {},
  write: () => true,
  onDrain() {},
  end() {},
  cut() {},
  begun: () => false,
  onLeave() {},
  defer: () => Promise.resolve(yes(false)),
  kept: () => undefined,
};
