// Errors as servers write them, each in a sentence of our own where the text does not matter.
import type { ErrorKind, KindName } from './server-kind.ts';

export type Sample = {
  readonly name: string;
  readonly from: KindName;
  readonly status: number;
  readonly body: string;
  readonly headers?: readonly (readonly [string, string])[];
  readonly kind: ErrorKind;
  readonly tokens?: number;
  readonly tokensMax?: number;
  readonly retryAfterMs?: number;
};

export const json = (value: unknown): string => JSON.stringify(value);
export const openai = (message: string, type: string, code: string | number | null): string =>
  json({ error: { message, type, param: null, code } });
