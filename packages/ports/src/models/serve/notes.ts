// How sure the model was of each token: what the OpenAI dialect calls logprobs.
//
// The numbers are of the model, not of the sampling: a temperature is taken out again, so that the
// same text has the same numbers at any temperature. Within a grammar they are among the tokens the
// grammar allows: a token without alternative has exactly 0, and whoever averages leaves it out.
// With top_p or top_k they are among the tokens that were left.

export type Likelihood = {
  readonly token: string;
  readonly logprob: number;
  /** UTF-8, or null for a piece of a character. */
  readonly bytes: readonly number[] | null;
};

export type TokenNote = Likelihood & { readonly top: readonly Likelihood[] };

export type Drawn = {
  readonly token: number;
  /** Of the drawn token, when only that was asked for. */
  readonly confidence?: number;
  /** Of every token, most likely first. */
  readonly probabilities?: ReadonlyMap<number, number>;
};

/** What stands for impossible, since JSON has no infinity; OpenAI uses the same number. */
const LOGPROB_MIN = -9_999;

const encoder = new TextEncoder();

export function noteOf(
  drawn: Drawn,
  temperature: number,
  topMax: number,
  textOf: (token: number) => string,
): TokenNote {
  if (drawn.probabilities === undefined) {
    const logprob = bounded(Math.log(drawn.confidence ?? 0));
    return { ...likelihood(textOf(drawn.token), logprob), top: [] };
  }
  const logprobs = withoutTemperature(drawn.probabilities, temperature);
  const top = [...logprobs.entries()]
    .slice(0, topMax)
    .map(([token, logprob]) => likelihood(textOf(token), logprob));
  const logprob = logprobs.get(drawn.token) ?? LOGPROB_MIN;
  return { ...likelihood(textOf(drawn.token), logprob), top };
}

/**
 * Sampling at temperature t draws from p^(1/t); raising to t and adding up to one again gives p
 * back. Greedy drawing leaves the probabilities as they are.
 */
export function withoutTemperature(
  probabilities: ReadonlyMap<number, number>,
  temperature: number,
): ReadonlyMap<number, number> {
  const power = temperature > 0 ? temperature : 1;
  let total = 0;
  for (const probability of probabilities.values()) total += probability ** power;
  const logTotal = Math.log(total);
  const logprobs = new Map<number, number>();
  for (const [token, probability] of probabilities) {
    logprobs.set(token, bounded(power * Math.log(probability) - logTotal));
  }
  return logprobs;
}

function likelihood(token: string, logprob: number): Likelihood {
  const whole = !token.includes('\uFFFD');
  return { token, logprob, bytes: whole ? [...encoder.encode(token)] : null };
}

function bounded(logprob: number): number {
  const known = Number.isNaN(logprob) ? LOGPROB_MIN : Math.max(logprob, LOGPROB_MIN);
  // A sum of rounded numbers may be a hair above one.
  return Math.min(known, 0);
}
