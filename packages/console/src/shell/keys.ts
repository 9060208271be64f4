// Single keys, for who moves by them. They are off while somebody types, and off altogether for who
// says so: a voice or a tremor types letters too.
import { useEffect, useRef } from 'preact/hooks';

const SWITCH = 'signalbox-keys';
const SEQUENCE_MS = 1_200;

export const keysAreOn = (): boolean => localStorage.getItem(SWITCH) !== 'off';
export const switchKeys = (on: boolean): void => localStorage.setItem(SWITCH, on ? 'on' : 'off');

export type Keys = Readonly<Record<string, () => void>>;

/** @param keys one key, or two after another with a space between: `g o`. */
export function useKeys(keys: Keys): void {
  const now = useRef(keys);
  now.current = keys;
  useEffect(() => {
    let first = '';
    let at = 0;
    const press = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || !keysAreOn() || isTyping(event)) return;
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const pair = event.timeStamp - at < SEQUENCE_MS ? `${first} ${event.key}` : event.key;
      first = event.key;
      at = event.timeStamp;
      const deed = now.current[pair] ?? now.current[event.key];
      if (deed === undefined) return;
      event.preventDefault();
      deed();
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, []);
}

function isTyping({ target }: KeyboardEvent): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement)
    return target.type !== 'radio' && target.type !== 'checkbox';
  return target.matches('textarea, select, [contenteditable]') || isInDialog(target);
}

const isInDialog = (target: HTMLElement): boolean => target.closest('dialog') !== null;
