// Fields of the playground: one of some words, or words of one's own.
import type { VNode } from 'preact';

export type ChoiceProps = {
  readonly id: string;
  readonly label: string;
  /** What holds where nothing is chosen; undefined: something always is. */
  readonly none?: string;
  readonly words: readonly string[];
  readonly value: string;
  readonly nameOf?: (word: string) => string;
  readonly onChoose: (value: string) => void;
};

export function Choice({ id, label, none, words, value, nameOf, onChoose }: ChoiceProps): VNode {
  // What the address names and nobody knows is shown all the same: the answer says what is wrong.
  const all = value === '' || words.includes(value) ? words : [value, ...words];
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select id={id} value={value} onChange={(event) => onChoose(event.currentTarget.value)}>
        {none !== undefined && <option value="">{none}</option>}
        {all.map((word) => (
          <option key={word} value={word}>
            {nameOf === undefined ? word : nameOf(word)}
          </option>
        ))}
      </select>
    </div>
  );
}

export type WrittenProps = {
  readonly id: string;
  readonly label: string;
  readonly hint: string;
  /** What is meant where nothing is written. */
  readonly empty: string;
  readonly value: string;
  /** Words that are offered. */
  readonly known?: readonly string[];
  readonly onWritten: (value: string) => void;
};

export function Written(props: WrittenProps): VNode {
  const { id, label, hint, empty, value, known, onWritten } = props;
  const list = known === undefined ? undefined : `${id}-known`;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="text"
        list={list}
        placeholder={empty}
        value={value}
        spellcheck={false}
        aria-describedby={`${id}-hint`}
        onChange={(event) => onWritten(event.currentTarget.value.trim())}
      />
      {known !== undefined && (
        <datalist id={list}>
          {known.map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
      )}
      <p id={`${id}-hint`} class="soft">
        {hint}
      </p>
    </div>
  );
}
