// Asked before something is gone for good.
import type { ComponentChildren, VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

export type ConfirmProps = {
  /** `Remove acme/gpu?`. */
  readonly question: string;
  /** What comes of it. */
  readonly children: ComponentChildren;
  /** `Remove it`. */
  readonly deed: string;
  readonly onDeed: () => void;
  readonly onClose: () => void;
};

export function Confirm({ question, children, deed, onDeed, onClose }: ConfirmProps): VNode {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} class="sheet" aria-labelledby="confirm" onClose={onClose}>
      <h2 id="confirm">{question}</h2>
      <p>{children}</p>
      <div class="actions">
        <button type="button" class="button" onClick={onClose}>
          Keep it
        </button>
        <button type="button" class="button danger" onClick={onDeed}>
          {deed}
        </button>
      </div>
    </dialog>
  );
}
