// How far back the overview looks. The choice is in the address.
import type { VNode } from 'preact';
import { go, type Place, withQuery } from '../router.ts';

type Window = { readonly word: string; readonly name: string; readonly ms: number };

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
export const WINDOWS: readonly Window[] = [
  { word: '15m', name: 'last 15 minutes', ms: 15 * MINUTE },
  { word: '1h', name: 'last hour', ms: HOUR },
  { word: '6h', name: 'last 6 hours', ms: 6 * HOUR },
  { word: '24h', name: 'last 24 hours', ms: 24 * HOUR },
  { word: '7d', name: 'last 7 days', ms: 7 * 24 * HOUR },
];
const USUAL: Window = { word: '1h', name: 'last hour', ms: HOUR };

export const windowOf = ({ query }: Place): Window =>
  WINDOWS.find((one) => one.word === query.get('window')) ?? USUAL;

/** @param by -1 for a shorter window, 1 for a longer one. */
export function shiftWindow(place: Place, by: number): void {
  const at = WINDOWS.findIndex((one) => one.word === windowOf(place).word);
  const to = WINDOWS[at + by];
  if (to !== undefined) go(withQuery(place, { window: to.word }), 'replace');
}

export function WindowChoice({ place }: { readonly place: Place }): VNode {
  const chosen = windowOf(place);
  return (
    <fieldset class="choice">
      <legend class="heard">How far back</legend>
      {WINDOWS.map((one) => (
        <label key={one.word} title={one.name}>
          <input
            type="radio"
            name="window"
            checked={one.word === chosen.word}
            onChange={() => go(withQuery(place, { window: one.word }), 'replace')}
          />
          <span>{one.word}</span>
        </label>
      ))}
    </fieldset>
  );
}
