// A stream that is held back until it was checked says that it is alive: a comment now and then, as
// a stream does that waits for a route. Then its headers have gone, and what they would have said
// is in the record of the decision. Short answers come before the first comment, headers and all.
import { type Clock, decisionId, type Reply } from '@signalbox/contract';
import { encode } from '@signalbox/dialect';
import type { Scheduled } from '../schedule/schedule.ts';

const HEARTBEAT_MS = 15_000;
const COMMENT = encode(': checking the answer\n\n');

/** Begins; returns how to stop. A caller that may be answered later hears nothing meanwhile. */
export function beat(
  call: Scheduled & { readonly entry?: number },
  reply: Reply,
  clock: Clock,
): () => void {
  if (!call.question.stream || call.head.queueAllowed) return () => undefined;
  const say = (): void => {
    reply.begin(200, [
      ['content-type', 'text/event-stream'],
      ['cache-control', 'no-cache'],
      ['x-signalbox-decision-id', decisionId(call.id, call.entry ?? 1)],
    ]);
    reply.write(COMMENT);
    cancel = clock.after(HEARTBEAT_MS, say);
  };
  let cancel = clock.after(HEARTBEAT_MS, say);
  return () => cancel();
}
