import { createServer, type Server, type Socket } from 'node:net';
import {
  type Mode,
  markerLength,
  type StreamShape,
  type StreamTemplate,
  streamShapes,
  streamTemplate,
  type Template,
  unaryBytes,
  unaryHead,
  unaryTemplate,
} from './answers.ts';

/**
 * The upstream of every benchmark: HTTP/1.1 written by hand on `node:net`, so that it costs less
 * than what is measured.
 *
 * It answers at once, keeps connections open without limit, and obeys the word
 * `bench:<mode>:<marker>;` anywhere in the request's body (the body is the only part that every
 * gateway passes on). It validates nothing, does not pipeline, and is of no use outside these
 * benchmarks.
 */

const headBytesMax = 65_536;
const word = 'bench:';

interface Prepared {
  readonly unary: { readonly u1: Template; readonly uh: Template };
  readonly asked: StreamTemplate;
  readonly unasked: StreamTemplate;
}

/** A request on its way in: the pieces so far and when it is whole. */
interface Incoming {
  pieces: Buffer[];
  bytes: number;
  /** Bytes of head and body together; undefined while the head is open or the body is chunked. */
  bytesWhole: number | undefined;
  chunked: boolean;
}

export function createMock(): Server {
  const prepared: Prepared = {
    unary: { u1: unaryTemplate(unaryBytes.u1), uh: unaryTemplate(unaryBytes.uh) },
    asked: streamTemplate(true),
    unasked: streamTemplate(false),
  };
  return createServer({ noDelay: true }, (socket) => accept(socket, prepared));
}

function accept(socket: Socket, prepared: Prepared): void {
  let incoming = fresh();
  socket.on('error', () => socket.destroy());
  socket.on('data', (piece) => {
    incoming.pieces.push(piece);
    incoming.bytes += piece.length;
    if (incoming.bytesWhole === undefined && !incoming.chunked) readHead(incoming, socket);
    if (!whole(incoming, piece)) return;
    const request = incoming.pieces.length === 1 ? piece : Buffer.concat(incoming.pieces);
    incoming = fresh();
    answer(socket, request, prepared);
  });
}

function fresh(): Incoming {
  return { pieces: [], bytes: 0, bytesWhole: undefined, chunked: false };
}

function readHead(incoming: Incoming, socket: Socket): void {
  const start = incoming.pieces.length === 1 ? incoming.pieces[0] : Buffer.concat(incoming.pieces);
  const end = start?.indexOf('\r\n\r\n') ?? -1;
  if (start === undefined || end < 0) {
    if (incoming.bytes > headBytesMax) socket.destroy();
    return;
  }
  const head = start.toString('latin1', 0, end);
  incoming.chunked = /transfer-encoding: *chunked/i.test(head);
  if (incoming.chunked) return;
  incoming.bytesWhole = end + 4 + Number(/content-length: *(\d+)/i.exec(head)?.[1] ?? 0);
}

function whole(incoming: Incoming, piece: Buffer): boolean {
  if (incoming.bytesWhole !== undefined) return incoming.bytes >= incoming.bytesWhole;
  if (!incoming.chunked) return false;
  const tail = incoming.pieces.length === 1 ? piece : Buffer.concat(incoming.pieces.slice(-2));
  return tail.subarray(-5).toString('latin1') === '0\r\n\r\n';
}

function answer(socket: Socket, request: Buffer, prepared: Prepared): void {
  const at = request.indexOf(word);
  if (at < 0) {
    socket.write(listing);
    return;
  }
  const modeAt = at + word.length;
  const mode = request.toString('latin1', modeAt, modeAt + 2);
  const markerAt = modeAt + 3;
  if (!known(mode)) {
    socket.end('HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n');
    return;
  }
  if (mode === 'u1' || mode === 'uh') {
    socket.write(marked(prepared.unary[mode], request, markerAt));
    return;
  }
  const asked = request.includes('"include_usage":true');
  const template = asked ? prepared.asked : prepared.unasked;
  socket.write(marked(template.first, request, markerAt));
  stream(socket, template, streamShapes[mode]);
}

function known(mode: string): mode is Mode {
  return mode in unaryBytes || mode in streamShapes;
}

function marked(template: Template, request: Buffer, markerAt: number): Buffer {
  const bytes = Buffer.from(template.bytes);
  request.copy(bytes, template.markerAt, markerAt, markerAt + markerLength);
  return bytes;
}

function stream(socket: Socket, template: StreamTemplate, shape: StreamShape): void {
  let index = 1;
  const timer = setInterval(() => {
    const chunk = template.rest[index];
    if (index >= shape.chunks || chunk === undefined) {
      clearInterval(timer);
      socket.off('close', stop);
      socket.write(template.last);
      return;
    }
    index += 1;
    socket.write(chunk);
  }, shape.intervalMs);
  const stop = (): void => clearInterval(timer);
  socket.once('close', stop);
}

const models = JSON.stringify({
  object: 'list',
  data: [{ id: 'mock-model', object: 'model', created: 1, owned_by: 'bench' }],
});
const listing = Buffer.from(unaryHead(models.length) + models);
