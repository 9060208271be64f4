// What dispatch makes of a call, and what it is handed for it.
import type { Attempt, Headers, Keys, Refusal, Upstream } from '@signalbox/contract';
import type { Comparisons } from '../classify/route/comparisons.ts';
import type { Offer } from '../resolve/offer.ts';
import type { Scheduled } from '../schedule/schedule.ts';
import type { Signatures } from '../session/signatures.ts';
import type { OpenStream, WholeAnswer } from './attempt.ts';
import type { CascadeBreakers } from './evidence/cascade-breaker.ts';
import type { Fidelity } from './evidence/fidelity.ts';
import type { MovingPorts } from './order.ts';
import type { Piped } from './pipe.ts';
import type { Schemas } from './schemas.ts';

export type Outcome =
  | (Answered & { readonly kind: 'whole'; readonly answer: WholeAnswer; readonly relayed: boolean })
  | (Answered & { readonly kind: 'streamed'; readonly piped: Piped })
  | (Common & { readonly kind: 'failed'; readonly refusal: Refusal })
  /** Every offer refused connections: the call may be parked. */
  | (Common & { readonly kind: 'unreached'; readonly refusal: Refusal })
  | (Common & { readonly kind: 'left' });

export type Common = {
  /** On the monotonic clock. */
  readonly startedAt: number;
  readonly attempts: readonly Attempt[];
  readonly firstByteMs: number | undefined;
  readonly upstreamMs: number;
};
type Answered = Common & {
  readonly offer: Offer;
  /** What the upstream's format, or the caller's, could not carry. */
  readonly dropped: readonly string[];
};

export type DispatchPorts = MovingPorts & {
  readonly upstream: Upstream;
  readonly keys: Keys;
  readonly signatures: Pick<Signatures, 'find'>;
  readonly schemas: Schemas;
  readonly cascades: CascadeBreakers;
  readonly fidelity: Fidelity;
  readonly comparisons: Pick<Comparisons, 'standing'>;
  /** The head of a stream's answer, asked for when it is released. */
  readonly streamHead: (
    call: Scheduled,
    offer: Offer,
    attempts: readonly Attempt[],
    answer: OpenStream,
    dropped: readonly string[],
  ) => Headers;
  /** Whether an object there is the caller's; undefined: all of them are. */
  readonly ownAt: (call: Scheduled, offer: Offer) => ((id: string) => boolean) | undefined;
  /** An error event in the caller's dialect. */
  readonly errorEvent: (call: Scheduled, refusal: Refusal) => Uint8Array;
};
