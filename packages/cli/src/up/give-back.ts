// The start leaves a heap that is more than half garbage: parsed lists, schemas, sources that were
// compiled. V8 keeps such a heap until load makes it look again, and an idle gateway would weigh a
// quarter more than it needs to. So once, in the first quiet moment, it is asked to look: one full
// collection that also gives empty pages back, about 100 ms, after a second in which nobody asked
// for anything.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const LOOK_EVERY_MS = 1_000;
/** Whoever is never quiet in the first minute has other worries. */
const LOOKS_MAX = 60;

/** Since the listener began, and those that are not over. */
export type Exchanges = { readonly begun: number; readonly open: number };

/** Returns how to give up. */
export function giveBackMemory(exchanges: () => Exchanges): () => void {
  let looks = 0;
  let begunBefore = 0;
  const look = (): void => {
    const { begun, open } = exchanges();
    looks += 1;
    if (open === 0 && begun === begunBefore) collect();
    else if (looks < LOOKS_MAX) timer = setTimeout(look, LOOK_EVERY_MS).unref();
    begunBefore = begun;
  };
  let timer = setTimeout(look, LOOK_EVERY_MS).unref();
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
