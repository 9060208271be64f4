// The drawing of a chart: stacked bands in steps, lines over them, two axes, and a cursor that the
// pointer or the arrow keys move. It is a slider through time for who listens.
import type { VNode } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { dayTime, minuteTime } from '../format.ts';
import { timeTicks, valueTicks } from './scale.ts';
import { allSeries, type ChartFacts, type Series, stacked } from './series.ts';

const HEIGHT = 196;
const TOP = 10;
const BOTTOM = 24;
const LEFT = 52;
const RIGHT = 10;
/** Room for the strip below the ground of the bands. */
const STRIP = 26;
const WIDTH_AT_FIRST = 640;
const TICK_WIDTH = 92;

type Frame = {
  readonly width: number;
  /** Where the bands stand. */
  readonly ground: number;
  readonly x: (step: number) => number;
  readonly y: (value: number) => number;
  readonly ticks: readonly number[];
};

export function Plot({ facts }: { readonly facts: ChartFacts }): VNode {
  const [box, width] = useWidth();
  const [cursor, setCursor] = useState<number>();
  const hatch = useId();
  const tops = stacked(facts.bands);
  const frame = frameOf(facts, tops, width);
  const last = facts.times.length - 1;
  const point = (event: PointerEvent & { readonly currentTarget: HTMLElement }): void => {
    const inside = event.clientX - event.currentTarget.getBoundingClientRect().left - LEFT;
    const step = Math.floor((inside / (width - LEFT - RIGHT)) * facts.times.length);
    setCursor(step >= 0 && step <= last ? step : undefined);
  };
  const press = (event: KeyboardEvent): void => {
    const to = moved(event.key, cursor ?? last, last);
    if (to === undefined) return;
    event.preventDefault();
    setCursor(to);
  };
  return (
    <div
      ref={box}
      class="plot"
      role="slider"
      tabIndex={0}
      aria-label={`${facts.title}: a chart. Arrow keys move through time.`}
      aria-valuemin={0}
      aria-valuemax={Math.max(0, last)}
      aria-valuenow={cursor ?? last}
      aria-valuetext={reading(facts, cursor ?? last)}
      onPointerMove={point}
      onPointerLeave={() => setCursor(undefined)}
      onKeyDown={press}
      onBlur={() => setCursor(undefined)}
    >
      <svg width={width} height={HEIGHT} aria-hidden="true" focusable="false">
        <Hatch id={hatch} />
        <Axes facts={facts} frame={frame} />
        {facts.bands.map((band, at) => (
          <Band
            key={band.key}
            band={band}
            hatch={hatch}
            frame={frame}
            top={tops[at]}
            below={tops[at - 1]}
          />
        ))}
        {facts.lines.map((line) => (
          <path key={line.key} class={`line ${line.look}`} d={linePath(line.values, frame)} />
        ))}
        {facts.strip !== undefined && <Strip strip={facts.strip} frame={frame} />}
        {cursor !== undefined && <Cursor step={cursor} frame={frame} />}
      </svg>
      {cursor !== undefined && <Note facts={facts} step={cursor} frame={frame} />}
    </div>
  );
}

function moved(key: string, from: number, last: number): number | undefined {
  if (key === 'ArrowLeft' || key === 'ArrowDown') return Math.max(0, from - 1);
  if (key === 'ArrowRight' || key === 'ArrowUp') return Math.min(last, from + 1);
  if (key === 'Home') return 0;
  return key === 'End' ? last : undefined;
}

function frameOf(facts: ChartFacts, tops: readonly (readonly number[])[], width: number): Frame {
  const highest = Math.max(0, ...(tops.at(-1) ?? []), ...facts.lines.flatMap((one) => one.values));
  const ticks = valueTicks(highest, facts.whole);
  const most = ticks.at(-1) ?? 1;
  const inner = width - LEFT - RIGHT;
  const ground = HEIGHT - BOTTOM - (facts.strip === undefined ? 0 : STRIP);
  return {
    width,
    ground,
    ticks,
    x: (step) => LEFT + (step / Math.max(1, facts.times.length)) * inner,
    y: (value) => TOP + (1 - value / most) * (ground - TOP),
  };
}

function Axes({ facts, frame }: { readonly facts: ChartFacts; readonly frame: Frame }): VNode {
  const from = facts.times[0] ?? 0;
  const to = (facts.times.at(-1) ?? 0) + facts.stepMs;
  const room = Math.floor((frame.width - LEFT) / TICK_WIDTH);
  const step = (at: number): number => (at - from) / facts.stepMs;
  return (
    <g class="axes">
      {frame.ticks.map((value) => (
        <g key={value}>
          <line x1={LEFT} x2={frame.width - RIGHT} y1={frame.y(value)} y2={frame.y(value)} />
          <text x={LEFT - 8} y={frame.y(value) + 4} text-anchor="end">
            {facts.tick(value)}
          </text>
        </g>
      ))}
      {timeTicks(from, to, room).map(({ at, day }) => (
        <text key={at} x={frame.x(step(at))} y={HEIGHT - 6} text-anchor="middle">
          {day ? dayTime(at) : minuteTime(at)}
        </text>
      ))}
    </g>
  );
}

