// What a type of data, found or declared, means for the label: every type has one kind, every kind
// one label.
// A type that stands in no row changes nothing by itself; the label that was declared with it holds.
import type { Label } from '@signalbox/contract';
import { kindsOfTypes } from './scan/scan.ts';

type Row = readonly [kind: string, label: Label, types: readonly string[]];

const ROWS: readonly Row[] = [
  ['health', 'regulated', ['health', 'phi', 'diagnosis', 'medical-record', 'medication']],
  [
    'financial',
    'regulated',
    ['financial', 'credit-card', 'iban', 'bank-account', 'card-number', 'routing-number'],
  ],
  [
    'government-id',
    'regulated',
    ['government-id', 'us-ssn', 'ssn', 'passport', 'national-id', 'tax-id', 'driving-licence'],
  ],
  ['secret', 'regulated', ['secret', 'api-key', 'password', 'private-key', 'token', 'credential']],
  ['email', 'personal', ['email', 'e-mail']],
  ['phone', 'personal', ['phone', 'telephone']],
  ['name', 'personal', ['name', 'person']],
  ['address', 'personal', ['address', 'postal-address']],
  ['date-of-birth', 'personal', ['date-of-birth', 'birth-date', 'dob']],
  ['ip', 'personal', ['ip', 'ip-address']],
];

type Meaning = { readonly kind: string; readonly label: Label };

const BY_TYPE: ReadonlyMap<string, Meaning> = new Map(
  ROWS.flatMap(([kind, label, types]) => {
    const meaning = { kind, label };
    return [...typesOf(kind), ...types].map((type) => [type, meaning] as const);
  }),
);

/** What the scanner calls the types of a kind. */
function typesOf(kind: string): readonly string[] {
  return kindsOfTypes().flatMap(([type, one]) => (one === kind ? [type] : []));
}

/** `us_ssn` and `us-ssn` are one type. Undefined: nobody knows this type. */
export const meaningOfType = (type: string): Meaning | undefined =>
  BY_TYPE.get(type.replaceAll('_', '-'));

export const labelOfType = (type: string): Label | undefined => meaningOfType(type)?.label;
