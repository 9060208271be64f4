// Counters, histograms and gauges, and their Prometheus text. Labels are bounded: beyond
// `SERIES_MAX` label sets of one metric, and beyond `TENANTS_MAX` tenants, everything new is
// counted under `other`, so that no caller can fill memory by inventing values. Counting is a map
// look-up and an addition.

export type Labels = Readonly<Record<string, string>>;

export type Described = { readonly help?: string; readonly buckets?: readonly number[] };

export type Metrics = {
  count(metric: string, labels: Labels, by?: number): void;
  observe(metric: string, labels: Labels, value: number): void;
  /** Read at every scrape. */
  gauge(metric: string, labels: Labels, read: () => number): void;
  describe(metric: string, described: Described): void;
  /** The text format of Prometheus, version 0.0.4. */
  text(): string;
};

const PREFIX = 'signalbox_';
const METRICS_MAX = 512;
const SERIES_MAX = 1_000;
/** Those that give up their tenant may be as many again. */
const SHARED_SERIES_MAX = 2_000;
const TENANTS_MAX = 100;
const TENANT = 'tenant';
/** Look-up keys kept for a metric: the same labels may come in another order. */
const KEYS_MAX = 4_000;
const OTHER = 'other';
const VALUE_CHARACTERS_MAX = 128;

const NAME = /^[a-z][a-z0-9_]*$/;
const SECONDS = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300,
];
const BYTES = [256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216];
const NUMBERS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 10_000, 100_000];

type Pair = readonly [name: string, value: string];
type Kind = 'counter' | 'histogram' | 'gauge';
type Series = {
  readonly labels: string;
  value: number;
  count: number;
  readonly buckets: number[];
  read: (() => number) | undefined;
};
type Family = {
  readonly name: string;
  readonly kind: Kind;
  readonly bounds: readonly number[];
  readonly help: string;
  /** By labels in the order they came, and by labels in alphabetical order. */
  readonly byKey: Map<string, Series>;
  readonly byLabels: Map<string, Series>;
};

export function createMetrics(): Metrics {
  const families = new Map<string, Family>();
  const described = new Map<string, Described>();
  const tenants = new Set<string>();

  function seriesOf(metric: string, kind: Kind, labels: Labels): Series | undefined {
    let family = families.get(metric);
    if (family === undefined) {
      if (families.size >= METRICS_MAX || !NAME.test(metric)) return undefined;
      family = familyOf(metric, kind, described.get(metric) ?? {});
      families.set(metric, family);
    }
    if (family.kind !== kind) return undefined;
    let key = '';
    for (const name in labels) key += `${name}\u0000${bounded(name, labels[name] ?? '')}\u0000`;
    return family.byKey.get(key) ?? admit(family, key, pairsOf(labels));
  }

  const bounded = (name: string, value: string): string =>
    name === TENANT ? boundedTenant(value, tenants) : value;

  const pairsOf = (labels: Labels): readonly Pair[] =>
    Object.entries(labels).map(([name, value]): Pair => [name, bounded(name, value)]);

  return {
    count(metric, labels, by = 1) {
      const series = seriesOf(metric, 'counter', labels);
      if (series !== undefined && by >= 0) series.value += by;
    },
    observe(metric, labels, value) {
      const series = seriesOf(metric, 'histogram', labels);
      if (series === undefined || !Number.isFinite(value)) return;
      series.value += value;
      series.count += 1;
      const bounds = families.get(metric)?.bounds ?? [];
      const at = bounds.findIndex((bound) => value <= bound);
      if (at >= 0) series.buckets[at] = (series.buckets[at] ?? 0) + 1;
    },
    gauge(metric, labels, read) {
      const series = seriesOf(metric, 'gauge', labels);
      if (series !== undefined) series.read = read;
    },
    describe: (metric, more) => void described.set(metric, more),
    text: () => [...families.values()].map(familyText).join(''),
  };
}

function familyOf(metric: string, kind: Kind, described: Described): Family {
  const prefixed = metric.startsWith(PREFIX) || metric.startsWith('process_');
  const name = `${prefixed ? '' : PREFIX}${metric}`;
  return {
    name: kind === 'counter' && !name.endsWith('_total') ? `${name}_total` : name,
    kind,
    bounds: described.buckets ?? usualBounds(metric),
    help: described.help ?? '',
    byKey: new Map(),
    byLabels: new Map(),
  };
}

function usualBounds(metric: string): readonly number[] {
  if (metric.endsWith('_seconds')) return SECONDS;
  return metric.endsWith('_bytes') ? BYTES : NUMBERS;
}

/** Where there are too many, first the tenant is given up: the rest of it stays told apart. */
function admit(family: Family, key: string, pairs: readonly Pair[]): Series {
  const { byLabels } = family;
  let text = labelText(pairs);
  if (!byLabels.has(text) && byLabels.size >= SERIES_MAX) {
    const shared = pairs.map(([name, value]): Pair => [name, name === TENANT ? OTHER : value]);
    text = labelText(shared);
    const mayBeNew = pairs.some(([name]) => name === TENANT) && byLabels.size < SHARED_SERIES_MAX;
    if (!byLabels.has(text) && !mayBeNew) text = labelText(pairs.map(([name]) => [name, OTHER]));
  }
  const series = family.byLabels.get(text) ?? {
    labels: text,
    value: 0,
    count: 0,
    buckets: family.bounds.map(() => 0),
    read: undefined,
  };
  family.byLabels.set(text, series);
  if (family.byKey.size < KEYS_MAX) family.byKey.set(key, series);
  return series;
}

function boundedTenant(tenant: string, tenants: Set<string>): string {
  if (tenants.has(tenant)) return tenant;
  if (tenants.size >= TENANTS_MAX) return OTHER;
  tenants.add(tenant);
  return tenant;
}

/** `a="1",b="2"`, names in alphabetical order; names that are no names are left out. */
function labelText(pairs: readonly (readonly [string, string])[]): string {
  return pairs
    .filter(([name]) => NAME.test(name))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}="${escaped(value.slice(0, VALUE_CHARACTERS_MAX))}"`)
    .join(',');
}

const escaped = (value: string): string =>
  value.replace(/[\\"]/g, (found) => `\\${found}`).replaceAll('\n', '\\n');

function familyText(family: Family): string {
  const { name, kind } = family;
  const help = family.help === '' ? '' : `# HELP ${name} ${family.help.replaceAll('\n', ' ')}\n`;
  let text = `${help}# TYPE ${name} ${kind}\n`;
  for (const series of family.byLabels.values()) {
    if (kind === 'histogram') text += histogramText(family, series);
    else text += `${name}${braces(series.labels)} ${series.read?.() ?? series.value}\n`;
  }
  return text;
}

function histogramText({ name, bounds }: Family, series: Series): string {
  const comma = series.labels === '' ? '' : ',';
  let text = '';
  let below = 0;
  bounds.forEach((bound, at) => {
    below += series.buckets[at] ?? 0;
    text += `${name}_bucket{${series.labels}${comma}le="${bound}"} ${below}\n`;
  });
  text += `${name}_bucket{${series.labels}${comma}le="+Inf"} ${series.count}\n`;
  text += `${name}_sum${braces(series.labels)} ${series.value}\n`;
  return `${text}${name}_count${braces(series.labels)} ${series.count}\n`;
}

const braces = (labels: string): string => (labels === '' ? '' : `{${labels}}`);
