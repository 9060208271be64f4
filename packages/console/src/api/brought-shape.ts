// What the admin API tells of endpoints that tenants bring, and of their checks.
import { type Decode, flag, list, maybe, number, object, text } from './decode.ts';

export type BroughtEndpoint = {
  readonly name: string;
  readonly tenant: string | undefined;
  readonly kind: string;
  readonly origin: string;
  readonly tier: number;
  readonly state: string;
  readonly why: string | undefined;
  readonly models: readonly string[];
  readonly hasKey: boolean;
  /** Its last characters, for who asks which one it is. */
  readonly keyTail: string | undefined;
};

const endpoint: Decode<BroughtEndpoint> = object((read) => ({
  name: read('name', text),
  tenant: read('tenant', maybe(text)),
  kind: read('kind', text),
  origin: read('origin', text),
  tier: read('tier', number),
  state: read('state', text),
  why: read('why', maybe(text)),
  models: read('models', list(text)),
  hasKey: read('has_key', flag),
  keyTail: read('key_tail', maybe(text)),
}));

export const endpoints: Decode<readonly BroughtEndpoint[]> = object((read) =>
  read('data', list(endpoint)),
);

export const tenantNames: Decode<readonly string[]> = object((read) =>
  read('data', list(object((of) => of('name', text)))),
);

export type CheckLine = {
  readonly check: string;
  readonly state: string;
  readonly required: boolean;
  readonly says: string;
  readonly hint: string | undefined;
};

export type Examined = {
  readonly name: string;
  readonly quarantined: boolean;
  readonly fit: boolean;
  readonly checks: readonly CheckLine[];
};

export const examined: Decode<Examined> = object((read) => ({
  name: read('name', text),
  quarantined: read('quarantined', flag),
  fit: read('fit', flag),
  checks: read(
    'checks',
    list(
      object((of) => ({
        check: of('check', text),
        state: of('state', text),
        required: of('required', flag),
        says: of('says', text),
        hint: of('hint', maybe(text)),
      })),
    ),
  ),
}));

export const done: Decode<string> = object((read) => read('done', text));
