// The few numbers that say how it goes. Those with rows behind them lead there.
import type { ComponentChildren, VNode } from 'preact';
import type { Overview } from '../api/shapes.ts';
import { count, duration, exactCount, money, share, UNKNOWN } from '../format.ts';
import { useVisitor } from '../shell/visitor.ts';
import { frontierMicroUsd } from './sums.ts';

type FigureProps = {
  readonly name: string;
  readonly value: string;
  readonly children?: ComponentChildren;
  readonly to?: string;
  readonly title?: string;
};

function Figure({ name, value, children, to, title }: FigureProps): VNode {
  const isOperator = useVisitor().role === 'operator';
  return (
    <div class="figure">
      <dt>{to === undefined || !isOperator ? name : <a href={to}>{name}</a>}</dt>
      <dd class="value" title={title}>
        {value}
      </dd>
      <dd class="soft">{children}</dd>
    </div>
  );
}

export function Figures({ overview }: { readonly overview: Overview }): VNode {
  const { totals } = overview;
  const { calls, errors, refused } = totals;
  const frontier = frontierMicroUsd(totals);
  return (
    <dl class="figures card">
      <Figure name="Requests" value={count(calls)} to="/requests" title={exactCount(calls)}>
        {count(totals.tokens)} tokens
      </Figure>
      <Figure name="Errors" value={share(errors, calls)}>
        {count(errors)} of {count(calls)}
      </Figure>
      <Figure name="Refused" value={count(refused)} to="/requests?ending=refused">
        {share(Math.min(refused, calls), calls)} of requests
      </Figure>
      <Figure name="Median time" value={latency(totals.p50Ms)}>
        p95 {latency(totals.p95Ms)}
      </Figure>
      <Figure name="Cost" value={money(totals.costMicroUsd)}>
        {totals.unknownCostCalls > 0
          ? `and ${count(totals.unknownCostCalls)} of unknown cost`
          : 'every cost is known'}
      </Figure>
      <Figure name="Saved" value={share(totals.savingsMicroUsd, frontier)}>
        {money(totals.savingsMicroUsd)} of {money(frontier)}
      </Figure>
    </dl>
  );
}

/** Percentiles come from buckets: an upper bound. */
const latency = (ms: number | undefined): string =>
  ms === undefined ? UNKNOWN : `≤ ${duration(ms)}`;

/** The same room while the first numbers are on their way, so that nothing jumps. */
export const FiguresToCome = (): VNode => (
  <dl class="figures card waiting" aria-busy="true">
    {['Requests', 'Errors', 'Refused', 'Median time', 'Cost', 'Saved'].map((name) => (
      <Figure key={name} name={name} value=" ">
        {' '}
      </Figure>
    ))}
  </dl>
);
