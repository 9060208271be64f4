// Money is USD. Prices are integer pico-USD per unit, costs and balances integer nano-USD in
// bigint; APIs show micro-USD.

export type Usage = {
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Part of `inputTokens`. */
  readonly cachedInputTokens: number | undefined;
  /** Part of `outputTokens`. */
  readonly reasoningTokens: number | undefined;
  /** `estimated`: the upstream told nothing and we counted. */
  readonly source: 'measured' | 'estimated';
};

/** Unknown stays unknown: it is never 0 and never a guess. */
export type Cost =
  | { readonly kind: 'known'; readonly nanoUsd: bigint; readonly priceVersion: string }
  | { readonly kind: 'unknown' };

export const NANO_PER_USD = 1_000_000_000n;

/** "0.000123456": plain decimal dollars, six digits at least, nine at most. */
export function formatUsd(nanoUsd: bigint): string {
  const sign = nanoUsd < 0n ? '-' : '';
  const size = nanoUsd < 0n ? -nanoUsd : nanoUsd;
  const fraction = (size % NANO_PER_USD).toString().padStart(9, '0');
  return `${sign}${size / NANO_PER_USD}.${fraction.replace(/0{1,3}$/, '')}`;
}

/** Micro-USD for APIs, rounded half-even. */
export function microUsd(nanoUsd: bigint): number {
  const whole = nanoUsd / 1000n;
  const rest = nanoUsd % 1000n;
  const size = rest < 0n ? -rest : rest;
  const up = size > 500n || (size === 500n && whole % 2n !== 0n);
  const step = nanoUsd < 0n ? -1n : 1n;
  return Number(up ? whole + step : whole);
}
