// The words of the small library for callers: it needs nothing, and any OpenAI client works without
// it. What speaks them comes with the upstreams.

/** Where calls go: the gateway, and what answers when the gateway is gone. */
export type ClientOptions = {
  /** Base of the gateway's API, e.g. `http://127.0.0.1:4141/v1`. */
  readonly baseUrl: string;
  /** Of an OpenAI-compatible server on this device. */
  readonly localUrl: string | undefined;
};

/** What the gateway says of a call, from its response headers. */
export type Explained = {
  readonly decision: string;
  readonly tier: 1 | 2 | 3;
  readonly endpoint: string;
  readonly model: string;
  /** Undefined: unknown. */
  readonly costUsd: string | undefined;
};
