// What can refuse a candidate, one bit each, so that a record holds a number and `explain` finds
// the words again. Bits are never reused.

export const GATES = {
  entitledModel: 1,
  entitledTier: 2,
  tier: 4,
  residency: 8,
  retention: 16,
  notOwn: 32,
  otherTenant: 64,
  disabled: 128,
  unavailable: 256,
  operation: 512,
  context: 1024,
  down: 2048,
  unpriced: 4096,
  notNeeded: 8192,
  need: 16384,
  stateUnknown: 32768,
  tripped: 65536,
  limited: 131072,
  quarantined: 262144,
  quantised: 524288,
  required: 1048576,
  forbidden: 2097152,
  tooDear: 4194304,
  paused: 8388608,
  escalates: 16777216,
} as const;

export type Gate = keyof typeof GATES;

export const GATE_WORDS: Readonly<Record<Gate, string>> = {
  entitledModel: 'the plan or the key does not include this model',
  entitledTier: 'the plan or the key does not include this tier',
  tier: 'its tier is above the ceiling of this call',
  residency: "its region is outside the tenant's residency",
  retention: 'it keeps what it receives, and the tenant demands zero retention',
  notOwn: "it is not the tenant's own, and the tenant is sovereign",
  otherTenant: 'it belongs to another tenant',
  disabled: 'it is switched off; `signalbox endpoint enable` turns it on',
  unavailable: 'it has no usable credential',
  operation: 'it cannot do what the call asks for',
  context: 'the input does not fit into its context',
  down: 'no connection to it stood a moment ago',
  unpriced: 'its price is unknown, and the tenant has a hard budget',
  notNeeded:
    'allowed, and not in the route: another offer was preferred and no chain names this one',
  need: 'it is not known to have what the call needs',
  stateUnknown: 'it is not known to hold the state that the call refers to',
  tripped: 'it failed too often lately, and is left alone for a while',
  limited: 'it limits the rate, and is left alone until it may be asked again',
  quarantined: 'it is quarantined; `signalbox endpoint activate` lets calls go there',
  quantised: 'its weights are stored in fewer bits than this kind of work may have',
  required: 'a rule requires what it is not, or is not known to have',
  forbidden: 'a rule forbids it',
  tooDear: 'it could cost more than a rule allows, or its price is unknown',
  paused: 'it said when to come again, and is left alone until then',
  escalates:
    'its answers to this kind of step were carried up too often lately: a better one is asked first',
};

/** The words of a bitmap, in the order of the bits. */
export function gateNames(bitmap: number): readonly Gate[] {
  const all = Object.keys(GATES) as Gate[]; // the keys of a constant object are its keys
  return all.filter((gate) => (bitmap & GATES[gate]) !== 0);
}
