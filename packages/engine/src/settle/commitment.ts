// What a record says of a body: a keyed digest, so that whoever has the body can show later that it
// was this one. Of a large body it is made in steps while the call is read; at the end, with the
// record, it would hold the loop for as long as hashing 25 MB takes.
import type { Clock, Keys, Question } from '@signalbox/contract';

export const COMMITMENT_BYTES = 16;
/** Hashed in less than a millisecond. */
const STEP_BYTES = 1_048_576;

type Asked = { readonly question: Question; requestCommitment?: string };
type Ports = { readonly keys: Keys; readonly clock: Pick<Clock, 'after'> };

/** Undefined: it is small, and made with its record. */
export function commitLarge(call: Asked, { keys, clock }: Ports): Promise<void> | undefined {
  const { bytes } = call.question;
  if (bytes.length <= STEP_BYTES) return undefined;
  const mac = keys.begin('request');
  return new Promise((done) => {
    let at = 0;
    const step = (): void => {
      mac.add(bytes.subarray(at, at + STEP_BYTES));
      at += STEP_BYTES;
      if (at < bytes.length) {
        clock.after(0, step);
        return;
      }
      call.requestCommitment = mac.end(COMMITMENT_BYTES);
      done();
    };
    step();
  });
}

export const requestCommitment = (
  { question, requestCommitment: made }: Partial<Asked>,
  keys: Keys,
): string | undefined =>
  made ?? (question && keys.digest('request', question.bytes, COMMITMENT_BYTES));
