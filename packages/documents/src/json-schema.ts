/** The JSON Schema of `signalbox.yaml`: editors complete and check with it, offline. */
import { z } from 'zod';
import type { Json } from './origin.ts';
import { wholeSchema } from './schema/nouns.ts';

export type JsonObject = { readonly [key: string]: Json };

const TITLE = 'Signalbox configuration';

/** Draft 7, because that is what the common YAML language server reads. */
export function configurationJsonSchema(): JsonObject {
  const generated: unknown = z.toJSONSchema(wholeSchema(), {
    io: 'input',
    target: 'draft-7',
    unrepresentable: 'any',
  });
  const schema = plain(generated);
  if (!isObject(schema)) throw new TypeError('a schema of an object describes an object');
  const { $schema, ...rest } = schema;
  return { $schema: $schema ?? null, title: TITLE, ...rest };
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Only what JSON can hold; the generator keeps symbols and undefined beside it. */
function plain(value: unknown): Json {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
  if (typeof value === 'number') return value;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object') return null;
  const entries = Object.entries(value).filter(
    ([key, one]) => one !== undefined && key !== '~standard',
  );
  return Object.fromEntries(entries.map(([key, one]) => [key, plain(one)]));
}
