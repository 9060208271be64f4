// One model: its relations, and each place with what it can do there and what it costs there.
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { usePolled } from '../api/polled.ts';
import { type Model, type ModelPlace, modelFacts, type Price } from '../api/registry-shape.ts';
import { exactCount } from '../format.ts';
import { Failure } from '../shell/failure.tsx';
import { Warning } from '../shell/icons.tsx';
import { State } from '../shell/state.tsx';
import { Tier } from '../shell/tier.tsx';

export function ModelCard({ model }: { readonly model: Model }): VNode {
  const { name, family, licence, quantisation, source, places, relations } = model;
  const [open, setOpen] = useState(false);
  const facts = [family, licence, quantisation].filter((one) => one !== undefined);
  return (
    <li class="card model">
      <div class="brought-head">
        <h2>{name}</h2>
        {facts.map((one) => (
          <span key={one} class="chip">
            {one}
          </span>
        ))}
        {source !== undefined && <code class="soft">{`${source.file}:${source.line}`}</code>}
      </div>
      {relations.length > 0 && (
        <ul class="relations">
          {relations.map(({ relation, models }) => (
            <li key={relation}>
              <span class="soft">{relation}</span>{' '}
              {models.map((one, at) => (
                <span key={one}>
                  {at > 0 && ', '}
                  <a href={`/registry?q=${encodeURIComponent(one)}`}>{one}</a>
                </span>
              ))}
            </li>
          ))}
        </ul>
      )}
      {places.length === 0 ? (
        <p class="outcome warn">
          <Warning /> No endpoint has it: documents speak of it alone.
        </p>
      ) : (
        <Places name={name} places={places} />
      )}
      {places.length > 0 && (
        <details onToggle={(event) => setOpen(event.currentTarget.open)}>
          <summary>Field by field, by whose word</summary>
          {open && <Facts name={name} />}
        </details>
      )}
    </li>
  );
}

const Places = ({
  name,
  places,
}: {
  readonly name: string;
  readonly places: readonly ModelPlace[];
}): VNode => (
  <table class="places" aria-label={`Places of ${name}`}>
    <thead>
      <tr>
        <th scope="col">Place</th>
        <th scope="col">State</th>
        <th scope="col">Can</th>
        <th scope="col" class="number">
          Context
        </th>
        <th scope="col">Dollars a million tokens</th>
      </tr>
    </thead>
    <tbody>
      {places.map((one) => (
        <tr key={`${one.endpoint} ${one.upstream}`}>
          <th scope="row">
            <Tier tier={one.tier} /> {one.endpoint}
            {one.upstream !== name && <span class="soft"> as {one.upstream}</span>}
          </th>
          <td>
            <State endpoint={{ state: one.state, why: undefined }} />
          </td>
          <td>{one.capabilities.join(', ') || <span class="soft">nothing known</span>}</td>
          <td class="number">
            {one.contextTokens === undefined ? (
              <span class="soft">context unknown</span>
            ) : (
              `${exactCount(one.contextTokens)} tokens`
            )}
          </td>
          <td>
            <PriceWords price={one.price} />
          </td>
        </tr>
      ))}
    </tbody>
  </table>
);

const BY: Readonly<Record<string, string>> = {
  list: 'by the shipped list',
  document: 'by a document',
  hardware: 'by what such hardware costs',
};

/** Why a price is unknown, in words. */
const WHY: Readonly<Record<string, string>> = {
  'not-listed': 'nobody lists it',
  unpriced: 'listed without a price',
  'zero-unconfirmed': 'one list says it is free, and no other',
  implausible: 'the listed price cannot be meant',
  incomplete: 'a document states a part of it',
};

function PriceWords({ price }: { readonly price: Price }): VNode {
  if (price.kind === 'unknown') {
    return (
      <>
        <span class="outcome warn">
          <Warning /> Unknown
        </span>{' '}
        <span class="soft">{WHY[price.by] ?? price.by}; state it under prices</span>
      </>
    );
  }
  const { input, output, by, from, disputed } = price;
  return (
    <>
      <span class="price">
        {input} in, {output} out
      </span>{' '}
      <span class="soft">
        {BY[by] ?? by}
        {from === undefined ? '' : ` of ${from}`}
      </span>
      {disputed.map(({ field, taken, left }) => (
        <span key={field} class="disputed">
          {spaced(field)}: {taken}; also said: {left}
        </span>
      ))}
    </>
  );
}

/** Fields of a price are named as in the list: `cachedInput`. */
const spaced = (field: string): string =>
  field.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

function Facts({ name }: { readonly name: string }): VNode {
  const asked = usePolled(`model-facts?model=${encodeURIComponent(name)}`, modelFacts, undefined);
  return (
    <>
      <Failure asked={[asked]} />
      {asked.value?.length === 0 && <p class="soft">Nobody says anything of it.</p>}
      {asked.value !== undefined && asked.value.length > 0 && (
        <table class="said" aria-label={`What is said of ${name}`}>
          <thead>
            <tr>
              <th scope="col">Field</th>
              <th scope="col">Holds</th>
              <th scope="col">Also said</th>
            </tr>
          </thead>
          <tbody>
            {asked.value.map(({ endpoint, field, said: [first, ...others] }) => (
              <tr key={`${endpoint} ${field}`}>
                <th scope="row">
                  {field} <span class="soft">at {endpoint}</span>
                </th>
                <td>
                  {first?.value} <span class="soft">({first?.from})</span>
                </td>
                <td class={others.length > 0 ? 'differs' : 'soft'}>
                  {others.map((one) => `${one.value} (${one.from})`).join('; ') || 'nothing else'}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}
