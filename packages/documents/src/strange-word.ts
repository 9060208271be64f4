/**
 * Words of the world outside, in what somebody says of data: regions and kinds of data. One that
 * nobody knows is met by no place and found in no text, and would bind, or open, something else
 * than was meant.
 */
import { REGIONS } from './regions.table.ts';
import { SENSITIVE_WORDS } from './sensitive-types.table.ts';
import { closest } from './suggest.ts';
import type { SensitiveDocument } from './tenant.ts';

export interface StrangeWord {
  readonly message: string;
  readonly hint: string;
}

/**
 * Undefined: it is known. Regions are compared letter by letter: one that differs in its case alone
 * from where something stands is never met.
 *
 * @param here regions in which something stands.
 * @param isWhole false: there may be others.
 */
export function strangeRegion(
  region: string,
  here: readonly string[],
  isWhole = true,
): StrangeWord | undefined {
  if (here.includes(region)) return undefined;
  const same = here.find((one) => one.toLowerCase() === region.toLowerCase());
  if (same !== undefined) {
    const message = `no endpoint stands in the region \`${region}\``;
    return { message, hint: didYouMean(same) };
  }
  if (!isWhole || REGIONS.has(region)) return undefined;
  const near = closest(region, [...here, ...REGIONS]);
  const message = `\`${region}\` is no region that is known, and no endpoint stands there`;
  return { message, hint: near === undefined ? REGION_WORDS : didYouMean(near) };
}

/**
 * Undefined: it is known. `us_ssn` and `us-ssn` are one type.
 *
 * @param own types of the tenant's own.
 */
export function strangeKind(kind: string, own: readonly string[]): StrangeWord | undefined {
  if (SENSITIVE_WORDS.has(kind.replaceAll('_', '-')) || own.includes(kind)) return undefined;
  const near = closest(kind, [...own, ...SENSITIVE_WORDS]);
  const message = `\`${kind}\` is no kind and no type of data that is found here`;
  return { message, hint: near === undefined ? KIND_WORDS : didYouMean(near) };
}

export const ownTypesOf = (sensitive: SensitiveDocument | undefined): readonly string[] =>
  [...(sensitive?.patterns ?? []), ...(sensitive?.sources ?? [])].map(({ name }) => name);

const REGION_WORDS =
  'write the `region` of an endpoint, a country such as `de`, `eu`, or a region of a cloud ' +
  'such as `eu-central-1`';
const KIND_WORDS =
  'write a kind such as `health`, `financial`, `government-id`, `secret` or `name`, or a type of ' +
  "the tenant's own: `tenants.NAME.sensitive`";

const didYouMean = (near: string): string => `did you mean \`${near}\`?`;
