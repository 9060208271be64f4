// The router that is promoted in the data folder, on the line: read at the start and whenever the
// file that names it changes. What cannot be read changes nothing, and is said in the log.
import type { Routers } from '@signalbox/engine';
import { type OpenSink, watchFiles } from '@signalbox/ports';
import { readRouter, readStanding, standingPath } from '../configuration/routers.ts';

type WatchSettings = Parameters<typeof watchFiles>[3];
type Serving = WatchSettings & {
  readonly dataFolder: string;
  readonly routers: Routers;
  readonly sink: Pick<OpenSink, 'log'>;
  /** Told of every change after the start, for the journal. */
  readonly changed: (from: string, to: string) => void;
};

/** Returns how to stop. */
export async function serveRouters({
  dataFolder,
  routers,
  sink,
  clock,
  changed,
}: Serving): Promise<() => void> {
  let isServing = false;
  const read = async (): Promise<void> => {
    try {
      const before = routers.standing;
      await readPromoted(dataFolder, routers);
      const { digest, standing } = routers;
      if (isServing && standing !== before) changed(before, standing);
      sink.log('info', 'router-read', digest === undefined ? {} : { router: digest });
    } catch {
      sink.log('warn', 'router-unread', {});
    }
  };
  await read();
  isServing = true;
  return watchFiles([standingPath(dataFolder)], dataFolder, () => void read(), { clock });
}

async function readPromoted(dataFolder: string, routers: Routers): Promise<void> {
  const { now } = await readStanding(dataFolder);
  if (now === null) {
    routers.promote(undefined);
    return;
  }
  const { digest, ring } = now;
  const model = await readRouter(dataFolder, digest);
  if (model === undefined || !routers.promote({ digest, model, ring: ring ?? undefined })) {
    throw new Error(`the router ${digest} cannot be read`);
  }
}
