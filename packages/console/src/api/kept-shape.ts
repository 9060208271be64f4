// What the admin API tells of documents that are kept at the gateway: how they stand, and what they
// were before.
import { type Decode, list, maybe, number, object, text, time } from './decode.ts';

export type Kept = { readonly done: string; readonly standing: string | undefined };

export const kept: Decode<Kept> = object((read) => ({
  done: read('done', text),
  standing: read('standing', maybe(text)),
}));

export type Version = {
  readonly number: number;
  readonly at: number;
  readonly by: string;
  readonly done: string;
  readonly text: string;
};

/** The newest first. */
export const versions: Decode<readonly Version[]> = object((read) =>
  read(
    'data',
    list(
      object((of) => ({
        number: of('number', number),
        at: of('at', time),
        by: of('by', text),
        done: of('done', text),
        text: of('text', text),
      })),
    ),
  ),
);

export type PolicyStanding = {
  readonly why: string;
  /** Of the content as its document has it. */
  readonly digest: string;
  /** Undefined: no content decides. */
  readonly decides: string | undefined;
  /** Undefined: everybody. */
  readonly ring: number | undefined;
  readonly approvals: readonly { readonly digest: string; readonly by: string }[];
};

export const policyStanding: Decode<PolicyStanding> = object((read) => ({
  why: read('why', text),
  digest: read('digest', text),
  decides: read('decides', maybe(text)),
  ring: read('ring', maybe(number)),
  approvals: read(
    'approvals',
    list(object((of) => ({ digest: of('digest', text), by: of('by', text) }))),
  ),
}));
