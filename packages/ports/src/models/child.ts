// Starts the child process and waits until it can serve.
import { type ChildProcess, fork } from 'node:child_process';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { EmbeddedFault } from './fault.ts';
import { Handing, type Refuse } from './handing.ts';
import {
  PULSE_MS,
  type ReadyMessage,
  readToParent,
  type StartMessage,
  type ToChild,
} from './messages.ts';

const ENTRY = fileURLToPath(new URL('./serve/main.ts', import.meta.url));
/** An idle child should cost little: small young space, lean code, no threads for the collector. */
const NODE_FLAGS: readonly string[] = [
  '--max-semi-space-size=1',
  '--optimize-for-size',
  '--single-threaded-gc',
  '--v8-pool-size=1',
];
/** Of what the engine says while it loads, for the person who must find out why it does not. */
const WORDS_MAX = 2_000;

export type ChildExit = {
  readonly code: number | undefined;
  readonly signal: string | undefined;
  /** It was ended because it did not move any more. */
  readonly hung: boolean;
};

export type Child = {
  readonly pid: number;
  readonly ready: ReadyMessage;
  /** Hands a connection over; it is refused if the child is gone in that moment. */
  readonly give: (socket: Socket, refuse: Refuse) => void;
  readonly exited: Promise<ChildExit>;
  readonly kill: () => void;
};

/** Rejects with an `EmbeddedFault`; when the signal says so, the child that loads is ended. */
export async function startChild(
  start: StartMessage,
  startMsMax: number,
  signal: AbortSignal,
): Promise<Child> {
  const child = fork(ENTRY, [], {
    execArgv: [...NODE_FLAGS],
    // Not ours: it would carry every key of the parent into a process with a native parser.
    env: {},
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let hung = false;
  const exited = new Promise<ChildExit>((resolve) => {
    child.once('exit', (code, signal) => {
      resolve({ code: code ?? undefined, signal: signal ?? undefined, hung });
    });
  });
  const handing = new Handing(child);
  const words = wordsOf(child);
  const stop = (): void => {
    child.kill('SIGKILL');
  };
  signal.addEventListener('abort', stop);
  try {
    const ready = await becomingReady(child, start, startMsMax, words);
    // From here on it may say things that are nobody's business.
    words.stop();
    whenStuck(child, start.stepMsMax, () => {
      hung = true;
      stop();
    });
    return {
      pid: child.pid ?? 0,
      ready,
      exited,
      give: (socket, refuse) => handing.give(socket, refuse),
      kill: () => child.kill('SIGKILL'),
    };
  } catch (cause) {
    child.kill('SIGKILL');
    if (child.pid !== undefined) await exited;
    throw cause;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function becomingReady(
  child: ChildProcess,
  start: StartMessage,
  startMsMax: number,
  words: { readonly said: () => string },
): Promise<ReadyMessage> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      end(() => reject(new EmbeddedFault('start_timeout', `not ready after ${startMsMax} ms`)));
    }, startMsMax);
    const onMessage = (value: unknown): void => {
      const message = readToParent(value);
      if (message?.kind === 'ready') end(() => resolve(message));
      if (message?.kind === 'failed') {
        end(() => reject(new EmbeddedFault(message.code, message.detail)));
      }
    };
    const onExit = (code: number | null, signal: string | null): void => {
      const detail = `the child ended (${signal ?? `status ${code}`}) while loading`;
      const said = words.said();
      const fault = new EmbeddedFault(
        // A parser that crashes has met a file that it did not expect.
        signal === null ? 'start_failed' : 'model_corrupted',
        said === '' ? detail : `${detail}; it said: ${said}`,
      );
      end(() => reject(fault));
    };
    const onError = (cause: Error): void => {
      end(() => reject(new EmbeddedFault('start_failed', `no child process: ${cause.message}`)));
    };
    const end = (then: () => void): void => {
      clearTimeout(timer);
      child.off('message', onMessage).off('exit', onExit).off('error', onError);
      // Later errors are those of messages to a child that has just ended; its exit says it all.
      child.on('error', () => {});
      then();
    };
    child.on('message', onMessage).on('exit', onExit).on('error', onError);
    send(child, start);
  });
}

/**
 * Calls once when the child says that its engine stands still, or says nothing for that long. Beats
 * are counted, not milliseconds: when it is this process that stood still, that is one beat.
 */
function whenStuck(child: ChildProcess, silentMsMax: number, then: () => void): void {
  const beatsMax = Math.ceil(silentMsMax / PULSE_MS) + 1;
  let beats = 0;
  const end = (): void => {
    clearInterval(timer);
    child.off('message', onMessage);
  };
  const give = (): void => {
    end();
    then();
  };
  const timer = setInterval(() => {
    beats += 1;
    if (beats > beatsMax) give();
  }, PULSE_MS);
  const onMessage = (value: unknown): void => {
    const message = readToParent(value);
    if (message?.kind !== 'pulse') return;
    beats = 0;
    if (message.stuck) give();
  };
  child.on('message', onMessage).once('exit', end);
}

function send(child: ChildProcess, message: ToChild): void {
  child.send(message, () => {});
}

/** Keeps the last words of the child's error stream until told to stop. */
function wordsOf(child: ChildProcess): { readonly said: () => string; readonly stop: () => void } {
  let said = '';
  const keep = (bytes: Buffer): void => {
    said = (said + bytes.toString('utf8')).slice(-WORDS_MAX);
  };
  child.stderr?.on('data', keep);
  return {
    said: () => said.trim(),
    stop() {
      said = '';
      child.stderr?.off('data', keep);
      child.stderr?.resume();
    },
  };
}
