// One HTTP request from head to last byte. It never throws to the server: whatever happens ends in
// one of the three outcomes that the tally counts.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Problem } from '../problem.ts';
import { envelopeOf } from '../problem.ts';
import type { Script } from '../script.ts';
import { readBody } from './body.ts';
import { deliver, whole } from './deliver.ts';
import type { Line } from './line.ts';
import { openLine } from './line.ts';
import type { Stage } from './route.ts';
import { modelEntry, modelNamed, modelsBody, parseBody, replyTo, routeUnknown } from './route.ts';
import type { Outcome, SeenRequest, Tally } from './tally.ts';

export type House = Stage & {
  readonly tally: Tally;
  readonly bodyBytesMax: number;
  readonly script: Script;
};

const modelPrefix = '/v1/models/';

export async function serve(
  house: House,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const line = openLine(request, response);
  const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
  const seen = seenRequest(request, path);
  house.tally.arrived(seen);
  house.tally.ended(await respond(house, line, path, seen));
}

async function respond(
  house: House,
  line: Line,
  path: string,
  seen: SeenRequest,
): Promise<Outcome> {
  const body = await readBody(line.request, house.bodyBytesMax);
  if (body === 'left') return 'aborted';
  if (body === 'too-large') return problem(line, tooLarge(house.bodyBytesMax));
  seen.body = body;
  if (line.request.method === 'GET' || line.request.method === 'HEAD') {
    return read(house, line, path);
  }
  if (line.request.method !== 'POST') return problem(line, methodWrong(line.request.method));
  const parsed = parseBody(body);
  if (!parsed.ok) return problem(line, parsed.problem);
  if (typeof parsed.value['model'] === 'string') house.tally.named(parsed.value['model']);
  const work = replyTo(path, parsed.value, house, house.script);
  if (!work.ok) return problem(line, work.problem);
  return deliver(line, work.value.reply, work.value.script);
}

async function read(house: House, line: Line, path: string): Promise<Outcome> {
  if (path === '/health') return whole(line, 200, 'application/json', '{"status":"ok"}');
  if (path === '/v1/models') return whole(line, 200, 'application/json', modelsBody(house.models));
  if (!path.startsWith(modelPrefix)) return problem(line, routeUnknown(path));
  const model = modelNamed({ model: path.slice(modelPrefix.length) }, house.models);
  if (!model.ok) return problem(line, model.problem);
  return whole(line, 200, 'application/json', JSON.stringify(modelEntry(model.value)));
}

function problem(line: Line, found: Problem): Promise<Outcome> {
  return whole(line, found.status, 'application/json', envelopeOf(found));
}

function tooLarge(bytesMax: number): Problem {
  const message = `Request body too large: at most ${bytesMax} bytes are read.`;
  const type = 'invalid_request_error';
  return { status: 413, type, code: 'request_too_large', message, param: null };
}

function methodWrong(method: string | undefined): Problem {
  const message = `Method ${method ?? 'unknown'} is not allowed here.`;
  const type = 'invalid_request_error';
  return { status: 405, type, code: 'method_not_supported', message, param: null };
}

function seenRequest(request: IncomingMessage, path: string): SeenRequest {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = typeof value === 'string' ? value : value.join(', ');
  }
  const { method = 'GET', rawHeaders } = request;
  return { method, path, rawHeaders, headers, body: new Uint8Array(0) };
}
