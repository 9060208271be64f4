// Numbers that cannot be meant. Public lists hold slips: a price per thousand tokens noted as one
// per token, a cache price copied from another model. What contradicts how caches are priced
// everywhere is left out, so that the input price holds in its place; a price beyond every known
// one makes the model's price unknown. Each is noted.
import type { Doubt } from '../../packages/documents/src/prices-snapshot.ts';
import { usdPerMillion } from './dollars.ts';
import type { RateField, Stated, Statement } from './statement.ts';

/**
 * The dearest known model takes 150 and 600 USD per million tokens; the dearest known embedding
 * less than 1.
 */
const PICO_PER_TOKEN_MAX = 1_000_000_000;
const PICO_PER_EMBEDDED_TOKEN_MAX = 10_000_000;
/** Writing to a cache costs up to twice the input price where it is kept for an hour. */
const HOUR_FACTOR_MAX = 4;

export function isAbsurd(statement: Statement): boolean {
  return absurdFields(statement).length > 0;
}

function absurdFields({ rates, embedding }: Statement): readonly (readonly [RateField, number])[] {
  const most = embedding ? PICO_PER_EMBEDDED_TOKEN_MAX : PICO_PER_TOKEN_MAX;
  const { input = 0, output = 0 } = rates;
  const fields: [RateField, number][] = [
    ['input', input],
    ['output', output],
  ];
  return fields.filter(([, pico]) => pico > most);
}

/** Takes doubtful fields out of a statement, from its steps and service levels too. */
export function leaveOutDoubtful(statement: Statement, doubts: Doubt[]): void {
  const { provider, model } = statement;
  const note = (field: string, pico: number): void => {
    const left = `${statement.source} ${usdPerMillion(pico)}`;
    const known = doubts.some((doubt) => {
      return doubt.model === model && doubt.provider === provider && doubt.field === field;
    });
    if (!known) doubts.push({ provider, model, field, left });
  };
  const absurd = absurdFields(statement);
  for (const [field, pico] of absurd) note(field, pico);
  if (absurd.length > 0) return;
  cleanse(statement.rates, '', note);
  for (const [above, rates] of statement.steps) cleanse(rates, ` above ${above}`, note);
  for (const [service, tariff] of statement.services) {
    cleanse(tariff.rates, ` ${service}`, note);
    for (const [above, rates] of tariff.steps) cleanse(rates, ` ${service} above ${above}`, note);
  }
}

function cleanse(rates: Stated, at: string, note: (field: string, pico: number) => void): void {
  const { input } = rates;
  if (input === undefined) return;
  const leaveOut = (field: RateField, pico: number): void => {
    note(`${field}${at}`, pico);
    delete rates[field];
  };
  const { cachedInput, cacheWrite, cacheWriteHour } = rates;
  if (cachedInput !== undefined && cachedInput > input) leaveOut('cachedInput', cachedInput);
  if (cacheWrite !== undefined && cacheWrite < input) leaveOut('cacheWrite', cacheWrite);
  if (cacheWriteHour === undefined) return;
  const least = rates.cacheWrite ?? input;
  if (cacheWriteHour < least || cacheWriteHour > HOUR_FACTOR_MAX * input) {
    leaveOut('cacheWriteHour', cacheWriteHour);
  }
}
