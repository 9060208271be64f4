// One object goes along the line and grows: its fields are laid out at the start, so that growing
// is assignment and costs no copy. What a room may read of it is said by the room's own type.
import type { Call } from '@signalbox/contract';
import type { House } from './house.ts';
import { restingPermit } from './schedule/schedule.ts';
import type { Seen } from './settle/record.ts';

type Body = Call['body'];

/** The fields of every room, in the order of the line, each empty until its room has spoken. */
class Passport implements Call {
  readonly id: Call['id'];
  readonly at: number;
  readonly arrived: number;
  readonly head: Call['head'];
  readonly body: Body;
  readonly trace: Call['trace'];
  readonly resumed: Call['resumed'];
  snapshot: string | undefined = undefined;
  tenant: unknown = undefined;
  key: unknown = undefined;
  bodyMs = 0;
  question: unknown = undefined;
  session: unknown = undefined;
  sessionNamed: unknown = undefined;
  agent: unknown = undefined;
  step: unknown = undefined;
  stepSource: unknown = undefined;
  stepClass: unknown = undefined;
  usual: unknown = undefined;
  stepSeen: unknown = undefined;
  tags: unknown = undefined;
  retryOf: unknown = undefined;
  held: unknown = undefined;
  remembered: unknown = undefined;
  secondStage: unknown = undefined;
  profile: unknown = undefined;
  entry = 1;
  parkedMs = 0;
  route: unknown = undefined;
  surveyed: unknown = undefined;
  permit: unknown = undefined;
  split: unknown = undefined;
  references: unknown = undefined;
  sample: unknown = undefined;
  audit: unknown = undefined;
  queued = false;
  settled = false;

  constructor(call: Call) {
    this.id = call.id;
    this.at = call.at;
    this.arrived = call.arrived;
    this.head = call.head;
    this.body = call.body;
    this.trace = call.trace;
    this.resumed = call.resumed;
  }
}

/** A call that has not entered any room. */
export const passportOf = (call: Call): Call => new Passport(call);

/**
 * The same on the line. A call that waited on disk belongs to its tenant and has its hold before it
 * is asked anything: whatever it meets is settled.
 */
export function beginning(call: Call, { now, live }: House): Seen {
  const passport = passportOf(call);
  const { resumed } = call;
  const tenant = resumed && now().tenants.tenants.get(resumed.tenant);
  if (resumed === undefined || tenant === undefined) return passport;
  const permit = restingPermit(call, live.pools.budgets);
  const { parkedMs } = resumed;
  return Object.assign(passport, { tenant, permit, parkedMs, entry: RESUMED_ENTRY, queued: true });
}

/** Its body, when it is there and read; how long that took is no time of deciding. */
export function bodyOf(call: Seen, { now, ports: { clock } }: House): ReturnType<Body> {
  const asked = clock.monotonic();
  return call.body(now().bodyBytesMax).then((question) => {
    call.bodyMs = clock.monotonic() - asked;
    return question;
  });
}

/** Its first decision was made before it began to wait. */
const RESUMED_ENTRY = 2;
