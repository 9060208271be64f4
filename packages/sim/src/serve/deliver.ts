// Sends a Reply down the line, at the pace that the script asks for.
import type { Script } from '../script.ts';
import type { Frame, Reply } from '../wire/frame.ts';
import type { Line } from './line.ts';
import type { Outcome } from './tally.ts';

/** Frames written between two turns of the event loop when there is no other pause. */
const framesPerTurn = 32;

export async function deliver(line: Line, reply: Reply, script: Script): Promise<Outcome> {
  const first = script.latencyFirstMs ?? 0;
  if (first > 0) await line.wait(first);
  if (reply.kind === 'stream') return stream(line, reply.frames, script);
  const rest = (script.latencyTokenMs ?? 0) * reply.tokens;
  if (rest > 0) await line.wait(rest);
  if (line.left()) return 'aborted';
  return whole(line, 200, 'application/json', reply.body);
}

/** Sends a body of known length, and returns when it is on its way or the caller has left. */
export async function whole(
  line: Line,
  status: number,
  contentType: string,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const length = Buffer.byteLength(body);
  const head = { 'content-type': contentType, 'content-length': length, ...headers };
  line.response.writeHead(status, head);
  line.response.end(body);
  return finished(line);
}

async function stream(line: Line, frames: Iterable<Frame>, script: Script): Promise<Outcome> {
  line.response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
  });
  let sent = 0;
  for (const frame of frames) {
    if (line.left()) break;
    if (frame.kind === 'delta' && script.latencyTokenMs) await line.wait(script.latencyTokenMs);
    await line.write(frame.text);
    sent += 1;
    if (sent % framesPerTurn === 0) await line.turn();
  }
  if (line.left()) return 'aborted';
  line.response.end();
  return finished(line);
}

/** The answer is complete once the last byte was handed to the socket. */
async function finished(line: Line): Promise<Outcome> {
  if (line.response.writableFinished) return 'completed';
  await line.untilLeft();
  return line.response.writableFinished ? 'completed' : 'aborted';
}
