// What a policy was before: each version with its writer, and what it changed.
import type { VNode } from 'preact';
import { versions as versionsOf } from '../api/kept-shape.ts';
import { usePolled } from '../api/polled.ts';
import { Moment, useNow } from '../shell/moment.tsx';
import { DiffLines } from './findings.tsx';

export function Versions({ name }: { readonly name: string }): VNode | null {
  const { value } = usePolled(`policies/${name}/versions`, versionsOf, undefined);
  const now = useNow();
  if (value === undefined || value.length === 0) return null;
  return (
    <>
      <h3>Versions</h3>
      <ul class="versions">
        {value.map(({ number, at, by, done, text }, index) => (
          <li key={number}>
            <details>
              <summary>
                {number} {done} by {by} <Moment at={at} now={now} />
              </summary>
              <DiffLines before={value[index + 1]?.text ?? ''} after={text} />
            </details>
          </li>
        ))}
      </ul>
    </>
  );
}
