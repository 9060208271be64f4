// What another wire said in its own words: it cannot cross, and is listed by name.
import { type Dropped, type Extra, WIRES } from '../canon/canon.ts';

export function dropExtra(extra: Extra | undefined, dropped: Dropped): void {
  if (extra === undefined) return;
  for (const wire of WIRES) {
    if (wire === 'responses') continue;
    for (const key of Object.keys(extra[wire] ?? {})) dropped.add(`${wire}.${key}`);
  }
}
