// The house: which room the address names, and what is there in every room.
import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { tell } from './api/ask.ts';
import { type Decode, object, text } from './api/decode.ts';
import { onSignedOut } from './api/signed-out.ts';
import { ConsentsRoom } from './consents/consents.tsx';
import { DataFlowRoom } from './data-flow/data-flow.tsx';
import { DecisionRoom } from './decision/decision.tsx';
import { EndpointsRoom } from './endpoints/endpoints.tsx';
import { OverviewRoom } from './overview/overview.tsx';
import { shiftWindow } from './overview/window.tsx';
import { PlaygroundRoom } from './playground/playground.tsx';
import { PoliciesRoom } from './policies/policies.tsx';
import { PolicyRoom } from './policies/policy.tsx';
import { RegistryRoom } from './registry/registry.tsx';
import { RequestsRoom } from './requests/requests.tsx';
import { followLinks, go, type Place, usePlace } from './router.ts';
import { useKeys } from './shell/keys.ts';
import { Shortcuts } from './shell/shortcuts.tsx';
import { Side } from './shell/side.tsx';
import { SignIn } from './shell/sign-in.tsx';
import { Title } from './shell/title.tsx';

const done: Decode<string> = object((read) => read('done', text));
const POLICY = /^\/policies\/([a-z0-9][a-z0-9-]{0,62})$/;
const DECISION = /^\/requests\/(dec_[0-9A-Z]{26}(-[0-9]+)?)$/;

export function App(): VNode {
  const place = usePlace();
  const [out, setOut] = useState(false);
  const [keys, setKeys] = useState(false);
  useEffect(() => onSignedOut(() => setOut(true)), []);
  useEffect(() => {
    document.addEventListener('click', followLinks);
    return () => document.removeEventListener('click', followLinks);
  }, []);
  useKeys({
    'g o': () => go('/'),
    'g r': () => go('/requests'),
    'g e': () => go('/endpoints'),
    'g d': () => go('/data-flow'),
    'g c': () => go('/consents'),
    'g p': () => go('/policies'),
    'g w': () => go('/playground'),
    'g m': () => go('/registry'),
    '?': () => setKeys(true),
    '[': () => shiftWindow(place, -1),
    ']': () => shiftWindow(place, 1),
  });
  if (out || place.path === '/sign-in') {
    return (
      <main id="main">
        <SignIn spent={place.query.get('link') === 'spent'} />
      </main>
    );
  }
  const leave = (): void => {
    tell('logout', done).then(
      () => setOut(true),
      () => setOut(true),
    );
  };
  return (
    <>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <div class="house">
        <Side path={place.path} onKeys={() => setKeys(true)} onLeave={leave} />
        <main id="main" tabIndex={-1}>
          <Room place={place} />
        </main>
      </div>
      <Shortcuts open={keys} onClose={() => setKeys(false)} />
    </>
  );
}

function Room({ place }: { readonly place: Place }): VNode {
  const [, decision] = DECISION.exec(place.path) ?? [];
  if (decision !== undefined) return <DecisionRoom key={decision} id={decision} />;
  const [, policy] = POLICY.exec(place.path) ?? [];
  if (policy !== undefined) return <PolicyRoom key={policy} name={policy} />;
  if (place.path === '/policies') return <PoliciesRoom />;
  if (place.path === '/playground') return <PlaygroundRoom place={place} />;
  if (place.path === '/registry') return <RegistryRoom place={place} />;
  if (place.path === '/requests') return <RequestsRoom place={place} />;
  if (place.path === '/endpoints') return <EndpointsRoom place={place} />;
  if (place.path === '/consents') return <ConsentsRoom place={place} />;
  if (place.path === '/data-flow') return <DataFlowRoom place={place} />;
  if (place.path === '/') return <OverviewRoom place={place} />;
  return (
    <>
      <Title>Nothing is here</Title>
      <p>
        <a href="/">Overview</a>, <a href="/requests">requests</a>,{' '}
        <a href="/endpoints">endpoints</a>, <a href="/data-flow">data flow</a>,{' '}
        <a href="/consents">consents</a>, <a href="/policies">policies</a>,{' '}
        <a href="/playground">playground</a> and <a href="/registry">registry</a> are.
      </p>
    </>
  );
}
