// Sentences of the server, with what stands between backticks as code.
import type { VNode } from 'preact';

export function Words({ children }: { readonly children: string }): VNode {
  return (
    <>
      {children.split('`').map((part, at) =>
        // Every second part stood between two of them.
        at % 2 === 1 ? <code key={part}>{part}</code> : part,
      )}
    </>
  );
}
