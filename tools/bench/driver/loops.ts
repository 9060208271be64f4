import { setTimeout as pause } from 'node:timers/promises';
import { streamShapes, unaryBytes } from '../mock/answers.ts';
import { checkStream, checkUnary, type Verdict } from './checks.ts';
import type {
  ClosedCommand,
  HoldCommand,
  LoadResult,
  OpenCommand,
  StreamsCommand,
} from './commands.ts';
import { Connection } from './connection.ts';
import { markerOf, type PreparedRequest, prepareRequest, withMarker } from './requests.ts';
import { Tally } from './tally.ts';

/**
 * The four ways to put load on a gateway: as fast as it answers, at a fixed rate, with streams,
 * and with streams that are only held open. A loop stops early after `failuresMax` wrong answers;
 * the caller decides what that means.
 */

const failuresMax = 20;
/**
 * The open loop sleeps until this long before a start and then turns the event loop: timers alone
 * are 1 ms coarse.
 */
const alertMs = 1.2;
const idleConnectionsMax = 1_024;

let requestsSent = 0;

function nextMarker(): string {
  requestsSent += 1;
  return markerOf(requestsSent);
}

function unaryLength(mode: string): number {
  return mode === 'uh' ? unaryBytes.uh : unaryBytes.u1;
}

function streamLength(mode: string): number {
  return mode === 's2' ? streamShapes.s2.chunks : streamShapes.s8.chunks;
}

function openMany(url: string, count: number): Promise<Connection[]> {
  return Promise.all(Array.from({ length: count }, () => Connection.open(url)));
}

/** Each connection sends its next request when the last answer is complete. */
export async function closedLoop(command: ClosedCommand): Promise<LoadResult> {
  const prepared = prepareRequest(command.target, command.shape);
  const connections = await openMany(command.target.url, command.connections);
  const tally = new Tally();
  const endAtMs = performance.now() + command.durationMs;
  const bodyBytes = unaryLength(command.shape.mode);
  let left = command.requestsMax;
  const lane = (connection: Connection): Promise<void> =>
    new Promise((resolve) => {
      const next = (): void => {
        const sentAtMs = performance.now();
        if (left <= 0 || sentAtMs >= endAtMs || tally.failures > failuresMax || connection.closed) {
          resolve();
          return;
        }
        left -= 1;
        const marker = nextMarker();
        const done = (verdict: Verdict): void => {
          tally.latency((performance.now() - sentAtMs) * 1_000);
          tally.verdict(verdict);
          next();
        };
        connection.send(withMarker(prepared, marker), checkUnary({ marker, bodyBytes }, done));
      };
      next();
    });
  await Promise.all(connections.map(lane));
  for (const connection of connections) connection.close();
  return tally.result();
}

/**
 * One request every 1/rate seconds whatever the answers do; latency counts from the moment it was
 * due.
 */
export async function openLoop(command: OpenCommand): Promise<LoadResult> {
  const prepared = prepareRequest(command.target, command.shape);
  const idle = await openMany(command.target.url, 8);
  const tally = new Tally();
  const intervalMs = 1_000 / command.perSecond;
  const count = Math.round(command.durationMs / intervalMs);
  const startMs = performance.now() + 20;
  const pending: Promise<void>[] = [];
  for (let index = 0; index < count && tally.failures <= failuresMax; index += 1) {
    const dueMs = startMs + index * intervalMs;
    await until(dueMs);
    pending.push(sendDue({ command, prepared, idle, tally, dueMs }));
  }
  await Promise.all(pending);
  for (const connection of idle) connection.close();
  return tally.result();
}

interface Due {
  readonly command: OpenCommand;
  readonly prepared: PreparedRequest;
  readonly idle: Connection[];
  readonly tally: Tally;
  readonly dueMs: number;
}

