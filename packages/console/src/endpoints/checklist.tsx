// What an endpoint answered when it was asked about itself, line by line.
import type { VNode } from 'preact';
import type { CheckLine, Examined } from '../api/brought-shape.ts';
import { Check, Cross, Dash } from '../shell/icons.tsx';
import { Words } from '../shell/words.tsx';

const STATES: Readonly<Record<string, { word: string; tone: string; Icon: () => VNode }>> = {
  passed: { word: 'holds', tone: 'good', Icon: Check },
  failed: { word: 'fails', tone: 'bad', Icon: Cross },
  unknown: { word: 'not known', tone: 'soft', Icon: Dash },
};

export function Checklist({ examined }: { readonly examined: Examined }): VNode {
  const { checks, fit, quarantined, name } = examined;
  const missing = checks.filter(({ required, state }) => required && state === 'failed').length;
  return (
    <section class="checklist" aria-label={`Checks of ${name}`}>
      <p class={fit ? 'outcome good' : 'outcome bad'} role="status">
        {fit ? <Check /> : <Cross />}
        {summaryOf(fit, quarantined, missing)}
      </p>
      <ul>
        {checks.map((one) => (
          <Line key={one.check} line={one} />
        ))}
      </ul>
    </section>
  );
}

function summaryOf(fit: boolean, quarantined: boolean, missing: number): string {
  if (fit)
    return quarantined
      ? 'All that must hold holds: it can be activated.'
      : 'All that must hold holds.';
  const what =
    missing === 1 ? 'One thing that must hold does not' : `${missing} things that must hold do not`;
  const told = missing === 0 ? 'It was not asked yet' : what;
  return `${told}${quarantined ? ': it stays in quarantine.' : '.'}`;
}

function Line({ line }: { readonly line: CheckLine }): VNode {
  const { word, tone, Icon } = STATES[line.state] ?? { word: line.state, tone: 'soft', Icon: Dash };
  return (
    <li class={tone}>
      <Icon />
      <b>{line.check}</b>
      <span class="heard">{word}: </span>
      <span>
        <Words>{line.says}</Words>
        {line.hint !== undefined && (
          <span class="hint">
            {' '}
            <Words>{line.hint}</Words>
          </span>
        )}
      </span>
    </li>
  );
}
