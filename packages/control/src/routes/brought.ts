// Endpoints that tenants bring: added by the operator or by the tenant's own admin, quarantined,
// asked, and activated when what must hold holds. A key is taken and never shown again.
import {
  no,
  type Refusal,
  type Result,
  refusal,
  Secret,
  type TenantName,
  tenantName,
  yes,
} from '@signalbox/contract';
import type { EndpointDocument } from '@signalbox/documents';
import type { Check, Examination } from '@signalbox/engine';
import { KEY_CHARACTERS_MAX } from '@signalbox/ports';
import { z } from 'zod';
import type { BroughtDesk } from '../brought-desk.ts';
import type { WrittenDocument } from '../documents-desk.ts';
import type { ControlOptions, Deed } from '../options.ts';
import { usualUrl } from '../usual-url.ts';
import { answered, done, doneAs, UNKNOWN } from './answered.ts';
import { type Answer, type Asked, type From, NO_QUERY, type Route } from './route.ts';
import { bodySchema, checkDocument, isJsonObject, readDocument } from './written.ts';

/** Of an endpoint that names more, somebody says which. */
const MODELS_TAKEN_MAX = 100;
const RETRY_MS = 1_000;

const checkSchema = z.strictObject({
  check: z.string(),
  state: z.enum(['passed', 'failed', 'unknown']),
  required: z.boolean().describe('Without it no call goes there.'),
  says: z.string(),
  hint: z.string().nullable(),
});
const examined = z.strictObject({
  name: z.string(),
  quarantined: z.boolean(),
  fit: z.boolean().describe('All that must hold holds.'),
  checks: z.array(checkSchema),
});

export function broughtRoutes(options: ControlOptions): readonly Route[] {
  const add: Given = {
    method: 'POST',
    path: '/admin/v1/endpoints',
    summary: 'Add an endpoint of a tenant; it is asked about itself and gets no call yet',
    act: 'endpoint-brought',
    status: 201,
    answer: examined,
    body: addSchema(),
    serve: (desk, asked, from) => bring(desk, options, asked, from),
  };
  const probe: Given = {
    ...of('POST', '/probe', 'Ask an endpoint now; nothing that costs money', examined),
    async serve(desk, { name }, { visitor }) {
      const found = findEndpoint(options, name, visitor.tenant);
      return found.ok ? examinedNow(desk, options, found.value.name) : found;
    },
  };
  const activate: Given = {
    ...of('POST', '/activate', 'Let calls of its tenant go to an endpoint that is fit', examined),
    act: 'endpoint-activated',
    serve: (desk, asked, from) => activated(desk, options, asked, from),
  };
  const giveKey: Given = {
    ...of('PUT', '/key', 'Replace the key of an endpoint; it is asked with the new one', examined),
    act: 'endpoint-key-changed',
    body: KEY_BODY,
    async serve(desk, { name, body }, { visitor }) {
      const found = findEndpoint(options, name, visitor.tenant);
      if (!found.ok) return found;
      const key = isJsonObject(body) ? readKey(body['key']) : no(KEY_WRONG);
      if (!key.ok) return key;
      if (key.value === undefined) return no(KEY_WRONG);
      const answer = await desk.giveKey(name, key.value);
      if (answer.kind !== 'done') return answered(answer, () => doneAs(name, ''));
      return examinedNow(desk, options, name);
    },
  };
  const takeKey: Given = {
    ...of('DELETE', '/key', 'Delete the key of an endpoint', done),
    act: 'endpoint-key-changed',
    serve: (desk, { name }, { visitor }) =>
      changed(options, name, visitor.tenant, 'key-deleted', () => desk.giveKey(name, undefined)),
  };
  const takeAway: Given = {
    ...of('DELETE', '', 'Remove an endpoint that was added, and its key', done),
    act: 'endpoint-removed',
    serve: (desk, { name }, { visitor }) =>
      changed(options, name, visitor.tenant, 'removed', () => desk.takeAway(name)),
  };
  const given = [add, probe, activate, giveKey, takeKey, takeAway, rotation(options)];
  return given.map((one) => routeOf(one, options));
}

type Given = Pick<Route, 'method' | 'path' | 'summary' | 'answer'> & {
  readonly status?: number;
  readonly body?: Route['body'];
  /** Goes into the journal when it was done. */
  readonly act?: Deed['act'];
  serve(desk: BroughtDesk, asked: Asked, from: From): Promise<Result<Answer, Refusal>>;
};

const of = (
  method: Route['method'],
  tail: string,
  summary: string,
  answer: z.ZodType,
): Omit<Given, 'serve'> => ({
  ...{ method, summary, answer },
  path: `/admin/v1/endpoints/{name}${tail}`,
});

const routeOf = (given: Given, { brought, acted }: ControlOptions): Route => ({
  ...given,
  forTenants: true,
  status: given.status ?? 200,
  body: given.body,
  kind: 'json',
  query: NO_QUERY,
  async serve(asked, from) {
    if (brought === undefined) return no(NOT_HERE);
    const answer = await given.serve(brought, asked, from);
    const { tenant, name: by } = from.visitor;
    const what = answer.ok && isJsonObject(answer.value.body) ? answer.value.body['name'] : '';
    if (given.act !== undefined && typeof what === 'string' && what !== '') {
      acted?.({ act: given.act, by, tenant, what });
    }
    return answer;
  },
});

