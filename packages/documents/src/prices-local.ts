// The price of tokens made on one's own hardware. They are not free: the machine was bought, wears
// out and draws power. Booked at zero, every local call would look like pure saving.
//
//   a second of work  =  hardware / (months of life x seconds of a month x busy share)
//                      + watts / 1000 x price of a kilowatt-hour / 3600
//   a token           =  a second of work / tokens per second
//
// `busyShare` is the share of its life in which the machine works: what stands idle is paid by the
// calls that come. Tokens per second are those of the whole machine, over everything it serves at
// once. Power counts while it works. Reading a prompt is several times faster than writing an
// answer, so input and output have speeds of their own. A prefix found in the model's cache is not
// computed again and costs nothing; all the rest of the call does.
//
// An operator who states nothing gets DEFAULT_AMORTISED, not zero:
//   2,000 / (24 x 2,629,800 x 0.5) = 63.4 millionths of a dollar a second for the machine
//   350 / 1000 x 0.30 / 3600       = 29.2 millionths of a dollar a second for power
//   92.5 millionths / 300          = 0.308 USD per million output tokens
//   92.5 millionths / 3,000        = 0.031 USD per million input tokens
// which is what hosted models of the same size cost. A machine that works one hour in a hundred
// costs more than thirty times that: state your own figures (`amortised` at an endpoint) before you
// decide by them.
import { completeRates, type Price } from './prices.ts';
import { divideHalfEven, PICO_USD_PER_TOKEN_MAX, scaleDecimal } from './prices-decimal.ts';
import type { AmortisedDocument } from './pricing.ts';

/**
 * One consumer graphics card, kept for two years and busy half of the time, with a quantised model
 * of 8B.
 */
export const DEFAULT_AMORTISED: AmortisedDocument = {
  hardwareUsd: '2000',
  lifeMonths: 24,
  watts: 350,
  kilowattHourUsd: '0.30',
  inputTokensPerSecond: 3000,
  outputTokensPerSecond: 300,
  busyShare: 0.5,
};

export const DEFAULT_AMORTISED_VERSION = 'default:amortised-1';

/** Of a month: 365.25 days through 12. */
const SECONDS_PER_MONTH = 2_629_800n;
/** Inputs are read to nine decimal places. */
const PLACES = 9;
const ONE = 10n ** BigInt(PLACES);
const PICO_PER_USD = 10n ** 12n;
const WATT_SECONDS_PER_KILOWATT_HOUR = 3_600_000n;

/**
 * @returns unknown when a figure is missing, negative or zero where it divides; never a rate of
 * zero otherwise: what rounds to less than a pico-USD per token is one.
 */
export function amortisedPrice(amortised: AmortisedDocument, version: string): Price {
  const second = secondOfWork(amortised);
  const input = second && perToken(second, amortised.inputTokensPerSecond);
  const output = second && perToken(second, amortised.outputTokensPerSecond);
  if (input === undefined || output === undefined) {
    return { kind: 'unknown', why: 'incomplete', version };
  }
  const rates = completeRates({ input, output, cachedInput: 0n });
  const services = new Map();
  return { kind: 'known', rates, steps: [], services, omits: [], from: undefined, version };
}

/** What applies to one's own hardware until its operator says otherwise. */
export function defaultAmortisedPrice(): Price {
  return amortisedPrice(DEFAULT_AMORTISED, DEFAULT_AMORTISED_VERSION);
}

/** A fraction, in USD. Kept unrounded so that the one rounding happens at the token. */
type Fraction = { readonly part: bigint; readonly whole: bigint };

function secondOfWork(amortised: AmortisedDocument): Fraction | undefined {
  const hardware = read(amortised.hardwareUsd);
  const months = read(amortised.lifeMonths);
  const busyShare = read(amortised.busyShare);
  const watts = read(amortised.watts);
  const kilowattHour = read(amortised.kilowattHourUsd);
  if (hardware === undefined || watts === undefined || kilowattHour === undefined) return undefined;
  if (!months || !busyShare || busyShare > ONE) return undefined;
  const work = months * busyShare * SECONDS_PER_MONTH;
  const energy = ONE * ONE * WATT_SECONDS_PER_KILOWATT_HOUR;
  return { part: hardware * ONE * energy + watts * kilowattHour * work, whole: work * energy };
}

function perToken(second: Fraction, tokensPerSecond: number): bigint | undefined {
  const speed = read(tokensPerSecond);
  if (!speed) return undefined;
  const pico = divideHalfEven(second.part * PICO_PER_USD * ONE, second.whole * speed);
  if (pico > PICO_USD_PER_TOKEN_MAX) return undefined;
  return pico === 0n ? 1n : pico;
}

function read(figure: string | number): bigint | undefined {
  return scaleDecimal(String(figure), PLACES)?.value;
}
