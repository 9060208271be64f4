import type { DriverCommand, LoadResult } from './commands.ts';
import type { Connection } from './connection.ts';
import { closedLoop, holdStreams, openLoop, streamLoop } from './loops.ts';
import { Tally } from './tally.ts';

/**
 * The load driver as a process of its own: one command in, one result out, over Node's own
 * channel.
 */

const held: Connection[] = [];

function run(command: DriverCommand): Promise<LoadResult> {
  switch (command.kind) {
    case 'closed':
      return closedLoop(command);
    case 'open':
      return openLoop(command);
    case 'streams':
      return streamLoop(command);
    case 'hold':
      return holdStreams(command, held);
    case 'release':
      for (const connection of held.splice(0)) connection.close();
      return Promise.resolve(new Tally().result());
  }
}

async function serve(command: DriverCommand): Promise<void> {
  try {
    process.send?.({ kind: 'result', result: await run(command) });
  } catch (error) {
    process.send?.({
      kind: 'fault',
      reason: error instanceof Error ? error.message : String(error),
    });
  }
}

// The parent is this repository's own code and the channel is private to the two.
process.on('message', (command: DriverCommand) => void serve(command));
process.on('disconnect', () => process.exit(0));
