// Whether a policy holds, and for whom: a drawing, a word, a sentence.
import type { VNode } from 'preact';
import type { Policy } from '../api/policy-shape.ts';
import { day } from '../format.ts';
import { Barred, Check, Dash, Warning } from '../shell/icons.tsx';

type Said = { readonly word: string; readonly tone: string; readonly Icon: () => VNode };

function saidOf({ mode, inForce, attached, from, until }: Policy): Said {
  if (!inForce && until !== undefined && until <= Date.now()) {
    return { word: 'Ended', tone: 'plain', Icon: Barred };
  }
  if (!inForce && from !== undefined) return { word: 'Not yet', tone: 'plain', Icon: Dash };
  if (attached.length === 0) return { word: 'Attached to nobody', tone: 'warn', Icon: Warning };
  if (mode === 'shadow') return { word: 'Shadow: recorded, not done', tone: 'plain', Icon: Dash };
  return { word: 'In force', tone: 'good', Icon: Check };
}

export function Standing({ policy }: { readonly policy: Policy }): VNode {
  const { word, tone, Icon } = saidOf(policy);
  const { from, until, ring } = policy;
  const bounds = [
    from === undefined ? '' : `from ${day(from)}`,
    until === undefined ? '' : `until ${day(until)}`,
    ring === undefined ? '' : `rings 0 to ${ring}`,
  ].filter((one) => one !== '');
  return (
    <span class="standing">
      <span class={`outcome ${tone}`}>
        <Icon /> {word}
      </span>
      {bounds.length > 0 && <span class="soft">{bounds.join(', ')}</span>}
    </span>
  );
}

/** Whose calls it is about: the scope, then the names. */
export function Attachments({ policy }: { readonly policy: Policy }): VNode {
  if (policy.attached.length === 0) return <span class="soft">nobody</span>;
  return (
    <ul class="attachments">
      {policy.attached.map(({ scope, names, total }) => {
        const more = total - names.length;
        return (
          <li key={scope}>
            <span class="chip">{scope}</span> {names.join(', ')}
            {more > 0 && <span class="soft"> and {more} more</span>}
          </li>
        );
      })}
    </ul>
  );
}
