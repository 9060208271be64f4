// How a call ended: a drawing, a word and a colour, any one of which says it.
import type { VNode } from 'preact';
import { Barred, Check, Cross, Gone, Warning } from './icons.tsx';

type Kind = {
  readonly word: string;
  readonly tone: 'good' | 'warn' | 'bad' | 'plain';
  readonly Icon: () => VNode;
};

const KINDS: Readonly<Record<string, Kind>> = {
  answered: { word: 'Answered', tone: 'good', Icon: Check },
  refused: { word: 'Refused', tone: 'warn', Icon: Barred },
  cut: { word: 'Cut off', tone: 'bad', Icon: Cross },
  left: { word: 'Caller left', tone: 'plain', Icon: Gone },
  crashed: { word: 'Crashed', tone: 'bad', Icon: Warning },
};

const FAILED_FROM = 500;

export type OutcomeProps = {
  readonly ending: string;
  readonly status: number;
  readonly code: string | undefined;
};

export function Outcome({ ending, status, code }: OutcomeProps): VNode {
  const known = KINDS[ending] ?? { word: ending, tone: 'plain', Icon: Warning };
  const failed = status >= FAILED_FROM;
  const { word, tone, Icon } = failed ? { ...known, word: 'Failed', ...FAILED } : known;
  return (
    <span class={`outcome ${tone}`}>
      <Icon />
      <span>{word}</span>
      {ending !== 'answered' || failed ? (
        <span class="outcome-code" title={code}>
          {code ?? status}
        </span>
      ) : null}
    </span>
  );
}

const FAILED = { tone: 'bad', Icon: Cross } as const;
