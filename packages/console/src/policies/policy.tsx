// One policy: its text to try things in, what that comes to, and how it gets into force. What a
// file says is changed in the file; what no file owns is saved here.
import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Rehearsed, WholePolicy } from '../api/policy-shape.ts';
import { newPolicy, wholePolicy } from '../api/policy-shape.ts';
import { usePolled } from '../api/polled.ts';
import { go } from '../router.ts';
import { CopyQuestion } from '../shell/copy.tsx';
import { Failure } from '../shell/failure.tsx';
import { Check, Warning } from '../shell/icons.tsx';
import { Title } from '../shell/title.tsx';
import { draftOf, keepDraft } from './drafts.ts';
import { Editor, goToLine } from './editor.tsx';
import { Changes, Problems, Tests } from './findings.tsx';
import { Publish } from './publish.tsx';
import { type Rehearsal, useRehearsal } from './rehearsing.ts';
import { Attachments, Standing } from './standing.tsx';

export function PolicyRoom({ name }: { readonly name: string }): VNode {
  const asked = usePolled(`policies/${name}`, wholePolicy, undefined);
  const { value } = asked;
  return (
    <>
      <p class="back">
        <a href="/policies">Policies</a>
      </p>
      <header class="room-head">
        <Title>{name}</Title>
        <div class="actions">
          <a class="button" href={`/playground?policy=${name}`}>
            What if …
          </a>
          <CopyQuestion path={`policies/${name}`} />
        </div>
      </header>
      <Failure asked={[asked]} />
      {value === undefined && asked.failure === undefined && (
        <div class="card waiting" aria-hidden="true" />
      )}
      {value !== undefined && (
        <>
          <Head policy={value} />
          {value.text === undefined ? (
            <Imported policy={value} />
          ) : (
            <Desk policy={value} onChanged={asked.again} />
          )}
        </>
      )}
    </>
  );
}

/** One that nobody has written yet. */
export const NewPolicyRoom = ({ name }: { readonly name: string }): VNode => (
  <>
    <p class="back">
      <a href="/policies">Policies</a>
    </p>
    <header class="room-head">
      <Title>{name}</Title>
    </header>
    <Desk policy={newPolicy(name)} onChanged={() => go(`/policies/${name}`, 'replace')} />
  </>
);

function Head({ policy }: { readonly policy: WholePolicy }): VNode {
  const { version, author } = policy;
  return (
    <div class="policy-head">
      <Standing policy={policy} />
      {version !== undefined && <span>version {version}</span>}
      {author !== undefined && <span class="soft">by {author}</span>}
      <Attachments policy={policy} />
    </div>
  );
}

type DeskProps = { readonly policy: WholePolicy; readonly onChanged: () => void };

function Desk({ policy, onChanged }: DeskProps): VNode {
  const { name, etag, text: runs = '' } = policy;
  const [text, setText] = useState(draftOf(name) ?? runs);
  const area = useRef<HTMLTextAreaElement>(null);
  const rehearsal = useRehearsal(name, text);
  const { found } = rehearsal;
  const write = (next: string): void => {
    setText(next);
    keepDraft(name, next === runs ? undefined : next);
  };
  // What was saved runs now, with the end of line that a text has.
  useEffect(() => {
    if (text.trimEnd() === runs.trimEnd()) write(runs);
  }, [runs]);
  const toLine = (line: number, column: number): void => goToLine(area.current, line, column);
  const problems = found?.problems ?? [];
  const wrong = new Set(problems.flatMap(({ file, line }) => (file === undefined ? [line] : [])));
  return (
    <div class="desk">
      <section class="card" aria-labelledby="text">
        <div class="desk-head">
          <h2 id="text">{text === runs && etag !== undefined ? 'As it runs' : 'Your draft'}</h2>
          <DraftState rehearsal={rehearsal} />
          <div class="actions">
            <button
              type="button"
              class="button"
              disabled={rehearsal.busy}
              onClick={rehearsal.check}
            >
              Check its promises
            </button>
            {text !== runs && etag !== undefined && (
              <button type="button" class="button quiet" onClick={() => write(runs)}>
                Back to what runs
              </button>
            )}
          </div>
        </div>
        <Editor {...{ name, text, wrong, area }} onText={write} />
        <Problems problems={problems} onLine={toLine} />
      </section>
      <div class="desk-side">
        <Failure asked={[{ failure: rehearsal.failure, again: rehearsal.check }]} />
        {found !== undefined && <Tests found={found} name={name} onLine={toLine} />}
        <Changes before={runs} after={text} />
        <Publish {...{ policy, text, onChanged }} />
      </div>
    </div>
  );
}

function DraftState({ rehearsal }: { readonly rehearsal: Rehearsal }): VNode {
  const { found, busy, deep } = rehearsal;
  const failed = found?.tests.filter(({ passed }) => !passed).length ?? 0;
  const bad = failed > 0 || (found?.problems.length ?? 0) > 0;
  return (
    <p
      id="draft-state"
      role="status"
      class={found === undefined || busy ? 'soft' : bad ? 'outcome bad' : 'outcome good'}
    >
      {found === undefined || busy ? (
        'Reading …'
      ) : (
        <>
          {bad ? <Warning /> : <Check />}
          {sentence(found, failed, deep)}
        </>
      )}
    </p>
  );
}

function sentence(
  { problems, tests, testsTotal }: Rehearsed,
  failed: number,
  deep: boolean,
): string {
  const [first] = problems;
  if (first !== undefined) {
    const what = problems.length === 1 ? 'mistake' : 'mistakes';
    const where = first.file === undefined ? `, the first in line ${first.line}` : '';
    return `${problems.length} ${what}${where}`;
  }
  if (failed > 0) return `${failed} of ${testsTotal} tests fail`;
  const kept = deep ? 'It keeps what it promises' : 'It can be read';
  return tests.length === 0 ? `${kept}; there are no tests` : `${kept}; all tests pass`;
}

/** Rules of a file in another format: shown, and changed there. */
function Imported({ policy }: { readonly policy: WholePolicy }): VNode {
  return (
    <section class="card" aria-labelledby="rules">
      <h2 id="rules">Rules</h2>
      <p class="soft">
        It comes from a file in another format, or leans on other parts of its file, so it has no
        text of its own. <code>signalbox config export</code> writes it as YAML.
      </p>
      <ol class="because">
        {policy.rules.map(({ name, when, does }) => (
          <li key={name}>
            <b>{name}</b> <span class="soft">{when.join('; ') || 'every call'}:</span>{' '}
            {does.join(', ')}
          </li>
        ))}
      </ol>
    </section>
  );
}
