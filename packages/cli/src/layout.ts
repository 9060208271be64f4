// Text in columns: aligned for eyes, with control characters of values made harmless.

const COLUMN_GAP = '  ';

/** Rows as aligned columns; the last column is not padded. Widths count what is shown. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [at, cell] of row.entries()) {
      widths[at] = Math.max(widths[at] ?? 0, widthOf(cell));
    }
  }
  return rows
    .map((row) =>
      row
        .map((cell, at) => cell + ' '.repeat(Math.max(0, (widths[at] ?? 0) - widthOf(cell))))
        .join(COLUMN_GAP)
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('');
}

/** `1 tenant`, `2 tenants`. */
export const counted = (count: number, thing: string, things = `${thing}s`): string =>
  `${count} ${count === 1 ? thing : things}`;

/** What comes from elsewhere cannot move the cursor or change colours. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '?');
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours have no width
const PAINT = /\u001b\[\d+m/g;

const widthOf = (text: string): number => [...text.replace(PAINT, '')].length;