async function sendDue(due: Due): Promise<void> {
  const { command, prepared, idle, tally, dueMs } = due;
  let connection = idle.pop();
  while (connection?.closed) connection = idle.pop();
  connection ??= await Connection.open(command.target.url);
  const open = connection;
  const marker = nextMarker();
  const bodyBytes = unaryLength(command.shape.mode);
  tally.lateness((performance.now() - dueMs) * 1_000);
  await new Promise<void>((resolve) => {
    const done = (verdict: Verdict): void => {
      tally.latency((performance.now() - dueMs) * 1_000);
      tally.verdict(verdict);
      if (!open.closed && idle.length < idleConnectionsMax) idle.push(open);
      else open.close();
      resolve();
    };
    open.send(withMarker(prepared, marker), checkUnary({ marker, bodyBytes }, done));
  });
}

async function until(dueMs: number): Promise<void> {
  const aheadMs = dueMs - performance.now();
  if (aheadMs > alertMs) await pause(Math.floor(aheadMs - alertMs));
  while (performance.now() < dueMs) await new Promise((resolve) => setImmediate(resolve));
}

/**
 * Each connection takes its streams one after another; the connections begin spread over the
 * ramp.
 */
export async function streamLoop(command: StreamsCommand): Promise<LoadResult> {
  const prepared = prepareRequest(command.target, command.shape);
  const connections = await openMany(command.target.url, command.connections);
  const tally = new Tally();
  const lane = async (connection: Connection, index: number): Promise<void> => {
    await pause((command.rampMs * index) / command.connections);
    for (let turn = 0; turn < command.streamsEach && !connection.closed; turn += 1) {
      if (tally.failures > failuresMax) return;
      await oneStream(connection, prepared, { command, tally });
    }
  };
  await Promise.all(connections.map(lane));
  for (const connection of connections) connection.close();
  return tally.result();
}

function oneStream(
  connection: Connection,
  prepared: PreparedRequest,
  context: { readonly command: StreamsCommand; readonly tally: Tally },
): Promise<void> {
  const { command, tally } = context;
  const marker = nextMarker();
  const chunks = streamLength(command.shape.mode);
  const { usageAsked } = command.shape;
  return new Promise((resolve) => {
    const sentAtMs = performance.now();
    const sink = checkStream(
      { marker, chunks, usageAsked },
      {
        first: () => tally.latency((performance.now() - sentAtMs) * 1_000),
        done: (verdict) => {
          tally.verdict(verdict, chunks);
          resolve();
        },
      },
    );
    connection.send(withMarker(prepared, marker), sink);
  });
}

/**
 * Opens streams that last, and answers once every one has its first chunk. They stay open until
 * released.
 */
export async function holdStreams(command: HoldCommand, held: Connection[]): Promise<LoadResult> {
  const prepared = prepareRequest(command.target, command.shape);
  const tally = new Tally();
  let left = command.streams;
  const lane = async (): Promise<void> => {
    while (left > 0 && tally.failures <= failuresMax) {
      left -= 1;
      const connection = await Connection.open(command.target.url);
      held.push(connection);
      await firstChunk(connection, prepared, tally);
    }
  };
  await Promise.all(Array.from({ length: command.openingAtOnce }, lane));
  return tally.result();
}

function firstChunk(
  connection: Connection,
  prepared: PreparedRequest,
  tally: Tally,
): Promise<void> {
  const marker = nextMarker();
  return new Promise((resolve) => {
    const sentAtMs = performance.now();
    let arrived = false;
    const settle = (verdict: Verdict): void => {
      tally.verdict(verdict);
      resolve();
    };
    const events = {
      first: () => {
        arrived = true;
        tally.latency((performance.now() - sentAtMs) * 1_000);
        settle({ ok: true });
      },
      done: (verdict: Verdict) => {
        if (!arrived) settle(verdict);
      },
    };
    const expected = { marker, chunks: streamShapes.sl.chunks, usageAsked: false };
    connection.send(withMarker(prepared, marker), checkStream(expected, events));
  });
}
