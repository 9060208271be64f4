// Pages: bodies of known length, most of them errors, and the headers that go on every answer.
import { idFrom } from '../hash.ts';
import type { Problem } from '../problem.ts';
import { envelopeOf } from '../problem.ts';
import type { Script } from '../script.ts';
import type { Line } from './line.ts';
import { sinkFor } from './sink.ts';
import type { Outcome } from './tally.ts';

export type Page = { readonly status: number; readonly contentType: string; readonly body: string };

export type Head = Record<string, string | string[]>;

const requestIdLength = 32;

/** Sends the page; `hash` names the request it answers. */
export async function sendPage(
  line: Line,
  page: Page,
  script: Script,
  hash: number | undefined,
): Promise<Outcome> {
  const head: Head = { ...headersFor(script, hash), 'content-type': page.contentType };
  if (script.gzip) head['content-encoding'] = 'gzip';
  else head['content-length'] = String(Buffer.byteLength(page.body));
  line.response.writeHead(page.status, head);
  if (!script.gzip && script.slowByteMs === undefined) {
    line.response.end(page.body);
    return finished(line);
  }
  const sink = sinkFor(line, script);
  await sink.write(page.body);
  await sink.finish();
  if (line.left()) return 'aborted';
  line.response.end();
  return finished(line);
}

/** An answer is complete when its last byte was handed to the socket. */
export async function finished(line: Line): Promise<Outcome> {
  if (!line.response.writableFinished) await line.over();
  return line.response.writableFinished ? 'completed' : 'aborted';
}

export function jsonPage(status: number, body: string): Page {
  return { status, contentType: 'application/json', body };
}

/** The page that the script wants in place of an answer, if any. */
export function pageInstead(script: Script): Page | undefined {
  if (script.html502) return { status: 502, contentType: 'text/html', body: badGateway };
  if (script.redirect !== undefined) return { status: 307, contentType: 'text/plain', body: '' };
  if (script.status === undefined || script.status < 300) return undefined;
  return jsonPage(script.status, envelopeOf(statusProblem(script.status, script.code)));
}

export function headersFor(script: Script, hash: number | undefined): Head {
  const headers: Head = {};
  if (hash !== undefined) headers['x-request-id'] = `req_${idFrom(hash + 2, requestIdLength)}`;
  for (const [name, value] of script.headers ?? []) {
    const before = headers[name];
    if (before === undefined) headers[name] = value;
    else headers[name] = [...(typeof before === 'string' ? [before] : before), value];
  }
  if (script.retryAfterS !== undefined) headers['retry-after'] = String(script.retryAfterS);
  if (script.retryAfterMs !== undefined) headers['retry-after-ms'] = String(script.retryAfterMs);
  if (script.redirect !== undefined) headers['location'] = script.redirect;
  return headers;
}

const statusWords: ReadonlyMap<number, readonly [type: string, code: string]> = new Map([
  [400, ['invalid_request_error', 'invalid_value']],
  [401, ['invalid_request_error', 'invalid_api_key']],
  [402, ['insufficient_quota', 'insufficient_quota']],
  [403, ['invalid_request_error', 'unsupported_country_region_territory']],
  [404, ['invalid_request_error', 'model_not_found']],
  [408, ['server_error', 'timeout']],
  [429, ['requests', 'rate_limit_exceeded']],
  [503, ['server_error', 'service_unavailable']],
]);

function statusProblem(status: number, code: string | undefined): Problem {
  const [type, usual] = statusWords.get(status) ?? ['server_error', 'server_error'];
  const message = `The sim was told to answer with status ${status}.`;
  return { status, type, code: code ?? usual, message, param: null };
}

const badGateway =
  '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n' +
  '<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>sim</center>\r\n</body>\r\n</html>\r\n';
