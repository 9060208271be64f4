// The sheet of keys.
import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { keysAreOn, switchKeys } from './keys.ts';
import { roomsOf } from './rooms.ts';
import { useVisitor } from './visitor.ts';

type Line = readonly [keys: string, deed: string];
const KEYS: readonly Line[] = [
  ['j  k', 'Next and previous request'],
  ['Enter', 'Open the request'],
  ['/', 'Filter, or search'],
  ['p', 'Pause the list, or go on'],
  ['[  ]', 'Look back less far, further'],
  ['?', 'This sheet'],
];

export type ShortcutsProps = { readonly open: boolean; readonly onClose: () => void };

export function Shortcuts({ open, onClose }: ShortcutsProps): VNode {
  const dialog = useRef<HTMLDialogElement>(null);
  const ways = roomsOf(useVisitor()).map(({ key, name }): Line => [`g ${key}`, name]);
  const [on, setOn] = useState(keysAreOn);
  useEffect(() => {
    if (open) dialog.current?.showModal();
    else dialog.current?.close();
  }, [open]);
  const turn = (): void => {
    switchKeys(!on);
    setOn(!on);
  };
  return (
    <dialog ref={dialog} class="sheet" aria-labelledby="keys" onClose={onClose}>
      <h2 id="keys">Keys</h2>
      <dl>
        {[...ways, ...KEYS].map(([keys, deed]) => (
          <div key={keys}>
            <dt>
              {keys.split(/\s+/).map((one) => (
                <kbd key={one}>{one}</kbd>
              ))}
            </dt>
            <dd>{deed}</dd>
          </div>
        ))}
      </dl>
      <label class="switch">
        <input type="checkbox" checked={on} onChange={turn} /> Single keys are on
      </label>
      <form method="dialog">
        <button type="submit" class="button">
          Close
        </button>
      </form>
    </dialog>
  );
}
