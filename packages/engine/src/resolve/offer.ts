// An offer is a model at a place; a candidate is an offer with the gates that refused it.
import type { Place } from '@signalbox/contract';
import type { Offering } from '../catalog/catalog.ts';

/** A model at a place that may have the call. */
export type Offer = { readonly offering: Offering; readonly place: Place };

/** `gates` 0: nothing refused it. */
export type Candidate = Offer & { readonly gates: number };
