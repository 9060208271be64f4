// A model in a process of its own, behind an address that any OpenAI client can use.
//
// Purpose: tier 1 without another program. One GGUF file is loaded by a native engine in a child
// process, which answers the OpenAI dialect on 127.0.0.1; to the rest of Signalbox it is an
// endpoint like any other.
//
// Promise: a crash of the engine takes only the child along, and it is started again, after a pause
// that doubles up to half a minute; so is one whose engine stands still. Address and secret stay
// the same meanwhile: the port is held here, connections are handed to the child one by one, and
// while there is no child they are answered with 503. So nobody else can take the port over and be
// sent a prompt. The secret is random, travels over the channel between the two processes alone,
// and is asked for at every request. When this process dies, however it dies, the child ends. When
// a caller leaves, the model stops after the token it is at, and its slot is free.
//
// Limits: one file a child, text only, tools for models that write `<tool_call>`. See README.md.
import { randomBytes } from 'node:crypto';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { availableParallelism } from 'node:os';
import { type Models, Secret } from '@signalbox/contract';
import { type Child, type ChildExit, startChild } from './child.ts';
import { EmbeddedFault } from './fault.ts';
import type { StartMessage } from './messages.ts';

const SLOTS = 2;
const CONTEXT_TOKENS_MAX = 8_192;
const THREADS_MAX = 16;
const START_MS_MAX = 120_000;
/** Of one token or slice of a prompt; the slowest machine that anybody would use takes seconds. */
const STEP_MS_MAX = 60_000;

const RESTART_MS_FIRST = 250;
const RESTART_MS_MAX = 30_000;
/** A child that has lived this long did not die of what killed the one before. */
const HEALTHY_MS = 60_000;

const SECRET_BYTES = 32;
const REFUSED_MS_MAX = 1_000;

export type EmbeddedOptions = {
  readonly modelPath: string;
  /**
   * Folders whose `node_modules` may hold the engine, in order. The application's own are looked
   * at last, without being named.
   */
  readonly enginePaths?: readonly string[];
  /** How many answers are written at once. */
  readonly slots?: number;
  /** Of one slot; never more than the model was made for. */
  readonly contextTokensMax?: number;
  /** Cores for the engine. All but one unless said otherwise: the rest of us wants to live, too. */
  readonly threads?: number;
  readonly startMsMax?: number;
  /** A child whose engine has not moved for this long is ended and started again. */
  readonly stepMsMax?: number;
  /** Told at every end of a child that was not asked for, and at every failed start after one. */
  readonly onExit?: (exit: EmbeddedExit) => void;
};

export type EmbeddedExit = {
  readonly code: number | undefined;
  readonly signal: string | undefined;
  /** Why a restart did not succeed, or that a child hung; undefined when it ended by itself. */
  readonly fault: EmbeddedFault | undefined;
  readonly restartInMs: number;
};

export type EmbeddedModel = {
  /** Without a path: `http://127.0.0.1:PORT`. */
  readonly url: string;
  readonly secret: string;
  readonly modelId: string;
  /** What a prompt and its answer share. */
  readonly contextTokens: number;
  /** Of the child that serves now; undefined while there is none. */
  readonly pid: () => number | undefined;
  readonly close: () => Promise<void>;
};

/** The port, for composers that need no more than an endpoint. */
export function createModels(options: Omit<EmbeddedOptions, 'modelPath'>): Models {
  return {
    async start(modelPath) {
      const { url, secret, modelId, close } = await startEmbedded({ ...options, modelPath });
      return { url, secret: new Secret(secret), modelId, close };
    },
  };
}

/** Rejects with an `EmbeddedFault` when the first start fails; later ones are tried again. */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedModel> {
  const start: StartMessage = {
    kind: 'start',
    secret: randomBytes(SECRET_BYTES).toString('base64url'),
    modelPath: options.modelPath,
    enginePaths: options.enginePaths ?? [],
    slots: options.slots ?? SLOTS,
    contextTokensMax: options.contextTokensMax ?? CONTEXT_TOKENS_MAX,
    stepMsMax: options.stepMsMax ?? STEP_MS_MAX,
    threads: options.threads ?? Math.min(THREADS_MAX, Math.max(1, availableParallelism() - 1)),
  };
  const keeper = new Keeper(start, options);
  const listener = await listen((socket) => keeper.take(socket));
  const close = async (): Promise<void> => {
    listener.close();
    await keeper.close();
  };
  try {
    const { modelId, contextTokens } = await keeper.begin();
    const { url } = listener;
    return { url, secret: start.secret, modelId, contextTokens, pid: () => keeper.pid(), close };
  } catch (cause) {
    await close();
    throw cause;
  }
}

