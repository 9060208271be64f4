// A call that nobody made, as far as resolve would see it: for tests of policies, for the check of
// what documents promise, and for records that are decided again. It has no bytes, goes nowhere.
import {
  type CallHead,
  type Difficulty,
  keyName,
  type Label,
  type Operation,
  type Question,
  type RecordedBefore,
  type RecordedRouting,
  requestId,
  type SessionId,
  sessionId,
} from '@signalbox/contract';
import type { Offering } from '../catalog/catalog.ts';
import type { Classified } from '../classify/classify.ts';
import { raisedOf } from '../classify/grounds.ts';
import { passportOf } from '../passport.ts';
import type { Gate } from '../resolve/gates.table.ts';
import type { Closings } from '../resolve/recorded.ts';
import type { Ground } from '../session/labels.ts';
import type { Step } from '../session/step.ts';
import type { KeyFacts, TenantFacts } from '../tenant/tenant.ts';

export type Imagined = {
  readonly tenant: TenantFacts;
  /** Undefined: one without limits. */
  readonly key?: KeyFacts | undefined;
  /** Unix milliseconds. */
  readonly at: number;
  readonly model?: string | undefined;
  readonly step?: string | undefined;
  readonly agent?: string | undefined;
  readonly session?: SessionId | undefined;
  readonly label?: Label | undefined;
  readonly kinds?: readonly string[] | undefined;
  readonly consent?: string | undefined;
  readonly subject?: string | undefined;
  readonly difficulty?: Difficulty | undefined;
  readonly routed?: RecordedRouting | undefined;
  /** Where its session was. */
  readonly before?: RecordedBefore | undefined;
  readonly dialect?: CallHead['dialect'] | undefined;
  readonly operation?: Operation | undefined;
  readonly stream?: boolean | undefined;
  readonly tools?: boolean | undefined;
  readonly inputTokens?: number | undefined;
  readonly outputTokensMax?: number | undefined;
  readonly answers?: number | undefined;
  readonly latencyBudgetMs?: number | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
};

const INPUT_TOKENS = 100;
const NOTHING = new Uint8Array(0);
const ID = requestId(0, new Uint8Array(10));
const SESSION = sessionId('imagined');

export function imagine(what: Imagined): Classified {
  const { tenant, at, tags = {}, step } = what;
  const call = passportOf({
    id: ID,
    at,
    arrived: 0,
    head: headOf(what),
    body: () => Promise.reject(new Error('an imagined call has no body')),
  });
  const classified: unknown = Object.assign(call, {
    tenant,
    key: what.key ?? withoutLimits(tenant),
    question: questionOf(what),
    session: what.session ?? SESSION,
    sessionNamed: true,
    agent: what.key?.agent ?? what.agent,
    step,
    stepSource: step === undefined ? 'none' : 'header',
    ...(what.before === undefined ? undefined : { stepSeen: stepSeenOf(what.before, what) }),
    tags,
    profile: {
      label: what.label ?? tenant.defaultLabel,
      kinds: what.kinds ?? [],
      lasting: what.label ?? tenant.defaultLabel,
      grounds: groundsOf(what),
      difficulty: what.difficulty ?? 'middle',
      routed: what.routed,
      latencyBudgetMs: what.latencyBudgetMs,
    },
  });
  return classified as Classified; // brand: it has all that the rooms before resolve add
}

/** What choosing asks of it: where its session was, and whether it waited for a tool there. */
function stepSeenOf(
  { ageMs, ...before }: RecordedBefore,
  { routed }: Imagined,
): Pick<Step, 'before' | 'goesOn'> {
  return { before: { ...before, at: -ageMs }, goesOn: routed?.turn?.why === 'tool' };
}

/** Without kinds: as if the label had been declared. */
function groundsOf({
  tenant,
  label = tenant.defaultLabel,
  kinds = [],
}: Imagined): readonly Ground[] {
  if (kinds.length === 0) return [{ type: 'declared', kind: 'declared', label }];
  return raisedOf(label, kinds).grounds;
}

function headOf(what: Imagined): CallHead {
  return {
    operation: what.operation ?? 'chat',
    dialect: what.dialect ?? 'openai',
    keyText: undefined,
    address: '',
    session: undefined,
    agent: what.agent,
    subject: what.subject,
    step: what.step,
    sensitivity: undefined,
    consent: what.consent,
    latencyBudgetMs: what.latencyBudgetMs,
    queueAllowed: false,
    summaryWanted: false,
    tags: what.tags ?? {},
    idempotencyKey: undefined,
    traceparent: undefined,
    forwardable: [],
  };
}

const questionOf = (what: Imagined): Question => ({
  bytes: NOTHING,
  model: what.model ?? 'auto',
  stream: what.stream ?? false,
  usageWanted: false,
  outputTokensMax: what.outputTokensMax,
  answersWanted: what.answers ?? 1,
  inputTokensEstimate: what.inputTokens ?? INPUT_TOKENS,
  toolsOffered: what.tools ?? false,
  unreadableParts: false,
  statefulReference: undefined,
  sessionHint: undefined,
  content: () => [],
  lastInstruction: () => '',
  sessionBytes: () => NOTHING,
  render: () => NOTHING,
});

/** `name` of the endpoint: it is down. */
export const downAt = (names: ReadonlySet<string>): Closings => ({
  why: ({ endpoint }: Offering): Gate | undefined =>
    names.has(endpoint.name) ? 'down' : undefined,
});

const withoutLimits = ({ name }: TenantFacts): KeyFacts => ({
  name: keyName(''),
  tenant: name,
  mac: NOTHING,
  models: undefined,
  tiers: undefined,
  scopes: new Set(['call']),
  budget: undefined,
  expiresAt: undefined,
  networks: undefined,
  session: undefined,
  agent: undefined,
  subject: undefined,
  policies: [],
  sessionRequired: false,
  tagsFixed: {},
  tagsRequired: [],
  revoked: false,
});
