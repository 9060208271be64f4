// Reads parsed JSON that should be a record of ours: by name and type, since it comes from a disk.

/** Of parsed JSON, whose keys are all its own; none of ours is a name that objects inherit. */
export function field(from: unknown, key: string): unknown {
  if (typeof from !== 'object' || from === null) return undefined;
  return (from as Record<string, unknown>)[key];
}

export function string(from: unknown, key: string): string | undefined {
  const value = field(from, key);
  return typeof value === 'string' ? value : undefined;
}

export function number(from: unknown, key: string): number | undefined {
  const value = field(from, key);
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** A number that a column of whole numbers takes. */
export function count(from: unknown, key: string): number | undefined {
  const value = number(from, key);
  return value !== undefined && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

export function list(from: unknown, key: string): readonly unknown[] {
  const value = field(from, key);
  return Array.isArray(value) ? value : [];
}
