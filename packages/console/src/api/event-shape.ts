// What the admin API tells of events of the registry, and of whom they reached.
import { type Decode, list, maybe, number, object, text, time } from './decode.ts';

export type RegistryEvent = {
  readonly id: string;
  readonly at: number;
  /** Of the registry. */
  readonly version: number;
  readonly type: string;
  readonly subject: string;
  /** Whose it is alone; undefined: it is about all. */
  readonly tenant: string | undefined;
  readonly fields: readonly string[];
  /** Webhooks that have not taken it yet. */
  readonly waiting: readonly string[];
};

export type Delivery = {
  readonly at: number;
  readonly webhook: string;
  readonly attempt: number;
  readonly outcome: string;
  readonly status: number | undefined;
  readonly fault: string | undefined;
};

export type ShownEvent = {
  /** As it is sent. */
  readonly sent: string;
  readonly waiting: readonly { readonly webhook: string; readonly next: number }[];
  readonly deliveries: readonly Delivery[];
};

const event: Decode<RegistryEvent> = object((read) => ({
  id: read('id', text),
  at: read('at', time),
  version: read('version', number),
  type: read('type', text),
  subject: read('subject', text),
  tenant: read('tenant', maybe(text)),
  fields: read('fields', list(text)),
  waiting: read('waiting', list(text)),
}));

export type EventPage = {
  readonly rows: readonly RegistryEvent[];
  /** Undefined: there are no older ones. */
  readonly next: string | undefined;
};

export const events: Decode<EventPage> = object((read) => ({
  rows: read('data', list(event)),
  next: read('next', maybe(text)),
}));

const delivery: Decode<Delivery> = object((read) => ({
  at: read('at', time),
  webhook: read('webhook', text),
  attempt: read('attempt', number),
  outcome: read('outcome', text),
  status: read('status', maybe(number)),
  fault: read('fault', maybe(text)),
}));

export const shownEvent: Decode<ShownEvent> = object((read) => ({
  sent: read('event', (value) => JSON.stringify(value, undefined, 2)),
  waiting: read(
    'waiting',
    list(object((of) => ({ webhook: of('webhook', text), next: of('next', time) }))),
  ),
  deliveries: read('deliveries', list(delivery)),
}));

/** The webhooks that are told once more. */
export const toldAgain: Decode<readonly string[]> = object((read) => read('webhooks', list(text)));
