// One figure of `signalbox eval routing`. `ours` null: no rows were given for it.
import type { Band } from './routing-curve.ts';

export type RoutingFigure = {
  readonly figure: string;
  readonly unit: string;
  readonly ours: number | null;
  readonly baselines: Readonly<Record<string, number | null>>;
  readonly goal: string | null;
  readonly met: boolean | null;
  readonly spread: Readonly<Record<string, Band>>;
  readonly count: number;
};

type More = Pick<RoutingFigure, 'count'> &
  Partial<Pick<RoutingFigure, 'baselines' | 'goal' | 'met'>>;

/** A share, as far as it is known. */
export const figure = (name: string, ours: number | null, more: More): RoutingFigure => ({
  ...{ figure: name, unit: 'share', ours, baselines: {}, goal: null, met: null, spread: {} },
  ...more,
});
