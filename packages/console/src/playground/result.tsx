// What came of it: where the call goes, how far its data may go, which rules hold.
import type { VNode } from 'preact';
import type { HeldRule, Simulated, Turn } from '../api/policy-shape.ts';
import { money } from '../format.ts';
import { Problems } from '../policies/findings.tsx';
import { Barred } from '../shell/icons.tsx';
import { Tier } from '../shell/tier.tsx';
import { Words } from '../shell/words.tsx';

export type VerdictProps = {
  /** With everything as it is. */
  readonly now: Simulated | undefined;
  readonly then: Simulated | undefined;
  /** Something is imagined otherwise. */
  readonly isIf: boolean;
};

export function Verdict({ now, then, isIf }: VerdictProps): VNode {
  const isSame = now !== undefined && then !== undefined && wayOf(now) === wayOf(then);
  return (
    <section class="card verdict" aria-labelledby="verdict">
      <h2 id="verdict">{isIf ? 'What would come of it' : 'Where it goes'}</h2>
      <div class={isIf ? 'sides' : undefined}>
        <Way value={now} name={isIf ? 'As it is' : undefined} />
        {isIf && <Way value={then} name={isSame ? 'Then: the same' : 'Then'} />}
      </div>
    </section>
  );
}

const wayOf = ({ refusal, route }: Simulated): string =>
  JSON.stringify([refusal?.code, route.map(({ endpoint, model }) => [endpoint, model])]);

type WayProps = { readonly value: Simulated | undefined; readonly name: string | undefined };

function Way({ value, name }: WayProps): VNode {
  return (
    <div class="way">
      {name !== undefined && <h3>{name}</h3>}
      {value === undefined ? <p class="soft">Asking …</p> : <Ended value={value} />}
    </div>
  );
}

function Ended({ value }: { readonly value: Simulated }): VNode {
  const { problems, refusal, route, rule } = value;
  if (problems.length > 0) {
    return (
      <>
        <p class="outcome bad">The draft cannot be read.</p>
        <Problems problems={problems} onLine={NOWHERE} />
      </>
    );
  }
  if (refusal !== undefined) {
    return (
      <>
        <p class="outcome warn">
          <Barred /> <b>Refused: {refusal.code}</b>
        </p>
        <p>
          <Words>{refusal.message}</Words>
        </p>
        <p class="soft">
          <Words>{refusal.hint ?? ''}</Words>
        </p>
      </>
    );
  }
  return (
    <>
      <ol class="route">
        {route.map((one) => (
          <li key={`${one.endpoint} ${one.model}`}>
            <Asked turn={one} />
          </li>
        ))}
      </ol>
      <p class="soft">
        {rule === undefined ? 'No rule places it: its difficulty does.' : `Placed by ${rule}.`}
      </p>
    </>
  );
}

/** A mistake in a draft is mended where it is written. */
const NOWHERE = (): void => {};

const Asked = ({ turn: { model, endpoint, tier, microUsd } }: { readonly turn: Turn }): VNode => (
  <>
    <Tier tier={tier} /> <b>{model}</b> <span class="soft">at {endpoint}</span>{' '}
    <span class="soft">
      {microUsd === undefined ? 'price unknown' : `at most ${money(microUsd)}`}
    </span>
  </>
);

export function Clearance({ value: { clearance } }: { readonly value: Simulated }): VNode | null {
  if (clearance === undefined) return null;
  const { ceiling, residency, retention, ownOnly } = clearance;
  const facts: readonly (readonly [name: string, value: string])[] = [
    ['Up to', `tier ${ceiling}`],
    ['Resides in', residency === undefined ? 'any region' : residency.join(', ')],
    ['May be kept', retention === 'zero' ? 'nowhere' : 'as the endpoint does'],
    ['Whose places', ownOnly ? 'the tenant’s own' : 'anybody’s'],
  ];
  return (
    <section class="card" aria-labelledby="clearance">
      <h2 id="clearance">How far its data may go</h2>
      <dl class="brought-facts">
        {facts.map(([name, said]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{said}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

const HOLDS: Readonly<Record<string, string>> = {
  yes: '',
  shadow: 'shadow: recorded, not done',
  undecided: 'cannot be decided: it restricts, and permits nothing',
};

export function Rules({ value: { rules } }: { readonly value: Simulated }): VNode {
  return (
    <section class="card" aria-labelledby="held-rules">
      <h2 id="held-rules">Rules that are about it</h2>
      {rules.length === 0 ? (
        <p class="soft">None. It goes by difficulty, within its clearance.</p>
      ) : (
        <ul class="held-rules">
          {rules.map((one) => (
            <Held key={`${one.scope} ${one.policy} ${one.rule}`} rule={one} />
          ))}
        </ul>
      )}
    </section>
  );
}

const Held = ({ rule }: { readonly rule: HeldRule }): VNode => (
  <li>
    <span class="chip">{rule.scope}</span>{' '}
    <a href={`/policies/${rule.policy}`}>
      {rule.policy}
      {rule.version === undefined ? '' : ` ${rule.version}`}
    </a>{' '}
    <b>{rule.rule}</b> <span class="soft">{rule.does.join(', ')}</span>{' '}
    <span class="outcome warn">{HOLDS[rule.holds] ?? rule.holds}</span>
  </li>
);
