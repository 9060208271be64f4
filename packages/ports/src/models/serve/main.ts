// The child process: waits to be told what to load, loads it, serves until its parent is gone.
//
// A native library is in here, and a crash of it takes the process along; that is why it is one.
// It reads no environment, opens no port, writes no log, and dies with its parent: when the
// channel between them closes, nobody is left to serve.
import { Socket } from 'node:net';
import { EmbeddedFault } from '../fault.ts';
import { PULSE_MS, readToChild, type StartMessage, type ToParent } from '../messages.ts';
import { type Door, openDoor } from './door.ts';
import { loadModel } from './loaded-model.ts';
import { slotsOf } from './slots.ts';

/** Callers waiting for a slot, for each slot. Behind a gateway the queue belongs to the gateway. */
const QUEUE_PER_SLOT = 8;
const EMBEDDINGS_QUEUE_MAX = 64;

const EXIT_START_FAILED = 1;

let door: Door | undefined;

// Not an exit: that would wait for what the engine is doing, and there is nothing to save.
process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'));
process.on('message', (value: unknown, handle: unknown) => {
  const message = readToChild(value);
  if (message?.kind === 'start') {
    start(message).catch(failed);
  } else if (message?.kind === 'connection' && handle instanceof Socket) {
    if (door === undefined) handle.destroy();
    else door.take(handle);
    tell({ kind: 'taken' });
  }
});

async function start(message: StartMessage): Promise<void> {
  const loaded = await loadModel(message);
  const slots = slotsOf(loaded.sequences, message.slots * QUEUE_PER_SLOT);
  const turns = slotsOf(['turn' as const], EMBEDDINGS_QUEUE_MAX);
  door = openDoor({ desk: { loaded, slots }, embeddings: { loaded, turns } }, message.secret);
  tell({ kind: 'ready', modelId: loaded.id, contextTokens: loaded.contextTokens });
  setInterval(() => tell({ kind: 'pulse', stuck: loaded.steps.areStuck() }), PULSE_MS);
}

function failed(cause: unknown): void {
  const code = cause instanceof EmbeddedFault ? cause.code : 'start_failed';
  const detail = cause instanceof Error ? cause.message : 'unknown reason';
  tell({ kind: 'failed', code, detail }, () => process.exit(EXIT_START_FAILED));
}

function tell(message: ToParent, then: () => void = () => {}): void {
  process.send?.(message, undefined, undefined, then);
}
