// The macros over lists and keys of maps. Each element stands in the locals at the macro's depth.
import { asMap, FAULT, type Run } from './run.ts';

export const MACROS: ReadonlySet<string> = new Set([
  ...['all', 'exists', 'exists_one', 'map', 'filter'],
]);

const elements = (of: unknown): readonly unknown[] =>
  Array.isArray(of) ? of : Object.keys(asMap(of));

type Loop = {
  readonly of: Run;
  /** Of the element among the locals. */
  readonly place: number;
  readonly body: Run;
};

/** `all` ends at the first false, `exists` at the first true; a fault counts if nothing ends it. */
function until({ of, place, body }: Loop, ending: boolean): Run {
  return (values, locals) => {
    const over = of(values, locals);
    if (over === FAULT) return FAULT;
    let faulty = false;
    for (const element of elements(over)) {
      locals[place] = element;
      const found = body(values, locals);
      if (found === ending) return ending;
      faulty ||= found === FAULT;
    }
    return faulty ? FAULT : !ending;
  };
}

export const all = (loop: Loop): Run => until(loop, false);
export const exists = (loop: Loop): Run => until(loop, true);

export function existsOne({ of, place, body }: Loop): Run {
  return (values, locals) => {
    const over = of(values, locals);
    if (over === FAULT) return FAULT;
    let count = 0;
    for (const element of elements(over)) {
      locals[place] = element;
      const found = body(values, locals);
      if (found === FAULT) return FAULT;
      if (found === true) count += 1;
    }
    return count === 1;
  };
}

/** @param keep Undefined: every element. */
export function mapped({ of, place, body }: Loop, keep: Run | undefined): Run {
  return (values, locals) => {
    const over = of(values, locals);
    if (over === FAULT) return FAULT;
    const out: unknown[] = [];
    for (const element of elements(over)) {
      locals[place] = element;
      const kept = keep === undefined ? true : keep(values, locals);
      if (kept === FAULT) return FAULT;
      if (kept !== true) continue;
      const made = body(values, locals);
      if (made === FAULT) return FAULT;
      out.push(made);
    }
    return out;
  };
}
