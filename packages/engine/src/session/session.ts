// Which piece of agent work, which step. Adds the session's id (a keyed hash, never the caller's
// value), the agent, the step class and the tags. It refuses a call whose key demands what the call
// lacks, and a second call under an idempotency key that is in use. Limits of sessions join here.
// It must never keep a caller's raw session or subject; an agent's name stays, rules ask for it.
import {
  type Branded,
  type Difficulty,
  higherLabel,
  type Keys,
  type Label,
  no,
  type Question,
  type Refusal,
  type RequestId,
  type Result,
  refusal,
  type SessionId,
  type StepClass,
  type StepSource,
  sessionId,
  type TenantName,
  yes,
} from '@signalbox/contract';
import type { StrongShares } from '../tenant/strong-share.ts';
import type { Admitted } from '../tenant/tenant.ts';
import type { Idempotency } from './idempotency.ts';
import { type Ground, type Raised, type SessionLabels, unknownGround } from './labels.ts';
import type { Held, References } from './references.ts';
import { classOfWord, isAuto, isTold, type Step, stepOf, type Told, usualOf } from './step.ts';
import type { StepMemory } from './step-memory.ts';

export type Work = {
  readonly question: Question;
  readonly session: SessionId;
  /** By the caller or its key; else it is known by how its calls begin. */
  readonly sessionNamed: boolean;
  readonly agent: string | undefined;
  readonly step: string | undefined;
  readonly stepSource: StepSource;
  /** Of the step that was told. */
  readonly stepClass: StepClass | undefined;
  /** What the step that was told usually needs. */
  readonly usual: Difficulty | undefined;
  /** Of the model `auto` alone. */
  readonly stepSeen?: Step | undefined;
  readonly tags: Readonly<Record<string, string>>;
  /** The call of which this one is a repetition. */
  readonly retryOf: RequestId | undefined;
  /** What is known of the state that the call refers to. */
  readonly held?: Held | undefined;
  /** What its session has held before. */
  readonly remembered?: Raised | undefined;
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
  const { step, stepSource } = toldStep(admitted, question);
  const stepClass = classOfWord(step);
  const work: Work = {
    question,
    session: sessionOf(admitted, named, question, ports.keys),
    sessionNamed: named !== undefined,
    agent: key.agent ?? head.agent,
    step,
    stepSource,
    stepClass,
    usual: usualOf(stepClass),
    tags,
    retryOf: begun.value,
  };
  return yes(Object.assign(admitted, work) as Joined); // brand: minted here
}

const STEP = /^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$/;
const NO_STEP: Told = { step: undefined, stepSource: 'none' };

function toldStep({ head }: Admitted, { stepHint }: Question): Told {
  if (head.step !== undefined) return { step: head.step, stepSource: 'header' };
  if (stepHint !== undefined && STEP.test(stepHint)) {
    return { step: stepHint, stepSource: 'metadata' };
  }
  if (head.stepInTrace === undefined) return NO_STEP;
  return { step: head.stepInTrace, stepSource: 'telemetry' };
}

type Lasting = {
  readonly lasting: Label;
  readonly grounds: readonly Ground[];
  readonly difficulty: Difficulty;
};

export type Known = {
  readonly references: References;
  readonly objects: References;
  readonly sessions: SessionLabels;
  readonly steps: StepMemory;
  readonly shares: StrongShares;
};

/** Adds what is known of the session, and of state that a call refers to: responses, files. */
export function recall(joined: Joined, known: Known, keys: Keys): Joined {
  const { statefulReference, passing, fileReferences = NO_FILES } = joined.question;
  const { references, objects, sessions, steps } = known;
  const tenant = joined.tenant.name;
  const remembered = isKnown(joined) ? sessions.of(tenant, joined.session) : undefined;
  if (remembered !== undefined) Object.assign(joined, { remembered });
  if (isAuto(joined)) Object.assign(joined, { stepSeen: stepOf(joined, steps, keys) });
  if (statefulReference === undefined && fileReferences.length === 0) return joined;
  const found = fileReferences.map((id) => objects.find({ tenant, id, keys }));
  if (statefulReference !== undefined) {
    const where = passing === undefined ? references : objects;
    found.push(where.find({ tenant, id: statefulReference, keys }));
  }
  return Object.assign(joined, { held: together(found) });
}

/**
 * What a call holds, its session has held, as soon as it is known: also where the call itself is
 * refused. What every call of the tenant has anyway is not kept.
 */
export function remember(
  joined: Joined & { readonly profile: Lasting },
  { sessions, steps, shares }: Pick<Known, 'sessions' | 'steps' | 'shares'>,
): void {
  if (joined.stepSeen !== undefined) {
    keepStep(joined, joined.stepSeen, steps);
    shares.decided(joined.tenant, joined.profile.difficulty === 'hard');
  }
  if (!isKnown(joined)) return;
  const { tenant, session, profile } = joined;
  const { lasting: label, grounds } = profile;
  if (label === 'public' || higherLabel(tenant.defaultLabel, label) === tenant.defaultLabel) return;
  const isHeld = (one: Ground): boolean => higherLabel(one.label, label) === label;
  // Of what is internal nobody asks why; a consent to something else leaves it where it is.
  const kept = grounds.length === 0 ? INTERNAL : grounds.filter(isHeld);
  sessions.raise(tenant.name, session, { label, grounds: kept });
}

function keepStep(
  { tenant, session, profile }: Joined & { readonly profile: Lasting },
  { class: seen, source, node }: Step,
  steps: StepMemory,
): void {
  if (isTold(source) && seen !== undefined && node !== undefined)
    steps.tell(tenant.name, node, seen);
  steps.decided(tenant.name, session, profile.difficulty);
}

const INTERNAL = [unknownGround('internal')];

/** Uploads, images, sounds begin alike: nothing of them tells a session that nobody named. */
const isKnown = ({ sessionNamed, question }: Joined): boolean =>
  sessionNamed || question.passing === undefined;

const NO_FILES: readonly string[] = [];

/** All of it in one place, or nobody knows where; as sensitive as the most sensitive. */
function together(all: readonly (Held | undefined)[]): Held | undefined {
  const [first] = all;
  if (all.length === 1) return first;
  let label = all.find((one) => one !== undefined)?.label;
  for (const one of all) if (one !== undefined) label = higherLabel(label ?? one.label, one.label);
  const isOne = all.every((one) => one?.endpoint === first?.endpoint);
  return label === undefined ? undefined : { endpoint: isOne ? first?.endpoint : undefined, label };
}

const SESSION = /^ses_[0-9A-Za-z_-]{8,64}$/;

/** By the id that records name, or by what the caller calls it. */
export function sessionIdOf(
  { tenant, session }: { readonly tenant: TenantName; readonly session: string },
  keys: Keys,
): SessionId {
  if (SESSION.test(session)) return sessionId(session.slice('ses_'.length));
  return sessionId(keys.digest('session', `${tenant}\n${session}`, DIGEST_BYTES));
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
