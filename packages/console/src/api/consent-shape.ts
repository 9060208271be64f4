// What the admin API tells of consents.
import { type Decode, flag, list, maybe, number, object, text, time } from './decode.ts';
import { type Source, source } from './policy-shape.ts';

export type Consent = {
  readonly name: string;
  readonly tenant: string;
  /** Undefined: every subject of the tenant. */
  readonly subject: string | undefined;
  readonly kinds: readonly string[];
  readonly tiers: readonly number[];
  /** Undefined: wherever the tenant's residency allows. */
  readonly regions: readonly string[] | undefined;
  readonly purpose: string;
  /** Unix milliseconds, as `until`. */
  readonly from: number | undefined;
  readonly until: number;
  readonly givenBy: string;
  readonly revoked: boolean;
  /** The file that owns it; undefined: it was made through the admin API. */
  readonly source: Source | undefined;
};

const consent: Decode<Consent> = object((read) => ({
  name: read('name', text),
  tenant: read('tenant', text),
  subject: read('subject', maybe(text)),
  kinds: read('kinds', list(text)),
  tiers: read('tiers', list(number)),
  regions: read('regions', maybe(list(text))),
  purpose: read('purpose', text),
  from: read('from', maybe(time)),
  until: read('until', time),
  givenBy: read('given_by', text),
  revoked: read('revoked', flag),
  source: read('source', maybe(source)),
}));

export const consents: Decode<readonly Consent[]> = object((read) => read('data', list(consent)));
