// The filter, in words and by choice, and whether the list goes on.
import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { go } from '../router.ts';
import { Pause, Play } from '../shell/icons.tsx';
import { ENDINGS, type Filter, filterQuery, filterText, parseFilter, TIERS } from './filter.ts';
import type { Link } from './tail.ts';

export const FILTER_ID = 'filter';

export type ToolbarProps = {
  readonly filter: Filter;
  readonly link: Link;
  readonly held: boolean;
  readonly onHold: () => void;
};

export function Toolbar({ filter, link, held, onHold }: ToolbarProps): VNode {
  return (
    <div class="toolbar">
      <FilterField filter={filter} />
      <Choice name="Tier" field="tier" words={TIERS} filter={filter} />
      <Choice name="Outcome" field="ending" words={ENDINGS} filter={filter} />
      <button type="button" class="button" aria-pressed={held} onClick={onHold}>
        {held ? <Play /> : <Pause />}
        {held ? 'Go on' : 'Pause'}
      </button>
      <LinkState link={link} />
    </div>
  );
}

const show = (filter: Filter): void => {
  const query = filterQuery(filter);
  go(query === '' ? '/requests' : `/requests?${query}`, 'replace');
};

function FilterField({ filter }: { readonly filter: Filter }): VNode {
  const written = filterText(filter);
  const [text, setText] = useState(written);
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    setText(written);
    setProblem(undefined);
  }, [written]);
  const submit = (event: Event): void => {
    event.preventDefault();
    const parsed = parseFilter(text);
    setProblem(parsed.ok ? undefined : parsed.problem);
    if (parsed.ok) show(parsed.filter);
  };
  return (
    <search class="filter">
      <form onSubmit={submit}>
        <label for={FILTER_ID} class="heard">
          Filter
        </label>
        <input
          id={FILTER_ID}
          type="text"
          value={text}
          placeholder="Filter: tier=3 ending=refused tenant=acme"
          spellcheck={false}
          autocomplete="off"
          autocapitalize="off"
          aria-invalid={problem !== undefined}
          aria-describedby="filter-problem"
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <span class="key-hint" aria-hidden="true">
          /
        </span>
      </form>
      <p id="filter-problem" class="problem" role="status">
        {problem}
      </p>
    </search>
  );
}

type ChoiceProps = {
  readonly name: string;
  readonly field: 'tier' | 'ending';
  readonly words: readonly string[];
  readonly filter: Filter;
};

function Choice({ name, field, words, filter }: ChoiceProps): VNode {
  const choose = (value: string): void => {
    const { [field]: _before, ...rest } = filter;
    show(value === '' ? rest : { ...rest, [field]: value });
  };
  return (
    <label class="pick">
      <span class="heard">{name}</span>
      <select value={filter[field] ?? ''} onChange={(event) => choose(event.currentTarget.value)}>
        <option value="">{name}: all</option>
        {words.map((word) => (
          <option key={word} value={word}>
            {name}: {word}
          </option>
        ))}
      </select>
    </label>
  );
}

const LINKS: Readonly<Record<Link, string>> = {
  opening: 'Connecting…',
  live: 'Live',
  broken: 'Connection lost, trying again',
};

const LinkState = ({ link }: { readonly link: Link }): VNode => (
  <span class={`link-state ${link}`} role="status">
    <i />
    {LINKS[link]}
  </span>
);
