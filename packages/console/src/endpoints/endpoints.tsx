// Endpoints that tenants brought: what each is asked for, whether calls go there, and what may be
// done about it. What the operator's files declare stands in the overview.
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import {
  type BroughtEndpoint,
  type Examined,
  endpoints as endpointsOf,
} from '../api/brought-shape.ts';
import { usePolled } from '../api/polled.ts';
import type { Place } from '../router.ts';
import { CopyQuestion } from '../shell/copy.tsx';
import { Failure } from '../shell/failure.tsx';
import { Title } from '../shell/title.tsx';
import { useMayChange, useTenants } from '../shell/visitor.ts';
import { Whose } from '../shell/whose.tsx';
import { AddForm } from './add-form.tsx';
import { Brought } from './brought.tsx';
import { NoneYet } from './none-yet.tsx';

const EVERY_MS = 5_000;

type Told = ReadonlyMap<string, Examined>;

export function EndpointsRoom({ place }: { readonly place: Place }): VNode {
  const all = usePolled('endpoints', endpointsOf, EVERY_MS);
  const tenants = useTenants();
  const mayChange = useMayChange();
  const [told, setTold] = useState<Told>(new Map());
  const [adding, setAdding] = useState(false);
  const tenant = place.query.get('tenant') ?? '';
  const names = tenants.value ?? [];
  const hear = (examined: Examined): void => {
    setTold((before) => new Map(before).set(examined.name, examined));
    all.again();
  };
  const forget = (name: string): void => {
    setTold((before) => new Map([...before].filter(([one]) => one !== name)));
    all.again();
  };
  const added = (examined: Examined): void => {
    setAdding(false);
    hear(examined);
  };
  const brought = all.value?.filter((one) => one.tenant !== undefined);
  const shown = brought?.filter((one) => tenant === '' || one.tenant === tenant).toSorted(byName);
  return (
    <>
      <header class="room-head">
        <Title>Endpoints of tenants</Title>
        <div class="actions">
          {names.length > 1 && <Whose place={place} tenant={tenant} names={names} />}
          {!adding && mayChange && (
            <button type="button" class="button accent" onClick={() => setAdding(true)}>
              Add an endpoint
            </button>
          )}
          <CopyQuestion path="endpoints" />
        </div>
      </header>
      <Failure asked={[all, tenants]} />
      {adding && (
        <AddForm tenants={names} tenant={tenant} onAdded={added} onClose={() => setAdding(false)} />
      )}
      {shown === undefined && <div class="card waiting" aria-hidden="true" />}
      {shown?.length === 0 && tenants.value !== undefined && !adding && (
        <NoneYet tenant={tenant || names[0]} />
      )}
      <ul class="brought-list" aria-busy={shown === undefined}>
        {shown?.map((one) => (
          <Brought
            key={one.name}
            endpoint={one}
            examined={told.get(one.name)}
            onExamined={hear}
            onChanged={all.again}
            onRemoved={() => forget(one.name)}
          />
        ))}
      </ul>
    </>
  );
}

const byName = (a: BroughtEndpoint, b: BroughtEndpoint): number => (a.name < b.name ? -1 : 1);
