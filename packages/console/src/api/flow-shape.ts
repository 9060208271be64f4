// What the admin API tells of where a tenant's data went, in the console's words.
import { type Decode, flag, list, maybe, number, object, type Read, text, time } from './decode.ts';

export type Reached = {
  readonly reach: string;
  readonly label: string | undefined;
  readonly calls: number;
  /** The address of the calls behind the number. */
  readonly records: string;
};

export type FlowPlace = {
  readonly endpoint: string;
  readonly region: string | undefined;
  readonly legalEntity: string | undefined;
  readonly tier: number;
  readonly own: boolean;
  readonly label: string | undefined;
  readonly calls: number;
  readonly first: number;
  readonly last: number;
  readonly records: string;
};

export type Received = FlowPlace & {
  readonly left: boolean;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly uncountedCalls: number;
};

/** @see `consent` undefined: the tenant only observed. */
export type FlowException = FlowPlace & { readonly consent: string | undefined };

export type DataFlow = {
  readonly tenant: string;
  readonly since: number;
  readonly until: number;
  readonly madeAt: number;
  readonly recordsSince: number | undefined;
  readonly complete: boolean;
  readonly calls: readonly Reached[];
  readonly received: readonly Received[];
  readonly blocked: readonly FlowPlace[];
  readonly exceptions: readonly FlowException[];
};

/** The list of requests has the same words in this console's address. */
const records: Decode<string> = (value, path) =>
  text(value, path).replace(/^\/admin\/v1\/requests\?/, '/requests?');

const place = (read: Read): FlowPlace => ({
  endpoint: read('endpoint', text),
  region: read('region', maybe(text)),
  legalEntity: read('legal_entity', maybe(text)),
  tier: read('tier', number),
  own: read('own', flag),
  label: read('label', maybe(text)),
  calls: read('calls', number),
  first: read('first', time),
  last: read('last', time),
  records: read('records', records),
});

export const dataFlow: Decode<DataFlow> = object((read) => ({
  tenant: read('tenant', text),
  since: read('since', time),
  until: read('until', time),
  madeAt: read('made_at', time),
  recordsSince: read('records_since', maybe(time)),
  complete: read('complete', flag),
  calls: read(
    'calls',
    list(
      object((of) => ({
        reach: of('reach', text),
        label: of('label', maybe(text)),
        calls: of('calls', number),
        records: of('records', records),
      })),
    ),
  ),
  received: read(
    'received',
    list(
      object((of) => ({
        ...place(of),
        left: of('left', flag),
        inputTokens: of('input_tokens', number),
        outputTokens: of('output_tokens', number),
        uncountedCalls: of('uncounted_calls', number),
      })),
    ),
  ),
  blocked: read('blocked', list(object(place))),
  exceptions: read(
    'exceptions',
    list(object((of) => ({ ...place(of), consent: of('consent', maybe(text)) }))),
  ),
}));
