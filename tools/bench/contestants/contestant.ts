/**
 * One server that the load is sent to. The benchmarks know nothing else about it: each stands
 * behind this interface, in its own process, in front of the same upstream.
 */
export interface Contestant {
  readonly name: string;
  /** `environment` is added to that of its process, for probes that the benchmark loads into it. */
  start(upstreamUrl: string, environment?: Readonly<Record<string, string>>): Promise<Running>;
}

export interface Running {
  /** `http://127.0.0.1:PORT`, without a path. */
  readonly url: string;
  /** What every request to it must carry. */
  readonly headers: Readonly<Record<string, string>>;
  /**
   * The process at the root of the tree whose CPU and memory are counted; undefined when there is
   * none in between.
   */
  readonly treeRoot: number | undefined;
  /** Opens this many live views of its console; the returned function closes them. */
  readonly openTails?: (count: number) => Promise<() => void>;
  close(): Promise<void>;
}

/** The model every contestant must know, answered by the mock. */
export const model = 'mock-model';
