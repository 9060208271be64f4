// What a scanner finds and what it raises in vain, by the kind of text. A gold span counts as found
// when findings that raise the label cover at least half of it, whatever their types. Names and
// addresses are not counted: finding them needs a model.
import { type Finding, RAISES_FROM, scan, scannedTypes } from '@signalbox/engine';
import type { Gold, Sample } from './scan-set.ts';

export type Figure = {
  readonly figure: string;
  readonly ours: number | null;
  readonly baselines: Readonly<Record<string, number | null>>;
  readonly goal: { readonly sign: '>=' | '<='; readonly bound: number } | undefined;
  /** How many spans or rows stand behind it. */
  readonly count: number;
};

export type Judged = { readonly sample: Sample; readonly findings: readonly Finding[] };

/** Not identifiers, or not found by patterns: names, places, organisations, general dates. */
const NOT_COUNTED: ReadonlySet<string> = new Set([
  ...['PERSON', 'ADDRESS', 'STREET_ADDRESS', 'GPE', 'ORGANIZATION', 'TITLE', 'NRP', 'ZIP_CODE'],
  ...['AGE', 'DATE_TIME', 'DOMAIN_NAME', 'URL', 'LOCATION'],
]);

/** Two check digits or more, a check letter, or a shape that nothing else has. */
const STRONG: ReadonlySet<string> = new Set([
  ...['CREDIT_CARD', 'IBAN_CODE', 'FR_NIR', 'IT_FISCAL_CODE', 'ES_NIF', 'ES_NIE', 'CRYPTO'],
  ...['DE_SOCIAL_SECURITY', 'FI_PERSONAL_IDENTITY_CODE', 'PL_PESEL', 'KR_RRN', 'US_MBI'],
  ...['BR_CPF', 'DE_TAX_ID', 'SE_PERSONNUMMER'],
]);

export const judge = (samples: readonly Sample[]): readonly Judged[] =>
  samples.map((sample) => ({ sample, findings: scan(sample.text) }));

/** Figures of patterns of others on files of the same kinds, as published with the data. */
type Baselines = Readonly<Record<string, number | null>>;
const of = (prototype: number | null, presidio: number | null): Baselines => ({
  prototype,
  presidio,
});

const NOBODY: Baselines = of(null, null);
const TABLES = 'found, rows of recogniser tables';
const BENIGN = 'raised, benign agent traffic';

export function figuresOf(judged: readonly Judged[]): readonly Figure[] {
  const kind = (...names: readonly string[]): readonly Judged[] =>
    judged.filter(({ sample }) => names.includes(sample.kind));
  const claimed = kind('table').filter(isClaimed);
  const strong = kind('ident_noctx').filter(({ sample }) => isStrong(sample));
  return [
    found('found in chat', kind('chat'), of(0.94, 0.61), 0.97),
    found('found, identifiers with context', kind('ident_ctx'), of(0.98, 0.84), 0.985),
    found('found, strong checks without context', strong, of(0.78, 0.78), 0.97),
    found('found, all without context', kind('ident_noctx'), of(0.78, 0.78), undefined),
    found('found in structured payloads', kind('structured'), of(0.93, 0.82), 0.95),
    found('found, obfuscated', kind('obfuscated'), of(0.89, 0.02), 0.9),
    found('found, secrets', kind('secret_gen'), of(0.75, null), 0.95),
    found('found, other sentences', kind('presidio_synth_v2'), of(null, null), undefined),
    positives(TABLES, claimed, raises, 0.9),
    positives(`${TABLES} without addresses of nobody`, claimed.filter(ofSomebody), raises, 0.9),
    positives(`${TABLES} when notes count too`, claimed, () => true, undefined),
    negatives(claimed),
    raised('raised, hard negatives', kind('hard_negative'), of(0.09, 0.2), 0.02),
    raised('raised, bad checksums', kind('bad_checksum'), of(0.13, 0.19), 0.03),
    raised(`${BENIGN}, all calls, mailboxes and accounts too`, kind('benign'), NOBODY, 0.02),
    raised(`${BENIGN}, calls without a mail address`, ownBenign(kind('benign')), NOBODY, 0.02),
    literals(kind('secret_literal'), true),
    literals(kind('secret_literal'), false),
  ];
}

