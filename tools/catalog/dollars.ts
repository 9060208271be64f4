// Integer pico-USD as exact decimal dollars, for people.

const PICO_PER_TOKEN_OF_ONE_USD_PER_MILLION = 1_000_000n;
const PICO_PER_USD = 1_000_000_000_000n;

/** Pico-USD per token as exact USD per million tokens. */
export function usdPerMillion(pico: number): string {
  return decimal(BigInt(pico), PICO_PER_TOKEN_OF_ONE_USD_PER_MILLION);
}

/** Pico-USD as exact USD. */
export function usd(pico: number): string {
  return decimal(BigInt(pico), PICO_PER_USD);
}

function decimal(value: bigint, unit: bigint): string {
  const places = unit.toString().length - 1;
  const fraction = (value % unit).toString().padStart(places, '0').replace(/0+$/, '');
  const whole = (value / unit).toString();
  return fraction === '' ? whole : `${whole}.${fraction}`;
}