const rotation = ({ configuration }: ControlOptions): Given => ({
  method: 'POST',
  path: '/admin/v1/tenants/{name}/rotate-key',
  summary: 'Seal the keys of a tenant under a new data key',
  act: 'data-key-rotated',
  answer: z.strictObject({ name: z.string(), version: z.int() }),
  async serve(desk, { name }, { visitor }) {
    const isOwn = visitor.tenant === undefined || visitor.tenant === name;
    if (!isOwn || !configuration().tenants.has(name)) return no(UNKNOWN);
    const version = await desk.rotate(tenantName(name));
    return yes({ status: 200, body: { name, version } });
  },
});

/** What belongs to another tenant is not there at all. */
export function findEndpoint(
  { configuration }: ControlOptions,
  name: string,
  whose: TenantName | undefined,
): Result<EndpointDocument, Refusal> {
  const endpoint = configuration().endpoints.get(name);
  const isTheirs = whose === undefined || endpoint?.tenant === whose;
  return endpoint === undefined || !isTheirs ? no(UNKNOWN) : yes(endpoint);
}

async function changed(
  options: ControlOptions,
  name: string,
  whose: TenantName | undefined,
  what: string,
  change: () => ReturnType<BroughtDesk['takeAway']>,
): Promise<Result<Answer, Refusal>> {
  const found = findEndpoint(options, name, whose);
  if (!found.ok) return found;
  return answered(await change(), () => doneAs(name, what));
}

async function bring(
  desk: BroughtDesk,
  options: ControlOptions,
  { body }: Asked,
  { visitor }: From,
): Promise<Result<Answer, Refusal>> {
  const read = readBrought(body, visitor.tenant);
  if (!read.ok) return read;
  const answer = await desk.bring(read.value);
  const { name } = read.value;
  if (answer.kind !== 'done') return answered(answer, () => doneAs(name, ''));
  const shown = await examinedNow(desk, options, name);
  // It was added, also where nobody has time to ask it now.
  const unasked = { name, quarantined: true, fit: false, checks: [] };
  return yes({ status: 201, body: shown.ok ? shown.value.body : unasked });
}

type ReadBrought = Parameters<BroughtDesk['bring']>[0];

function readBrought(body: unknown, whose: TenantName | undefined): Result<ReadBrought, Refusal> {
  if (!isJsonObject(body)) return no(refusal('body_invalid', 'The body must be a JSON object.'));
  const { name: short, tenant: named, key: written, ...rest } = body;
  const tenant = named ?? whose;
  if (typeof tenant !== 'string') return no(TENANT_MISSING);
  if (whose !== undefined && tenant !== whose) return no(OTHER_TENANT);
  if (typeof short !== 'string' || !SHORT_NAME.test(short)) return no(NAME_WRONG);
  if (VERBS.has(short)) return no(NAME_TAKEN);
  if (typeof rest['url'] !== 'string') return no(URL_MISSING);
  const key = readKey(written);
  if (!key.ok) return key;
  const document = readDocument('endpoints', rest);
  if (!document.ok) return document;
  const name = `${tenant}/${short}`;
  const credentials =
    key.value === undefined ? {} : { credentials: [{ secret: `sealed:${name}` }] };
  const whole: WrittenDocument = { ...document.value, ...credentials, quarantine: true };
  const wrong = checkDocument('endpoints', whole);
  if (wrong !== undefined) return no(wrong);
  return yes({ tenant: tenantName(tenant), name, document: whole, key: key.value });
}

/** Nothing of it is repeated, whatever is wrong with it. */
function readKey(written: unknown): Result<Secret | undefined, Refusal> {
  if (written === undefined || written === null) return yes(undefined);
  const isKey = typeof written === 'string' && KEY.test(written);
  return isKey ? yes(new Secret(written)) : no(KEY_WRONG);
}

/** Asked now; of one whose document names no models, those that it told are written down. */
async function examinedNow(
  desk: BroughtDesk,
  options: ControlOptions,
  name: string,
): Promise<Result<Answer, Refusal>> {
  const stated = await desk.examine(name);
  const document = options.configuration().endpoints.get(name);
  const isOpen = document?.quarantined === true && document.models.size === 0;
  if (!isOpen) return shownOf(name, stated, document);
  const first = await besides(desk, { name, url: document.url }, stated);
  const told = toldIn(first);
  const isTaken = told.length > 0 && told.length <= MODELS_TAKEN_MAX;
  const filled = isTaken ? await desk.change(name, { models: told }) : undefined;
  const again = filled?.kind === 'done' ? await desk.examine(name) : first;
  return shownOf(name, again, options.configuration().endpoints.get(name));
}

