// Documents that people write as text, as it stands below a name in `signalbox.yaml`: made,
// replaced and removed by the operator, read again with the versions before. The same for every
// noun; what a noun means is nobody's business here.
import { no, type Refusal, type Result, refusal, yes } from '@signalbox/contract';
import { NOUNS, type Origin } from '@signalbox/documents';
import { z } from 'zod';
import type { ControlOptions, Deed } from '../options.ts';
import type { DraftProblem } from '../rehearsal.ts';
import {
  TEXT_NOUNS,
  type TextChange,
  type TextNoun,
  type TextPlace,
  type TextsDesk,
} from '../texts-desk.ts';
import { answered, UNKNOWN } from './answered.ts';
import { textTag } from './holdings.ts';
import { sourceOf } from './policy-words.ts';
import {
  type Answer,
  type Asked,
  type From,
  getRoute,
  NO_QUERY,
  pageBody,
  pageOf,
  type Route,
  read,
} from './route.ts';
import { isoTime, time } from './rows.ts';
import { DRAFT_CHARACTERS_MAX, plainSchema } from './written.ts';

const text = z.string();
const written: z.ZodType<string> = text
  .max(DRAFT_CHARACTERS_MAX)
  .describe('What stands below its name in `signalbox.yaml`.');

/** Prices bear the name of their model, which its provider chose. */
const MODEL = { pattern: /^[!-~]{1,80}$/, message: 'a model has 1 to 80 printable characters' };

function withName(noun: TextNoun): z.ZodType<{ readonly name: string; readonly text: string }> {
  const { pattern, message } = NOUNS[noun].names ?? MODEL;
  return z.strictObject({ name: text.regex(pattern, message), text: written });
}
const alone = z.strictObject({ text: written });

const changed = z.strictObject({
  name: text,
  done: z.enum(['created', 'changed', 'removed']),
  standing: z
    .enum(['written', 'promoted', 'waits-for-approval', 'rolled-back'])
    .nullable()
    .describe('Of a policy: whether this content is in force.'),
});

const versionSchema = z.strictObject({
  number: z.int(),
  at: time,
  by: text.describe('`operator`, or the name of a key.'),
  done: z.enum(['created', 'changed', 'removed']),
  text: text.describe('Empty: it was removed.'),
});

const source = z.strictObject({ file: text, line: z.int() }).nullable();
const rowSchema = z.strictObject({
  name: text,
  kept_here: z.boolean().describe('It can be changed here: no file owns it.'),
  source,
});
const wholeSchema = rowSchema.extend({
  text: text.nullable().describe('As it is written, below its name; null: it was imported.'),
});

type Deeds = Pick<TextChange, 'deed' | 'name' | 'text' | 'isExpected'>;

export const textRoutes = (options: ControlOptions): readonly Route[] =>
  TEXT_NOUNS.flatMap((noun) => {
    const { texts } = options;
    return texts === undefined ? [] : routesOf(noun, texts, options);
  });

function routesOf(noun: TextNoun, texts: TextsDesk, options: ControlOptions): readonly Route[] {
  const path = `/admin/v1/${noun}`;
  const one = `${path}/{name}`;
  const named = withName(noun);
  const shared = { kind: 'json', query: NO_QUERY, answer: changed } as const;
  const carry = (deeds: Deeds, from: From): Promise<Result<Answer, Refusal>> =>
    carriedOut({ noun, ...deeds, by: from.visitor.name }, texts, options);
  return [
    getRoute({
      path: `${one}/versions`,
      summary: `What was kept of one of the ${noun} here, the newest first`,
      query: NO_QUERY,
      answer: pageOf(versionSchema),
      serve: async (_query, { name }) => versionsOf({ noun, name }, texts),
    }),
    ...reading(noun, texts, options),
    {
      ...{ ...shared, method: 'POST', path, status: 201 },
      summary: `Make one of the ${noun} from its text; what breaks a promise is refused`,
      body: plainSchema(named),
      async serve({ body }, from) {
        const asked = read(named, body);
        return asked.ok ? carry({ deed: 'create', ...asked.value }, from) : asked;
      },
    },
    {
      ...{ ...shared, method: 'PUT', path: one, status: 200 },
      summary: `Replace one of the ${noun}; with \`if-match\` only the text that was read`,
      body: plainSchema(alone),
      async serve({ name, body, header }, from) {
        const asked = read(alone, body);
        if (!asked.ok) return asked;
        const wanted = header('if-match');
        const isExpected =
          wanted === undefined
            ? undefined
            : (stands: string | undefined): boolean => wanted === textTag(options, stands);
        return carry({ deed: 'set', name, text: asked.value.text, isExpected }, from);
      },
    },
    {
      ...{ ...shared, method: 'DELETE', path: one, status: 200, body: undefined },
      summary: `Remove one of the ${noun} that nothing refers to`,
      serve: async ({ name }: Asked, from) => carry({ deed: 'remove', name, text: '' }, from),
    },
  ];
}

