// Consents: what lets some of a tenant's data go further than its label. Given and revoked by an
// admin of the tenant, or by the operator; never changed: who consents to something else gives
// another one. Each deed goes into the journal with who did it.
import { consentId, no, type Refusal, type Result, refusal, yes } from '@signalbox/contract';
import type { ConsentDocument } from '@signalbox/documents';
import { z } from 'zod';
import type { DocumentsDesk } from '../documents-desk.ts';
import type { ControlOptions } from '../options.ts';
import { answered, done, doneAs, UNKNOWN } from './answered.ts';
import {
  type Answer,
  type Asked,
  type From,
  getRoute,
  NO_QUERY,
  pageBody,
  pageOf,
  type Route,
} from './route.ts';
import { isoTime, time } from './rows.ts';
import { bodySchema, checkDocument, isJsonObject, readNamed } from './written.ts';

const text = z.string();

const consentSchema = z.strictObject({
  name: text.describe('What a call names in `x-signalbox-consent`.'),
  tenant: text,
  subject: text.nullable(),
  kinds: z.array(text),
  tiers: z.array(z.int()),
  regions: z.array(text).nullable(),
  purpose: text,
  from: time.nullable(),
  until: time,
  given_by: text,
  revoked: z.boolean(),
  source: z.strictObject({ file: text, line: z.int() }).nullable(),
});

const CHANCE_BYTES = 10;
const MAKES = { kind: 'json', query: NO_QUERY, forTenants: true } as const;

export const consentRoutes = (options: ControlOptions): readonly Route[] => [
  getRoute({
    path: '/admin/v1/consents',
    summary: 'All consents; to the admin of a tenant, those of that tenant',
    query: NO_QUERY,
    answer: pageOf(consentSchema),
    forTenants: true,
    async serve(_query, _asked, { visitor: { tenant } }) {
      const all = [...options.configuration().consents.values()];
      const theirs = all.filter((one) => tenant === undefined || one.tenant === tenant);
      return yes({ status: 200, body: pageBody(theirs.map(consentOf)) });
    },
  }),
  {
    ...MAKES,
    method: 'POST',
    path: '/admin/v1/consents',
    summary: 'Give a consent; without a name it gets an id',
    status: 201,
    answer: consentSchema,
    body: unnamed(bodySchema('consents', true)),
    serve: async (asked, from) =>
      options.documents === undefined
        ? no(FILES_ONLY)
        : give(options.documents, options, asked, from),
  },
  {
    ...MAKES,
    method: 'DELETE',
    path: '/admin/v1/consents/{name}',
    summary: 'Revoke a consent: from then on calls that name it are refused',
    status: 200,
    answer: done,
    body: undefined,
    serve: async (asked, from) =>
      options.documents === undefined
        ? no(FILES_ONLY)
        : revoke(options.documents, options, asked, from),
  },
];

async function give(
  desk: DocumentsDesk,
  options: ControlOptions,
  { body }: Asked,
  { visitor }: From,
): Promise<Result<Answer, Refusal>> {
  if (!isJsonObject(body)) return no(refusal('body_invalid', 'The body must be a JSON object.'));
  const { tenant: whose, name: by } = visitor;
  // What one tenant calls a consent tells another nothing.
  if (whose !== undefined && body['name'] !== undefined) return no(NAME_MADE_HERE);
  const name = consentId(options.clock.now(), options.random.bytes(CHANCE_BYTES));
  const tenant = whose === undefined ? {} : { tenant: whose };
  const read = readNamed('consents', { name, ...tenant, ...body });
  if (!read.ok) return read;
  const { document } = read.value;
  if (whose !== undefined && document['tenant'] !== whose) return no(OTHER_TENANT);
  const wrong = checkDocument('consents', document);
  if (wrong !== undefined) return no(wrong);
  if (Date.parse(String(document['until'])) <= options.clock.now()) return no(ENDED);
  const answer = await desk.create('consents', read.value.name, document);
  return answered(answer, () => {
    const made = options.configuration().consents.get(read.value.name);
    if (made === undefined) return no(UNKNOWN);
    const what = made.name;
    options.acted?.({ act: 'consent-given', by, tenant: whose, what, detail: detailOf(made) });
    return yes({ status: 201, body: consentOf(made) });
  });
}

async function revoke(
  desk: DocumentsDesk,
  options: ControlOptions,
  { name }: Asked,
  { visitor }: From,
): Promise<Result<Answer, Refusal>> {
  const found = options.configuration().consents.get(name);
  const { tenant: whose, name: by } = visitor;
  // What belongs to another tenant is not there at all.
  if (found === undefined || (whose !== undefined && found.tenant !== whose)) return no(UNKNOWN);
  if (found.revoked) return doneAs(name, 'revoked');
  return answered(await desk.remove('consents', name), () => {
    const detail = { tenant: found.tenant };
    options.acted?.({ act: 'consent-revoked', by, tenant: whose, what: name, detail });
    return doneAs(name, 'revoked');
  });
}

const detailOf = ({ tenant, kinds, tiers }: ConsentDocument): Readonly<Record<string, string>> => ({
  tenant,
  kinds: kinds.join(','),
  tiers: tiers.join(','),
});

const consentOf = (one: ConsentDocument): object => ({
  name: one.name,
  tenant: one.tenant,
  subject: one.subject ?? null,
  kinds: one.kinds,
  tiers: one.tiers,
  regions: one.regions ?? null,
  purpose: one.purpose,
  from: one.fromMs === undefined ? null : isoTime(one.fromMs),
  until: isoTime(one.untilMs),
  given_by: one.givenBy,
  revoked: one.revoked,
  source: one.origin === undefined ? null : { file: one.origin.file, line: one.origin.line },
});

function unnamed(schema: ReturnType<typeof bodySchema>): ReturnType<typeof bodySchema> {
  const { required, ...rest } = schema;
  const left = Array.isArray(required) ? required.filter((one) => one !== 'name') : [];
  return { ...rest, required: left };
}

const NAME_MADE_HERE = refusal('body_invalid', '`name` cannot be sent: it is made here.', {
  param: 'name',
});
const ENDED = refusal('body_invalid', '`until` is over: the consent would let nothing through.', {
  param: 'until',
  hint: 'Write a day that is to come (UTC), or `90d` on the command line.',
});
const OTHER_TENANT = refusal('not_entitled', 'This key gives consents of its own tenant alone.');
const FILES_ONLY = refusal('config_conflict', 'This server takes its documents from files alone.', {
  hint: 'Change its configuration files.',
});
