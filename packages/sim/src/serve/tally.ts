// What the sim has seen: counters, and the last requests with headers and exact bytes, so that a
// test can ask what really arrived. The newest request is kept whole; older ones go when either
// bound is passed.

export type SeenRequest = {
  readonly method: string;
  readonly path: string;
  /** Names and values alternating, exactly as they arrived. */
  readonly rawHeaders: readonly string[];
  /** Lower-case names; a repeated header's values joined with a comma. */
  readonly headers: Readonly<Record<string, string>>;
  body: Uint8Array;
};

export type Counters = {
  /** Requests whose head arrived, /sim/ ones left out. */
  readonly received: number;
  /** Requests that are being answered right now. */
  readonly open: number;
  /** Answered to the last byte, errors and scripted faults included. */
  readonly completed: number;
  /** The caller left before its answer ended. */
  readonly aborted: number;
  /** The sim itself broke the answer off, as a script told it to. */
  readonly broken: number;
  /** Requests by the model they named. */
  readonly byModel: Readonly<Record<string, number>>;
  /** Open connections. */
  readonly connections: number;
  /** The last requests, oldest first. */
  readonly last: readonly SeenRequest[];
};

export type Outcome = 'completed' | 'aborted' | 'broken';

export type Tally = {
  arrived(seen: SeenRequest): void;
  named(model: string): void;
  ended(outcome: Outcome): void;
  connected(): void;
  disconnected(): void;
  counters(): Counters;
  reset(): void;
};

const keptBytesMax = 16 * 1024 * 1024;
const modelsMax = 100;

export function newTally(requestsKeptMax: number): Tally {
  let counts = { received: 0, open: 0, completed: 0, aborted: 0, broken: 0 };
  let connections = 0;
  let last: SeenRequest[] = [];
  const byModel = new Map<string, number>();
  return {
    arrived: (seen) => {
      counts.received += 1;
      counts.open += 1;
      if (requestsKeptMax > 0) last = keep([...last, seen], requestsKeptMax);
    },
    named: (model) => {
      const name = byModel.has(model) || byModel.size < modelsMax ? model : 'other';
      byModel.set(name, (byModel.get(name) ?? 0) + 1);
    },
    ended: (outcome) => {
      counts.open -= 1;
      counts[outcome] += 1;
    },
    connected: () => {
      connections += 1;
    },
    disconnected: () => {
      connections -= 1;
    },
    counters: () => ({
      ...counts,
      byModel: Object.fromEntries(byModel),
      connections,
      last: [...last],
    }),
    reset: () => {
      // What is open stays open: a reset must not make the count go below zero later.
      counts = { received: 0, open: counts.open, completed: 0, aborted: 0, broken: 0 };
      byModel.clear();
      last = [];
    },
  };
}

function keep(requests: readonly SeenRequest[], requestsMax: number): SeenRequest[] {
  const kept: SeenRequest[] = [];
  let bytes = 0;
  for (const request of requests.toReversed()) {
    bytes += request.body.byteLength;
    if (kept.length === requestsMax || (kept.length > 0 && bytes > keptBytesMax)) break;
    kept.push(request);
  }
  return kept.toReversed();
}
