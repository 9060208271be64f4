// A chart with its title, its legend, and the same numbers as a table and as a file.
import type { ComponentChildren, VNode } from 'preact';
import { useState } from 'preact/hooks';
import { utc } from '../format.ts';
import { Plot } from './plot.tsx';
import { allSeries, type ChartFacts, csvOf, sum } from './series.ts';

export type ChartProps = {
  readonly facts: ChartFacts;
  /** What to read from it, in a sentence. */
  readonly children?: ComponentChildren;
};

export function Chart({ facts, children }: ChartProps): VNode {
  const [tabled, setTabled] = useState(false);
  const id = facts.title.toLowerCase().replace(/[^a-z]+/g, '-');
  return (
    <section class="card chart" aria-labelledby={id}>
      <header>
        <div>
          <h2 id={id}>{facts.title}</h2>
          {children !== undefined && <p class="soft">{children}</p>}
        </div>
        <div class="actions">
          <button
            type="button"
            class="button quiet"
            aria-pressed={tabled}
            onClick={() => setTabled(!tabled)}
          >
            Table
          </button>
          <button
            type="button"
            class="button quiet"
            onClick={() => save(`${id}.csv`, csvOf(facts))}
          >
            CSV
          </button>
        </div>
      </header>
      <Legend facts={facts} />
      {tabled ? <Table facts={facts} /> : <Plot facts={facts} />}
    </section>
  );
}

const Legend = ({ facts }: { readonly facts: ChartFacts }): VNode => (
  <ul class="legend">
    {allSeries(facts).map((one) => (
      <li key={one.key}>
        <i class={`swatch ${one.look}`} />
        {one.name} <b>{one.total ?? facts.show(sum(one.values))}</b>
      </li>
    ))}
  </ul>
);

function Table({ facts }: { readonly facts: ChartFacts }): VNode {
  const all = allSeries(facts);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
    <section class="scroll" tabIndex={0} aria-label={`${facts.title}: a table`}>
      <table>
        <thead>
          <tr>
            <th scope="col">Time</th>
            {all.map((one) => (
              <th key={one.key} scope="col" class="number">
                {one.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {facts.times.map((at, step) => (
            <tr key={at}>
              <th scope="row">{utc(at).replace(/:\d\d\.\d+/, '')}</th>
              {all.map((one) => (
                <td key={one.key} class="number">
                  {facts.show(one.values[step] ?? 0)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function save(name: string, text: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/csv' }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
