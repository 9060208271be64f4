// `--where 'tier=3 and cost>0.01'`: conditions on the rows of ended calls, all of which must hold.
import { misused } from '../exit.ts';
import { memberOf } from '../gateway-client.ts';

export type Condition = {
  readonly field: string;
  readonly sign: '=' | '!=' | '>=' | '<=' | '>' | '<';
  readonly value: string;
};

const FIELDS: Readonly<Record<string, string>> = {
  tier: 'tier',
  tenant: 'tenant',
  key: 'key',
  session: 'session',
  step: 'step',
  model: 'model',
  asked: 'model_requested',
  endpoint: 'endpoint',
  label: 'label',
  ending: 'ending',
  code: 'code',
  status: 'status',
  fallback: 'fallback',
  operation: 'operation',
  stream: 'stream',
  cost: 'cost_usd',
  tokens: 'output_tokens',
  ms: 'total_ms',
};

const CONDITION = /^([a-z]+)\s*(!=|>=|<=|=|>|<)\s*('[^']*'|"[^"]*"|[^\s=<>!]\S*)$/;
const CONDITIONS_MAX = 16;

export function readWhere(text: string): readonly Condition[] {
  const parts = text
    .split(/\s+and\s+|\s*,\s*/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
  if (parts.length > CONDITIONS_MAX) throw misused(`At most ${CONDITIONS_MAX} conditions.`);
  return parts.map(readCondition);
}

function readCondition(part: string): Condition {
  const [, field = '', sign = '', value = ''] = CONDITION.exec(part) ?? [];
  if (!Object.hasOwn(FIELDS, field) || !isSign(sign)) {
    const known = Object.keys(FIELDS).join(', ');
    throw misused(`\`${part}\` is no condition.`, `Like tier=3 or ms>=1000; there is: ${known}.`);
  }
  return { field, sign, value: value.replace(/^(['"])(.*)\1$/, '$2') };
}

const isSign = (text: string): text is Condition['sign'] => /^(!=|[<>]=?|=)$/.test(text);

export function holds(conditions: readonly Condition[], row: unknown): boolean {
  return conditions.every((condition) => isMet(condition, row));
}

/** What is not known meets no condition but `!=`. */
function isMet({ field, sign, value }: Condition, row: unknown): boolean {
  const found = memberOf(row, FIELDS[field] ?? field);
  if (found === null || found === undefined) return sign === '!=';
  const text = String(found);
  if (sign === '=') return text === value;
  if (sign === '!=') return text !== value;
  const [have, want] = [Number(text), Number(value)];
  if (Number.isNaN(have) || Number.isNaN(want)) return false;
  if (sign === '>=') return have >= want;
  if (sign === '<=') return have <= want;
  return sign === '>' ? have > want : have < want;
}