const isStrong = (sample: Sample): boolean =>
  sample.gold?.some(({ type }) => STRONG.has(type)) ?? false;

const share = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

function found(
  figure: string,
  judged: readonly Judged[],
  baselines: Baselines,
  bound: number | undefined,
): Figure {
  const spans = judged.flatMap(({ sample, findings }) =>
    (sample.gold ?? [])
      .filter(({ type }) => !NOT_COUNTED.has(type))
      .map((gold) => isCovered(gold, findings.filter(raises))),
  );
  const ours = share(spans.filter(Boolean).length, spans.length);
  const goal = bound === undefined ? undefined : { sign: '>=' as const, bound };
  return { figure, ours, baselines, goal, count: spans.length };
}

const raises = ({ confidence }: Finding): boolean => confidence >= RAISES_FROM;

/** At least half of the gold span lies under findings. */
export function isCovered(gold: Gold, findings: readonly Finding[]): boolean {
  let covered = 0;
  for (const { start, end } of findings) {
    covered += Math.max(0, Math.min(end, gold.end) - Math.max(start, gold.start));
  }
  return covered * 2 >= gold.end - gold.start;
}

function raised(
  figure: string,
  judged: readonly Judged[],
  baselines: Baselines,
  bound: number,
): Figure {
  const rows = judged.filter(({ findings }) => findings.some(raises));
  const ours = share(rows.length, judged.length);
  return { figure, ours, baselines, goal: { sign: '<=', bound }, count: judged.length };
}

/** What stands in a mailbox is somebody's: rows that do hold an address of mail. */
const ownBenign = (judged: readonly Judged[]): readonly Judged[] =>
  judged.filter(({ sample }) => !/[\w.+-]+@[\w-]+\.\w/.test(sample.text));

const scopeOf = (type: string): string => type.toUpperCase().replaceAll('-', '_');
const CLAIMED: ReadonlySet<string> = new Set(scannedTypes().map(scopeOf));
/** Only the types we claim. */
const isClaimed = ({ sample }: Judged): boolean => sample.scope.some((type) => CLAIMED.has(type));

/** Loopback, networks and what stands in documents: notes, which raise nothing. */
const ofSomebody = ({ sample, findings }: Judged): boolean =>
  !sample.scope.includes('IP_ADDRESS') || findings.length === 0 || findings.some(raises);

function positives(
  figure: string,
  judged: readonly Judged[],
  counts: (finding: Finding) => boolean,
  bound: number | undefined,
): Figure {
  const rows = judged.filter(({ sample }) => sample.there === true);
  const hits = rows.filter(({ sample, findings }) => {
    const counted = findings.filter(counts);
    return sample.gold?.some((gold) => isCovered(gold, counted)) ?? counted.length > 0;
  });
  const goal = bound === undefined ? undefined : { sign: '>=' as const, bound };
  return {
    figure,
    ours: share(hits.length, rows.length),
    baselines: NOBODY,
    goal,
    count: rows.length,
  };
}

function negatives(judged: readonly Judged[]): Figure {
  const rows = judged.filter(({ sample }) => sample.there === false);
  const hits = rows.filter(({ sample, findings }) =>
    findings.some(({ type }) => sample.scope.includes(scopeOf(type))),
  );
  return {
    figure: 'raised, negatives of recogniser tables',
    ours: share(hits.length, rows.length),
    baselines: NOBODY,
    goal: { sign: '<=', bound: 0.08 },
    count: rows.length,
  };
}

function literals(judged: readonly Judged[], there: boolean): Figure {
  const rows = judged.filter(({ sample }) => sample.there === there);
  const hits = rows.filter(({ findings }) => findings.some(({ kind }) => kind === 'secret'));
  return {
    figure: there ? 'found, secrets in code' : 'raised, no secrets in code',
    ours: share(hits.length, rows.length),
    baselines: of(null, null),
    goal: undefined,
    count: rows.length,
  };
}
