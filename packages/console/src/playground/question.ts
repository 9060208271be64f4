// What is imagined, as the address has it: the call itself, and what is otherwise than it is. The
// same words go to the server, and onto the command line.

export const CALL_KEYS = [
  'tenant',
  'model',
  'sensitivity',
  'step',
  'difficulty',
  'tokens',
] as const;
export const IF_KEYS = ['down', 'topology', 'residency', 'plan', 'policy'] as const;
export type Key = (typeof CALL_KEYS)[number] | (typeof IF_KEYS)[number];

export type Draft = { readonly name: string; readonly text: string };

/** `draft:NAME` instead of the policy that runs; else the tenant's policies, `none` of them. */
export const DRAFT = 'draft:';
export const NO_POLICY = 'none';

/** Of the call alone. */
export function callOf(query: URLSearchParams, tenant: string): Readonly<Record<string, unknown>> {
  const said = (key: Key): string | undefined => query.get(key) || undefined;
  const tokens = Number(said('tokens') ?? '');
  return {
    tenant,
    ...some('model', said('model')),
    ...some('sensitivity', said('sensitivity')),
    ...some('step', said('step')),
    ...some('difficulty', said('difficulty')),
    ...(Number.isInteger(tokens) && tokens > 0 ? { input_tokens: tokens } : {}),
  };
}

/** What is imagined beside the call; undefined: everything is as it is. */
export function otherwiseOf(
  query: URLSearchParams,
  draftOf: (policy: string) => string | undefined,
): Readonly<Record<string, unknown>> | undefined {
  const said = (key: Key): string | undefined => query.get(key) || undefined;
  const policy = said('policy');
  const name = policy?.startsWith(DRAFT) ? policy.slice(DRAFT.length) : undefined;
  const text = name === undefined ? undefined : draftOf(name);
  const only = name === undefined && policy !== undefined;
  const found = {
    ...some('down', wordsIn(said('down'))),
    ...some('topology', said('topology')),
    ...some('residency', wordsIn(said('residency'))),
    ...some('plan', said('plan')),
    ...(only ? { policies: policy === NO_POLICY ? [] : [policy] } : {}),
    ...(text === undefined ? {} : { draft: { name, text } }),
  };
  return Object.keys(found).length === 0 ? undefined : found;
}

export const wordsIn = (text: string | undefined): readonly string[] | undefined =>
  text === undefined ? undefined : text.split(/[\s,]+/).filter((one) => one !== '');

const some = (key: string, value: unknown): object => (value === undefined ? {} : { [key]: value });

const FLAGS: readonly (readonly [key: Key, flag: string])[] = [
  ['model', 'model'],
  ['sensitivity', 'sensitivity'],
  ['step', 'step'],
  ['difficulty', 'difficulty'],
  ['tokens', 'input-tokens'],
  ['topology', 'topology'],
  ['plan', 'plan'],
];

/** The command that asks the files the same; it knows no drafts. */
export function commandOf(query: URLSearchParams, tenant: string): string {
  const flags = FLAGS.flatMap(([key, flag]) => {
    const value = query.get(key);
    return value === null || value === '' ? [] : [`--${flag} ${quoted(value)}`];
  });
  const many = (['down', 'residency'] as const).flatMap((key) =>
    (wordsIn(query.get(key) ?? undefined) ?? []).map((one) => `--${key} ${quoted(one)}`),
  );
  return ['signalbox policy explain', `--tenant ${tenant}`, ...flags, ...many].join(' ');
}

const quoted = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
