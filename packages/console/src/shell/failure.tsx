// Why something is not shown, and what to do. What was shown before stays.
import type { VNode } from 'preact';
import type { Refused } from '../api/ask.ts';
import { Warning } from './icons.tsx';

type MayFail = { readonly failure: Refused | undefined; readonly again: () => void };

export function Failure({ asked }: { readonly asked: readonly MayFail[] }): VNode | null {
  const failed = asked.find((one) => one.failure !== undefined);
  if (failed?.failure === undefined) return null;
  return (
    <div class="failure" role="alert">
      <Warning />
      <p>
        <b>{failed.failure.message}</b> {failed.failure.hint}
      </p>
      <button type="button" class="button" onClick={failed.again}>
        Try again
      </button>
    </div>
  );
}
