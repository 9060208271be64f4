// Where a call may run, and how sensitive it is. A tier is a relation of tenant, node and endpoint,
// not a property of an endpoint: 1 the device or the tenant's own edge, 2 a private cloud, 3
// everything else.

export type Tier = 1 | 2 | 3;
export const TIERS: readonly Tier[] = [1, 2, 3];

export type Label = 'public' | 'internal' | 'personal' | 'regulated';
/** From harmless to protected; a label only ever moves to the right. */
export const LABELS: readonly Label[] = ['public', 'internal', 'personal', 'regulated'];

export type Topology = 'cloud' | 'hybrid' | 'sovereign';
export type Retention = 'standard' | 'zero';

const CEILING_BY_LABEL: Readonly<Record<Label, Tier>> = {
  public: 3,
  internal: 2,
  personal: 1,
  regulated: 1,
};

/** The highest tier a label allows without consent. */
export const ceilingOfLabel = (label: Label): Tier => CEILING_BY_LABEL[label];
/** The highest tier a topology allows, whatever the label and the consents. */
export const ceilingOfTopology = (topology: Topology): Tier => (topology === 'sovereign' ? 2 : 3);

export const lowerTier = (a: Tier, b: Tier): Tier => (a < b ? a : b);
export const higherLabel = (a: Label, b: Label): Label =>
  LABELS.indexOf(a) >= LABELS.indexOf(b) ? a : b;

export const isLabel = (text: string): text is Label =>
  text === 'public' || text === 'internal' || text === 'personal' || text === 'regulated';
export const isTier = (value: unknown): value is Tier => value === 1 || value === 2 || value === 3;

/** The words of common configuration files for the same thing. */
const SEED_WORDS: Readonly<Record<string, Label>> = {
  low: 'public',
  medium: 'internal',
  high: 'regulated',
};

/** Reads our label or one of the common words `low`, `medium`, `high`. */
export function readLabel(text: string): Label | undefined {
  if (isLabel(text)) return text;
  return Object.hasOwn(SEED_WORDS, text) ? SEED_WORDS[text] : undefined;
}

/** Stands among the kinds of a call when nobody here could read a part of it. */
const UNSCANNED = 'unscanned';

/** Why a label stands where it stands, from the kinds of a record. */
export function kindsWords(kinds: readonly string[]): string {
  const named = kinds.filter((kind) => kind !== UNSCANNED);
  const said = named.length === 0 ? 'nothing found or declared' : named.join(', ');
  return named.length < kinds.length ? `${said}; a part was not readable` : said;
}

/** Terms in the words of a record. */
export function recordedTerms(terms: RecordedClearance): RecordedClearance {
  const { ceiling, shut, residency, retention, ownOnly } = terms;
  const open = { ceiling, residency, retention, ownOnly };
  return shut === undefined ? open : { ...open, shut };
}

/** How far something may go, in words: for records, and for what must not come back higher. */
export type RecordedClearance = {
  readonly ceiling: Tier;
  /** A tier below the ceiling that is not open all the same. */
  readonly shut?: Tier | undefined;
  readonly residency: readonly string[] | undefined;
  readonly retention: Retention;
  readonly ownOnly: boolean;
};
