// Why something is not shown, and what to do. What was shown before stays.
import type { VNode } from 'preact';
import type { Refused } from '../api/ask.ts';
import { Warning } from './icons.tsx';
import { Words } from './words.tsx';

/** Asking again brings back nothing that is gone. */
const NOT_FOUND = 404;

type MayFail = { readonly failure: Refused | undefined; readonly again: () => void };

export function Failure({ asked }: { readonly asked: readonly MayFail[] }): VNode | null {
  const failed = asked.find((one) => one.failure !== undefined);
  if (failed?.failure === undefined) return null;
  return (
    <div class="failure" role="alert">
      <Warning />
      <p>
        <b>{failed.failure.message}</b> <Words>{failed.failure.hint ?? ''}</Words>
      </p>
      {failed.failure.status !== NOT_FOUND && (
        <button type="button" class="button" onClick={failed.again}>
          Try again
        </button>
      )}
    </div>
  );
}
