// Learned routers: what was trained here, on what, how good it is, and which of them decides for
// whom. Training itself stays with the command line: it takes a processor for minutes.
import { no, type Refusal, type Result, refusal, yes } from '@signalbox/contract';
import { z } from 'zod';
import type { ControlOptions } from '../options.ts';
import type { KeptRouter, RouterDeed, RoutersDesk } from '../routers-desk.ts';
import { UNKNOWN } from './answered.ts';
import { type Answer, getRoute, NO_QUERY, pageBody, pageOf, type Route, read } from './route.ts';
import { plainSchema } from './written.ts';

const text = z.string();
const counts = z.record(text, z.int());
const ring = z
  .int()
  .min(0)
  .max(1_000)
  .nullable()
  .describe('For tenants of this ring and those before it; null: for all.');

const routerSchema = z.strictObject({
  name: text.describe('The digest of its bytes.'),
  tiers: z.array(text).describe('What it tells apart, the weakest first.'),
  sources: z.array(text),
  rows: z.int().describe('Rows that everybody is told by.'),
  labels: counts.describe('By tier.'),
  origins: counts.describe('Labels of the journal by what they come from.'),
  own: counts.describe('Rows of tenants, each of which teaches what is said of its own alone.'),
  evaluation: z
    .strictObject({ rows: z.int(), apgr: z.number(), low: z.number() })
    .nullable()
    .describe('On rows that it was not trained on: 0.5 is chance; 95 % of draws lie above `low`.'),
  unfit: text.nullable().describe('Why it may not be promoted; null: it may.'),
  promoted: z.strictObject({ ring }).nullable().describe('Where it decides; null: nowhere.'),
});

const promoting = z.strictObject({ ring: ring.optional() });
const nothing = z.strictObject({});
const standing = z.strictObject({
  name: text.nullable().describe('The router that decides now; null: none.'),
  ring,
});

export function routerRoutes({ routers }: ControlOptions): readonly Route[] {
  if (routers === undefined) return [];
  return [
    getRoute({
      path: '/admin/v1/routers',
      summary: 'Learned routers: what they were trained on, how good they are, which one decides',
      query: NO_QUERY,
      answer: pageOf(routerSchema),
      serve: async () =>
        yes({ status: 200, body: pageBody((await routers.all()).map(documentOf)) }),
    }),
    getRoute({
      path: '/admin/v1/routers/{name}',
      summary: 'One learned router',
      query: NO_QUERY,
      answer: routerSchema,
      async serve(_query, { name }) {
        const found = await routers.one(name);
        return found === undefined ? no(UNKNOWN) : yes({ status: 200, body: documentOf(found) });
      },
    }),
    deedRoute(routers, {
      word: 'promote',
      summary: 'Let a router decide calls of `auto`, if its evaluation allows it',
      schema: promoting,
      deedOf: (digest, { ring: wanted = null }) => ({ deed: 'promote', digest, ring: wanted }),
    }),
    deedRoute(routers, {
      word: 'rollback',
      summary: 'Go back from the router that decides to what was before it, at once',
      schema: nothing,
      deedOf: (digest) => ({ deed: 'rollback', digest }),
    }),
  ];
}

type Given<T> = {
  readonly word: string;
  readonly summary: string;
  readonly schema: z.ZodType<T>;
  readonly deedOf: (digest: string, body: T) => RouterDeed;
};

const deedRoute = <T>(
  routers: RoutersDesk,
  { word, summary, schema, deedOf }: Given<T>,
): Route => ({
  ...{ method: 'POST', path: `/admin/v1/routers/{name}/${word}`, summary, kind: 'json' },
  ...{ query: NO_QUERY, body: plainSchema(schema), answer: standing, status: 200 },
  async serve({ name, body }, { visitor }) {
    const asked = read(schema, body);
    if (!asked.ok) return asked;
    return toldOf(await routers.carryOut(deedOf(name, asked.value), visitor.name));
  },
});

function toldOf(answer: Awaited<ReturnType<RoutersDesk['carryOut']>>): Result<Answer, Refusal> {
  if (answer.kind === 'unknown') return no(UNKNOWN);
  if (answer.kind === 'refused') {
    const hint = 'See `GET /admin/v1/routers` for what may be promoted, and what decides.';
    return no(refusal('config_conflict', `${answer.why}.`, { hint }));
  }
  const { now } = answer;
  return yes({ status: 200, body: { name: now?.digest ?? null, ring: now?.ring ?? null } });
}

function documentOf({ digest, evaluation, unfit, stage, ...told }: KeptRouter): object {
  return {
    ...{ name: digest, ...told, unfit: unfit ?? null },
    evaluation: evaluation ?? null,
    promoted: stage === undefined ? null : { ring: stage.ring },
  };
}
