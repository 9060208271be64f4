// Why a label stands where it stands, ground by ground: a consent covers some of them, and what it
// does not cover holds. Asked only of calls whose data is personal or regulated.
import { higherLabel, type Label } from '@signalbox/contract';
import type { Ground, Raised } from '../session/labels.ts';
import type { Joined } from '../session/session.ts';
import { meaningOfType } from './kinds.table.ts';
import { type Content, UNSCANNED } from './reading.ts';

const plain = (type: string, label: Label): Ground => ({ type, kind: type, label });

/** All of them, also those that another one covers. */
export function groundsOf(joined: Joined, content: Content): readonly Ground[] {
  const { tenant, head, held, remembered } = joined;
  const grounds: Ground[] = [plain('default', tenant.defaultLabel)];
  let isUnscanned = isUnread(joined);
  for (const { type, kind } of content) {
    if (kind === UNSCANNED) isUnscanned = true;
    else grounds.push({ type, kind, label: meaningOfType(kind)?.label ?? 'regulated' });
  }
  if (isUnscanned) grounds.push(plain(UNSCANNED, tenant.unscannedLabel));
  if (held !== undefined) grounds.push(plain('held-upstream', held.label));
  if (remembered !== undefined) grounds.push(...remembered.grounds);
  for (const type of head.sources ?? []) {
    const kind = tenant.sensitive?.sources.get(type);
    if (kind !== undefined)
      grounds.push({ type, kind, label: meaningOfType(kind)?.label ?? 'regulated' });
  }
  if (head.sensitivity !== undefined) grounds.push(...declaredGrounds(head.sensitivity));
  return grounds;
}

/** Nobody here can read a part of it, or knows what it refers to. */
export const isUnread = ({ question, held }: Joined): boolean =>
  question.unreadableParts ||
  (question.statefulReference !== undefined && held?.endpoint === undefined);

/** The types that were declared, and the label itself where none of them is as high. */
function declaredGrounds({
  label,
  kinds,
}: NonNullable<Joined['head']['sensitivity']>): readonly Ground[] {
  const typed = kinds.map((type): Ground => {
    const meaning = meaningOfType(type);
    return meaning === undefined
      ? { type, kind: 'declared', label }
      : { type, kind: meaning.kind, label: meaning.label };
  });
  const isTold = typed.some((one) => higherLabel(one.label, label) === one.label);
  return isTold ? typed : [...typed, plain('declared', label)];
}

/** Types told in a header or a record: a page of customers is not listed whole. */
export const TYPES_MAX = 8;

/** What a record, or a checkpoint, says of a session. What it does not say is not known. */
export function raisedOf(label: Label, kinds: readonly string[]): Raised {
  const grounds = kinds.map((type): Ground => {
    const meaning = meaningOfType(type);
    return meaning === undefined ? plain(type, label) : { type, ...meaning };
  });
  const held = grounds.filter((one) => higherLabel(one.label, label) === label);
  const isWhole = kinds.length > 0 && kinds.length < TYPES_MAX;
  const isTold = held.some((one) => one.label === label);
  return { label, grounds: isWhole && isTold ? held : [...held, plain('held-session', label)] };
}
