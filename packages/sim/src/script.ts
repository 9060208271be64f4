// What the sim is told to do with one request beside answering it: pace, wrongness, faults.
// One small language serves the header, the prompt directive, the endpoint and the program:
// `latency-first=50,tokens=200,fault=die-after:10,unsure`. README.md is its reference.

export type Script = {
  readonly latencyFirstMs?: number;
  readonly latencyTokenMs?: number;
  readonly tokens?: number;
  readonly sure?: boolean;
  readonly right?: boolean;
};
