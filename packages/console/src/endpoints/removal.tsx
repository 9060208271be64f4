// Asked before an endpoint is gone.
import type { VNode } from 'preact';
import { Confirm } from '../shell/confirm.tsx';

export type RemovalProps = {
  readonly name: string;
  readonly onRemove: () => void;
  readonly onClose: () => void;
};

export const Removal = ({ name, onRemove, onClose }: RemovalProps): VNode => (
  <Confirm question={`Remove ${name}?`} deed="Remove it" onDeed={onRemove} onClose={onClose}>
    Calls in flight end, new ones go elsewhere, and its key is deleted. To bring it back, it is
    added again with its key.
  </Confirm>
);
