// The router that is promoted in the data folder, on the line: read at the start and whenever the
// file that names it changes. What cannot be read changes nothing, and is said in the log.
import type { Deed, KeptRouter, RoutersDesk } from '@signalbox/control';
import type { Routers } from '@signalbox/engine';
import { type OpenSink, watchFiles } from '@signalbox/ports';
import { promoteRouter, rollBackRouter, whyNot } from '../configuration/router-deeds.ts';
import { readRouter, readStanding, routersIn, standingPath } from '../configuration/routers.ts';

type WatchSettings = Parameters<typeof watchFiles>[3];
type Serving = WatchSettings & {
  readonly dataFolder: string;
  readonly routers: Routers;
  readonly sink: Pick<OpenSink, 'log'>;
  /** Told of every change after the start, for the journal. */
  readonly changed: (deed: Deed) => void;
};

export type ServedRouters = RoutersDesk & {
  /** Reads what is promoted, now and whenever it changes; returns how to stop. */
  serve(): Promise<() => void>;
};

export function openRouters(serving: Serving): ServedRouters {
  const { dataFolder, routers, sink, clock, changed } = serving;
  let isServing = false;
  /** One deed, or one look, after the other. */
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(deed: () => Promise<T>): Promise<T> => {
    const done = turn.then(deed);
    turn = done.catch(() => undefined);
    return done;
  };
  const look = async (): Promise<void> => {
    const before = routers.standing;
    try {
      const by = await readPromoted(dataFolder, routers);
      const { digest, standing } = routers;
      sink.log('info', 'router-read', digest === undefined ? {} : { router: digest });
      if (isServing && standing !== before) tell({ from: before, to: standing, by });
    } catch (cause) {
      sink.log('warn', 'router-unread', { why: whyOf(cause) });
    }
  };
  const tell = (change: Change): void => {
    try {
      changed(deedOf(change));
    } catch (cause) {
      sink.log('error', 'router-change-unrecorded', { ...change, why: whyOf(cause) });
    }
  };
  return {
    async all() {
      const found = await Promise.all((await routersIn(dataFolder)).map(kept));
      return found.filter((one) => one !== undefined);
    },
    one: kept,
    carryOut: (deed, by) =>
      inTurn(async () => {
        const done =
          deed.deed === 'promote'
            ? await promoteRouter(dataFolder, deed, by)
            : await rollBackRouter(dataFolder, deed.digest, by);
        if (done.kind === 'done') await look();
        return done;
      }),
    async serve() {
      await inTurn(look);
      isServing = true;
      const seen = (): void => void inTurn(look);
      return watchFiles([standingPath(dataFolder)], dataFolder, seen, { clock });
    },
  };

  async function kept(digest: string): Promise<KeptRouter | undefined> {
    const model = await readRouter(dataFolder, digest);
    if (model === undefined) return undefined;
    const { now } = await readStanding(dataFolder);
    const { sources, rows, labels, origins = {}, own = {}, evaluation } = model.card;
    return {
      ...{
        digest,
        tiers: model.models.map(({ name }) => name),
        sources,
        rows,
        labels,
        origins,
        own,
      },
      ...{ evaluation, unfit: whyNot(model), stage: now?.digest === digest ? now : undefined },
    };
  }
}

const whyOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

type Change = { readonly from: string; readonly to: string; readonly by: string };

const deedOf = ({ from, to, by }: Change): Deed => ({
  ...{ act: 'router-changed', by, tenant: undefined, what: to, detail: { from } },
});

/** @returns who made it so. */
async function readPromoted(dataFolder: string, routers: Routers): Promise<string> {
  const { now, by = 'command line' } = await readStanding(dataFolder);
  if (now === null) {
    routers.promote(undefined);
    return by;
  }
  const { digest, ring } = now;
  const model = await readRouter(dataFolder, digest);
  if (model === undefined || !routers.promote({ digest, model, ring: ring ?? undefined })) {
    throw new Error(`the router ${digest} cannot be read`);
  }
  return by;
}
