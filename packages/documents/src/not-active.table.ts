/**
 * Keys that are read and checked, but change nothing yet. Whoever builds the feature deletes the
 * row. `*` stands for one name or one place in a list.
 */
export interface NotActiveKey {
  readonly path: readonly string[];
  /** What holds instead. */
  readonly instead: string;
  /** Only these values of it; all when nothing is said. */
  readonly values?: readonly string[];
}

const row = (path: string, instead: string): NotActiveKey => ({ path: path.split(' '), instead });

const CACHE_WRITE = 'cache_write_per_million_usd';
const AS_INPUT = 'tokens written to a cache are priced as input';

export const NOT_ACTIVE: readonly NotActiveKey[] = [
  row('authority', 'whoever may write the files may change everything in them'),
  row('node region', 'what runs on this node is inside every residency'),
  row(`endpoints * price ${CACHE_WRITE}`, AS_INPUT),
  row(`endpoints * models * price ${CACHE_WRITE}`, AS_INPUT),
  row(`models * price ${CACHE_WRITE}`, AS_INPUT),
  row(`prices * ${CACHE_WRITE}`, AS_INPUT),
  row('models * family', 'models are not grouped'),
  row('models * tier_hint', 'the tier follows from the endpoint'),
  row('rings * percent', 'every tenant of a ring is in it'),
];
