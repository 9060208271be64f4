// One object goes along the line and grows: its fields are laid out at the start, so that growing
// is assignment and costs no copy. What a room may read of it is said by the room's own type.
import type { Call } from '@signalbox/contract';

type Body = Call['body'];

/** The fields of every room, in the order of the line, each empty until its room has spoken. */
class Passport implements Call {
  readonly id: Call['id'];
  readonly at: number;
  readonly arrived: number;
  readonly head: Call['head'];
  readonly body: Body;
  readonly trace: Call['trace'];
  snapshot: string | undefined = undefined;
  tenant: unknown = undefined;
  key: unknown = undefined;
  question: unknown = undefined;
  session: unknown = undefined;
  agent: unknown = undefined;
  step: unknown = undefined;
  stepSource: unknown = undefined;
  tags: unknown = undefined;
  retryOf: unknown = undefined;
  held: unknown = undefined;
  profile: unknown = undefined;
  entry = 1;
  parkedMs = 0;
  route: unknown = undefined;
  surveyed: unknown = undefined;
  permit: unknown = undefined;
  settled = false;

  constructor(call: Call) {
    this.id = call.id;
    this.at = call.at;
    this.arrived = call.arrived;
    this.head = call.head;
    this.body = call.body;
    this.trace = call.trace;
  }
}

/** A call that has not entered any room. */
export const passportOf = (call: Call): Call => new Passport(call);
