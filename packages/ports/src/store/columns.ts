// Columns as SQLite gives them, read by name and type. Statements that may hold money ask for
// bigint, so whole numbers come as bigint there: counts are turned back here.
import type { SQLOutputValue } from 'node:sqlite';

export type Columns = Record<string, SQLOutputValue>;

export function text(row: Columns, name: string): string | undefined {
  const value = row[name];
  return typeof value === 'string' ? value : undefined;
}

export function number(row: Columns, name: string): number | undefined {
  const value = row[name];
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'number' ? value : undefined;
}

export function bigint(row: Columns, name: string): bigint | undefined {
  const value = row[name];
  return typeof value === 'bigint' ? value : undefined;
}
