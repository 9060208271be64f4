// What a type of data, found or declared, means for the label: every type has one kind, every kind
// one label.
// A type that is not known changes nothing by itself; the label that was declared with it holds.
import type { Label } from '@signalbox/contract';
import { SENSITIVE_TYPES, type SensitiveKind } from '@signalbox/documents';

const LABELS: readonly (readonly [kind: SensitiveKind, label: Label])[] = [
  ['health', 'regulated'],
  ['financial', 'regulated'],
  ['government-id', 'regulated'],
  ['secret', 'regulated'],
  ['email', 'personal'],
  ['phone', 'personal'],
  ['name', 'personal'],
  ['address', 'personal'],
  ['date-of-birth', 'personal'],
  ['ip', 'personal'],
];

type Meaning = { readonly kind: SensitiveKind; readonly label: Label };

const BY_TYPE: ReadonlyMap<string, Meaning> = new Map(
  LABELS.flatMap(([kind, label]) =>
    SENSITIVE_TYPES[kind].map((type) => [type, { kind, label }] as const),
  ),
);

/** `us_ssn` and `us-ssn` are one type. Undefined: nobody knows this type. */
export const meaningOfType = (type: string): Meaning | undefined =>
  BY_TYPE.get(type.replaceAll('_', '-'));

export const labelOfType = (type: string): Label | undefined => meaningOfType(type)?.label;
