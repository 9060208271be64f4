// What there is to ask for: models, where they run, what they cost there and by whose word, how
// they are related, and what is being rolled out.
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { usePolled } from '../api/polled.ts';
import { type Model, type Registry, registry as registryOf } from '../api/registry-shape.ts';
import { go, type Place, withQuery } from '../router.ts';
import { CopyQuestion } from '../shell/copy.tsx';
import { Failure } from '../shell/failure.tsx';
import { useKeys } from '../shell/keys.ts';
import { Title } from '../shell/title.tsx';
import { ModelCard } from './model-card.tsx';
import { Rollouts } from './rollouts.tsx';

const EVERY_MS = 15_000;
const SEARCH_ID = 'search';
/** Models on the page before somebody asks for more. */
const SHOWN = 40;

export function RegistryRoom({ place }: { readonly place: Place }): VNode {
  const all = usePolled('registry', registryOf, EVERY_MS);
  const sought = place.query.get('q') ?? '';
  const found = all.value?.models.filter((one) => fits(one, sought));
  useKeys({ '/': () => document.getElementById(SEARCH_ID)?.focus() });
  return (
    <>
      <header class="room-head">
        <Title>Registry</Title>
        <div class="actions">
          <CopyQuestion path="registry" />
        </div>
      </header>
      <Failure asked={[all]} />
      <Search place={place} sought={sought} />
      {all.value === undefined && <div class="card waiting" aria-hidden="true" />}
      {all.value !== undefined && found !== undefined && (
        <Found place={place} registry={all.value} found={found} sought={sought} />
      )}
    </>
  );
}

type FoundProps = {
  readonly place: Place;
  readonly registry: Registry;
  readonly found: readonly Model[];
  readonly sought: string;
};

function Found({ registry, found, sought }: FoundProps): VNode {
  const [shown, setShown] = useState(SHOWN);
  const { models, rollouts, listed } = registry;
  const dated = listed === undefined ? '' : ` The shipped list of prices is of ${listed}.`;
  return (
    <>
      <p class="soft registry-count" role="status">
        {sought === '' ? `${models.length} models.` : `${found.length} of ${models.length} models.`}
        {dated}
      </p>
      {rollouts.length > 0 && sought === '' && <Rollouts rollouts={rollouts} />}
      {models.length === 0 && <NoModel />}
      {models.length > 0 && found.length === 0 && (
        <p class="card empty">
          No model has “{sought}” in its name, its abilities, its endpoints or its relations.{' '}
          <a href="/registry">All models</a>
        </p>
      )}
      <ul class="models">
        {found.slice(0, shown).map((one) => (
          <ModelCard key={one.name} model={one} />
        ))}
      </ul>
      {found.length > shown && (
        <button type="button" class="button" onClick={() => setShown(shown + SHOWN)}>
          More models ({found.length - shown})
        </button>
      )}
    </>
  );
}

/** Every word is somewhere in what is known of it. */
function fits(model: Model, sought: string): boolean {
  const { name, family, licence, quantisation, relations, places } = model;
  const text = [
    ...[name, family, licence, quantisation],
    ...relations.flatMap((one) => [one.relation, ...one.models]),
    ...places.flatMap((one) => [
      ...[one.endpoint, one.upstream, one.state, `tier ${one.tier}`, `tier=${one.tier}`],
      ...one.capabilities,
      one.price.kind === 'unknown' ? 'price unknown' : '',
    ]),
  ]
    .join('\n')
    .toLowerCase();
  return sought
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

function Search({ place, sought }: { readonly place: Place; readonly sought: string }): VNode {
  const seek = (text: string): void => go(withQuery(place, { q: text }), 'replace');
  return (
    <search class="filter">
      <form onSubmit={(event) => event.preventDefault()}>
        <label for={SEARCH_ID} class="heard">
          Search
        </label>
        <input
          id={SEARCH_ID}
          type="text"
          value={sought}
          placeholder="Search: vision, tier=1, apache, an endpoint, a name"
          spellcheck={false}
          autocomplete="off"
          onInput={(event) => seek(event.currentTarget.value)}
        />
        <span class="key-hint" aria-hidden="true">
          /
        </span>
      </form>
    </search>
  );
}

const NoModel = (): VNode => (
  <section class="card empty" aria-labelledby="no-model">
    <h2 id="no-model">No model yet</h2>
    <p class="soft">
      Models come with endpoints. Add one:{' '}
      <code>signalbox endpoint add http://localhost:11434</code>
    </p>
  </section>
);
