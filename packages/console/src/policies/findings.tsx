// What was found in a draft: mistakes with their lines, then tests, then what differs.
import type { VNode } from 'preact';
import type { DraftProblem, Rehearsed, TestLine } from '../api/policy-shape.ts';
import { Check, Cross, Warning } from '../shell/icons.tsx';
import { Words } from '../shell/words.tsx';
import { type DiffLine, diffLines, pieces } from './diff.ts';

export type ProblemsProps = {
  readonly problems: readonly DraftProblem[];
  readonly onLine: (line: number, column: number) => void;
};

export function Problems({ problems, onLine }: ProblemsProps): VNode | null {
  if (problems.length === 0) return null;
  return (
    <ul class="mistakes">
      {problems.map((one) => (
        <li key={`${one.file} ${one.line} ${one.column} ${one.message}`}>
          <p class="outcome bad">
            <Warning />
            {one.file === undefined ? (
              <button
                type="button"
                class="button quiet"
                onClick={() => onLine(one.line, one.column)}
              >
                Line {one.line}
              </button>
            ) : (
              <code>{`${one.file}:${one.line}`}</code>
            )}
            <b>
              <Words>{one.message}</Words>
            </b>
          </p>
          {one.excerpt !== '' && <pre>{one.excerpt}</pre>}
          {one.hint.startsWith('signalbox ') ? (
            <pre>{one.hint}</pre>
          ) : (
            <p class="soft">
              <Words>{one.hint}</Words>
            </p>
          )}
        </li>
      ))}
    </ul>
  );
}

export type TestsProps = {
  readonly found: Rehearsed;
  /** The policy that is written. */
  readonly name: string;
  readonly onLine: (line: number, column: number) => void;
};

export function Tests({ found, name, onLine }: TestsProps): VNode {
  const own = found.tests.filter(({ policy }) => policy === name);
  // What others say matters where this draft breaks it.
  const others = found.tests.filter(({ policy, passed }) => policy !== name && !passed);
  const left = found.testsTotal - found.tests.length;
  return (
    <section class="card" aria-labelledby="tests">
      <h2 id="tests">Tests</h2>
      {own.length === 0 && found.problems.length > 0 && (
        <p class="soft">They run as soon as it can be read.</p>
      )}
      {own.length === 0 && found.problems.length === 0 && (
        <p class="soft">
          It has none. A test is a call and what must come of it; write them under{' '}
          <code>tests</code>.
        </p>
      )}
      <ul class="tests">
        {[...others, ...own].map((one) => (
          <Test key={`${one.policy} ${one.test}`} test={one} own={name} onLine={onLine} />
        ))}
      </ul>
      {left > 0 && <p class="soft">{left} more pass.</p>}
    </section>
  );
}

type TestProps = Omit<TestsProps, 'found' | 'name'> & {
  readonly test: TestLine;
  readonly own: string;
};

function Test({ test, own, onLine }: TestProps): VNode {
  const { passed, policy, line, failures } = test;
  return (
    <li>
      <span class={passed ? 'outcome good' : 'outcome bad'}>
        {passed ? <Check /> : <Cross />}
        <span class="heard">{passed ? 'passes:' : 'fails:'}</span>
      </span>
      <span>
        {test.test}
        {policy !== own && <span class="soft"> of {policy}</span>}
        {failures.map((one) => (
          <span key={one} class="why">
            <Words>{one}</Words>
          </span>
        ))}
      </span>
      {!passed && line !== undefined && (
        <button type="button" class="button quiet" onClick={() => onLine(line, 1)}>
          Line {line}
        </button>
      )}
    </li>
  );
}

const SIGNS: Readonly<Record<DiffLine['kind'], readonly [sign: string, word: string]>> = {
  same: [' ', ''],
  added: ['+', 'added: '],
  removed: ['−', 'removed: '],
};

type ChangesProps = { readonly before: string; readonly after: string };

export const Changes = (props: ChangesProps): VNode => (
  <section class="card" aria-labelledby="changes">
    <h2 id="changes">Against the one that runs</h2>
    <DiffLines {...props} />
  </section>
);

export function DiffLines({ before, after }: ChangesProps): VNode {
  const lines = pieces(diffLines(before, after));
  if (lines.length === 0) return <p class="soft">Nothing differs.</p>;
  return (
    <ol class="diff">
      {lines.map(({ kind, text, line, gap }) => (
        <li key={`${kind} ${line}`} class={gap ? `${kind} gap` : kind}>
          <span class="sign" aria-hidden="true">
            {SIGNS[kind][0]}
          </span>
          <code>
            <span class="heard">{SIGNS[kind][1]}</span>
            {text}
          </code>
        </li>
      ))}
    </ol>
  );
}
