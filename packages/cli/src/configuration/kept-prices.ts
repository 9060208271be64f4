// Prices as they are kept: a file has one list of all, and what a person writes are those of one
// model, without its name.
import type { WrittenDocument } from '@signalbox/control';
import { parse, stringify } from 'yaml';

/** Of every model that the file prices, what a person would have written. */
export function textsOfPrices(file: string): Readonly<Record<string, string>> {
  const found: unknown = Reflect.get(Object(parse(file)), 'prices');
  const byModel = new Map<string, object[]>();
  for (const one of Array.isArray(found) ? found : []) {
    const { model, ...rest }: { model?: unknown } = Object(one);
    if (typeof model !== 'string') continue;
    byModel.set(model, [...(byModel.get(model) ?? []), rest]);
  }
  return Object.fromEntries([...byModel].map(([model, list]) => [model, stringify(list)]));
}

/** Undefined: the file names no price of the model. */
export const pricesOf = (file: string, model: string): string | undefined =>
  textsOfPrices(file)[model];

/** A list, or one price for a list of one; undefined: it is neither. */
export function priceList(text: string): readonly WrittenDocument[] | undefined {
  let read: unknown;
  try {
    read = parse(text);
  } catch {
    return undefined;
  }
  const list: readonly unknown[] = Array.isArray(read) ? read : [read];
  return list.length > 0 && list.every(isMapping) ? list : undefined;
}

/** All of them, each with its model. */
export const listOfPrices = (texts: Readonly<Record<string, string>>): readonly WrittenDocument[] =>
  Object.entries(texts).flatMap(([model, text]) =>
    (priceList(text) ?? []).map((one) => ({ ...one, model })),
  );

/** True of a mapping that a YAML parser made: it holds what JSON holds. */
const isMapping = (value: unknown): value is WrittenDocument =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
