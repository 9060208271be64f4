// Sends a Reply down the line, at the pace and with the faults that the script asks for.
import { envelopeOf } from '../problem.ts';
import type { Script } from '../script.ts';
import { cutJson, spoiled, streamProblem } from '../wire/faults.ts';
import type { BytesReply, Frame, Reply, StreamReply, WholeReply } from '../wire/frame.ts';
import { breakEarly, breakLate, die, silence } from './break.ts';
import type { Line } from './line.ts';
import type { Head } from './page.ts';
import { finished, headersFor, pageInstead, sendPage } from './page.ts';
import type { Sink } from './sink.ts';
import { sinkFor } from './sink.ts';
import type { Outcome } from './tally.ts';

/** Frames written between two turns of the event loop when there is no other pause. */
const framesPerTurn = 32;

/** Sends the reply, or what the script wants in its place. */
export async function deliver(line: Line, reply: Reply, script: Script): Promise<Outcome> {
  const firstMs = script.latencyFirstMs ?? 0;
  if (firstMs > 0) await line.wait(firstMs);
  if (line.left()) return 'aborted';
  const { socket } = line.request;
  const early = breakEarly(line, script);
  if (early) return early;
  const outcome = await send(line, reply, script);
  if (outcome === 'completed') breakLate(socket, script);
  return outcome;
}

function send(line: Line, reply: Reply, script: Script): Promise<Outcome> {
  const page = pageInstead(script);
  if (page) return sendPage(line, page, script, reply.hash);
  if (reply.kind === 'bytes') return sendBytes(line, reply, script);
  return reply.kind === 'whole' ? sendWhole(line, reply, script) : sendStream(line, reply, script);
}

async function sendWhole(line: Line, reply: WholeReply, script: Script): Promise<Outcome> {
  const restMs = (script.latencyTokenMs ?? 0) * reply.tokens;
  if (restMs > 0) await line.wait(restMs);
  if (line.left()) return 'aborted';
  const bytes = script.dieAfter ?? script.silentAfter;
  if (bytes !== undefined) return sendPart(line, reply.body, bytes, script);
  // A 200 with an error in it is what some services send for trouble in the middle of an answer.
  const answer = script.errorAfter === undefined ? reply.body : envelopeOf(streamProblem);
  const spoilt = script.malformedAfter !== undefined || script.truncate;
  const body = spoilt ? cutJson(answer) : answer;
  const contentType = script.wrongContentType ? 'text/plain' : 'application/json';
  const page = { status: script.status ?? reply.status, contentType, body };
  return sendPage(line, page, script, reply.hash);
}

async function sendBytes(line: Line, reply: BytesReply, script: Script): Promise<Outcome> {
  const bytes = script.dieAfter ?? script.silentAfter;
  const { body, contentType } = reply;
  const head = { ...headersFor(script, reply.hash), 'content-type': contentType };
  line.response.writeHead(200, { ...head, 'content-length': String(body.byteLength) });
  if (bytes === undefined) {
    await line.write(body);
    if (line.left()) return 'aborted';
    line.response.end();
    return finished(line);
  }
  line.response.flushHeaders();
  await line.write(body.subarray(0, Math.min(bytes, body.byteLength - 1)));
  return script.dieAfter === undefined ? silence(line) : die(line);
}

/** The first bytes of a body whose length promises more; then the end, or nothing. */
async function sendPart(line: Line, body: string, bytes: number, script: Script): Promise<Outcome> {
  const full = Buffer.from(body);
  const length = String(full.byteLength);
  line.response.writeHead(200, { 'content-type': 'application/json', 'content-length': length });
  line.response.flushHeaders();
  await line.write(full.subarray(0, Math.min(bytes, full.byteLength - 1)));
  return script.dieAfter === undefined ? silence(line) : die(line);
}

async function sendStream(line: Line, reply: StreamReply, script: Script): Promise<Outcome> {
  const head: Head = {
    ...headersFor(script, reply.hash),
    'content-type': script.wrongContentType ? 'text/plain' : 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
  };
  if (script.gzip) head['content-encoding'] = 'gzip';
  line.response.writeHead(script.status ?? 200, head);
  const sink = sinkFor(line, script);
  const frames = spoiled(reply.frames, script, () => reply.fault(streamProblem));
  const order = await pour(line, sink, frames, script.latencyTokenMs ?? 0);
  if (order === 'die') return die(line);
  if (order === 'silence') return silence(line);
  await sink.finish();
  if (line.left()) return 'aborted';
  line.response.end();
  return finished(line);
}

/** Writes frames until they end, an order comes, or the caller leaves. */
async function pour(
  line: Line,
  sink: Sink,
  frames: Iterable<Frame>,
  tokenMs: number,
): Promise<'die' | 'silence' | 'end'> {
  let deltas = 0;
  let written = 0;
  for (const frame of frames) {
    // The first token's wait has been the first latency.
    if (frame.kind === 'delta' && tokenMs > 0 && deltas > 0) await line.wait(tokenMs);
    if (line.left()) return 'end';
    if (frame.kind === 'die' || frame.kind === 'silence') return frame.kind;
    if (frame.kind === 'delta') deltas += 1;
    await sink.write(frame.text);
    written += 1;
    if (written % framesPerTurn === 0) await line.turn();
  }
  return 'end';
}
