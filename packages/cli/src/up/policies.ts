// The desk of the admin API for policies: approvals, promotions and rollbacks, kept in
// `policies.json` of the data folder. What would be in force is tried with everything else, and
// held against its promises, before it is written. What was in force for everybody is kept, so that
// it can be put back at once.
import type { Clock } from '@signalbox/contract';
import type { DeskAnswer, PoliciesDesk, PolicyDeed, PolicyStanding } from '@signalbox/control';
import type { PolicyDocument } from '@signalbox/documents';
import {
  contentDigest,
  NO_STATE,
  type PolicyState,
  readPolicyStates,
  writePolicyStates,
} from '../configuration/policy-states.ts';
import { standingOf } from '../configuration/standing.ts';
import { invalid } from './attempt.ts';
import { type Documents, problemsOf } from './documents.ts';
import type { Reader } from './reader.ts';
import { writtenIn } from './texts.ts';

export type PoliciesOptions = {
  readonly documents: Documents;
  readonly dataFolder: string;
  readonly reader: Pick<Reader, 'read'>;
  readonly clock: Clock;
};

export type Policies = PoliciesDesk & {
  /** What is in force for everybody now is what a rollback goes back to. */
  keep(): Promise<void>;
};

export function openPolicies(options: PoliciesOptions): Policies {
  const desk = new PolicyDesk(options);
  return {
    standing: (name) => desk.standing(name),
    carryOut: (name, deed) => options.documents.alone(() => desk.carryOut(name, deed)),
    keep: () => desk.keep(),
  };
}

const UNKNOWN: DeskAnswer = { kind: 'unknown' };
const DONE: DeskAnswer = { kind: 'done' };

type Next = { readonly kind: 'state'; readonly state: PolicyState };

class PolicyDesk {
  readonly #options: PoliciesOptions;

  constructor(options: PoliciesOptions) {
    this.#options = options;
  }

  standing(name: string): PolicyStanding | undefined {
    const { written, staged, states } = this.#options.documents.inForce;
    const policy = written.get(name);
    const held = staged.policies.get(name);
    if (policy === undefined || held === undefined) return undefined;
    const state = states.get(name) ?? NO_STATE;
    const digest = contentDigest(policy);
    const standing = standingOf(policy, state);
    const isKept = standing.kind === 'kept';
    const decides = isKept ? standing.digest : held.mode === 'shadow' ? undefined : digest;
    return {
      ...{ name, version: policy.version, author: policy.author, digest, decides },
      ring: held.ring,
      why: whyOf(standing),
      approvals: state.approvals,
    };
  }

  async carryOut(name: string, deed: PolicyDeed): Promise<DeskAnswer> {
    const { dataFolder, reader, documents } = this.#options;
    const policy = documents.inForce.written.get(name);
    if (policy === undefined) return UNKNOWN;
    const states = new Map(await readPolicyStates(dataFolder));
    const next = this.#next(policy, states.get(name) ?? NO_STATE, deed);
    if (next.kind !== 'state') return next;
    states.set(name, next.state);
    const wrong = problemsOf(await reader.read({ states }));
    if (wrong.length > 0) return invalid(wrong);
    await writePolicyStates(dataFolder, states);
    const left = await documents.readAgain();
    return left.length === 0 ? DONE : invalid(left);
  }

  #next(policy: PolicyDocument, state: PolicyState, deed: PolicyDeed): Next | DeskAnswer {
    const digest = contentDigest(policy);
    if (deed.deed === 'approve') return this.#approved(policy, state, deed);
    if (deed.deed === 'promote') {
      const ring = deed.ring === undefined ? this.#furtherThan(policy.name) : deed.ring;
      if (ring === undefined) return refused('it is in force for all', 'nothing is left to do');
      const back = state.back?.from === digest ? undefined : state.back;
      return { kind: 'state', state: { ...state, stage: { digest, ring }, back } };
    }
    const to = state.released.findLast((one) => one.digest !== digest);
    if (to === undefined && state.stage?.digest === digest) {
      // Promoted, and the first of its name: it stands again as its text has it.
      return { kind: 'state', state: { ...state, stage: undefined } };
    }
    if (to === undefined) {
      const hint = 'a gateway knows what it has served; change the document instead';
      return refused('nothing was in force before this content', hint);
    }
    return { kind: 'state', state: { ...state, back: { from: digest, to: to.digest } } };
  }

  #approved(
    policy: PolicyDocument,
    state: PolicyState,
    { by, digest: seen }: Extract<PolicyDeed, { deed: 'approve' }>,
  ): Next | DeskAnswer {
    const digest = contentDigest(policy);
    if (seen !== undefined && seen !== digest) {
      return refused(`the content is ${digest} by now`, 'look at it again');
    }
    if (by.trim().toLowerCase() === policy.author?.trim().toLowerCase()) {
      return refused(`\`${by}\` is its author`, 'somebody else approves it');
    }
    const approval = { digest, by, at: this.#options.clock.now() };
    return { kind: 'state', state: { ...state, approvals: [...state.approvals, approval] } };
  }

  /** The next ring that some tenant has; null: all; undefined: it is there. */
  #furtherThan(name: string): number | null | undefined {
    const { staged } = this.#options.documents.inForce;
    const held = staged.policies.get(name);
    const isDeciding = held?.mode === 'enforce';
    if (isDeciding && held.ring === undefined) return undefined;
    const reached = isDeciding ? (held.ring ?? -1) : -1;
    const rings = [...staged.tenants.values()].flatMap(({ ring }) => ring ?? []);
    return rings.filter((one) => one > reached).toSorted((a, b) => a - b)[0] ?? null;
  }

  async keep(): Promise<void> {
    const { dataFolder, documents, clock } = this.#options;
    const states = new Map(await readPolicyStates(dataFolder));
    let isNew = false;
    for (const policy of documents.inForce.staged.policies.values()) {
      const state = states.get(policy.name) ?? NO_STATE;
      const digest = standsBelow(documents, policy);
      const isForAll = policy.mode === 'enforce' && policy.ring === undefined;
      if (!isForAll || state.released.at(-1)?.digest === digest) continue;
      // What was imported has no text of its own.
      const text = writtenIn(documents, { noun: 'policies', name: policy.name })?.text;
      if (text === undefined) continue;
      const before = state.released.filter((one) => one.digest !== digest);
      const released = [...before, { digest, text, at: clock.now() }];
      states.set(policy.name, { ...state, released });
      isNew = true;
    }
    if (isNew) await writePolicyStates(dataFolder, states);
  }
}

/** The digest of the content as its text has it, whatever it was promoted to. */
function standsBelow({ inForce }: Documents, policy: PolicyDocument): string {
  const read = inForce.read.configuration.policies.get(policy.name);
  return contentDigest(read ?? policy);
}

function whyOf(standing: ReturnType<typeof standingOf>): PolicyStanding['why'] {
  if (standing.kind === 'held') return 'waits-for-approval';
  if (standing.kind === 'promoted') return 'promoted';
  if (standing.kind === 'written') return 'written';
  return standing.why === 'rolled-back' ? 'rolled-back' : 'waits-for-approval';
}

const refused = (message: string, hint: string): DeskAnswer => ({
  kind: 'invalid',
  issues: [{ path: [], at: 'value', message, hint }],
});
