// Another key for an endpoint: it goes in, and the field is gone with it.
import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

export type KeyFormProps = {
  readonly name: string;
  readonly onKey: (key: string) => void;
  readonly onClose: () => void;
};

export function KeyForm({ name, onKey, onClose }: KeyFormProps): VNode {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus(), []);
  const submit = (event: Event): void => {
    event.preventDefault();
    onKey(input.current?.value ?? '');
  };
  const id = `key-of-${name}`;
  return (
    <form class="key-form" onSubmit={submit}>
      <label for={id}>New key of {name}</label>
      <input ref={input} id={id} type="password" required autocomplete="new-password" />
      <button type="submit" class="button accent">
        Seal it
      </button>
      <button type="button" class="button" onClick={onClose}>
        Cancel
      </button>
    </form>
  );
}
