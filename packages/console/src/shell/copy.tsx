// A button that copies, and says that it has.
import type { ComponentChildren, VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Check, Copy } from './icons.tsx';

const SAID_MS = 1_800;

export type CopyProps = {
  readonly text: string;
  /** What is copied, for who listens. */
  readonly what: string;
  readonly children?: ComponentChildren;
  readonly quiet?: boolean;
};

export function CopyButton({ text, what, children, quiet = false }: CopyProps): VNode {
  const [said, setSaid] = useState<'copied' | 'refused'>();
  useEffect(() => {
    if (said === undefined) return undefined;
    const timer = setTimeout(() => setSaid(undefined), SAID_MS);
    return () => clearTimeout(timer);
  }, [said]);
  const copy = async (): Promise<void> => {
    setSaid((await copied(text)) ? 'copied' : 'refused');
  };
  const word = said === undefined ? (children ?? 'Copy') : WORDS[said];
  return (
    <button type="button" class={quiet ? 'button quiet' : 'button'} onClick={copy}>
      {said === 'copied' ? <Check /> : <Copy />}
      <span>{word}</span>
      <span class="heard"> {what}</span>
      <span class="heard" role="status">
        {said === undefined ? '' : WORDS[said]}
      </span>
    </button>
  );
}

const WORDS = { copied: 'Copied', refused: 'Select and copy by hand' } as const;

/** The question that this page asks, for who wants to ask it elsewhere. */
export function CopyQuestion({ path }: { readonly path: string }): VNode {
  const lines = [
    `curl -s '${location.origin}/admin/v1/${path}'`,
    '-H "authorization: Bearer $SIGNALBOX_ADMIN_KEY"',
  ];
  return (
    <CopyButton text={lines.join(' \\\n  ')} what="the curl command">
      curl
    </CopyButton>
  );
}

/** Where the browser has no clipboard (plain HTTP under a name), a selection does. */
async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement('textarea');
    area.value = text;
    area.className = 'heard';
    document.body.append(area);
    area.select();
    const done = document.execCommand('copy');
    area.remove();
    return done;
  }
}
