// Why something was not done, and what to do about it.
import type { VNode } from 'preact';
import type { Refused } from '../api/ask.ts';
import { Warning } from './icons.tsx';
import { Words } from './words.tsx';

export function Refusal({ problem }: { readonly problem: Refused }): VNode {
  return (
    <div class="failure" role="alert">
      <Warning />
      <p>
        <b>
          <Words>{problem.message}</Words>
        </b>{' '}
        <Words>{problem.hint ?? ''}</Words>
      </p>
    </div>
  );
}
