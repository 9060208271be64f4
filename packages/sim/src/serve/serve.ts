// One HTTP request from head to last byte. It never throws to the server: whatever happens ends in
// one of the three outcomes that the tally counts.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { JsonRecord } from '../json.ts';
import { textAt } from '../json.ts';
import type { Problem, Result } from '../problem.ts';
import { accept, envelopeOf, refuse } from '../problem.ts';
import type { Script } from '../script.ts';
import { merged, parseScript } from '../script.ts';
import type { WholeReply } from '../wire/frame.ts';
import { readBody } from './body.ts';
import type { Controls } from './control.ts';
import { control, controlPrefix } from './control.ts';
import { deliver } from './deliver.ts';
import type { Line } from './line.ts';
import { openLine } from './line.ts';
import { jsonPage, sendPage } from './page.ts';
import type { Passed } from './passed.ts';
import { passed } from './passed.ts';
import type { Stage, Work } from './route.ts';
import {
  modelEntry,
  modelNamed,
  modelsBody,
  parseBody,
  replyTo,
  routeKnown,
  routeUnknown,
} from './route.ts';
import type { Outcome, SeenRequest } from './tally.ts';

export type House = Stage &
  Controls & {
    readonly bodyBytesMax: number;
    /** The pace of every answer that no script changes. */
    readonly pace: Script;
  };

const modelPrefix = '/v1/models/';
const scriptHeader = 'x-sim';

export async function serve(
  house: House,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const line = openLine(request, response);
  const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
  if (path.startsWith(controlPrefix)) return serveControl(house, line, path);
  const seen = seenRequest(request, path);
  house.tally.arrived(seen);
  house.tally.ended(await outcomeOf(house, line, seen));
}

const queryOf = ({ url = '/' }: IncomingMessage): URLSearchParams =>
  new URLSearchParams(url.split('?', 2)[1] ?? '');

async function outcomeOf(house: House, line: Line, seen: SeenRequest): Promise<Outcome> {
  try {
    const body = await readBody(line.request, house.bodyBytesMax);
    if (body === 'left') return 'aborted';
    if (body === 'too-large') return problem(line, tooLarge(house.bodyBytesMax));
    seen.body = body;
    const other = await passed(seen, queryOf(line.request), house);
    if (other !== undefined) return await beside(house, line, seen, other);
    return await (seen.method === 'POST' ? call(house, line, seen) : read(house, line, seen));
  } catch {
    // A script may ask for what HTTP cannot carry; the caller then sees a broken connection.
    line.request.socket.destroy();
    return 'broken';
  }
}

async function serveControl(house: House, line: Line, path: string): Promise<void> {
  const body = await readBody(line.request, house.bodyBytesMax);
  if (typeof body === 'string') return line.request.socket.destroySoon();
  const { method = 'GET', headers } = line.request;
  const done = control(house, method, path, headers['content-type'] ?? '', body);
  const page = done.ok
    ? jsonPage(200, done.value)
    : jsonPage(done.problem.status, envelopeOf(done.problem));
  await sendPage(line, page, {}, undefined);
}

/**
 * A call to a model: refusals too go out as the script says, since a server that is down is down.
 */
async function call(house: House, line: Line, seen: SeenRequest): Promise<Outcome> {
  const parsed = parseBody(seen.body);
  const model = parsed.ok ? textAt(parsed.value, 'model') : undefined;
  if (model !== undefined) house.tally.named(model);
  const cue = house.cues.take({ method: seen.method, path: seen.path, model }) ?? {};
  const asked = headerScript(seen.headers);
  if (!asked.ok) return problem(line, asked.problem);
  const script = merged(merged(house.pace, cue), asked.value);
  const work = workFor(house, parsed, seen.path, script);
  if (!work.ok) return deliver(line, refusal(work.problem), script);
  return deliver(line, work.value.reply, work.value.script);
}

/** What is no talk: the same scripts, but for those that speak of words. */
function beside(
  house: House,
  line: Line,
  { method, path, headers }: SeenRequest,
  { reply, model }: Passed,
): Promise<Outcome> {
  if (model !== undefined) house.tally.named(model);
  const cue = house.cues.take({ method, path, model }) ?? {};
  const asked = headerScript(headers);
  if (!asked.ok) return problem(line, asked.problem);
  const script = merged(merged(house.pace, cue), asked.value);
  return deliver(line, reply.ok ? reply.value : refusal(reply.problem), script);
}

function workFor(
  house: House,
  parsed: Result<JsonRecord>,
  path: string,
  script: Script,
): Result<Work> {
  if (!routeKnown(path)) return refuse(routeUnknown(path));
  return parsed.ok ? replyTo(path, parsed.value, house, script) : parsed;
}

/** What can be read: scripts apply only when they name the path. */
async function read(house: House, line: Line, seen: SeenRequest): Promise<Outcome> {
  const { method, path } = seen;
  const script = house.cues.take({ method, path, model: undefined }) ?? {};
  const page = method === 'GET' || method === 'HEAD' ? readable(house, path) : undefined;
  const body = page ?? refuse(methodWrong(method));
  const reply: WholeReply = body.ok
    ? { kind: 'whole', status: 200, body: body.value, tokens: 0 }
    : refusal(body.problem);
  return deliver(line, reply, script);
}

function readable(house: House, path: string): Result<string> {
  if (path === '/health') return accept('{"status":"ok"}');
  if (path === '/v1/models') return accept(modelsBody(house.models));
  if (routeKnown(path)) return refuse(methodWrong('GET'));
  if (!path.startsWith(modelPrefix)) return refuse(routeUnknown(path));
  const model = modelNamed(path.slice(modelPrefix.length), house.models);
  return model.ok ? accept(JSON.stringify(modelEntry(model.value))) : model;
}

function headerScript(headers: SeenRequest['headers']): Result<Script> {
  const header = headers[scriptHeader];
  return header === undefined ? accept({}) : parseScript(header);
}

function refusal(found: Problem): WholeReply {
  return { kind: 'whole', status: found.status, body: envelopeOf(found), tokens: 0 };
}

function problem(line: Line, found: Problem): Promise<Outcome> {
  return sendPage(line, jsonPage(found.status, envelopeOf(found)), {}, undefined);
}

function tooLarge(bytesMax: number): Problem {
  const message = `Request body too large: at most ${bytesMax} bytes are read.`;
  const type = 'invalid_request_error';
  return { status: 413, type, code: 'request_too_large', message, param: null };
}

function methodWrong(method: string): Problem {
  const message = `Method ${method} is not allowed here.`;
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
