/**
 * The small words of a written configuration: names, tiers, labels, amounts, references. Each
 * refuses in a sentence of its own; none repeats what was written, because it may be a secret.
 */
import { LABELS, type Label, readLabel, type Tier } from '@signalbox/contract';
import { z } from 'zod';
import { hasHostBits, readNetwork } from '../address.ts';
import type { PrivateAddress } from '../endpoint.ts';
import type { SecretReference } from '../secret-reference.ts';

const LIST_MAX = 1_000;
const NANO_DIGITS = 9;

/** People's names for things: `acme`, `eu-only`. */
export const NAME: RegExp = /^[a-z0-9][a-z0-9-]{0,62}$/;
/** Models and endpoints may also use `.`, `_`, `:` and `/`. */
export const MODEL_NAME: RegExp = /^[a-z0-9][a-z0-9._:/-]{0,62}$/;

/** Text of one form: what it must be, and what to write instead. */
export interface Form {
  readonly pattern: RegExp;
  readonly message: string;
  readonly hint: string;
}

export const NAME_FORM: Form = {
  pattern: NAME,
  message: 'a name has 1 to 63 characters: lower-case letters, digits and `-`, the first no `-`',
  hint: 'rename it, in the way of `acme-eu`',
};
export const MODEL_NAME_FORM: Form = {
  pattern: MODEL_NAME,
  message: 'a name has 1 to 63 characters: a lower-case letter or digit, then also `-._:/`',
  hint: 'rename it, in the way of `qwen3:8b`',
};

/** A consent that was made through the API has an id, `con_…`; one that a file states, a name. */
export const CONSENT_FORM: Form = {
  pattern: /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/,
  message: 'a consent is named by 1 to 63 letters, digits, `-` and `_`, the first no sign',
  hint: 'name it in the way of `claims-2026`',
};

/** Text of a form; the pattern goes into the JSON Schema, the hint to whoever wrote another. */
export function formed({ pattern, message, hint }: Form): z.ZodString {
  return z
    .string()
    .refine((text) => pattern.test(text), { error: message, params: { hint } })
    .meta({ pattern: pattern.source });
}

export const name: z.ZodType<string, string> = formed(NAME_FORM);
export const modelName: z.ZodType<string, string> = formed(MODEL_NAME_FORM);

/** A model, an alias, or a model pinned to an endpoint: `ollama/Qwen3:8B`. */
export const modelReference: z.ZodType<string, string> = formed({
  pattern: /^[!-~]{1,200}$/,
  message: 'a model is named by 1 to 200 printable characters without spaces',
  hint: 'write a model, an alias, or `endpoint/model`',
});

export const modelPattern: z.ZodType<string, string> = formed({
  pattern: /^[!-~]{1,200}$/,
  message: 'a pattern is a model name in which `*` stands for any characters',
  hint: 'write it without spaces, in the way of `qwen3-*`',
});

export const tier: z.ZodType<Tier, Tier> = z.literal([1, 2, 3]);

export const label: z.ZodType<Label, string> = z
  .enum([...LABELS, 'low', 'medium', 'high'])
  .transform((text) => readLabel(text) ?? 'regulated');

/** `none`: not even of what is public. */
export const labelOrNone: z.ZodType<Label | 'none', string> = z.union([z.literal('none'), label]);

/** One label, several, or `>=personal` for it and everything more sensitive. */
export const labels: z.ZodType<readonly Label[], string | string[]> = z
  .union([sensitivity(), z.array(sensitivity()).min(1).max(LABELS.length)])
  .transform((written) => spellLabels(typeof written === 'string' ? [written] : written));

/** What callers may put into a header: 1 to 128 printable ASCII characters. */
export const callerText: z.ZodType<string, string> = formed({
  pattern: /^[ -~]{1,128}$/,
  message: 'takes 1 to 128 printable ASCII characters',
  hint: 'shorten it, and leave out letters with accents and signs of other scripts',
});

export const region: z.ZodType<string, string> = formed({
  pattern: /^[A-Za-z0-9][A-Za-z0-9-]{0,62}$/,
  message: 'a region is a short name such as `eu` or `eu-central-1`',
  hint: 'write letters, digits and `-`, as the endpoints name their regions',
});

/** `ENTERPRISE_LEGAL`: written as its owner writes it. */
export const tenantClass: z.ZodType<string, string> = formed({
  pattern: /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/,
  message: 'a class is one word such as `ENTERPRISE_LEGAL`',
  hint: 'write letters, digits, `_` and `-`, at most 63',
});

export const network: z.ZodType<string, string> = z.string().superRefine((text, context) => {
  const refuse = (message: string, hint: string): void =>
    context.addIssue({ code: 'custom', message, params: { hint } });
  const read = readNetwork(text);
  if (read === undefined) refuse('is no network', 'write it like `10.0.0.0/8`');
  else if (hasHostBits(read)) {
    refuse('has bits set after its prefix length', 'set them to 0, or write a longer prefix');
  }
});

/** An http or https URL that ends with its path and names nobody. */
/** Nothing, or the version of an API that wants it there. */
const VERSIONED = /^(?:\?api-version=[A-Za-z0-9.-]{1,40})?$/;

export const url: z.ZodType<string, string> = z
  .string()
  .max(2_048)
  .superRefine((text, context) => {
    const refuse = (message: string, hint: string): void =>
      context.addIssue({ code: 'custom', message, params: { hint } });
    const example = 'write it like `https://host:port/v1`';
    const read = URL.canParse(text) ? new URL(text) : undefined;
    if (read === undefined || !/^https?:\/\//i.test(text)) {
      refuse('is no http or https URL', example);
    } else if (read.username !== '' || read.password !== '') {
      refuse('holds a name or a password', 'put it under `credentials`, by reference');
    } else if (read.hash !== '' || !VERSIONED.test(read.search)) {
      refuse('must end with its path', example);
    }
  });

