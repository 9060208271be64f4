// Requests as they end. The list stands still while somebody points at it, reads further down or
// moves through it with the keys, and says how many rows wait.
import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { exactCount } from '../format.ts';
import type { Place } from '../router.ts';
import { CopyQuestion } from '../shell/copy.tsx';
import { Failure } from '../shell/failure.tsx';
import { useKeys } from '../shell/keys.ts';
import { useNow } from '../shell/moment.tsx';
import { Title } from '../shell/title.tsx';
import { filterOf, filterQuery, filterText } from './filter.ts';
import { Rows } from './rows.tsx';
import { ROWS_MAX, type Tail, useTail } from './tail.ts';
import { FILTER_ID, Toolbar } from './toolbar.tsx';

const SUMMARY_MS = 10_000;
const SCROLLED_PX = 160;

export function RequestsRoom({ place }: { readonly place: Place }): VNode {
  const filter = filterOf(place.query);
  const [held, setHeld] = useState(false);
  const [looking, setLooking] = useState(false);
  const scrolled = useScrolled();
  const paused = held || looking || scrolled;
  const tail = useTail(filterQuery(filter), paused);
  const now = useNow();
  const list = useRef<HTMLDivElement>(null);
  useKeys({
    '/': () => document.getElementById(FILTER_ID)?.focus(),
    j: () => moveFocus(list.current, 1),
    k: () => moveFocus(list.current, -1),
    p: () => setHeld(!held),
  });
  const point = (inside: boolean) => (event: PointerEvent) => {
    if (event.pointerType === 'mouse') setLooking(inside);
  };
  return (
    <>
      <header class="room-head">
        <Title>Requests</Title>
        <CopyQuestion path={`requests?${filterQuery(filter)}`.replace(/\?$/, '')} />
      </header>
      <Toolbar filter={filter} link={tail.link} held={held} onHold={() => setHeld(!held)} />
      <Failure asked={[tail]} />
      <div
        ref={list}
        onPointerEnter={point(true)}
        onPointerLeave={point(false)}
        onFocusIn={() => setLooking(true)}
        onFocusOut={() => setLooking(false)}
      >
        <Waiting tail={tail} paused={paused} onShow={() => showAll(setHeld, setLooking)} />
        <div class="list card" aria-busy={tail.rows === undefined}>
          <List tail={tail} filtered={filterText(filter)} now={now} />
        </div>
      </div>
      <Heard tail={tail} />
    </>
  );
}

function showAll(setHeld: (held: boolean) => void, setLooking: (looking: boolean) => void): void {
  setHeld(false);
  setLooking(false);
  scrollTo({ top: 0 });
}

type ListProps = { readonly tail: Tail; readonly filtered: string; readonly now: number };

function List({ tail, filtered, now }: ListProps): VNode {
  const { rows } = tail;
  if (rows === undefined) return <div class="rows-to-come waiting" />;
  if (rows.length === 0) return <NoRows filtered={filtered} />;
  const full = rows.length >= ROWS_MAX;
  return (
    <>
      <Rows rows={rows} now={now} />
      <p class="list-end soft">
        {tail.next !== undefined && !full ? (
          <button type="button" class="button" onClick={tail.older}>
            Older requests
          </button>
        ) : (
          `${exactCount(rows.length)} shown${full ? ', as many as a page holds' : ''}`
        )}
      </p>
    </>
  );
}

function NoRows({ filtered }: { readonly filtered: string }): VNode {
  const all = filtered === '';
  return (
    <div class="empty">
      <p>
        {all
          ? 'No request has ended yet. The next one appears here by itself.'
          : `No request fits ${filtered}. The next one that does appears here by itself.`}
      </p>
      <a class="button" href={all ? '/' : '/requests'}>
        {all ? 'Send the first request' : 'Show all requests'}
      </a>
    </div>
  );
}

type WaitingProps = { readonly tail: Tail; readonly paused: boolean; readonly onShow: () => void };

/** Takes no room when there is nothing to say, so that rows do not jump under the pointer. */
function Waiting({ tail, paused, onShow }: WaitingProps): VNode {
  const { waiting, skipped } = tail;
  return (
    <div class="waiting-rows">
      {paused && waiting.length > 0 && (
        <button type="button" class="button accent" onClick={onShow}>
          {exactCount(waiting.length)}
          {waiting.length >= ROWS_MAX ? ' or more' : ''} new · show
        </button>
      )}
      {skipped > 0 && (
        <span class="chip">{exactCount(skipped)} skipped: more than a page can show</span>
      )}
    </div>
  );
}

/** Every ten seconds in words, instead of every row. */
function Heard({ tail }: { readonly tail: Tail }): VNode {
  const newest = useRef<string | undefined>(undefined);
  const latest = useRef(tail);
  latest.current = tail;
  const [said, setSaid] = useState('');
  useEffect(() => {
    const timer = setInterval(() => {
      const all = [...latest.current.waiting, ...(latest.current.rows ?? [])];
      const at = all.findIndex((one) => one.decision === newest.current);
      const came = newest.current === undefined ? 0 : at < 0 ? all.length : at;
      newest.current = all[0]?.decision;
      setSaid(came === 0 ? '' : `${came} new ${came === 1 ? 'request' : 'requests'}`);
    }, SUMMARY_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <p class="heard" role="status">
      {said}
    </p>
  );
}

function useScrolled(): boolean {
  const [scrolled, setScrolled] = useState(false);
  useEffect(() => {
    const look = (): void => setScrolled(scrollY > SCROLLED_PX);
    addEventListener('scroll', look, { passive: true });
    return () => removeEventListener('scroll', look);
  }, []);
  return scrolled;
}

function moveFocus(list: HTMLElement | null, by: number): void {
  const links = [...(list?.querySelectorAll<HTMLElement>('a.row-link') ?? [])];
  const here = document.activeElement;
  const at = here instanceof HTMLElement ? links.indexOf(here) : -1;
  const to = at < 0 ? 0 : Math.min(links.length - 1, Math.max(0, at + by));
  links[to]?.focus();
}
