// What a caller asks for and how it behaves, drawn from the seed.
import type { Label, SpokenOperation } from '@signalbox/contract';
import { encode } from '@signalbox/dialect';
import type { Chance } from '../chance.ts';
import { STEPS, TENANTS } from '../documents/first.ts';
import type { HeldType, Leaves, Reads, Wish } from '../facts.ts';
import type { MadeObject } from '../upstream/passed.ts';

const MODELS: readonly [readonly [string, number], ...(readonly [string, number])[]] = [
  ['small', 18],
  ['medium', 14],
  ['large', 8],
  ['auto', 16],
  ['upwards', 20],
  ['downwards', 8],
  ['careful', 8],
  ['need:tools', 4],
  ['cloud-eu/large-v1', 2],
  ['rack-eu/unlisted', 2],
  ['nobody', 1],
];

/** Types of data that callers declare: one regulated, one personal, one that nobody knows. */
const TYPES = ['health', 'email', 'recipes'] as const;

const PATHS: Readonly<Record<SpokenOperation, string>> = {
  chat: '/v1/chat/completions',
  completion: '/v1/completions',
  response: '/v1/responses',
  embedding: '/v1/embeddings',
  count: '/v1/messages/count_tokens',
};

export type WishTools = {
  readonly chance: Chance;
  /** The text of a key by its name. */
  readonly keyText: (name: string) => string;
  /** A wish that others may repeat under its idempotency key. */
  readonly earlier: readonly Wish[];
  /** What model servers keep. */
  readonly objects: readonly MadeObject[];
};

/** How the calls of a world differ from the usual ones. */
export type Tilt = {
  readonly labels: Weights<Label | undefined>;
  /** The share of chats whose text is sensitive by itself. */
  readonly holdsShare: number;
  /** The share that may wait on disk. */
  readonly queueShare: number;
};

type Weights<T> = readonly [readonly [T, number], ...(readonly [T, number])[]];

const USUAL: Tilt = {
  labels: [
    [undefined, 80],
    ['public', 5],
    ['internal', 7],
    ['personal', 5],
    ['regulated', 3],
  ],
  holdsShare: 0,
  queueShare: 0.15,
};

/** What the scanner has to find. */
const WORDS: Readonly<Record<HeldType, string>> = {
  'us-ssn': 'My SSN is 078-05-1123, summarise my claim.',
  'email-address': 'Write to ada.lovelace@analytical.org about it.',
};

export const saying = (canary: string, holds: readonly HeldType[]): string =>
  [canary, ...holds.map((type) => WORDS[type])].join(' ');

/** The trace of a call: how a dial is known to belong to it. */
export const traceIdOf = (number: number): string => number.toString(16).padStart(32, '0');