export const hostAndPort: z.ZodType<PrivateAddress, string> = formed({
  pattern: /^(\[[0-9a-fA-F:.]+\]|[^:[\]\s]{1,253}):\d{1,5}$/,
  message: 'is written `host:port`',
  hint: 'like `10.0.0.7:8000`; for `private_address`, `true` means host and port of `url`',
}).transform((text) => {
  const colon = text.lastIndexOf(':');
  return { host: text.slice(0, colon).toLowerCase(), port: Number(text.slice(colon + 1)) };
});

const REFERENCE =
  'env:[A-Za-z_][A-Za-z0-9_]{0,127}|file:[^\\0\\r\\n]{1,4096}|exec:[^\\0\\r\\n]{1,4096}';
const BY_REFERENCE = {
  message:
    'a secret is given by reference (`env:NAME`, `file:/path`, `exec:command`), never as a value',
  hint: 'put the value into a variable and write `env:NAME`; if it is a real key, revoke it',
};

export const secret: z.ZodType<SecretReference, string> = formed({
  ...BY_REFERENCE,
  pattern: new RegExp(`^(${REFERENCE})$`),
}).transform(readSecret);

/** The same, or one that the gateway itself keeps, by the endpoint that it is for. */
export const keptSecret: z.ZodType<SecretReference, string> = formed({
  ...BY_REFERENCE,
  pattern: new RegExp(`^(${REFERENCE}|sealed:[a-z0-9-]{1,63}/[a-z0-9-]{1,63})$`),
}).transform(readSecret);

/** A price per million tokens; six decimals are exact to the pico-dollar per token. */
export const pricePerMillion: z.ZodType<string, string | number> = decimal(6);
/** Other dollars, at most nine decimals. */
export const amount: z.ZodType<string, string | number> = decimal(NANO_DIGITS);
export const priceEach: z.ZodType<string, string | number> = decimal(12);

/** Dollars for a budget, as a number or as text, at most nine decimals. */
export const amountUsd: z.ZodType<bigint, string | number> = amount.transform(nano);

const INSTANT: Form = {
  pattern: /^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d{1,3})?Z)?$/,
  message: 'a time is written `2026-01-31` or `2026-01-31T12:00:00Z` (UTC)',
  hint: 'write year, month and day with four, two and two digits',
};

export const instantMs: z.ZodType<number, string> = formed(INSTANT)
  .refine((text) => !INSTANT.pattern.test(text) || isRealInstant(text), {
    error: 'there is no such day or time',
    params: { hint: 'look at the number of the month, the day and the hour' },
  })
  .transform((text) => Date.parse(text));

export const milliseconds = (most: number): z.ZodInt => z.int().min(1).max(most);

/** What is asked of a mapping as a whole is asked whatever else is wrong in it. */
export const isMapping = ({ value }: { readonly value: unknown }): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Never empty: an empty list would mean either all or nothing, and readers disagree which. */
export function listOf<T, In>(one: z.ZodType<T, In>): z.ZodType<readonly T[], In[]> {
  return z.array(one).min(1).max(LIST_MAX);
}

/** One thing, or a list of it. */
export function oneOrMore<T, In>(one: z.ZodType<T, In>): z.ZodType<readonly T[], In | In[]> {
  const only = one.transform((value): readonly T[] => [value]);
  return z.union([only, listOf(one)]);
}

/** A mapping from names to values, as a Map. */
export function mapOf<T, In>(
  key: z.ZodType<string, string>,
  value: z.ZodType<T, In>,
): z.ZodType<ReadonlyMap<string, T>, Record<string, In>> {
  return z.record(key, value).transform((record) => new Map(Object.entries(record)));
}

function sensitivity(): z.ZodType<string, string> {
  return z.string().refine((text) => readLabel(text.replace(/^>=\s*/, '')) !== undefined, {
    error: 'a label is one of public, internal, personal, regulated, or `>=` and one of them',
    params: { hint: 'write `personal`, or `>=personal` for it and all above' },
  });
}

function spellLabels(written: readonly string[]): readonly Label[] {
  const wanted = new Set<Label>();
  for (const text of written) {
    const least = readLabel(text.replace(/^>=\s*/, ''));
    if (least === undefined) continue;
    const from = LABELS.indexOf(least);
    for (const one of text.startsWith('>=') ? LABELS.slice(from) : [least]) wanted.add(one);
  }
  return LABELS.filter((one) => wanted.has(one));
}

function readSecret(text: string): SecretReference {
  const value = text.slice(text.indexOf(':') + 1);
  if (text.startsWith('env:')) return { kind: 'env', value };
  if (text.startsWith('sealed:')) return { kind: 'sealed', value };
  return text.startsWith('file:') ? { kind: 'file', value } : { kind: 'exec', value };
}

function decimal(digitsMax: number): z.ZodType<string, string | number> {
  const plain = new RegExp(`^\\d{1,12}(\\.\\d{1,${digitsMax}})?$`);
  return z
    .union([z.string(), z.number()])
    .transform((written) => String(written))
    .refine((text) => plain.test(text), {
      error: `takes plain dollars such as 2.50, not negative, with at most ${digitsMax} decimals`,
      params: { hint: 'write digits and one point, without a sign, a currency or an exponent' },
    });
}

function nano(text: string): bigint {
  const [whole = '0', fraction = ''] = text.split('.');
  return BigInt(whole + fraction.padEnd(NANO_DIGITS, '0'));
}

function isRealInstant(text: string): boolean {
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) return false;
  return new Date(ms).toISOString().startsWith(text.slice(0, 10));
}
