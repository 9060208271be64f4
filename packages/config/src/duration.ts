/** Durations as other formats write them: `30s`, `500ms`, `5m`, `1h`, or plain seconds. */

const UNIT_MS: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['', 1_000],
]);

export function readDurationMs(written: unknown): number | undefined {
  const found = /^(\d{1,9}(?:\.\d{1,3})?)\s*(ms|s|m|h|)$/.exec(String(written));
  const unit = UNIT_MS.get(found?.[2] ?? '');
  if (found === null || unit === undefined) return undefined;
  return Math.round(Number(found[1]) * unit);
}