/** Policies are read with all that is known of them, and a list of models with their places. */
function reading(noun: TextNoun, texts: TextsDesk, options: ControlOptions): readonly Route[] {
  if (noun === 'policies') return [];
  const path = `/admin/v1/${noun}`;
  const rowOf = (name: string, origin: Origin | undefined): object => ({
    name,
    kept_here: texts.isKept({ noun, name }),
    source: sourceOf(origin),
  });
  const list = getRoute({
    path,
    summary: `All ${noun}, and which of them can be changed here`,
    query: NO_QUERY,
    answer: pageOf(rowSchema),
    serve: async () =>
      yes({
        status: 200,
        body: pageBody([...texts.all(noun)].map((one) => rowOf(...one))),
      }),
  });
  const whole = getRoute({
    path: `${path}/{name}`,
    summary: `One of the ${noun} as it is written; the header \`etag\` is for \`if-match\``,
    query: NO_QUERY,
    answer: wholeSchema,
    async serve(_query, { name }) {
      const all = texts.all(noun);
      if (!all.has(name)) return no(UNKNOWN);
      const written = texts.written({ noun, name })?.text;
      const body = { ...rowOf(name, all.get(name)), text: written ?? null };
      return yes({ status: 200, body, headers: ['etag', textTag(options, written)] });
    },
  });
  return noun === 'models' ? [whole] : [list, whole];
}

const DONE = { create: 'created', set: 'changed', remove: 'removed' } as const;

async function carriedOut(
  change: TextChange,
  texts: TextsDesk,
  options: ControlOptions,
): Promise<Result<Answer, Refusal>> {
  const { deed, noun, name, by } = change;
  const answer = await texts.change(change);
  if (answer.kind === 'changed') return no(CHANGED);
  if (answer.kind === 'wrong') return no(refuseProblems(answer.problems));
  return answered(answer, () => {
    const done = DONE[deed];
    const act: Deed['act'] = `document-${done}`;
    options.acted?.({ act, by, tenant: undefined, what: `${noun}/${name}` });
    const standing = noun === 'policies' ? options.policies?.standing(name)?.why : undefined;
    const body = { name, done, standing: standing ?? null };
    return yes({ status: deed === 'create' ? 201 : 200, body });
  });
}

async function versionsOf(place: TextPlace, texts: TextsDesk): Promise<Result<Answer, Refusal>> {
  const rows = (await texts.versions(place)).map(({ deed, at, ...rest }) => ({
    ...rest,
    at: isoTime(at),
    done: DONE[deed],
  }));
  return yes({ status: 200, body: pageBody(rows) });
}

const TOLD_MAX = 8;

function refuseProblems(problems: readonly DraftProblem[]): Refusal {
  const told = problems.slice(0, TOLD_MAX).map(({ file, line, message }) => {
    const where = file === undefined ? `Line ${line}` : `${file}:${line}`;
    return `${where}: ${message}.`;
  });
  const hint = problems[0]?.hint;
  return refusal('body_invalid', told.join(' '), {
    ...(hint === undefined ? {} : { hint }),
    param: 'text',
  });
}

const CHANGED = refusal('config_conflict', 'It was changed since it was read.', {
  hint: 'Read it again, and send its `etag` as `if-match`.',
  param: 'if-match',
});
