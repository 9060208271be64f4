// What if: a call that nobody makes, with whatever somebody imagines of its tenant, its endpoints
// and its policies. Asks nobody, records nothing; the address holds all of it.
import type { VNode } from 'preact';
import { policies as policiesOf, tenantChoices } from '../api/policy-shape.ts';
import { usePolled } from '../api/polled.ts';
import { status as statusOf } from '../api/shapes.ts';
import { Candidates } from '../decision/candidates.tsx';
import { draftOf } from '../policies/drafts.ts';
import type { Place } from '../router.ts';
import { CopyButton } from '../shell/copy.tsx';
import { Failure } from '../shell/failure.tsx';
import { Title } from '../shell/title.tsx';
import { Imagining } from './imagining.tsx';
import { callOf, commandOf, otherwiseOf } from './question.ts';
import { Clearance, Rules, Verdict } from './result.tsx';
import { useSimulated } from './simulating.ts';

const EVERY_MS = 15_000;

export function PlaygroundRoom({ place }: { readonly place: Place }): VNode {
  const tenants = usePolled('tenants', tenantChoices, undefined);
  const policies = usePolled('policies', policiesOf, undefined);
  const status = usePolled('status', statusOf, EVERY_MS);
  const { query } = place;
  const tenant = query.get('tenant') || tenants.value?.[0]?.name;
  const call = tenant === undefined ? undefined : callOf(query, tenant);
  const otherwise = otherwiseOf(query, draftOf);
  const now = useSimulated(call);
  const then = useSimulated(call && otherwise && { ...call, ...otherwise });
  const isIf = otherwise !== undefined;
  const shown = isIf ? then : now;
  const known = {
    tenants: tenants.value ?? [],
    policies: policies.value ?? [],
    status: status.value,
  };
  const again = (): void => location.reload();
  return (
    <>
      <header class="room-head">
        <Title>Playground</Title>
        <div class="actions">
          {tenant !== undefined && (
            <CopyButton text={commandOf(query, tenant)} what="the command">
              CLI
            </CopyButton>
          )}
        </div>
      </header>
      <Failure asked={[tenants, policies, { failure: shown.failure, again }]} />
      {tenants.value?.length === 0 ? (
        <NoTenant />
      ) : (
        <div class="playground">
          <Imagining place={place} tenant={tenant ?? ''} known={known} />
          <div class="playground-result" aria-live="polite">
            <Verdict now={now.value} then={isIf ? then.value : undefined} isIf={isIf} />
            {shown.value !== undefined && (
              <>
                <Clearance value={shown.value} />
                <Rules value={shown.value} />
                <Candidates candidates={shown.value.candidates} />
              </>
            )}
          </div>
        </div>
      )}
    </>
  );
}

const NoTenant = (): VNode => (
  <section class="card empty" aria-labelledby="no-tenant">
    <h2 id="no-tenant">Nobody calls yet</h2>
    <p class="soft">
      A call has a tenant. Make one: <code>signalbox tenant create acme --topology hybrid</code>
    </p>
  </section>
);
