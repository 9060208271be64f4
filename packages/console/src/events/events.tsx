// What became of the registry, newest first: each event, and behind it whom it reached.
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { events as eventsOf, type RegistryEvent } from '../api/event-shape.ts';
import { usePolled } from '../api/polled.ts';
import { type Place, withQuery } from '../router.ts';
import { CopyQuestion } from '../shell/copy.tsx';
import { Failure } from '../shell/failure.tsx';
import { Moment, useNow } from '../shell/moment.tsx';
import { Title } from '../shell/title.tsx';
import { Reached } from './reached.tsx';

const EVERY_MS = 10_000;

export function EventsRoom({ place }: { readonly place: Place }): VNode {
  const after = place.query.get('after');
  const path = after === null ? 'events' : `events?after=${encodeURIComponent(after)}`;
  const asked = usePolled(path, eventsOf, EVERY_MS);
  const { value } = asked;
  return (
    <>
      <header class="room-head">
        <Title>Events</Title>
        <div class="actions">
          <CopyQuestion path={path} />
        </div>
      </header>
      <Failure asked={[asked]} />
      {value === undefined && <div class="card waiting" aria-hidden="true" />}
      {value?.rows.length === 0 && <p class="nothing">Nothing of the registry has changed.</p>}
      {value !== undefined && value.rows.length > 0 && (
        <ul class="events">
          {value.rows.map((one) => (
            <Row key={one.id} event={one} onTold={asked.again} />
          ))}
        </ul>
      )}
      {value?.next !== undefined && (
        <p>
          <a class="button" href={withQuery(place, { after: value.next })}>
            Older events
          </a>
        </p>
      )}
    </>
  );
}

type RowProps = { readonly event: RegistryEvent; readonly onTold: () => void };

function Row({ event, onTold }: RowProps): VNode {
  const { id, at, version, type, subject, tenant, fields, waiting } = event;
  const [isOpen, setOpen] = useState(false);
  const now = useNow();
  return (
    <li class="card">
      <details onToggle={(toggled) => setOpen(toggled.currentTarget.open)}>
        <summary>
          <b>{subject}</b> {type.slice(type.lastIndexOf('.') + 1)}
          {fields.length > 0 && <span class="soft"> ({fields.join(', ')})</span>}{' '}
          {tenant !== undefined && <span class="chip">{tenant}</span>}{' '}
          <span class="soft">
            version {version}, <Moment at={at} now={now} />
          </span>
          {waiting.length > 0 && <span class="warn"> waits for {waiting.join(', ')}</span>}
        </summary>
        {isOpen && <Reached id={id} onTold={onTold} />}
      </details>
    </li>
  );
}
