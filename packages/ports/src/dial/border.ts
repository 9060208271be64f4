// The far end of every clearance: asked once more where something is about to leave, with the place
// it goes to, the label of what it carries and whose it is. Whatever a room before did wrong, what
// is not covered opens no socket; it is told as blocked, and the attempt as `clearance_exceeded`.
import {
  covers,
  type DialRequest,
  type DialSink,
  type Fault,
  fault,
  type Upstream,
} from '@signalbox/contract';

/**
 * What was stopped at the border: for the journal and the metrics. Names and reasons, no content.
 */
export type Blocked = {
  readonly kind: 'clearance' | 'address' | 'credential';
  readonly place: string;
  readonly origin: string;
  /** The term of the clearance, or what is wrong with the address. */
  readonly reason: string;
};

export type OnBlocked = (blocked: Blocked, request: DialRequest) => void;

/** Dials what the clearance of a request covers, and nothing else. */
export function bordered({ dial }: Upstream, onBlocked: OnBlocked): Upstream {
  return {
    dial(request, sink) {
      const { place, clearance } = request;
      const breach = covers(clearance, request);
      if (breach === undefined) return dial(request, sink);
      const { name, origin } = place;
      onBlocked({ kind: 'clearance', place: name, origin, reason: breach }, request);
      return refuse(sink, 'clearance_exceeded', `${name}: ${breach}`);
    },
  };
}

const RETRY_ELSEWHERE: ReadonlySet<string> = new Set(['address_denied', 'connect_failed']);

type Refused = 'clearance_exceeded' | 'malformed' | 'address_denied' | 'connect_failed';

/** Told after `dial` has returned, unless aborted before. */
export function refuse(sink: DialSink, code: Refused, detail: string): () => void {
  const retry = RETRY_ELSEWHERE.has(code) ? 'other' : 'never';
  let why: Fault | undefined = fault(code, 'ourselves', retry, detail);
  queueMicrotask(() => {
    if (why !== undefined) sink.fault(why);
  });
  return () => {
    why = undefined;
  };
}
