// The sim: a model server that needs no model. It speaks the OpenAI dialect over real HTTP, plays
// three models of three tiers, and answers the same request with the same bytes every time, so that
// it can stand where a provider stands in a demo, a test or a benchmark.
//
// It promises: plausible answers, honest token counts, logprobs that tell sure from unsure, and
// faults on demand (script.ts). It does not promise intelligence, nor protection from its callers:
// it checks no key and must listen on a loopback address or inside a test.
import { createServer } from 'node:http';
import type { Match } from './cues.ts';
import { newCues } from './cues.ts';
import { newMemory } from './memory.ts';
import type { SimModel } from './models.ts';
import { simModels } from './models.ts';
import { newObjects } from './objects.ts';
import type { Script } from './script.ts';
import { parseScript } from './script.ts';
import { resetAll } from './serve/control.ts';
import { serve } from './serve/serve.ts';
import type { Counters } from './serve/tally.ts';
import { newTally } from './serve/tally.ts';

export type SimOptions = {
  /** 0, the default, takes any free port. */
  readonly port?: number;
  readonly host?: string;
  readonly models?: readonly SimModel[];
  /** Wait before the first token of every answer. */
  readonly latencyMsFirst?: number;
  /** Wait before every further token. */
  readonly latencyMsPerToken?: number;
  /** Unix time in ms for `created`. The default stands still, so that answers never change. */
  readonly now?: () => number;
  /** Another seed, other answers. */
  readonly seed?: number;
  /** How many requests `requests().last` holds; 0 keeps no prompt in memory. */
  readonly requestsKeptMax?: number;
  readonly bodyBytesMax?: number;
};

export type Sim = {
  readonly url: string;
  readonly port: number;
  /** Stops listening and closes every connection, answered or not. */
  close(): Promise<void>;
  requests(): Counters;
  /**
   * Scripts requests to come, in the language of the `x-sim` header. Without a match: the next call
   * to a model, once. With one: every call it fits, `times` times or until removed. Returns what
   * removes it. Throws when the script is not understood.
   */
  script(script: string, match?: Match): () => void;
  /** Forgets counters, kept requests, scripts and remembered responses. */
  reset(): void;
};

const defaults = {
  port: 0,
  host: '127.0.0.1',
  /** 2025-10-09T08:53:20Z: where the clock stands unless one is given. */
  standingMs: 1_760_000_000_000,
  seed: 1,
  requestsKeptMax: 32,
  bodyBytesMax: 64 * 1024 * 1024,
};
/** Longer than any pool keeps an idle connection: the sim closes one only when told to. */
const keepAliveMs = 600_000;

export async function startSim(options: SimOptions = {}): Promise<Sim> {
  const tally = newTally(options.requestsKeptMax ?? defaults.requestsKeptMax);
  const house = {
    cues: newCues(),
    memory: newMemory(),
    objects: newObjects(),
    models: options.models ?? simModels,
    seed: options.seed ?? defaults.seed,
    now: options.now ?? (() => defaults.standingMs),
    tally,
    bodyBytesMax: options.bodyBytesMax ?? defaults.bodyBytesMax,
    pace: {
      latencyFirstMs: options.latencyMsFirst ?? 0,
      latencyTokenMs: options.latencyMsPerToken ?? 0,
    },
  };
  const server = createServer((request, response) => void serve(house, request, response));
  server.keepAliveTimeout = keepAliveMs;
  server.requestTimeout = 0;
  server.on('connection', (socket) => {
    tally.connected();
    socket.setNoDelay(true);
    socket.once('close', () => tally.disconnected());
  });
  const host = options.host ?? defaults.host;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? defaults.port, host, resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
    requests: () => tally.counters(),
    script: (source, match = { times: 1 }) => house.cues.add(understood(source), match),
    reset: () => resetAll(house),
  };
}

function understood(source: string): Script {
  const parsed = parseScript(source);
  if (!parsed.ok) throw new TypeError(parsed.problem.message);
  return parsed.value;
}
