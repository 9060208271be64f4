// What the list of requests lets through, in one small language: `tier=3 ending=refused
// tenant=acme`. The same words stand in the address and go to the server.

export const FILTER_KEYS = [
  'tier',
  'ending',
  'tenant',
  'session',
  'model',
  'label',
  'reach',
  'received_by',
  'blocked_at',
  'consent',
  'from',
  'to',
] as const;
export type FilterKey = (typeof FILTER_KEYS)[number];
export type Filter = Readonly<Partial<Record<FilterKey, string>>>;

export const ENDINGS = ['answered', 'refused', 'cut', 'left', 'crashed'] as const;
export const TIERS = ['1', '2', '3'] as const;
/** `-`: calls without one. */
const LABELS = ['public', 'internal', 'personal', 'regulated', '-'] as const;
const REACHES = ['left', 'stayed', 'unsent', 'unknown'] as const;

export type ParsedFilter =
  | { readonly ok: true; readonly filter: Filter }
  | { readonly ok: false; readonly problem: string };

const isKey = (text: string): text is FilterKey => FILTER_KEYS.some((one) => one === text);

export function parseFilter(text: string): ParsedFilter {
  const filter: Partial<Record<FilterKey, string>> = {};
  for (const word of text.split(/\s+/).filter((one) => one !== '')) {
    const at = word.indexOf('=');
    const key = word.slice(0, Math.max(0, at));
    const value = word.slice(at + 1);
    if (!isKey(key)) {
      const known = FILTER_KEYS.map((one) => `${one}=`).join(' ');
      return { ok: false, problem: `“${word}” is not understood. Known: ${known}` };
    }
    const problem = wrongValue(key, value);
    if (problem !== undefined) return { ok: false, problem };
    filter[key] = value;
  }
  return { ok: true, filter };
}

function wrongValue(key: FilterKey, value: string): string | undefined {
  if (key === 'tier' && !TIERS.some((one) => one === value)) return 'A tier is 1, 2 or 3.';
  if (key === 'ending' && !ENDINGS.some((one) => one === value)) {
    return `An ending is one of ${ENDINGS.join(', ')}.`;
  }
  if (key === 'label' && !LABELS.some((one) => one === value)) {
    return `A label is one of ${LABELS.join(', ')}.`;
  }
  if (key === 'reach' && !REACHES.some((one) => one === value)) {
    return `Data's reach is one of ${REACHES.join(', ')}.`;
  }
  if ((key === 'from' || key === 'to') && Number.isNaN(Date.parse(value))) {
    return `Say ${key}= with an instant such as 2026-03-01T00:00:00Z`;
  }
  return value === '' ? `Say a value after ${key}=` : undefined;
}

/** What the address says, less what nobody understands. */
export function filterOf(query: URLSearchParams): Filter {
  const words = [...query].map(([key, value]) => `${key}=${value}`);
  const filters = words.flatMap((word) => {
    const parsed = parseFilter(word);
    return parsed.ok ? [parsed.filter] : [];
  });
  return Object.assign({}, ...filters);
}

export const filterText = (filter: Filter): string =>
  FILTER_KEYS.flatMap((key) => (filter[key] === undefined ? [] : [`${key}=${filter[key]}`])).join(
    ' ',
  );

/** For the address and for the server: in one order, so that the same filter is the same text. */
export function filterQuery(filter: Filter): string {
  const query = new URLSearchParams();
  for (const key of FILTER_KEYS) {
    const value = filter[key];
    if (value !== undefined) query.set(key, value);
  }
  return query.toString();
}
