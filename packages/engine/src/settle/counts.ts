// A flood fills no disk: what is refused before anybody is known, and limits that one key meets
// again and again, are counted and written as one entry a second and code.
import type { Clock, Code, Store, TenantName } from '@signalbox/contract';

export interface Counts {
  /** Adds one. `key` undefined: nobody was known. */
  add(code: Code, tenant: TenantName | undefined, key: string | undefined): void;
  /** False the first time in a second: that one gets a record of its own. */
  repeated(code: Code, key: string): boolean;
  /** Writes what was counted, if the journal takes it; for the last moment of a process. */
  flush(): void;
}

const WINDOW_MS = 1_000;
/** Distinct codes and keys in one second; more are added to the code without its key. */
const NAMES_MAX = 1_000;

type Count = {
  readonly code: Code;
  readonly tenant: TenantName | undefined;
  readonly key: string | undefined;
  times: number;
};

export function counts(clock: Clock, store: Store): Counts {
  const counted = new Map<string, Count>();
  const seen = new Set<string>();
  let running = false;
  const write = (): void => {
    const at = clock.now();
    for (const { code, tenant, key, times } of counted.values()) {
      store.append({ kind: 'count', at, tenant, call: undefined, body: { code, key, times } });
    }
    counted.clear();
  };
  const turn = (): void => {
    running = false;
    seen.clear();
    // What the journal does not take now is added up until it does.
    if (store.health().kind === 'ready') write();
    else if (counted.size > 0) run();
  };
  const run = (): void => {
    if (running) return;
    running = true;
    clock.after(WINDOW_MS, turn);
  };
  return {
    add(code, tenant, key) {
      run();
      const known = counted.size < NAMES_MAX ? key : undefined;
      const name = `${code}\n${known ?? ''}`;
      const count = counted.get(name);
      if (count === undefined) counted.set(name, { code, tenant, key: known, times: 1 });
      else count.times += 1;
    },
    repeated(code, key) {
      run();
      const name = `${code}\n${key}`;
      if (seen.has(name) || seen.size >= NAMES_MAX) return true;
      seen.add(name);
      return false;
    },
    flush() {
      seen.clear();
      if (store.health().kind === 'ready') write();
    },
  };
}
