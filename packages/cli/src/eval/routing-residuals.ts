// From rows of tenants to what each of them teaches for itself alone, beside a router that was
// trained on none of them.
import {
  EVERYBODY,
  familyOf,
  type JudgedRow,
  LearnedRouter,
  type Residual,
  type RouteDecision,
  type RouteModel,
  residualOf,
  stepKey,
} from '@signalbox/engine';
import type { RoutingRow } from './routing-set.ts';

/** With fewer labels of a step the router itself says nothing there: the usual `labels_min`. */
const LABELS_MIN = 50;

export function residualsOf(
  base: RouteModel,
  own: readonly RoutingRow[],
): ReadonlyMap<string, Residual> {
  const router = new LearnedRouter(base);
  const models = base.models.map(({ name }) => name);
  const groups = new Map<string, { readonly isEven: boolean; readonly rows: JudgedRow[] }>();
  for (const row of own) {
    const { outcomes, weights } = row;
    const family = familyFor(base, row);
    const key = stepKey(row.task ?? '', row.sub ?? '');
    const group = groups.get(key) ?? { isEven: family === undefined, rows: [] };
    groups.set(key, group);
    const good = family === undefined ? models.map(() => 0.5) : asked(router, row, family).good;
    group.rows.push({ outcomes, weights, good });
  }
  const found = [...groups].flatMap(([key, { isEven, rows }]) => {
    const residual = residualOf(rows, models);
    return residual === undefined ? [] : [[key, { ...residual, isEven }] as const];
  });
  return new Map(found);
}

/** What is said on the line of a call like this row. */
export function decidedFor(router: LearnedRouter, row: RoutingRow): RouteDecision {
  const own = router.residual(row.task, row.sub);
  if (own?.isEven === true) return router.decideBy(own);
  return asked(router, row, familyFor(router.model, row) ?? EVERYBODY);
}

const familyFor = (model: RouteModel, { task = '', sub = '' }: RoutingRow): string | undefined =>
  familyOf(model, { tenant: task, step: sub, least: LABELS_MIN });

const asked = (router: LearnedRouter, row: RoutingRow, family: string): RouteDecision =>
  router.decide({
    ...{ text: row.prompt, family },
    ...(row.terms === undefined ? {} : { terms: row.terms }),
    ...(row.sub === undefined ? {} : { step: row.sub }),
    ...(row.task === undefined ? {} : { tenant: row.task }),
  });
