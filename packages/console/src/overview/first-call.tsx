// Nothing has been asked yet: what to type, and a button that copies it.
import type { VNode } from 'preact';
import type { Status } from '../api/shapes.ts';
import { CopyButton } from '../shell/copy.tsx';
import { Mark } from '../shell/icons.tsx';

export function FirstCall({ status }: { readonly status: Status | undefined }): VNode {
  const line = status?.firstCall ?? usualLine();
  return (
    <section class="card first-call" aria-labelledby="first-call">
      <Mark />
      <h2 id="first-call">Send the first request</h2>
      <p>
        Paste this into a terminal. It appears here a moment later, with where it ran, why, and what
        it cost.
      </p>
      <pre>{line}</pre>
      <p>
        <CopyButton text={line} what="the command">
          Copy the command
        </CopyButton>
      </p>
      <p class="soft">
        Any OpenAI client works as well: set its base URL to <code>{location.origin}/v1</code>.
      </p>
    </section>
  );
}

const usualLine = (): string =>
  [
    `curl -s ${location.origin}/v1/chat/completions`,
    '-H "authorization: Bearer $SIGNALBOX_KEY"',
    "-H 'content-type: application/json'",
    `-d '{"model":"auto","messages":[{"role":"user","content":"classify: refund please"}]}'`,
  ].join(' \\\n  ');
