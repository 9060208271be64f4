// What a chart shows: bands that are stacked, and lines over them, one value a step of time.

export type Series = {
  readonly key: string;
  readonly name: string;
  /** Names the look: `tier-1`, `errors`, `frontier`. */
  readonly look: string;
  readonly values: readonly number[];
  /** What stands beside the name; else the sum. */
  readonly total?: string;
};

export type ChartFacts = {
  readonly title: string;
  /** Where each step begins, Unix milliseconds. */
  readonly times: readonly number[];
  readonly stepMs: number;
  readonly bands: readonly Series[];
  /** Over the bands, dashed, from the end of one step to the end of the next. */
  readonly lines: readonly Series[];
  /** Under the bands, on a ground and a scale of its own. */
  readonly strip: Series | undefined;
  /** Values are whole numbers. */
  readonly whole: boolean;
  readonly show: (value: number) => string;
  /** For the axis: short. */
  readonly tick: (value: number) => string;
  /** The same as a plain number, for the file of comma-separated values. */
  readonly plain: (value: number) => string;
};

export const allSeries = ({ bands, lines, strip }: ChartFacts): readonly Series[] => [
  ...bands,
  ...lines,
  ...(strip === undefined ? [] : [strip]),
];

export const sum = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0);

export function runningSum(values: readonly number[]): readonly number[] {
  let total = 0;
  return values.map((value) => {
    total += value;
    return total;
  });
}

/** The top of each band, from the ground up. */
export function stacked(bands: readonly Series[]): readonly (readonly number[])[] {
  let below: readonly number[] = bands[0]?.values.map(() => 0) ?? [];
  return bands.map((band) => {
    below = band.values.map((value, at) => value + (below[at] ?? 0));
    return below;
  });
}

export function csvOf(facts: ChartFacts): string {
  const all = allSeries(facts);
  const head = ['time', ...all.map((one) => one.name)].map(quoted).join(',');
  const rows = facts.times.map((at, step) => {
    const values = all.map((one) => facts.plain(one.values[step] ?? 0));
    return [new Date(at).toISOString(), ...values].join(',');
  });
  return `${[head, ...rows].join('\r\n')}\r\n`;
}

const quoted = (text: string): string =>
  /[",]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
