// The level of degradation: what it is and why, and an operator's word about it.
import { no, type Refusal, type Result, refusal, yes } from '@signalbox/contract';
import { z } from 'zod';
import type { ControlOptions, DegradationDesk } from '../options.ts';
import { type Answer, getRoute, NO_QUERY, type Route, read } from './route.ts';
import { plainSchema } from './written.ts';

const level = z.int().min(0).max(4);

const degradationSchema = z.strictObject({
  level: level.describe('What calls are decided by; 0 is as usual.'),
  because: z.string().nullable(),
  stated: level.nullable().describe('By an operator; null: what is measured holds.'),
});

const statement = z.strictObject({
  level: level
    .nullable()
    .describe('Holds until it is taken back or the server ends; null: what is measured.'),
});

const PATH = '/admin/v1/degradation';

export function degradationRoutes({ degradation }: ControlOptions): readonly Route[] {
  if (degradation === undefined) return [];
  return [
    getRoute({
      path: PATH,
      summary: 'The level of degradation, and why',
      query: NO_QUERY,
      answer: degradationSchema,
      serve: async () => shown(degradation),
    }),
    {
      method: 'PUT',
      path: PATH,
      summary: 'State the level of degradation, or take that back',
      query: NO_QUERY,
      body: plainSchema(statement),
      answer: degradationSchema,
      status: 200,
      kind: 'json',
      async serve({ body }) {
        const stated = read(statement, body);
        if (!stated.ok) return no(LEVEL_WRONG);
        degradation.state(stated.value.level ?? undefined);
        return shown(degradation);
      },
    },
  ];
}

function shown({ now }: DegradationDesk): Result<Answer, Refusal> {
  const { level: held, because, stated } = now();
  const body = { level: held, because: because === '' ? null : because, stated: stated ?? null };
  return yes({ status: 200, body });
}

const LEVEL_WRONG = refusal('body_invalid', '`level` is an integer from 0 to 4, or null.', {
  param: 'level',
});
