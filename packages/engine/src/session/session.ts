// Which piece of agent work, which step. Adds the session's id (a keyed hash, never the caller's
// value), the agent, the step class and the tags. It refuses a call whose key demands what the call
// lacks, and a second call under an idempotency key that is in use. Limits of sessions join here.
// It must never keep a caller's raw session or subject; an agent's name stays, rules ask for it.
import {
  type Branded,
  type Keys,
  no,
  type Question,
  type Refusal,
  type RequestId,
  type Result,
  refusal,
  type SessionId,
  type StepSource,
  sessionId,
  yes,
} from '@signalbox/contract';
import type { Admitted } from '../tenant/tenant.ts';
import type { Idempotency } from './idempotency.ts';
import type { Held, References } from './references.ts';

export type Work = {
  readonly question: Question;
  readonly session: SessionId;
  readonly agent: string | undefined;
  readonly step: string | undefined;
  readonly stepSource: StepSource;
  readonly tags: Readonly<Record<string, string>>;
  /** The call of which this one is a repetition. */
  readonly retryOf: RequestId | undefined;
  /** What is known of the state that the call refers to. */
  readonly held?: Held | undefined;
};
export type Joined = Branded<Admitted & Work, 'joined'>;

const DIGEST_BYTES = 13;

export type SessionPorts = { readonly keys: Keys; readonly idempotency: Idempotency };

export function join(
  admitted: Admitted,
  question: Question,
  ports: SessionPorts,
): Result<Joined, Refusal> {
  const { head, key } = admitted;
  const named = key.session ?? head.session ?? question.sessionHint;
  if (named === undefined && key.sessionRequired) {
    const message = 'This key demands a session, and the call names none.';
    const hint = 'Send `x-signalbox-session`.';
    return no(refusal('body_invalid', message, { param: 'x-signalbox-session', hint }));
  }
  const tags = { ...head.tags, ...key.tagsFixed };
  const missing = key.tagsRequired.find((name) => !Object.hasOwn(tags, name));
  if (missing !== undefined) {
    const message = `This key demands the tag \`${missing}\`, and the call has none.`;
    return no(refusal('body_invalid', message, { param: 'x-signalbox-tags' }));
  }
  const begun = ports.idempotency.begin(admitted, question, ports.keys);
  if (!begun.ok) return begun;
  const work: Work = {
    question,
    session: sessionOf(admitted, named, question, ports.keys),
    agent: key.agent ?? head.agent,
    step: head.step,
    stepSource: head.step === undefined ? 'none' : 'header',
    tags,
    retryOf: begun.value,
  };
  return yes(Object.assign(admitted, work) as Joined); // brand: minted here
}

export type Known = { readonly references: References; readonly objects: References };

/** Adds what is known of the state that a call refers to: a response, or a file or batch. */
export function recall(joined: Joined, known: Known, keys: Keys): Joined {
  const { statefulReference: id, passing } = joined.question;
  if (id === undefined) return joined;
  const references = passing === undefined ? known.references : known.objects;
  const held = references.find({ tenant: joined.tenant.name, id, keys });
  return Object.assign(joined, { held });
}

function sessionOf(
  admitted: Admitted,
  named: string | undefined,
  question: Question,
  keys: Keys,
): SessionId {
  const { tenant, key } = admitted;
  if (named !== undefined) {
    return sessionId(keys.digest('session', `${tenant.name}\n${named}`, DIGEST_BYTES));
  }
  const opening = question.sessionBytes(`${tenant.name}\n${key.name}\n\n`);
  return sessionId(keys.digest('session', opening, DIGEST_BYTES));
}
