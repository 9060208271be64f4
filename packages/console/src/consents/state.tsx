// Whether a consent holds: a drawing, a word, its days.
import type { VNode } from 'preact';
import type { Consent } from '../api/consent-shape.ts';
import { day } from '../format.ts';
import { Barred, Check, Dash } from '../shell/icons.tsx';

/** As they are listed. */
export const STATES = ['in force', 'not yet', 'expired', 'revoked'] as const;
export type ConsentState = (typeof STATES)[number];

export function stateOf({ revoked, from, until }: Consent, now: number): ConsentState {
  if (revoked) return 'revoked';
  if (until <= now) return 'expired';
  return from !== undefined && from > now ? 'not yet' : 'in force';
}

const SAID: Readonly<Record<ConsentState, { word: string; tone: string; Icon: () => VNode }>> = {
  'in force': { word: 'In force', tone: 'good', Icon: Check },
  'not yet': { word: 'Not yet', tone: 'plain', Icon: Dash },
  expired: { word: 'Expired', tone: 'warn', Icon: Barred },
  revoked: { word: 'Revoked', tone: 'bad', Icon: Barred },
};

export function Standing(props: { readonly consent: Consent; readonly now: number }): VNode {
  const { from, until } = props.consent;
  const { word, tone, Icon } = SAID[stateOf(props.consent, props.now)];
  return (
    <span class="standing">
      <span class={`outcome ${tone}`}>
        <Icon /> {word}
      </span>
      <span class="soft">
        {from !== undefined && `from ${day(from)}, `}until {day(until)}
      </span>
    </span>
  );
}
