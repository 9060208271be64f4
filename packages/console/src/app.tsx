// The house: who looks, which room the address names, and what is there in every room.
import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { tell } from './api/ask.ts';
import { type Decode, object, text } from './api/decode.ts';
import { usePolled } from './api/polled.ts';
import { onSignedOut } from './api/signed-out.ts';
import { ConsentsRoom } from './consents/consents.tsx';
import { DataFlowRoom } from './data-flow/data-flow.tsx';
import { DecisionRoom } from './decision/decision.tsx';
import { EndpointsRoom } from './endpoints/endpoints.tsx';
import { EventsRoom } from './events/events.tsx';
import { OverviewRoom } from './overview/overview.tsx';
import { SumsRoom } from './overview/sums-room.tsx';
import { shiftWindow } from './overview/window.tsx';
import { PlaygroundRoom } from './playground/playground.tsx';
import { PoliciesRoom } from './policies/policies.tsx';
import { NewPolicyRoom, PolicyRoom } from './policies/policy.tsx';
import { RegistryRoom } from './registry/registry.tsx';
import { RequestsRoom } from './requests/requests.tsx';
import { followLinks, go, type Place, usePlace } from './router.ts';
import { SessionRoom } from './session/session.tsx';
import { Failure } from './shell/failure.tsx';
import { useKeys } from './shell/keys.ts';
import { homeOf, mayEnter, roomsOf } from './shell/rooms.ts';
import { Shortcuts } from './shell/shortcuts.tsx';
import { Side } from './shell/side.tsx';
import { SignIn } from './shell/sign-in.tsx';
import { Title } from './shell/title.tsx';
import { Looking, useVisitor, type Visitor, visitor as visitorOf } from './shell/visitor.ts';

const done: Decode<string> = object((read) => read('done', text));
const POLICY = /^\/policies\/([a-z0-9][a-z0-9-]{0,62})$/;
const SESSION = /^\/sessions\/(ses_[0-9A-Za-z_-]{1,64})$/;
const DECISION = /^\/requests\/(dec_[0-9A-Z]{26}(-[0-9]+)?)$/;

export function App(): VNode {
  const place = usePlace();
  const [out, setOut] = useState(false);
  useEffect(() => onSignedOut(() => setOut(true)), []);
  useEffect(() => {
    document.addEventListener('click', followLinks);
    return () => document.removeEventListener('click', followLinks);
  }, []);
  if (out || place.path === '/sign-in') {
    return (
      <main id="main">
        <SignIn spent={place.query.get('link') === 'spent'} />
      </main>
    );
  }
  return <Door place={place} onOut={() => setOut(true)} />;
}

type DoorProps = { readonly place: Place; readonly onOut: () => void };

/** Nothing is offered before it is known to whom. */
function Door({ place, onOut }: DoorProps): VNode {
  const asked = usePolled('session', visitorOf, undefined);
  const visitor = asked.value;
  const home = visitor === undefined ? '/' : homeOf(visitor);
  const isElsewhere = place.path === '/' && home !== '/';
  useEffect(() => {
    if (isElsewhere) go(home, 'replace');
  }, [isElsewhere, home]);
  if (visitor === undefined || isElsewhere) {
    return (
      <main id="main">
        <Failure asked={[asked]} />
      </main>
    );
  }
  return (
    <Looking.Provider value={visitor}>
      <House place={place} visitor={visitor} onOut={onOut} />
    </Looking.Provider>
  );
}

type HouseProps = DoorProps & { readonly visitor: Visitor };

function House({ place, visitor, onOut }: HouseProps): VNode {
  const [keys, setKeys] = useState(false);
  const ways = roomsOf(visitor).map(({ key, path }) => [`g ${key}`, () => go(path)] as const);
  useKeys({
    ...Object.fromEntries(ways),
    '?': () => setKeys(true),
    '[': () => shiftWindow(place, -1),
    ']': () => shiftWindow(place, 1),
  });
  const leave = (): void => void tell('logout', done).then(onOut, onOut);
  return (
    <>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <div class="house">
        <Side path={place.path} onKeys={() => setKeys(true)} onLeave={leave} />
        <main id="main" tabIndex={-1}>
          {mayEnter(visitor, place.path) ? <Room place={place} /> : <NotYours />}
        </main>
      </div>
      <Shortcuts open={keys} onClose={() => setKeys(false)} />
    </>
  );
}

function Room({ place }: { readonly place: Place }): VNode {
  const [, decision] = DECISION.exec(place.path) ?? [];
  if (decision !== undefined) return <DecisionRoom key={decision} id={decision} />;
  const [, session] = SESSION.exec(place.path) ?? [];
  if (session !== undefined) return <SessionRoom key={session} id={session} />;
  const [, policy] = POLICY.exec(place.path) ?? [];
  if (policy !== undefined && place.query.has('new')) {
    return <NewPolicyRoom key={`new ${policy}`} name={policy} />;
  }
  if (policy !== undefined) return <PolicyRoom key={policy} name={policy} />;
  if (place.path === '/policies') return <PoliciesRoom />;
  if (place.path === '/playground') return <PlaygroundRoom place={place} />;
  if (place.path === '/registry') return <RegistryRoom place={place} />;
  if (place.path === '/requests') return <RequestsRoom place={place} />;
  if (place.path === '/endpoints') return <EndpointsRoom place={place} />;
  if (place.path === '/events') return <EventsRoom place={place} />;
  if (place.path === '/consents') return <ConsentsRoom place={place} />;
  if (place.path === '/data-flow') return <DataFlowRoom place={place} />;
  if (place.path === '/sums') return <SumsRoom place={place} />;
  if (place.path === '/') return <OverviewRoom place={place} />;
  return (
    <>
      <Title>Nothing is here</Title>
      <Ways />
    </>
  );
}

const NotYours = (): VNode => (
  <>
    <Title>
      {useVisitor().role === 'finance'
        ? 'This page is not for this key'
        : 'This page is the operator’s'}
    </Title>
    <p>You see what is of your own tenant.</p>
    <Ways />
  </>
);

const Ways = (): VNode => (
  <ul class="ways">
    {roomsOf(useVisitor()).map(({ path, name }) => (
      <li key={path}>
        <a href={path}>{name}</a>
      </li>
    ))}
  </ul>
);