type BandProps = {
  readonly band: Series;
  readonly hatch: string;
  readonly frame: Frame;
  readonly top: readonly number[] | undefined;
  readonly below: readonly number[] | undefined;
};

function Band({ band, hatch, frame, top = [], below }: BandProps): VNode {
  const ground = below ?? top.map(() => 0);
  const area = `${stepPath(top, frame, 'M')}${backPath(ground, frame)}Z`;
  const isHatched = band.look === 'tier-3';
  return (
    <g class={`band ${band.look}`}>
      <path class="fill" d={area} />
      {isHatched && <path d={area} fill={`url(#${hatch})`} />}
      <path class="edge" d={stepPath(top, frame, 'M')} />
    </g>
  );
}

/** Lines across the band of tier 3, so that it is told apart without its colour. */
const Hatch = ({ id }: { readonly id: string }): VNode => (
  <defs>
    <pattern
      id={id}
      width="6"
      height="6"
      patternUnits="userSpaceOnUse"
      patternTransform="rotate(45)"
    >
      <line class="hatch" x1="0" y1="0" x2="0" y2="6" />
    </pattern>
  </defs>
);

function stepPath(values: readonly number[], { x, y }: Frame, begin: 'M' | 'L'): string {
  return values
    .map((value, step) => {
      const height = y(value).toFixed(1);
      const from = `${step === 0 ? begin : 'L'}${x(step).toFixed(1)} ${height}`;
      return `${from}L${x(step + 1).toFixed(1)} ${height}`;
    })
    .join('');
}

function backPath(values: readonly number[], { x, y }: Frame): string {
  let path = '';
  for (let step = values.length - 1; step >= 0; step -= 1) {
    const height = y(values[step] ?? 0).toFixed(1);
    path += `L${x(step + 1).toFixed(1)} ${height}L${x(step).toFixed(1)} ${height}`;
  }
  return path;
}

/** Straight from the end of one step to the end of the next; the first begins at the ground. */
const linePath = (values: readonly number[], { x, y }: Frame): string =>
  [0, ...values]
    .map((value, at) => `${at === 0 ? 'M' : 'L'}${x(at).toFixed(1)} ${y(value).toFixed(1)}`)
    .join('');

type StripProps = { readonly strip: Series; readonly frame: Frame };

/** Small bars under the bands: what is rare is not lost among what is many. */
function Strip({ strip, frame }: StripProps): VNode {
  const most = Math.max(1, ...strip.values);
  const ground = HEIGHT - BOTTOM;
  return (
    <g class={`strip ${strip.look}`}>
      <text x={LEFT - 8} y={ground} text-anchor="end">
        {strip.name.toLowerCase()}
      </text>
      <line x1={LEFT} x2={frame.width - RIGHT} y1={ground + 0.5} y2={ground + 0.5} />
      {strip.values.map((value, step) => {
        if (value === 0) return null;
        const left = frame.x(step);
        const height = 3 + (value / most) * (STRIP - 8);
        const width = Math.max(1.5, frame.x(step + 1) - left - 0.5);
        return <rect key={left} x={left} width={width} y={ground - height} height={height} />;
      })}
    </g>
  );
}

function Cursor({ step, frame }: { readonly step: number; readonly frame: Frame }): VNode {
  const left = frame.x(step);
  const width = Math.max(1, frame.x(step + 1) - left);
  return <rect class="cursor" x={left} width={width} y={TOP} height={HEIGHT - TOP - BOTTOM} />;
}

const NOTE_WIDTH = 196;

type NoteProps = { readonly facts: ChartFacts; readonly step: number; readonly frame: Frame };

function Note({ facts, step, frame }: NoteProps): VNode {
  const right = frame.x(step + 1) + 10;
  const fits = right + NOTE_WIDTH < frame.width;
  const left = fits ? right : Math.max(0, frame.x(step) - NOTE_WIDTH - 10);
  return (
    <div class="note" aria-hidden="true" style={{ left: `${left}px`, width: `${NOTE_WIDTH}px` }}>
      <strong>{momentOf(facts, step)}</strong>
      {allSeries(facts).map((one) => (
        <span key={one.key}>
          <i class={`swatch ${one.look}`} />
          {one.name}
          <b>{facts.show(one.values[step] ?? 0)}</b>
        </span>
      ))}
    </div>
  );
}

function momentOf({ times, stepMs }: ChartFacts, step: number): string {
  const at = times[step] ?? 0;
  const far = stepMs * times.length > 86_400_000;
  return `${far ? `${dayTime(at)}, ` : ''}${minuteTime(at)}–${minuteTime(at + stepMs)}`;
}

function reading(facts: ChartFacts, step: number): string {
  const values = allSeries(facts).map((one) => `${one.name} ${facts.show(one.values[step] ?? 0)}`);
  return `${momentOf(facts, step)}: ${values.join(', ')}`;
}

/** The width of what it is given to, as it changes. */
function useWidth(): [{ current: HTMLDivElement | null }, number] {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(WIDTH_AT_FIRST);
  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    setWidth(element.clientWidth);
    const watch = new ResizeObserver(() => setWidth(element.clientWidth));
    watch.observe(element);
    return () => watch.disconnect();
  }, []);
  return [box, width];
}