export function drawWish(number: number, tools: WishTools, tilt: Tilt = USUAL): Wish {
  const { chance, earlier } = tools;
  const before = chance.happens(0.06) ? chance.oneOf(earlier) : undefined;
  if (before !== undefined) return repeated(before, number, chance);
  const tenant = chance.pick(TENANTS);
  const who = caller(tenant, tools);
  const what = question(number, chance, tilt);
  const label = chance.weighted(tilt.labels);
  const type = label === undefined ? undefined : chance.pick([undefined, undefined, ...TYPES]);
  const types = type === undefined ? '' : `(${type})`;
  const step = chance.happens(0.35) ? chance.pick(STEPS) : undefined;
  const queueAllowed = chance.happens(tilt.queueShare);
  const bodyFault = chance.weighted<Wish['bodyFault']>([
    ['none', 96],
    ['never', 1],
    ['malformed', 1],
    ['large', 1],
    ['type', 1],
  ]);
  const headers = [
    ...who.headers,
    ...['content-type', bodyFault === 'type' ? 'text/plain' : 'application/json'],
    ...['traceparent', `00-${traceIdOf(number)}-00000000000000ab-01`],
    ...(label === undefined ? [] : ['x-signalbox-sensitivity', `${label}${types}`]),
    ...(step === undefined ? [] : ['x-signalbox-step', step]),
    ...(queueAllowed ? ['x-signalbox-queue', 'allow'] : []),
    ...(chance.happens(0.3) ? ['x-signalbox-session', `canarysession${number % 5}`] : []),
    ...(chance.happens(0.2) ? ['x-signalbox-subject', `canarysubject${number}`] : []),
    ...(chance.happens(0.2) ? ['x-signalbox-summary', '1'] : []),
    ...(chance.happens(0.2) ? ['x-signalbox-tags', 'team=a,feature=b'] : []),
    ...(chance.happens(0.15) ? ['idempotency-key', `canarykey${number}`] : []),
  ];
  const { text, path, ...asked } = what;
  const kind = chance.happens(0.04) ? 'dry-run' : 'call';
  return {
    number,
    kind,
    method: 'POST',
    tenant,
    ...who,
    ...asked,
    ...{ consent: undefined, about: undefined },
    path: kind === 'dry-run' ? DRY_RUN_PATH : path,
    headers,
    body: bodyOf(text, bodyFault),
    label,
    type,
    step,
    queueAllowed,
    bodyFault,
    bodyAfterMs: chance.weighted([
      [0, 70],
      [chance.between(1, 50), 25],
      [chance.between(200, 3_500), 5],
    ]),
    leaves: leaves(chance, what.stream),
    reads: reads(chance),
  };
}

const DRY_RUN_PATH = '/v1/route/explain';

/** A plain call that should be served when nothing is wrong. */
export function probeWish(number: number, tenant: string, keyText: string): Wish {
  const canary = `canaryprobe${number}x`;
  const messages = `[{"role":"user","content":"${canary}"}]`;
  return {
    number,
    kind: 'call',
    operation: 'chat',
    method: 'POST',
    path: PATHS.chat,
    canary,
    model: 'upwards',
    stream: false,
    usageWanted: false,
    unreadable: false,
    holds: [],
    ...{ consent: undefined, about: undefined },
    tenant,
    keyName: `${tenant}-main`,
    keyText,
    headers: [
      ...['authorization', `Bearer ${keyText}`, 'content-type', 'application/json'],
      ...['traceparent', `00-${traceIdOf(number)}-00000000000000ab-01`],
    ],
    body: encode(`{"model":"upwards","max_tokens":4,"messages":${messages}}`),
    label: undefined,
    type: undefined,
    step: undefined,
    queueAllowed: false,
    bodyFault: 'none',
    bodyAfterMs: 0,
    leaves: { kind: 'never' },
    reads: { kind: 'fast' },
  };
}

/** The same body under the same key: while the first runs, or after it. */
function repeated(before: Wish, number: number, chance: Chance): Wish {
  const headers = [...before.headers];
  const trace = headers.indexOf('traceparent') + 1;
  headers[trace] = `00-${traceIdOf(number)}-00000000000000ab-01`;
  const body = chance.happens(0.3) ? encode(`${textOf(before)} `) : before.body;
  const leaves: Leaves = { kind: 'never' };
  return { ...before, number, headers, body, leaves, bodyAfterMs: 0 };
}

const textOf = ({ body }: Wish): string => new TextDecoder().decode(body);

type Who = Pick<Wish, 'keyName' | 'keyText' | 'headers'>;

function caller(tenant: string, { chance, keyText }: WishTools): Who {
  const kind = chance.weighted<'main' | 'small' | 'gone' | 'none' | 'wrong'>([
    ['main', 65],
    ['small', 30],
    ['gone', 1],
    ['none', 2],
    ['wrong', 2],
  ]);
  const known = kind === 'main' || kind === 'small' || kind === 'gone';
  const keyName = known ? `${tenant}-${kind}` : '';
  if (kind === 'none') return { keyName, keyText: undefined, headers: [] };
  const text = known ? keyText(keyName) : `${keyText(`${tenant}-main`).slice(0, -3)}zzz`;
  const headers = chance.happens(0.8) ? ['authorization', `Bearer ${text}`] : ['x-api-key', text];
  return { keyName, keyText: text, headers };
}

