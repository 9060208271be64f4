// Reading values of unknown shape, one question at a time.

export type JsonRecord = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An array of anything; elements stay unknown until asked. */
export function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

export function textAt(record: JsonRecord, key: string): string | undefined {
  const value = record[key];
  return typeof value === 'string' ? value : undefined;
}

export function numberAt(record: JsonRecord, key: string): number | undefined {
  const value = record[key];
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

export function recordAt(record: JsonRecord, key: string): JsonRecord | undefined {
  const value = record[key];
  return isRecord(value) ? value : undefined;
}

export function listAt(record: JsonRecord, key: string): readonly unknown[] | undefined {
  const value = record[key];
  return isList(value) ? value : undefined;
}
