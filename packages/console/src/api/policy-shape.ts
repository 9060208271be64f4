// What the admin API tells of policies, of drafts, and of calls that are only imagined.

import type { Candidate } from './decision-shape.ts';
import { type Decode, flag, list, maybe, number, object, text, time } from './decode.ts';

export type Source = { readonly file: string; readonly line: number };

export const source: Decode<Source> = object((read) => ({
  file: read('file', text),
  line: read('line', number),
}));

export type PolicyRule = {
  readonly name: string;
  readonly when: readonly string[];
  readonly does: readonly string[];
};

export type Attached = {
  readonly scope: string;
  readonly names: readonly string[];
  readonly total: number;
};

export type Policy = {
  readonly name: string;
  readonly version: string | undefined;
  readonly author: string | undefined;
  readonly mode: string;
  readonly ring: number | undefined;
  readonly from: number | undefined;
  readonly until: number | undefined;
  readonly inForce: boolean;
  readonly attached: readonly Attached[];
  readonly rules: readonly PolicyRule[];
  readonly tests: number;
  readonly source: Source | undefined;
};

const policy: Decode<Policy> = object((read) => ({
  name: read('name', text),
  version: read('version', maybe(text)),
  author: read('author', maybe(text)),
  mode: read('mode', text),
  ring: read('ring', maybe(number)),
  from: read('from', maybe(time)),
  until: read('until', maybe(time)),
  inForce: read('in_force', flag),
  attached: read(
    'attached',
    list(
      object((of) => ({
        scope: of('scope', text),
        names: of('names', list(text)),
        total: of('total', number),
      })),
    ),
  ),
  rules: read(
    'rules',
    list(
      object((of) => ({
        name: of('name', text),
        when: of('when', list(text)),
        does: of('does', list(text)),
      })),
    ),
  ),
  tests: read('tests', number),
  source: read('source', maybe(source)),
}));

export const policies: Decode<readonly Policy[]> = object((read) => read('data', list(policy)));

/** Undefined: it was imported, and has no text of its own. */
export type WholePolicy = Policy & {
  readonly text: string | undefined;
  /** No file owns it: it is changed here. */
  readonly keptHere: boolean;
  /** Undefined: it is not there yet. */
  readonly etag: string | undefined;
};

export const wholePolicy: Decode<WholePolicy> = (value, path) => ({
  ...policy(value, path),
  ...object((read) => ({
    text: read('text', maybe(text)),
    keptHere: read('kept_here', flag),
    etag: read('etag', text),
  }))(value, path),
});

/** What somebody is about to make. */
export const newPolicy = (name: string): WholePolicy => ({
  ...{ name, version: undefined, author: undefined, mode: 'enforce', ring: undefined },
  ...{ from: undefined, until: undefined, inForce: false, attached: [], rules: [], tests: 0 },
  ...{ source: undefined, text: '', keptHere: true, etag: undefined },
});

export type DraftProblem = {
  /** Undefined: the draft itself. */
  readonly file: string | undefined;
  readonly line: number;
  readonly column: number;
  readonly excerpt: string;
  readonly message: string;
  readonly hint: string;
};

const draftProblem: Decode<DraftProblem> = object((read) => ({
  file: read('file', maybe(text)),
  line: read('line', number),
  column: read('column', number),
  excerpt: read('excerpt', text),
  message: read('message', text),
  hint: read('hint', text),
}));

export type TestLine = {
  readonly policy: string;
  readonly test: string;
  readonly line: number | undefined;
  readonly passed: boolean;
  readonly failures: readonly string[];
};

export type Rehearsed = {
  readonly problems: readonly DraftProblem[];
  readonly tests: readonly TestLine[];
  readonly testsTotal: number;
};

export const rehearsed: Decode<Rehearsed> = object((read) => ({
  problems: read('problems', list(draftProblem)),
  tests: read(
    'tests',
    list(
      object((of) => ({
        policy: of('policy', text),
        test: of('test', text),
        line: of('line', maybe(number)),
        passed: of('passed', flag),
        failures: of('failures', list(text)),
      })),
    ),
  ),
  testsTotal: read('tests_total', number),
}));

export type HeldRule = {
  readonly scope: string;
  readonly policy: string;
  readonly version: string | undefined;
  readonly rule: string;
  readonly does: readonly string[];
  readonly holds: string;
};

export type Turn = {
  readonly endpoint: string;
  readonly model: string;
  readonly tier: number;
  /** At most; undefined: its price is unknown. */
  readonly microUsd: number | undefined;
};

export type Simulated = {
  readonly problems: readonly DraftProblem[];
  readonly refusal:
    | { readonly code: string; readonly message: string; readonly hint: string | undefined }
    | undefined;
  readonly rule: string | undefined;
  readonly rules: readonly HeldRule[];
  readonly clearance:
    | {
        readonly ceiling: number;
        readonly residency: readonly string[] | undefined;
        readonly retention: string;
        readonly ownOnly: boolean;
      }
    | undefined;
  /** In the order in which they are asked. */
  readonly route: readonly Turn[];
  readonly candidates: readonly Candidate[];
};

type Seen = Candidate & { readonly turn: number | undefined; readonly cost: number | undefined };

const seen: Decode<Seen> = object((read) => {
  const turn = read('turn', maybe(number));
  return {
    endpoint: read('endpoint', text),
    model: read('model', text),
    tier: read('tier', number),
    inRoute: turn !== undefined,
    why: read('why', list(text)),
    remedies: read('remedies', list(text)),
    turn,
    cost: read('estimate_micro_usd', maybe(number)),
  };
});

export const simulated: Decode<Simulated> = object((read) => {
  const candidates = read('candidates', list(seen));
  const inTurn = candidates
    .filter((one) => one.turn !== undefined)
    .toSorted((a, b) => (a.turn ?? 0) - (b.turn ?? 0));
  return {
    problems: read('problems', list(draftProblem)),
    refusal: read(
      'refusal',
      maybe(
        object((of) => ({
          code: of('code', text),
          message: of('message', text),
          hint: of('hint', maybe(text)),
        })),
      ),
    ),
    rule: read('rule', maybe(text)),
    rules: read(
      'rules',
      list(
        object((of) => ({
          scope: of('scope', text),
          policy: of('policy', text),
          version: of('version', maybe(text)),
          rule: of('rule', text),
          does: of('does', list(text)),
          holds: of('holds', text),
        })),
      ),
    ),
    clearance: read(
      'clearance',
      maybe(
        object((of) => ({
          ceiling: of('ceiling', number),
          residency: of('residency', maybe(list(text))),
          retention: of('retention', text),
          ownOnly: of('own_only', flag),
        })),
      ),
    ),
    route: inTurn.map(({ endpoint, model, tier, cost }) => ({
      ...{ endpoint, model, tier, microUsd: cost },
    })),
    candidates,
  };
});

/** What a tenant is, as far as somebody imagines it otherwise. */
export type TenantChoice = { readonly name: string; readonly plan: string | undefined };

export const tenantChoices: Decode<readonly TenantChoice[]> = object((read) =>
  read('data', list(object((of) => ({ name: of('name', text), plan: of('plan', maybe(text)) })))),
);
