// What an operator changes: endpoints on and off, tenants, keys. The form is checked here, by the
// schemas of the configuration; the desk checks the rest and keeps it. A new key is shown once, in
// the answer that made it, and stored by nobody.
import { assert, no, type Refusal, type Result, refusal, yes } from '@signalbox/contract';
import { API_KEY_CHANCE_BYTES, apiKeyMac, mintApiKey, parseApiKey } from '@signalbox/trust';
import { z } from 'zod';
import type { DeskNoun, DocumentsDesk, WrittenDocument } from '../documents-desk.ts';
import type { ControlOptions } from '../options.ts';
import { answered, done, doneAs } from './answered.ts';
import { findEndpoint } from './brought.ts';
import { etagOf, findTenant, tenantSchema } from './holdings.ts';
import { type Answer, type Asked, type From, type Method, NO_QUERY, type Route } from './route.ts';
import { bodySchema, checkDocument, readDocument, readNamed } from './written.ts';

const madeKey = z.strictObject({
  name: z.string(),
  id: z.string(),
  key: z.string().nullable().describe('Shown once: null when the same request is repeated.'),
});

export const changeRoutes = (options: ControlOptions): readonly Route[] => [
  endpointSwitch(options, 'enable'),
  endpointSwitch(options, 'drain'),
  createTenant(options),
  setTenant(options),
  remove(options, 'tenants', 'Remove a tenant'),
  createKey(options),
  remove(options, 'keys', 'Remove a key: from then on it is refused'),
];

type Change = Pick<Route, 'path' | 'summary' | 'answer'> & {
  readonly method: Exclude<Method, 'GET'>;
  readonly status?: number;
  readonly body?: Route['body'];
  readonly forTenants?: boolean;
  change(desk: DocumentsDesk, asked: Asked, from: From): Promise<Result<Answer, Refusal>>;
};

function changeRoute({ documents }: ControlOptions, one: Change): Route {
  return {
    ...one,
    status: one.status ?? 200,
    body: one.body,
    kind: 'json',
    query: NO_QUERY,
    serve: async (asked, from) =>
      documents === undefined ? no(FILES_ONLY) : one.change(documents, asked, from),
  };
}

function endpointSwitch(options: ControlOptions, to: 'enable' | 'drain'): Route {
  return changeRoute(options, {
    method: 'POST',
    path: `/admin/v1/endpoints/{name}/${to}`,
    summary: to === 'enable' ? 'Let calls go to an endpoint' : 'Send an endpoint no new calls',
    answer: done,
    forTenants: true,
    async change(desk, { name }, { visitor }) {
      const what = to === 'enable' ? 'enabled' : 'drained';
      const { tenant } = visitor;
      const found = tenant === undefined ? undefined : findEndpoint(options, name, tenant);
      if (found?.ok === false) return found;
      const answer = await desk.switchEndpoint(name, to);
      const act = `endpoint-${what}` as const;
      if (answer.kind === 'done') options.acted?.({ act, by: visitor.name, tenant, what: name });
      return answered(answer, () => doneAs(name, what));
    },
  });
}

function createTenant(options: ControlOptions): Route {
  return changeRoute(options, {
    method: 'POST',
    path: '/admin/v1/tenants',
    summary: 'Make a tenant',
    status: 201,
    answer: tenantSchema,
    body: bodySchema('tenants', true),
    async change(desk, asked) {
      const read = readNamed('tenants', asked.body);
      if (!read.ok) return read;
      const { name, document } = read.value;
      const wrong = checkDocument('tenants', document);
      if (wrong !== undefined) return no(wrong);
      const answer = await desk.create('tenants', name, document);
      return answered(answer, () => shown(options, name, 201));
    },
  });
}

function setTenant(options: ControlOptions): Route {
  return changeRoute(options, {
    method: 'PUT',
    path: '/admin/v1/tenants/{name}',
    summary: 'Replace the document of a tenant; with `if-match` only the one that was read',
    answer: tenantSchema,
    body: bodySchema('tenants', false),
    async change(desk, asked) {
      const found = findTenant(options, asked.name);
      if (!found.ok) return found;
      const wanted = asked.header('if-match');
      if (wanted !== undefined && wanted !== etagOf(options, found.value)) return no(CHANGED);
      const document = readDocument('tenants', asked.body);
      if (!document.ok) return document;
      const wrong = checkDocument('tenants', document.value);
      if (wrong !== undefined) return no(wrong);
      const answer = await desk.set('tenants', asked.name, document.value);
      return answered(answer, () => shown(options, asked.name, 200));
    },
  });
}

function remove(options: ControlOptions, noun: DeskNoun, summary: string): Route {
  return changeRoute(options, {
    method: 'DELETE',
    path: `/admin/v1/${noun}/{name}`,
    summary,
    answer: done,
    async change(desk, { name }) {
      return answered(await desk.remove(noun, name), () => doneAs(name, 'removed'));
    },
  });
}

function createKey(options: ControlOptions): Route {
  return changeRoute(options, {
    method: 'POST',
    path: '/admin/v1/keys',
    summary: 'Make a key; the answer shows it once',
    status: 201,
    answer: madeKey,
    body: bodySchema('keys', true),
    async change(desk, asked) {
      const read = readNamed('keys', asked.body);
      if (!read.ok) return read;
      const { name, document } = read.value;
      const { text, id, hash } = newKey(options);
      const whole: WrittenDocument = { ...document, id, secret_hash: hash };
      const wrong = checkDocument('keys', whole);
      if (wrong !== undefined) return no(wrong);
      const again = { name, id, key: null };
      const body = { name, id, key: text };
      return answered(await desk.create('keys', name, whole), () =>
        yes({ status: 201, body, again }),
      );
    },
  });
}

type NewKey = { readonly text: string; readonly id: string; readonly hash: string };

function newKey({ random, keys, keyEnvironment }: ControlOptions): NewKey {
  const text = mintApiKey(keyEnvironment, random.bytes(API_KEY_CHANCE_BYTES));
  const parsed = parseApiKey(text);
  assert(parsed !== undefined, 'a key that was just made is well formed');
  return { text, id: parsed.id, hash: Buffer.from(apiKeyMac(parsed, keys)).toString('hex') };
}

/** A document as it is in force now: the desk has swapped the snapshot before it answered. */
function shown(options: ControlOptions, name: string, status: number): Result<Answer, Refusal> {
  const found = findTenant(options, name);
  if (!found.ok) return found;
  return yes({ status, body: found.value, headers: ['etag', etagOf(options, found.value)] });
}

const CHANGED = refusal('config_conflict', 'It was changed since it was read.', {
  hint: 'Read it again, and send its `etag` as `if-match`.',
  param: 'if-match',
});
const FILES_ONLY = refusal('config_conflict', 'This server takes its documents from files alone.', {
  hint: 'Change its configuration files.',
});
