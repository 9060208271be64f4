// A decision that comes out otherwise, and whether it would then leave where its data may be.
import type { RecordedClearance } from '@signalbox/contract';
import type { Offer } from '../resolve/offer.ts';

export type Moved = {
  readonly decision: string;
  readonly tenant: string;
  readonly before: string;
  readonly after: string;
};

/** Of where data resides: what it was cleared for at the time does not allow the place of now. */
export function isOutside(
  { residency, retention, ownOnly }: RecordedClearance,
  { place }: Offer,
): boolean {
  const isAway =
    residency !== undefined &&
    place.tier !== 1 &&
    (place.region === undefined || !residency.includes(place.region));
  return isAway || (ownOnly && !place.own) || (retention === 'zero' && place.retention !== 'zero');
}