const HELD = [['us-ssn'], ['us-ssn'], ['email-address'], ['us-ssn', 'email-address']] as const;

type What = Pick<
  Wish,
  'operation' | 'path' | 'canary' | 'model' | 'stream' | 'usageWanted' | 'unreadable' | 'holds'
> & { readonly text: string };

function question(number: number, chance: Chance, { holdsShare }: Tilt): What {
  const operation = chance.weighted<SpokenOperation>([
    ['chat', 72],
    ['completion', 9],
    ['response', 9],
    ['embedding', 10],
  ]);
  const stream = operation !== 'embedding' && chance.happens(0.55);
  const usageWanted = stream && chance.happens(0.3);
  const unreadable = operation === 'chat' && chance.happens(0.08);
  const model = operation === 'embedding' ? 'embedder' : chance.weighted(MODELS);
  const canary = `canaryprompt${number}x`;
  const holds = holdsShare > 0 && chance.happens(holdsShare) ? chance.pick(HELD) : [];
  const content = contentOf(operation, saying(canary, holds), unreadable, chance);
  const limit = operation === 'response' ? 'max_output_tokens' : 'max_tokens';
  const fields = [
    `"model": ${JSON.stringify(model)}`,
    content,
    `"x_big":12345678901234567890`,
    ...(stream ? ['"stream" : true'] : []),
    ...(usageWanted ? ['"stream_options":{"include_usage":true}'] : []),
    ...(chance.happens(0.7) ? [`"${limit}":${chance.pick([4, 16, 64])}`] : []),
    ...(chance.happens(0.05) ? ['"user":"a","user":"b"'] : []),
  ];
  return {
    operation,
    path: PATHS[operation],
    canary,
    model,
    stream,
    usageWanted: usageWanted && operation !== 'response',
    unreadable,
    holds,
    text: `{${fields.join(',')}}`,
  };
}

function contentOf(
  operation: SpokenOperation,
  opening: string,
  unreadable: boolean,
  chance: Chance,
): string {
  const words = chance.pick(['classify this', 'prove the theorem', 'write a page about trains']);
  const filler = 'word '.repeat(
    chance.weighted([
      [0, 8],
      [40, 2],
      [600, 1],
    ]),
  );
  const text = JSON.stringify(`${opening} ${words} ${filler}`);
  switch (operation) {
    case 'completion':
      return `"prompt":${text}`;
    case 'response':
    case 'embedding':
      return `"input":${text}`;
    case 'chat':
    case 'count': {
      const image = '{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}';
      const part = `[{"type":"text","text":${text}},${image}]`;
      const said = unreadable ? part : text;
      const system = '{"role":"system","content":"canarysystem"}';
      return `"messages":[${system},{"role":"user","content":${said}}]`;
    }
  }
}

function bodyOf(text: string, fault: Wish['bodyFault']): Uint8Array {
  if (fault === 'malformed') return encode(text.slice(0, -3));
  if (fault === 'large') return encode(text.replace('canary', `canary ${'x'.repeat(40_000)}`));
  return encode(text);
}

function leaves(chance: Chance, stream: boolean): Leaves {
  const kind = chance.weighted<'never' | 'soon' | 'later' | 'midway'>([
    ['never', 74],
    ['soon', 8],
    ['later', 10],
    ['midway', 8],
  ]);
  if (kind === 'soon') return { kind: 'after', ms: chance.below(60) };
  if (kind === 'later') return { kind: 'after', ms: chance.between(60, 6_000) };
  if (kind === 'midway' && stream) return { kind: 'at-chunk', count: chance.between(1, 6) };
  return { kind: 'never' };
}

const reads = (chance: Chance): Reads =>
  chance.happens(0.2)
    ? { kind: 'slow', bytes: chance.pick([1, 600, 3_000]), ms: chance.pick([20, 400, 5_000]) }
    : { kind: 'fast' };
