// The mix of tiers: one bar, and what each part of it did.
import type { VNode } from 'preact';
import type { Overview, TierSums } from '../api/shapes.ts';
import { count, duration, money, share, UNKNOWN } from '../format.ts';
import { TIER_PLACES, Tier, tierName } from '../shell/tier.tsx';
import { useVisitor } from '../shell/visitor.ts';
import { inOrder } from './sums.ts';

export function Tiers({ overview }: { readonly overview: Overview }): VNode {
  const tiers = inOrder(overview.tiers).filter((one) => one.totals.calls > 0);
  const { calls } = overview.totals;
  return (
    <section class="card" aria-labelledby="tier-mix">
      <h2 id="tier-mix">Tier mix</h2>
      <div class="mix" aria-hidden="true">
        {tiers.map(({ tier, totals }) => (
          <span
            key={tier}
            class={`part tier-${tier}`}
            style={{ flexGrow: totals.calls }}
            title={`${tierName(tier)}: ${share(totals.calls, calls)}`}
          />
        ))}
      </div>
      <div class="wide">
        <table>
          <thead>
            <tr>
              <th scope="col">Tier</th>
              <th scope="col" class="number">
                Share
              </th>
              <th scope="col" class="number">
                Requests
              </th>
              <th scope="col" class="number">
                Errors
              </th>
              <th scope="col" class="number">
                p50
              </th>
              <th scope="col" class="number">
                p95
              </th>
              <th scope="col" class="number">
                Cost
              </th>
              <th scope="col" class="number">
                Saved
              </th>
            </tr>
          </thead>
          <tbody>
            {tiers.map((one) => (
              <TierRow key={one.tier} sums={one} calls={calls} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function TierRow({ sums, calls }: { readonly sums: TierSums; readonly calls: number }): VNode {
  const { tier, totals } = sums;
  const isOperator = useVisitor().role === 'operator';
  return (
    <tr>
      <th scope="row">
        {tier === 0 || !isOperator ? (
          <Tier tier={tier === 0 ? undefined : tier} />
        ) : (
          <a href={`/requests?tier=${tier}`}>
            <Tier tier={tier} />
          </a>
        )}
        <span class="soft place">{TIER_PLACES[tier]}</span>
      </th>
      <td class="number">{share(totals.calls, calls)}</td>
      <td class="number">{count(totals.calls)}</td>
      <td class="number">{count(totals.errors)}</td>
      <td class="number">{latency(totals.p50Ms)}</td>
      <td class="number">{latency(totals.p95Ms)}</td>
      <td class="number">{money(totals.costMicroUsd)}</td>
      <td class="number">{money(totals.savingsMicroUsd)}</td>
    </tr>
  );
}

const latency = (ms: number | undefined): string =>
  ms === undefined ? UNKNOWN : `≤ ${duration(ms)}`;
