// Which class of steps a call is counted under. The caller's own word is never a key: it is free
// text, and with it one tenant could fill what is kept for all.
import type { StepClass } from './record.ts';

type Stepped = {
  readonly stepClass?: StepClass | undefined;
  readonly stepSeen?: { readonly class: StepClass | undefined } | undefined;
};

/** Seen for calls of `auto`; of others as they call themselves. Undefined: nothing tells. */
export const stepClassOf = ({ stepClass, stepSeen }: Stepped): StepClass | undefined =>
  stepSeen?.class ?? stepClass;
