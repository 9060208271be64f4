// Where a call ran: a number, a word and a weight of colour.
import type { VNode } from 'preact';

export const TIER_NAMES: Readonly<Record<number, string>> = {
  0: 'No tier',
  1: 'Tier 1',
  2: 'Tier 2',
  3: 'Tier 3',
};
export const TIER_PLACES: Readonly<Record<number, string>> = {
  0: 'nothing was attempted',
  1: 'this device or your own edge',
  2: 'a private network',
  3: 'everywhere else',
};

export const tierName = (tier: number): string => TIER_NAMES[tier] ?? `Tier ${tier}`;

export function Tier({ tier }: { readonly tier: number | undefined }): VNode {
  if (tier === undefined) return <span class="tier tier-0">none</span>;
  return (
    <span class={`tier tier-${tier}`} title={`${tierName(tier)}: ${TIER_PLACES[tier] ?? ''}`}>
      {tierName(tier)}
    </span>
  );
}
