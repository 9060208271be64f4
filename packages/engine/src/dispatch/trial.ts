// One attempt while it is out: where it went, what was sent, when its first byte came, and how to
// let go of it. A class with the shape that a dial wants, so that an attempt costs one object and
// no function of its own.
import type { Clock, Credential, Upstream } from '@signalbox/contract';
import type { Rendered } from '@signalbox/dialect';
import type { EndpointLane } from '../catalog/ways.ts';
import type { Offer } from '../resolve/offer.ts';
import type { Dialling } from './attempt.ts';
import type { Ready } from './ready.ts';
import type { Line } from './standing.ts';
import type { Visit } from './visit.ts';

/** Begun beside another attempt: that took long, or the time was about to run out. */
export type Role = 'hedge' | 'late';

export type Whither = {
  readonly offer: Offer;
  readonly ready: Ready;
  readonly visit: Visit;
  readonly role: Role | undefined;
  readonly isOwn: Dialling['isOwn'];
};

export class Trial implements Dialling {
  readonly offer: Offer;
  readonly visit: Visit;
  readonly role: Role | undefined;
  readonly credential: Credential | undefined;
  readonly lane: EndpointLane;
  readonly path: string;
  readonly rendered: Rendered;
  readonly hideUsage: boolean;
  readonly hideLogprobs: boolean;
  readonly isOwn: Dialling['isOwn'];
  readonly upstream: Upstream;
  readonly started: number;
  firstByteMs: number | undefined = undefined;
  readonly #clock: Clock;
  #abort: (() => void) | undefined = undefined;
  #aborted = false;

  constructor({ offer, ready, visit, role, isOwn }: Whither, upstream: Upstream, clock: Clock) {
    this.offer = offer;
    this.visit = visit;
    this.role = role;
    this.credential = credentialAt(ready.lane, visit.line);
    this.lane = ready.lane;
    this.path = ready.path;
    this.rendered = ready.rendered;
    this.hideUsage = ready.hideUsage;
    this.hideLogprobs = ready.hideLogprobs;
    this.isOwn = isOwn;
    this.upstream = upstream;
    this.started = visit.began;
    this.#clock = clock;
  }

  begun(abort: () => void): void {
    this.#abort = abort;
    if (this.#aborted) abort();
  }

  firstByte(): void {
    this.firstByteMs = this.#clock.monotonic() - this.started;
  }

  abort(): void {
    this.#aborted = true;
    this.#abort?.();
  }
}

/** Documents that were swapped under the call may list them otherwise: then its name finds it. */
function credentialAt({ credentials }: EndpointLane, line: Line): Credential | undefined {
  const name = line.credential?.name;
  const one = credentials[line.at];
  return one?.name === name ? one : credentials.find((other) => other.name === name);
}