/** Asked again under the usual path where none is stated; it stays there if it names its models. */
async function besides(
  desk: BroughtDesk,
  { name, url }: { readonly name: string; readonly url: string },
  stated: Examination,
): Promise<Examination> {
  const usual = usualUrl(url);
  const isOver = stated.kind !== 'examined' || !stated.answered || toldIn(stated).length > 0;
  if (isOver || usual === undefined) return stated;
  const moved = await desk.change(name, { url: usual });
  if (moved.kind !== 'done') return stated;
  const there = await desk.examine(name);
  if (toldIn(there).length > 0) return there;
  await desk.change(name, { url });
  return stated;
}

const toldIn = (examination: Examination): readonly string[] =>
  examination.kind === 'examined' ? examination.models.filter(isName) : [];

/** Words for a choice among models are no models, also where another gateway lists them. */
const isName = (model: string): boolean => model !== 'auto' && !model.startsWith('need:');

function shownOf(
  name: string,
  examination: Examination,
  document: EndpointDocument | undefined,
): Result<Answer, Refusal> {
  switch (examination.kind) {
    case 'busy':
      return no(refusal('shed', 'Too many endpoints are being asked.', { retryAfterMs: RETRY_MS }));
    case 'unknown':
      return no(UNKNOWN);
    case 'examined': {
      const { fit, checks } = examination;
      const quarantined = document?.quarantined ?? true;
      return yes({ status: 200, body: { name, quarantined, fit, checks: checks.map(checkOf) } });
    }
  }
}

const checkOf = ({ check, state, required, says, hint }: Check): object => ({
  ...{ check, state, required, says },
  hint: hint ?? null,
});

async function activated(
  desk: BroughtDesk,
  options: ControlOptions,
  { name }: Asked,
  { visitor }: From,
): Promise<Result<Answer, Refusal>> {
  const found = findEndpoint(options, name, visitor.tenant);
  if (!found.ok) return found;
  const examination = await desk.examine(name);
  if (found.value.quarantined && examination.kind === 'examined') {
    if (!examination.fit) return no(unfit(name, examination.checks));
    const answer = await desk.change(name, { quarantine: false });
    if (answer.kind !== 'done') return answered(answer, () => doneAs(name, ''));
  }
  return shownOf(name, examination, options.configuration().endpoints.get(name));
}

function unfit(name: string, checks: readonly Check[]): Refusal {
  const failed = checks.filter(({ state, required }) => required && state === 'failed');
  const told = failed.map(({ check, says }) => `${check}: ${says}`).join('; ');
  const hint = failed.find((one) => one.hint !== undefined)?.hint;
  const message = `\`${name}\` stays in quarantine. ${told}.`;
  return refusal('config_conflict', message, hint === undefined ? {} : { hint });
}

/** What `bodySchema` says of an endpoint, and what stands beside it here. */
function addSchema(): Route['body'] {
  const { properties, required: _name, ...rest } = bodySchema('endpoints', true);
  const own = isJsonObject(properties) ? properties : {};
  const name = { type: 'string', pattern: SHORT_NAME.source };
  const tenant = {
    type: 'string',
    description: 'Whose it is; an admin of a tenant leaves it out.',
  };
  const all = { ...own, name, tenant, key: KEY_PROPERTY };
  return { ...rest, properties: all, required: ['name', 'url'] };
}

const SHORT_NAME = /^[a-z0-9][a-z0-9-]{0,61}$/;
/** What may stand behind a name in a path. */
const VERBS: ReadonlySet<string> = new Set(['activate', 'drain', 'enable', 'key', 'probe']);
const KEY = new RegExp(`^[!-~](?:[ -~]{0,${KEY_CHARACTERS_MAX - 2}}[!-~])?$`);
const KEY_PROPERTY = { type: 'string', description: 'Sealed at once, and never shown again.' };
const KEY_BODY = {
  type: 'object',
  properties: { key: KEY_PROPERTY },
  required: ['key'],
  additionalProperties: false,
};

const NOT_HERE = refusal('config_conflict', 'This server takes its documents from files alone.', {
  hint: 'Change its configuration files.',
});
const TENANT_MISSING = refusal('body_invalid', 'The body: `tenant` is missing or no text.', {
  hint: 'Say whose it is; an endpoint for all belongs into a file of the operator.',
  param: 'tenant',
});
const URL_MISSING = refusal('body_invalid', 'The body: `url` is missing or no text.', {
  hint: 'Its base URL with the version path, like https://llm.example/v1.',
  param: 'url',
});
const OTHER_TENANT = refusal('not_entitled', 'This key speaks for another tenant.', {
  hint: 'Leave `tenant` out.',
  param: 'tenant',
});
const NAME_WRONG = refusal(
  'body_invalid',
  '`name`: has 1 to 62 characters: lower-case letters, digits and `-`, the first no `-`.',
  { hint: 'The name of the tenant is put before it: `gpu` becomes `acme/gpu`.', param: 'name' },
);
const NAME_TAKEN = refusal('body_invalid', '`name`: this word has a meaning in paths already.', {
  hint: 'Choose another name.',
  param: 'name',
});
const KEY_WRONG = refusal(
  'body_invalid',
  `\`key\`: must be text of 1 to ${KEY_CHARACTERS_MAX} printable ASCII characters.`,
  { hint: 'Send the key as its provider gave it, on one line.', param: 'key' },
);
