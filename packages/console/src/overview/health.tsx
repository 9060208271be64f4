// How the server stands: one quiet line when all is well, every problem with its place when not.
import type { VNode } from 'preact';
import type { Part, Problem, Status } from '../api/shapes.ts';
import { CopyButton } from '../shell/copy.tsx';
import { Check, Warning } from '../shell/icons.tsx';
import { Moment, useNow } from '../shell/moment.tsx';
import { Words } from '../shell/words.tsx';

const MODES: Readonly<Record<string, string>> = {
  ready: 'Ready',
  degraded: 'Serving, with something amiss',
  draining: 'About to stop',
  unavailable: 'Cannot serve',
};

export function Health({ status }: { readonly status: Status }): VNode {
  const now = useNow();
  const good = status.mode === 'ready' && status.problems.length === 0;
  const parts = [status.journal, status.records].every((one) => one.state === 'ready');
  return (
    <section class={good && parts ? 'card health' : 'card health amiss'} aria-labelledby="health">
      <h2 id="health" class="heard">
        How the server stands
      </h2>
      <ul class="facts-line">
        <li class={good ? 'good' : 'warn'}>
          {good ? <Check /> : <Warning />}
          <b>{MODES[status.mode] ?? status.mode}</b>
        </li>
        <li class={status.problems.length === 0 ? 'good' : 'warn'}>
          {status.problems.length === 0 ? <Check /> : <Warning />}
          Configuration <code>{status.snapshot.version.slice(0, 8)}</code>
          <span class="soft">
            changed <Moment at={status.snapshot.since} now={now} />
          </span>
        </li>
        <PartLine name="Journal" part={status.journal} bad="unavailable" />
        <PartLine name="Records" part={status.records} bad="behind" />
        <li class="soft">
          {status.node}, version {status.version}, started{' '}
          <Moment at={status.startedAt} now={now} />
        </li>
      </ul>
      {status.reasons.length > 0 && (
        <ul class="reasons">
          {status.reasons.map((one) => (
            <li key={one}>
              <Words>{one}</Words>
            </li>
          ))}
        </ul>
      )}
      {status.problems.length > 0 && <Problems problems={status.problems} />}
    </section>
  );
}

type PartProps = { readonly name: string; readonly part: Part; readonly bad: string };

function PartLine({ name, part, bad }: PartProps): VNode {
  const ready = part.state === 'ready';
  return (
    <li class={ready ? 'good' : 'bad'}>
      {ready ? <Check /> : <Warning />}
      {name} {ready ? 'ready' : bad}
      {part.why !== undefined && <span class="soft">{part.why}</span>}
    </li>
  );
}

function Problems({ problems }: { readonly problems: readonly Problem[] }): VNode {
  return (
    <div class="problems">
      <h3>
        <Warning /> The files as they are now cannot be used; the configuration before them goes on.
      </h3>
      <ol>
        {problems.map((one) => {
          const place = `${one.file}:${one.line}:${one.column}`;
          return (
            <li key={`${place} ${one.message}`}>
              <p>
                <code>{place}</code> <Words>{one.message}</Words>
                {one.hint !== undefined && (
                  <span class="soft">
                    {' '}
                    — <Words>{one.hint}</Words>
                  </span>
                )}
              </p>
              <pre>{one.excerpt}</pre>
            </li>
          );
        })}
      </ol>
      <p class="soft">
        All at once, and again after each change: <code>signalbox config validate</code>{' '}
        <CopyButton text="signalbox config validate" what="the command" quiet />
      </p>
    </div>
  );
}
