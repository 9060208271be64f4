// Asked before something is gone for good.
import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

export type RemovalProps = {
  readonly name: string;
  readonly onRemove: () => void;
  readonly onClose: () => void;
};

export function Removal({ name, onRemove, onClose }: RemovalProps): VNode {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} class="sheet" aria-labelledby="removal" onClose={onClose}>
      <h2 id="removal">Remove {name}?</h2>
      <p>
        Calls in flight end, new ones go elsewhere, and its key is deleted. To bring it back, it is
        added again with its key.
      </p>
      <div class="actions">
        <button type="button" class="button" onClick={onClose}>
          Keep it
        </button>
        <button type="button" class="button danger" onClick={onRemove}>
          Remove it
        </button>
      </div>
    </dialog>
  );
}
