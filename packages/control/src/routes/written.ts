// Bodies that are documents: the words of `signalbox.yaml`, checked by the same schemas, with a
// name beside them and money in micro-USD as everywhere in the API.
import { no, type Refusal, type Result, refusal, yes } from '@signalbox/contract';
import { type Issue, type Json, type JsonObject, NOUNS, validate } from '@signalbox/documents';
import { z } from 'zod';
import type { WrittenDocument } from '../documents-desk.ts';
import { refuseIssues } from './route.ts';

/** Nouns that can be written through the API. */
export type WrittenNoun = 'tenants' | 'keys' | 'consents' | 'endpoints';

export type Named = { readonly name: string; readonly document: WrittenDocument };

/** A text that is longer belongs into a file, and its tests to the command line. */
export const DRAFT_CHARACTERS_MAX = 49_152;
/** A limit of the micro-USD that a number holds exactly. */
const MICRO_USD_MAX = 9_000_000_000_000_000;
const MICRO_PER_USD = 1_000_000n;

const budget = z.strictObject({
  amount_micro_usd: z.int().min(0).max(MICRO_USD_MAX).describe('Micro-USD; a hard limit.'),
  per: z.enum(['day', 'month', 'total']).optional().describe('When it starts anew (UTC).'),
});

/** @param hidden keys of the document that the API makes by itself. */
export function readNamed(noun: WrittenNoun, body: unknown): Result<Named, Refusal> {
  if (!isJsonObject(body)) return no(refusal('body_invalid', 'The body must be a JSON object.'));
  const { name, ...document } = body;
  const { names } = NOUNS[noun];
  if (typeof name !== 'string') {
    return no(
      refusal('body_invalid', 'The body: `name` is missing or no text.', { param: 'name' }),
    );
  }
  if (names !== undefined && !names.pattern.test(name)) {
    return no(refusal('body_invalid', `\`name\`: ${names.message}.`, { param: 'name' }));
  }
  const written = readDocument(noun, document);
  return written.ok ? yes({ name, document: written.value }) : written;
}

/**
 * The document in the words of the file: money as dollars again. Its own schema has yet to say yes.
 */
export function readDocument(noun: WrittenNoun, body: unknown): Result<WrittenDocument, Refusal> {
  if (!isJsonObject(body)) return no(refusal('body_invalid', 'The body must be a JSON object.'));
  const closed = MADE_HERE[noun].find((key) => Object.hasOwn(body, key));
  if (closed !== undefined) {
    const message = `\`${closed}\` cannot be sent: it is made here, or stands in files alone.`;
    return no(refusal('body_invalid', message, { param: closed }));
  }
  if (!Object.hasOwn(body, 'budget')) return yes(body);
  const read = validate(budget, body['budget']);
  if (!read.ok) return no(refuseIssues(read.issues.map(underBudget)));
  const { amount_micro_usd: amount, per } = read.value;
  const written = { amount_usd: dollars(BigInt(amount)), ...(per === undefined ? {} : { per }) };
  return yes({ ...body, budget: written });
}

/** The last word on the form of a document. */
export function checkDocument(noun: WrittenNoun, document: WrittenDocument): Refusal | undefined {
  const checked = validate<unknown>(NOUNS[noun].schema, document);
  return checked.ok ? undefined : refuseIssues(checked.issues);
}

/** The schema of such a body, from those that check it. */
export function bodySchema(noun: WrittenNoun, named: boolean): JsonObject {
  const schema = plainSchema(NOUNS[noun].schema);
  const { properties, required, ...rest } = schema;
  const own = isJsonObject(properties) ? { ...properties } : {};
  for (const key of MADE_HERE[noun]) delete own[key];
  if (Object.hasOwn(own, 'budget')) own['budget'] = plainSchema(budget);
  const name = { type: 'string', pattern: NOUNS[noun].names?.pattern.source ?? '.+' };
  const needed = Array.isArray(required) ? required : [];
  return {
    ...rest,
    properties: named ? { name, ...own } : own,
    required: named ? ['name', ...needed] : needed,
  };
}

/** What a document may say, in the order of its schema. */
export function documentKeys(noun: WrittenNoun): readonly string[] {
  const { properties } = plainSchema(NOUNS[noun].schema);
  return isJsonObject(properties) ? Object.keys(properties) : [];
}

/** What control adds to a document by itself, and what only files may say. */
const MADE_HERE: Readonly<Record<WrittenNoun, readonly string[]>> = {
  tenants: [],
  keys: ['id', 'secret_hash', 'secret'],
  consents: ['revoked'],
  endpoints: [
    ...['credentials', 'enabled', 'quarantine', 'tenant', 'tier', 'private_address'],
    ...['model_path', 'headers', 'timers', 'in_flight_max', 'health_check_interval_ms'],
  ],
};

const underBudget = (issue: Issue): Issue => ({ ...issue, path: ['budget', ...issue.path] });

function dollars(micro: bigint): string {
  const fraction = (micro % MICRO_PER_USD).toString().padStart(6, '0');
  return `${micro / MICRO_PER_USD}.${fraction}`;
}

export function plainSchema(schema: z.ZodType, io: 'input' | 'output' = 'input'): JsonObject {
  const made: unknown = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  const plain: unknown = JSON.parse(JSON.stringify(made));
  if (!isJsonObject(plain)) throw new TypeError('a schema is an object');
  const { $schema: _dialect, '~standard': _standard, ...rest } = plain;
  return rest;
}

/** True of what JSON.parse made: its values are JSON by construction. */
export const isJsonObject = (value: unknown): value is { [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
