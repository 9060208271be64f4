// The start leaves a heap that is more than half garbage: parsed lists, schemas, sources that were
// compiled. V8 keeps such a heap until load makes it look again, and an idle gateway would weigh a
// quarter more than it needs to. So once, in the first quiet moment, it is asked to look: one full
// collection that also gives empty pages back, about 100 ms, and never while somebody is connected.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const FIRST_LOOK_MS = 1_000;
const LOOKS_MAX = 5;

/** Returns how to give up. */
export function giveBackMemory(isQuiet: () => boolean): () => void {
  let looks = 0;
  const look = (): void => {
    looks += 1;
    if (isQuiet()) collect();
    else if (looks < LOOKS_MAX) timer = setTimeout(look, FIRST_LOOK_MS).unref();
  };
  let timer = setTimeout(look, FIRST_LOOK_MS).unref();
  return () => clearTimeout(timer);
}

/** The collector has no name in ordinary contexts, and gets none in this one. */
function collect(): void {
  setFlagsFromString('--expose-gc');
  const found: unknown = runInNewContext('gc');
  setFlagsFromString('--no-expose-gc');
  if (typeof found === 'function')
    found({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}
