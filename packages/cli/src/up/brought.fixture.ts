// What the tests of brought endpoints share: a gateway with two tenants of a file, model servers
// that want a key and remember what came, and requests as tenants' admins make them.
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Lookup } from '@signalbox/ports';
import { mintApiKey } from '@signalbox/trust';
import { folderFor, serverIn } from '../testing.fixture.ts';
import type { Server } from './server.ts';

/** Known in every form in which it could leak. */
export const CANARY = 'sk-canary-5up3r53cr3t-0123456789-TAIL';

export type Played = {
  /** With the version path. */
  readonly url: string;
  readonly port: number;
  /** Method, path and key of each request. */
  readonly asked: string[];
  key: string | undefined;
  /** Calls of models wait for it. */
  held: Promise<void> | undefined;
  /** Where it redirects everything to. */
  sendsTo: string | undefined;
};

/** Speaks like an OpenAI server below `/v1`; with a key set, refuses all others. */
export async function played(context: TestContext, key?: string): Promise<Played> {
  const server = createServer((request, response) => {
    const sent = request.headers.authorization ?? '';
    self.asked.push(`${request.method} ${request.url} ${sent}`);
    request.resume();
    const isAllowed = self.key === undefined || sent === `Bearer ${self.key}`;
    if (self.sendsTo !== undefined) {
      response.writeHead(302, { location: self.sendsTo, connection: 'close' }).end();
      return;
    }
    if (!request.url?.startsWith('/v1/')) {
      response.writeHead(404, { connection: 'close' }).end();
      return;
    }
    response.writeHead(isAllowed ? 200 : 401, {
      ...{ 'content-type': 'application/json', connection: 'close' },
    });
    const message = { role: 'assistant', content: `from ${self.port}` };
    const answer = request.url?.endsWith('/models')
      ? { object: 'list', data: [{ id: 'big-one', context_length: 8_192 }] }
      : {
          ...{ id: 'c1', object: 'chat.completion', created: 1, model: 'big-one' },
          choices: [{ index: 0, message, finish_reason: 'stop' }],
          usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
        };
    const text = JSON.stringify(isAllowed ? answer : { error: { message: 'no such key' } });
    const waits = request.method === 'POST' ? self.held : undefined;
    if (waits === undefined) response.end(text);
    else void waits.then(() => response.end(text));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('it has no port');
  const { port } = address;
  const self: Played = {
    url: `http://127.0.0.1:${port}/v1`,
    port,
    asked: [],
    key,
    held: undefined,
    sendsTo: undefined,
  };
  return self;
}

export type Who =
  | 'operator'
  | ('acme' | 'acme-auditor' | 'acme-finance' | 'acme-caller')
  | ('globex' | 'globex-caller');

export type House = {
  readonly folder: string;
  readonly server: () => Server;
  readonly keys: Readonly<Record<Exclude<Who, 'operator'>, string>>;
  readonly admin: (who: Who, method: string, path: string, body?: unknown) => Promise<Answer>;
  readonly chat: (who: Who, model: string) => Promise<Answer>;
  readonly restart: () => Promise<void>;
};
export type Answer = { readonly status: number; readonly text: string; readonly body: unknown };

type Allowed = {
  /** Ports of 127.0.0.1, or `host:port`, that the operator's file allows. */
  readonly acme?: readonly (number | string)[];
  readonly globex?: readonly (number | string)[];
  readonly lookup?: Lookup;
};

export async function house(context: TestContext, allowing: Allowed): Promise<House> {
  const folder = folderFor(context);
  const keys = {
    acme: mintApiKey('test', randomBytes(48)),
    globex: mintApiKey('test', randomBytes(48)),
    'acme-caller': mintApiKey('test', randomBytes(48)),
    'acme-auditor': mintApiKey('test', randomBytes(48)),
    'acme-finance': mintApiKey('test', randomBytes(48)),
    'globex-caller': mintApiKey('test', randomBytes(48)),
  };
  const environment = {
    A: keys.acme,
    G: keys.globex,
    AC: keys['acme-caller'],
    AA: keys['acme-auditor'],
    AF: keys['acme-finance'],
    GC: keys['globex-caller'],
  };
  const allowed = (list: Allowed['acme'] = []): string => {
    const all = list.map((one) => (typeof one === 'number' ? `127.0.0.1:${one}` : one));
    return all.length === 0 ? '{}' : JSON.stringify({ private_addresses: all });
  };
  writeFileSync(
    join(folder, 'own.yaml'),
    `version: 1
node: { name: n1, tier: 2 }
tenants: { acme: ${allowed(allowing.acme)}, globex: ${allowed(allowing.globex)} }
keys:
  acme-admin: { tenant: acme, secret: env:A, scopes: [admin] }
  globex-admin: { tenant: globex, secret: env:G, scopes: [admin] }
  acme-caller: { tenant: acme, secret: env:AC, scopes: [call, explain] }
  acme-auditor: { tenant: acme, secret: env:AA, scopes: [audit] }
  acme-finance: { tenant: acme, secret: env:AF, scopes: [finance] }
  globex-caller: { tenant: globex, secret: env:GC, scopes: [call, explain] }
`,
  );
  const { lookup } = allowing;
  const start = (): Promise<Server> =>
    serverIn(context, folder, {
      ...{ config: 'own.yaml', environment },
      ...(lookup === undefined ? {} : { lookup }),
    });
  let server = await start();
  const keyOf = (who: Who): string =>
    who === 'operator'
      ? readFileSync(join(folder, '.signalbox', 'admin.key'), 'utf8').trim()
      : keys[who];
  const ask = async (who: Who, method: string, path: string, body?: unknown): Promise<Answer> => {
    const response = await fetch(server.url + path, {
      method,
      headers: { authorization: `Bearer ${keyOf(who)}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, text, body: JSON.parse(text) };
  };
  return {
    folder,
    keys,
    server: () => server,
    admin: (who, method, path, body) => ask(who, method, `/admin/v1${path}`, body),
    chat: (who, model) =>
      ask(who, 'POST', '/v1/chat/completions', {
        model,
        messages: [{ role: 'user', content: 'hello' }],
      }),
    async restart() {
      await server.stop();
      server = await start();
    },
  };
}

/** The text of every file below a folder, as bytes one to one. */
export function everyByte(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .map((one) => readFileSync(join(one.parentPath, one.name), 'latin1'))
    .join('\n');
}

/** A secret in every form in which a careless writer would put it down. */
export function formsOf(secret: string): readonly string[] {
  const inner = secret.slice(3, -4);
  const bytes = Buffer.from(secret);
  const base64 = [0, 1, 2].map((at) =>
    Buffer.concat([Buffer.alloc(at), bytes])
      .toString('base64')
      .slice(4, -4),
  );
  return [inner, bytes.toString('hex'), ...base64];
}
