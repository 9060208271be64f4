// What is done with trained routers: one that its evaluation allows is let decide, and what was
// before it comes back. The command line and the admin API do it alike.
import type { RouterAnswer, RouterStage } from '@signalbox/control';
import { isForLine, type RouteModel } from '@signalbox/engine';
import { unfit } from '../eval/routing-train.ts';
import { readRouter, readStanding, writeStanding } from './routers.ts';

/** Why it may not decide; undefined: it may. */
export const whyNot = (model: RouteModel): string | undefined =>
  isForLine(model) ? unfit(model) : 'its models are no tiers';

/** @param by who does it, for the journal. */
export async function promoteRouter(
  dataFolder: string,
  stage: RouterStage,
  by: string,
): Promise<RouterAnswer> {
  const model = await readRouter(dataFolder, stage.digest);
  if (model === undefined) return { kind: 'unknown' };
  const why = whyNot(model);
  if (why !== undefined) {
    return { kind: 'refused', why: `The router ${stage.digest} cannot be promoted: ${why}` };
  }
  const { now, before } = await readStanding(dataFolder);
  await writeStanding(dataFolder, { now: stage, before: [...before, now], by });
  return { kind: 'done', now: stage };
}

/**
 * Refused where what was before cannot be read: the one that decides would go on.
 * @param digest only if this one decides; undefined: whichever does.
 */
export async function rollBackRouter(
  dataFolder: string,
  digest: string | undefined,
  by: string,
): Promise<RouterAnswer> {
  const { now, before } = await readStanding(dataFolder);
  const to = before.at(-1);
  if (now === null || to === undefined) return { kind: 'refused', why: 'No router is promoted' };
  if (digest !== undefined && digest !== now.digest) {
    return { kind: 'refused', why: `Another router decides: ${now.digest}` };
  }
  if (to !== null && !(await canDecide(dataFolder, to))) {
    return { kind: 'refused', why: goesOn(now, to) };
  }
  await writeStanding(dataFolder, { now: to, before: before.slice(0, -1), by });
  return { kind: 'done', now: to };
}

async function canDecide(dataFolder: string, { digest }: RouterStage): Promise<boolean> {
  const model = await readRouter(dataFolder, digest);
  return model !== undefined && isForLine(model);
}

const goesOn = (now: RouterStage, to: RouterStage): string =>
  `The router ${to.digest}, which decided before, cannot be read, so ${now.digest} goes on; ` +
  'promote another, or remove `routers/promoted.json` from the data folder to let none decide';
