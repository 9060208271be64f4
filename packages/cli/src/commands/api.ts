// `signalbox api`: any path of the gateway, with the key that fits it. What has no command of its
// own yet can be reached all the same.
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Asked, Command, Desk } from '../command.ts';
import { EXIT, type ExitCode, exitOfStatus, misused } from '../exit.ts';
import { send } from '../gateway-client.ts';
import { standardInput } from './standard-input.ts';

export const commands: readonly Command[] = [
  {
    name: 'api',
    says: 'Send a request and print the answer.',
    takes: [
      { name: 'METHOD', says: 'GET, POST, PUT or DELETE.' },
      { name: 'PATH', says: 'As in /openapi.json and /admin/v1/openapi.json.' },
    ],
    flags: {
      body: { says: 'JSON, or @FILE, or `-` for standard input.', takes: 'JSON' },
      header: { says: '`name: value`.', takes: 'HEADER', many: true },
    },
    examples: [
      'signalbox api GET /v1/models',
      'signalbox api GET "/admin/v1/requests?limit=5"',
      'signalbox api POST /v1/route/explain --body @question.json',
    ],
    run: api,
  },
];

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']);
/** Paths that nobody needs a key for. */
const OPEN = /^\/(healthz|readyz|openapi\.json)(\?|$)/;
/** Paths of the operator. */
const ADMIN = /^\/(admin\/|metrics(\?|$))/;

async function api(asked: Asked, { terminal, place }: Desk): Promise<ExitCode> {
  const method = (asked.words['METHOD'] ?? '').toUpperCase();
  const path = asked.words['PATH'] ?? '';
  if (!METHODS.has(method))
    throw misused(`\`${method}\` is no method.`, 'signalbox api GET /v1/models');
  if (!path.startsWith('/'))
    throw misused('A path begins with a slash.', 'signalbox api GET /v1/models');
  const body = await bodyOf(asked.text('body'), place.folder);
  const response = await send({
    url: place.url,
    key: OPEN.test(path) ? '' : ADMIN.test(path) ? place.adminKey() : place.key(),
    method,
    path,
    headers: headersOf(asked.list('header')),
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  terminal.out(text.endsWith('\n') || text === '' ? text : `${text}\n`);
  if (!response.ok) terminal.say(`The gateway answered ${response.status}.`);
  return response.status >= 300 && response.status < 400 ? EXIT.ok : exitOfStatus(response.status);
}

async function bodyOf(given: string | undefined, folder: string): Promise<unknown> {
  if (given === undefined) return undefined;
  const text = given.startsWith('@')
    ? await readFile(resolve(folder, given.slice(1)), 'utf8')
    : given === '-'
      ? await standardInput()
      : given;
  try {
    return JSON.parse(text);
  } catch {
    throw misused('The body is not valid JSON.');
  }
}

function headersOf(given: readonly string[]): Readonly<Record<string, string>> {
  const pairs = given.map((one): [string, string] => {
    const colon = one.indexOf(':');
    if (colon < 1)
      throw misused(`\`${one}\` is no header.`, "Like --header 'x-signalbox-step: code_review'.");
    return [one.slice(0, colon).trim(), one.slice(colon + 1).trim()];
  });
  return Object.fromEntries(pairs);
}
