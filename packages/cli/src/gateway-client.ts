// Speaks to a gateway over HTTP, and turns its refusals into the exits of the command line.
import { CommandFault, EXIT, exitOfStatus } from './exit.ts';
import { unreached } from './unreached.ts';

export type Ask = {
  readonly url: string;
  readonly key: string;
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly signal?: AbortSignal;
};

const ANSWER_BYTES_MAX = 64 * 1024 * 1024;

/** An answer of whatever status; the gateway being out of reach is a fault. */
export async function send(ask: Ask): Promise<Response> {
  const { url, key, method, path, headers, body, signal } = ask;
  try {
    return await fetch(url + path, {
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      redirect: 'manual',
      headers: {
        ...(key === '' ? {} : { authorization: `Bearer ${key}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (cause) {
    const { why, hint } = unreached(cause);
    throw new CommandFault(EXIT.down, `No gateway answers at ${url}: ${why}.`, { hint });
  }
}

/** The JSON of an answer that is a yes; a no is thrown. */
export async function askJson(ask: Ask): Promise<unknown> {
  const response = await send(ask);
  const body = await readJson(response);
  if (!response.ok) throw refusalOf(response, body);
  return body;
}

export async function readJson(response: Response): Promise<unknown> {
  const text = await response.text().catch(brokeOff);
  if (text.length > ANSWER_BYTES_MAX) throw new CommandFault(EXIT.down, 'The answer is too large.');
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function brokeOff(): never {
  const hint = 'What it decided stands in its records: `signalbox tail --recent 5`.';
  throw new CommandFault(EXIT.down, 'The gateway went away in the middle of its answer.', { hint });
}

export function refusalOf(response: Response, body: unknown): CommandFault {
  const error = memberOf(body, 'error');
  const told = textIn(error, 'message');
  const code = textIn(error, 'code');
  const hint = textIn(error, 'hint');
  const message = told ?? `The gateway answered ${response.status}.`;
  return new CommandFault(exitOfStatus(response.status), message, {
    ...(hint === undefined ? {} : { hint }),
    ...(code === undefined ? {} : { code }),
  });
}

/** What an object of unknown shape holds under a name; undefined for whatever is no object. */
export function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return Reflect.get(value, name);
}

export function textIn(value: unknown, name: string): string | undefined {
  const found = memberOf(value, name);
  return typeof found === 'string' ? found : undefined;
}

export function numberIn(value: unknown, name: string): number | undefined {
  const found = memberOf(value, name);
  return typeof found === 'number' ? found : undefined;
}

export function listIn(value: unknown, name: string): readonly unknown[] {
  const found = memberOf(value, name);
  return Array.isArray(found) ? found : [];
}

export const textsIn = (value: unknown, name: string): readonly string[] =>
  listIn(value, name).filter((one) => typeof one === 'string');
