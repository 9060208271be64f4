// The page of the HTTP API: the data plane from its table of paths and its own description, the
// admin API from the description that it serves.
import { Served } from '../../packages/control/src/served.fixture.ts';
import { openapi } from '../../packages/gateway/src/openapi.ts';
import {
  ELSEWHERE,
  objectEntry,
  PATHS,
  type PathEntry,
  PREFIXES,
} from '../../packages/gateway/src/paths.table.ts';

const OPENING = `# HTTP API

Two APIs on one port. The data plane speaks the dialects of OpenAI, Anthropic, Gemini and Ollama, so
that an official SDK works when its base URL and key are changed; Gemini's calls stand under
\`/v1beta/models/{model}:generateContent\` and \`:streamGenerateContent\`. The admin API is for the
operator, and for a tenant's admin as far as the endpoints go that the tenant brings. Both describe
themselves in OpenAPI 3.1: \`/openapi.json\` and \`/admin/v1/openapi.json\`. This page is written
from both.

## Data plane

The key of a tenant, as \`authorization: Bearer sbx_…\`, \`x-api-key\` or \`x-goog-api-key\`.
[Headers](headers.md) and [errors](errors.md) have pages of their own. Fields of a body that nobody
here knows go on as they came.
`;

const ADMIN = `## Admin API

The admin key as a Bearer, or the cookie of a session that a printed link opened. For what is of one
tenant also a key of that tenant, by its [scope](../guides/tenants-and-keys.md#roles): \`admin\`,
\`audit\` (reads), \`finance\` (\`/admin/v1/overview\`); it opens
sessions of its own. Host and Origin must be this server's own. Lists take \`limit\` and
\`after\` and answer \`data\`,
\`has_more\`, \`next\`. Under an \`idempotency-key\` a POST happens once. Money is integer
micro-USD, times are UTC; policies, plans, rings, models, aliases and prices are texts in the
words of \`signalbox.yaml\`.
`;

type Row = readonly [method: string, path: string, says: string];

export async function httpApiPage(): Promise<string> {
  const elsewhere = ELSEWHERE.map((path) => `\`${path}\``).join(', ');
  return [
    OPENING,
    table(dataPlaneRows()),
    `Known elsewhere and not here: ${elsewhere}. They answer 404 \`route_unknown\` and say so.`,
    '',
    ADMIN,
    table(await adminRows()),
  ].join('\n');
}

/** Every path that is served is described, or this page cannot be written. */
function dataPlaneRows(): readonly Row[] {
  const { paths } = openapi('0');
  const whole = [...PATHS].flatMap(([path, entry]) =>
    methodsOf(entry).map((method): Row => [method, path, summary(paths, path, method)]),
  );
  const objects = Object.keys(Object(paths)).flatMap((path) => {
    const entry = path.includes('{') ? objectEntry(path.replace(/\{\w+\}/, 'id-1')) : undefined;
    if (entry === undefined) return [];
    return methodsOf(entry).map((method): Row => [method, path, summary(paths, path, method)]);
  });
  const prefixed = PREFIXES.map(([prefix, entry]): Row => {
    const path = Object.keys(Object(paths)).find(
      (one) => one.startsWith(`${prefix}{`) && one.endsWith('}'),
    );
    const [method = 'GET'] = methodsOf(entry);
    return [method, path ?? prefix, summary(paths, path ?? prefix, method)];
  });
  return [...whole, ...objects, ...prefixed];
}

const methodsOf = (entry: PathEntry): readonly string[] =>
  entry.kind === 'call' ? (entry.methods ?? ['POST']) : [entry.method];

async function adminRows(): Promise<readonly Row[]> {
  const served = new Served();
  await served.start();
  try {
    const page: unknown = (await served.get('/admin/v1/openapi.json')).json();
    const paths = Object.entries(memberOf(page, 'paths') ?? {});
    return paths.flatMap(([path, methods]) =>
      Object.entries(Object(methods)).map(([method, told]): Row => {
        return [method.toUpperCase(), path, String(memberOf(told, 'summary') ?? '')];
      }),
    );
  } finally {
    await served.stop();
  }
}

function summary(paths: unknown, path: string, method: string): string {
  if (path === '/openapi.json') return 'This API, described';
  const told = memberOf(memberOf(paths, path), method.toLowerCase());
  const says = memberOf(told, 'summary');
  if (typeof says !== 'string') throw new Error(`${method} ${path} is served and not described`);
  return says;
}

function memberOf(value: unknown, name: string): object | string | undefined {
  const found: unknown = value instanceof Object ? Reflect.get(value, name) : undefined;
  return found instanceof Object || typeof found === 'string' ? found : undefined;
}

function table(rows: readonly Row[]): string {
  const lines = rows.map(([method, path, says]) => `| ${method} | \`${path}\` | ${says} |`);
  return ['| | path | |', '|---|---|---|', ...lines, ''].join('\n');
}
