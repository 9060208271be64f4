// A number that keeps to the schema's bounds: the prompt's own when it fits, else a drawn one.
import type { JsonRecord } from '../json.ts';
import { numberAt } from '../json.ts';
import { sumIn } from './arithmetic.ts';
import type { Source } from './source.ts';
import { nthOf } from './source.ts';

const confidenceName = /(confidence|score|probability|likelihood)/i;
const resultName = /(answer|result|total|value|sum)/i;
const spanMax = 100;

export function numberFor(
  schema: JsonRecord,
  name: string,
  whole: boolean,
  source: Source,
): number {
  const step = numberAt(schema, 'multipleOf') ?? (whole ? 1 : undefined);
  const low = lowest(schema, step);
  const high = highest(schema, step);
  const told = toldFor(name, high, source);
  const fits = (value: number): boolean =>
    value >= (low ?? value) && value <= (high ?? value) && onStep(value, step);
  if (told !== undefined && fits(told) && source.skill.right) return told;
  const from = low ?? (high === undefined || high >= 0 ? 0 : high - spanMax);
  const to = Math.min(high ?? from + spanMax, from + spanMax);
  // Bounds closer together than a hundredth: their middle is between them.
  if (to < from) return ((numberAt(schema, 'exclusiveMinimum') ?? from) + (high ?? from)) / 2;
  const drawn = from + source.draw() * (to - from);
  if (step === undefined) return Math.min(to, Math.max(from, Number(drawn.toFixed(2))));
  const stepped = Math.ceil(from / step) * step + Math.floor((drawn - from) / step) * step;
  return stepped > to ? Math.floor(to / step) * step : Number(stepped.toFixed(10));
}

function toldFor(name: string, high: number | undefined, source: Source): number | undefined {
  if (confidenceName.test(name)) return confidence(high, source);
  const sum = resultName.test(name) ? sumIn(source.prompt) : undefined;
  return sum?.value ?? nthOf(source.facts.numbers, source.nth);
}

function lowest(schema: JsonRecord, step: number | undefined): number | undefined {
  const open = numberAt(schema, 'exclusiveMinimum');
  return open === undefined ? numberAt(schema, 'minimum') : open + (step ?? 0.01);
}

function highest(schema: JsonRecord, step: number | undefined): number | undefined {
  const open = numberAt(schema, 'exclusiveMaximum');
  return open === undefined ? numberAt(schema, 'maximum') : open - (step ?? 0.01);
}

function onStep(value: number, step: number | undefined): boolean {
  if (step === undefined) return true;
  const steps = value / step;
  return Math.abs(steps - Math.round(steps)) < 1e-9;
}

function confidence(high: number | undefined, source: Source): number {
  const share = source.skill.sure ? 0.9 + source.draw() * 0.09 : 0.3 + source.draw() * 0.2;
  return Number((share * (high !== undefined && high > 1 ? high : 1)).toFixed(2));
}
