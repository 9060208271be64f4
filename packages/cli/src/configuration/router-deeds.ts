// What is done with trained routers: one that its evaluation allows is let decide, and what was
// before it comes back. The command line and the admin API do it alike.
import { isForLine, type RouteModel } from '@signalbox/engine';
import { unfit } from '../eval/routing-train.ts';
import { readRouter, readStanding, type Stage, writeStanding } from './routers.ts';

export type Deeded =
  | { readonly kind: 'done'; readonly now: Stage | null }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'refused'; readonly why: string };

/** Why it may not decide; undefined: it may. */
export const whyNot = (model: RouteModel): string | undefined =>
  isForLine(model) ? unfit(model) : 'its models are no tiers';

/** @param by who does it, for the journal. */
export async function promoteRouter(dataFolder: string, stage: Stage, by: string): Promise<Deeded> {
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

/** @param digest only if this one decides; undefined: whichever does. */
export async function rollBackRouter(
  dataFolder: string,
  digest: string | undefined,
  by: string,
): Promise<Deeded> {
  const { now, before } = await readStanding(dataFolder);
  const to = before.at(-1);
  if (now === null || to === undefined) return { kind: 'refused', why: 'No router is promoted' };
  if (digest !== undefined && digest !== now.digest) {
    return { kind: 'refused', why: `Another router decides: ${now.digest}` };
  }
  await writeStanding(dataFolder, { now: to, before: before.slice(0, -1), by });
  return { kind: 'done', now: to };
}
