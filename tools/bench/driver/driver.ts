import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { DriverCommand, LatencySummary, LoadResult } from './commands.ts';

/**
 * The benchmark's side of the driver process: one command at a time, each with a bound on its
 * time.
 */

export interface Driver {
  run(command: DriverCommand): Promise<LoadResult>;
  close(): void;
}

const commandMsMax = 180_000;

export function startDriver(): Driver {
  const path = fileURLToPath(new URL('./driver-main.ts', import.meta.url));
  const child = fork(path, [], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  let busy = false;
  return {
    run: async (command) => {
      if (busy) throw new Error('the driver runs one command at a time');
      busy = true;
      try {
        return await exchange(child, command);
      } finally {
        busy = false;
      }
    },
    close: () => {
      child.disconnect();
    },
  };
}

function exchange(child: ChildProcess, command: DriverCommand): Promise<LoadResult> {
  return new Promise((resolve, reject) => {
    const settle = (deed: () => void): void => {
      clearTimeout(timer);
      child.off('message', heard);
      child.off('exit', gone);
      deed();
    };
    const heard = (message: unknown): void =>
      settle(() => {
        const reply = decodeReply(message);
        if (typeof reply === 'string') reject(new Error(`driver: ${reply}`));
        else resolve(reply);
      });
    const gone = (): void => settle(() => reject(new Error('the driver process ended')));
    const timer = setTimeout(
      () => settle(() => reject(new Error(`driver: no result within ${commandMsMax} ms`))),
      commandMsMax,
    );
    child.on('message', heard);
    child.on('exit', gone);
    child.send(command);
  });
}

/** The result, or the reason why there is none. */
export function decodeReply(message: unknown): LoadResult | string {
  if (!isRecord(message)) return 'a reply that is not a record';
  const { kind, reason, result } = message;
  if (kind === 'fault') return String(reason);
  if (!isRecord(result)) return 'a reply without a result';
  const { failureFirst } = result;
  return {
    answers: numberOf(result['answers']),
    failures: numberOf(result['failures']),
    failureFirst: typeof failureFirst === 'string' ? failureFirst : undefined,
    durationMs: numberOf(result['durationMs']),
    latency: latencyOf(result['latency']),
    lateness: latencyOf(result['lateness']),
    chunks: numberOf(result['chunks']),
  };
}

function latencyOf(value: unknown): LatencySummary | undefined {
  if (!isRecord(value)) return undefined;
  return {
    p50Us: numberOf(value['p50Us']),
    p99Us: numberOf(value['p99Us']),
    maxUs: numberOf(value['maxUs']),
  };
}

function numberOf(value: unknown): number {
  if (typeof value !== 'number') throw new Error('driver: a figure that is not a number');
  return value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
