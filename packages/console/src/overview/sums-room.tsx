// Sums of one tenant's calls, tokens and money, over a window of time.
import type { VNode } from 'preact';
import { usePolled } from '../api/polled.ts';
import { overview } from '../api/shapes.ts';
import type { Place } from '../router.ts';
import { CopyQuestion } from '../shell/copy.tsx';
import { Failure } from '../shell/failure.tsx';
import { Title } from '../shell/title.tsx';
import { useVisitor } from '../shell/visitor.ts';
import { Sums } from './overview.tsx';
import { WindowChoice, windowOf } from './window.tsx';

const EVERY_MS = 10_000;

export function SumsRoom({ place }: { readonly place: Place }): VNode {
  const { ms, name } = windowOf(place);
  const { tenant } = useVisitor();
  const path = `overview?window_ms=${ms}`;
  const sums = usePolled(path, overview, EVERY_MS);
  return (
    <>
      <header class="room-head">
        <Title>{`Sums of ${tenant}`}</Title>
        <div class="actions">
          <WindowChoice place={place} />
          <CopyQuestion path={path} />
        </div>
      </header>
      <Failure asked={[sums]} />
      <div class="overview" aria-busy={sums.stale}>
        <Sums sums={sums} stands={undefined} window={name} />
      </div>
    </>
  );
}