/** Keeps one child running. */
class Keeper {
  readonly #start: StartMessage;
  readonly #options: EmbeddedOptions;
  #child: Child | undefined;
  #startedMs = 0;
  #failures = 0;
  readonly #closing = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  /** The start that is under way, if any. */
  #starting: Promise<void> | undefined;

  constructor(start: StartMessage, options: EmbeddedOptions) {
    this.#start = start;
    this.#options = options;
  }

  async begin(): Promise<Child['ready']> {
    const startMsMax = this.#options.startMsMax ?? START_MS_MAX;
    const child = await startChild(this.#start, startMsMax, this.#closing.signal);
    this.#keep(child);
    return child.ready;
  }

  pid(): number | undefined {
    return this.#child?.pid;
  }

  take(socket: Socket): void {
    if (this.#child === undefined) refuse(socket);
    else this.#child.give(socket, refuse);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    clearTimeout(this.#timer);
    await this.#starting;
    const child = this.#child;
    child?.kill();
    await child?.exited;
  }

  #keep(child: Child): void {
    this.#child = child;
    this.#startedMs = performance.now();
    child.exited.then((exit) => {
      this.#child = undefined;
      if (performance.now() - this.#startedMs >= HEALTHY_MS) this.#failures = 0;
      if (!this.#closing.signal.aborted) this.#again(exit, this.#faultOf(exit));
    });
    if (this.#closing.signal.aborted) child.kill();
  }

  #faultOf({ hung }: ChildExit): EmbeddedFault | undefined {
    if (!hung) return undefined;
    return new EmbeddedFault(
      'model_hung',
      `the engine stood still for ${this.#start.stepMsMax} ms`,
    );
  }

  #again({ code, signal }: Omit<ChildExit, 'hung'>, fault: EmbeddedFault | undefined): void {
    const restartInMs = Math.min(RESTART_MS_FIRST * 2 ** this.#failures, RESTART_MS_MAX);
    this.#failures += 1;
    this.#timer = setTimeout(() => {
      this.#starting = this.#restart();
    }, restartInMs);
    this.#options.onExit?.({ code, signal, fault, restartInMs });
  }

  async #restart(): Promise<void> {
    try {
      await this.begin();
    } catch (cause) {
      if (this.#closing.signal.aborted) return;
      const detail = cause instanceof Error ? cause.message : 'unknown reason';
      const fault =
        cause instanceof EmbeddedFault ? cause : new EmbeddedFault('start_failed', detail);
      this.#again({ code: undefined, signal: undefined }, fault);
    }
  }
}

function listen(
  take: (socket: Socket) => void,
): Promise<{ readonly url: string; readonly close: () => void }> {
  // Paused: the first bytes must be read by the child, not here.
  const server: Server = createServer({ pauseOnConnect: true }, take);
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port: 0 }, () => {
      server.off('error', reject);
      resolve({ url: `http://127.0.0.1:${portOf(server.address())}`, close: () => server.close() });
    });
  });
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('the listener has no port');
  return address.port;
}

/** There is no child: says so, in the dialect, without reading the request. */
function refuse(socket: Socket): void {
  const code = 'model_restarting';
  const message = 'the model is being started again; try again shortly';
  const body = JSON.stringify({ error: { message, type: 'server_error', param: null, code } });
  const head = [
    'HTTP/1.1 503 Service Unavailable',
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    `retry-after-ms: ${RESTART_MS_FIRST * 4}`,
    'connection: close',
  ];
  socket.on('error', () => {});
  socket.setTimeout(REFUSED_MS_MAX, () => socket.destroy());
  // What was sent is read and dropped, or the answer would be lost with the connection.
  socket.resume();
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
