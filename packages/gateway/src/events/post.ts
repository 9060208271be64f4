// One request whose answer is nothing but its status: what it says is read to its end within a
// bound, and looked at by nobody.
import type { DialRequest, FaultCode, Upstream } from '@signalbox/contract';

const ANSWER_BYTES_MAX = 65_536;

export type Posted = {
  readonly status: number | undefined;
  readonly fault: FaultCode | undefined;
};

export function post(upstream: Upstream, request: DialRequest): Promise<Posted> {
  return new Promise((resolve) => {
    let status: number | undefined;
    let bytes = 0;
    const abort = upstream.dial(request, {
      head(said) {
        status = said;
      },
      chunk(part) {
        bytes += part.length;
        if (bytes <= ANSWER_BYTES_MAX) return;
        // It has answered; how much more it says is its own affair.
        resolve({ status, fault: undefined });
        abort();
      },
      end: () => resolve({ status, fault: undefined }),
      fault: ({ code }) => resolve({ status, fault: code }),
    });
  });
}
