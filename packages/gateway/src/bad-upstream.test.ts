// Upstreams that answer badly, in every dialect and in front of callers of every dialect, whole and
// streamed, through real sockets: the caller hears an error in its own words, or the whole answer
// where the trouble does no harm, or another upstream's; and the journal says once what happened.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { CallRecord } from '@signalbox/contract';
import { TEXT, WORDS } from './bad-speech.fixture.ts';
import { type BadServer, startBadServer } from './bad-upstream.fixture.ts';
import { RESPONSES, SPOKEN, type Spoken } from './dialects.fixture.ts';
import { type Answer, type Gateway, startGateway } from './gateway.fixture.ts';

const CALLERS: Readonly<Record<string, Spoken>> = { ...SPOKEN, responses: RESPONSES };

/**
 * `answered`, or the fault that the record names; undefined: the kind makes no sense so. What is
 * translated names what it could not read `body_error`.
 */
type Kind = readonly [name: string, whole: string | undefined, streamed: string | undefined];
const KINDS: readonly Kind[] = [
  ['error', 'body_error', 'body_error'],
  ['error-first', undefined, 'body_error'],
  ['html-502', 'status', 'status'],
  ['wrong-type', 'answered', 'malformed'],
  ['truncated', 'malformed', 'malformed'],
  ['torn', 'malformed', 'malformed'],
  ['dies', 'closed_early', 'closed_early'],
  ['silent', 'idle_timeout', 'idle_timeout'],
  ['bomb', 'too_large', 'too_large'],
  ['endless-headers', 'too_large', 'too_large'],
  ['slow', 'total_timeout', 'total_timeout'],
  ['redirect', 'redirected', 'redirected'],
  ['no-mark', undefined, 'closed_early'],
  ['no-end', undefined, 'closed_early'],
  ['empty', 'malformed', 'closed_early'],
  ['two-ends', undefined, 'answered'],
  ['comments', undefined, 'answered'],
  ['crlf', undefined, 'answered'],
  ['odd-stop', 'answered', 'answered'],
  ['no-usage', 'answered', 'answered'],
  ['other-model', 'answered', 'answered'],
];

type Upstream = 'openai' | 'anthropic' | 'vertex' | 'gemini' | 'ollama';
type Pair = readonly [upstream: Upstream, caller: string];

/** `vertex`: Claude where nothing else is spoken, the one way there from OpenAI's chats. */
const UPSTREAMS: Readonly<Record<Upstream, readonly [kind: string, path: string]>> = {
  openai: ['openai-compatible', '/v1'],
  anthropic: ['anthropic', '/v1'],
  vertex: ['vertex', '/v1/publishers/anthropic'],
  gemini: ['gemini', '/v1beta'],
  ollama: ['ollama', ''],
};
const UNTOUCHED: readonly Pair[] = [
  ['openai', 'openai'],
  ['openai', 'responses'],
  ['anthropic', 'anthropic'],
  ['gemini', 'gemini'],
  ['ollama', 'ollama'],
];
/** Of each line one is taken for a kind, in turn. */
const TRANSLATED: readonly (readonly Pair[])[] = [
  [
    ['openai', 'anthropic'],
    ['openai', 'gemini'],
    ['openai', 'ollama'],
  ],
  [
    ['anthropic', 'responses'],
    ['anthropic', 'gemini'],
    ['vertex', 'openai'],
    ['anthropic', 'ollama'],
  ],
  [
    ['gemini', 'responses'],
    ['gemini', 'anthropic'],
    ['gemini', 'ollama'],
  ],
  [['ollama', 'gemini']],
];

type Case = {
  readonly kind: string;
  readonly upstream: Upstream;
  readonly caller: string;
  readonly stream: boolean;
  readonly expected: string;
  readonly isUntouched: boolean;
};

function expectedAt([upstream, caller]: Pair, [name, whole, streamed]: Kind, stream: boolean) {
  if (name === 'comments' && upstream === 'ollama') return undefined;
  if (name !== 'no-mark' || !stream) return stream ? streamed : whole;
  // Where a reason to end is followed by a mark: one dialect does not insist on it.
  if (upstream === 'openai') return caller === 'responses' ? undefined : 'answered';
  return upstream === 'gemini' || upstream === 'ollama' ? undefined : streamed;
}

/** Every upstream in its own dialect, and one translation of each. */
const CASES: readonly Case[] = KINDS.flatMap((kind, place) =>
  [false, true].flatMap((stream) => {
    const turn = place + (stream ? 1 : 0);
    const translated = TRANSLATED.flatMap((pairs) => pairs.slice(turn % pairs.length).slice(0, 1));
    return [...UNTOUCHED, ...translated].flatMap((pair, at) => {
      const expected = expectedAt(pair, kind, stream);
      if (expected === undefined) return [];
      const [upstream, caller] = pair;
      const isUntouched = at < UNTOUCHED.length;
      return [{ kind: kind[0], upstream, caller, stream, expected, isUntouched }];
    });
  }),
);

/** Kinds that show before anything of an answer was released, with a good upstream behind. */
const AROUND: readonly Case[] = KINDS.flatMap((kind, place) => {
  const stream = kind[1] === undefined;
  const isEarly = stream ? kind[0] === 'error-first' : kind[1] !== 'answered';
  const pairs = TRANSLATED[place % TRANSLATED.length] ?? [];
  return isEarly
    ? pairs.slice(0, 1).map(([upstream, caller]) => {
        const expected = kind[stream ? 2 : 1] ?? '';
        return { kind: kind[0], upstream, caller, stream, expected, isUntouched: false };
      })
    : [];
});

/** So few calls have the same one that no breaker opens. */
const modelOf = ({ kind, upstream, stream }: Case): string =>
  `${kind}.${upstream}.${stream ? 'streamed' : 'whole'}`;
const firstOf = (one: Case): string => `${modelOf(one)}.first`;

/** Short only where the case is about time: the machine may be busy with other tests. */
const TIMERS: Readonly<Record<string, string>> = {
  silent: '{idle_ms: 400}',
  slow: '{total_ms: 800}',
};

function endpoint(url: string, upstream: Upstream, timed: string): string {
  const [kind, path] = UPSTREAMS[upstream];
  const models = [
    ...new Set(CASES.filter((one) => one.upstream === upstream).map(modelOf)),
    ...AROUND.filter((one) => one.upstream === upstream).map(firstOf),
    ...(upstream === 'openai' ? ['good.openai'] : []),
  ].filter((name) => (name.split('.')[0] ?? '') === timed || (timed === '' && !isTimed(name)));
  if (models.length === 0) return '';
  return `  ${upstream}${timed === '' ? '' : `-${timed}`}:
    kind: ${kind}
    url: ${url}${path}
    private_address: true
    tier: 3
    credentials: [{secret: "env:UPSTREAM"}]
    models: [${models.join(', ')}]
    timers: ${TIMERS[timed] ?? '{total_ms: 15000}'}
`;
}

const isTimed = (model: string): boolean => Object.hasOwn(TIMERS, model.split('.')[0] ?? '');

const documents = (url: string): string => `
version: 1
server: {host: 127.0.0.1, port: 0, drain_ms_max: 200}
node: {name: n1, tier: 1}
endpoints:
${(['openai', 'anthropic', 'vertex', 'gemini', 'ollama'] as const)
  .flatMap((upstream) => ['', 'silent', 'slow'].map((timed) => endpoint(url, upstream, timed)))
  .join('')}aliases:
${AROUND.map((one) => `  around.${one.kind}: [${firstOf(one)}, good.openai]\n`).join('')}
tenants: {acme: {}}
keys: {main: {tenant: acme, secret: "env:MAIN", scopes: [call, explain]}}
`;

/** Beside each other, since most of a case is waiting; so many that no limit is met. */
const AT_ONCE = 12;
let server: BadServer;
let gateway: Gateway;
let settled: ReadonlyMap<string, readonly CallRecord[]>;
const answers = new Map<Case, Answer>();

async function asked(one: Case, model: string): Promise<void> {
  const spoken = CALLERS[one.caller];
  assert.ok(spoken !== undefined);
  const body = spoken.body(model, 'hello', one.stream, false);
  answers.set(one, await gateway.ask(spoken.path(model, one.stream), { body }));
}

before(async () => {
  server = await startBadServer();
  gateway = await startGateway(() => documents(server.url));
  // Those that wait begin first.
  const all = [
    ...CASES.map((one) => [one, modelOf(one)] as const),
    ...AROUND.map((one) => [one, `around.${one.kind}`] as const),
  ].toSorted(([a], [b]) => Number(isTimed(modelOf(b))) - Number(isTimed(modelOf(a))));
  const next = all.values();
  const worker = async (): Promise<void> => {
    for (const [one, model] of next) await asked(one, model);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  settled = await gateway.settlements();
});
after(async () => {
  await gateway?.stop();
  await server.close();
});

/** That an answer speaks of an error in the caller's own words, and pretends no end. */
const TELLS: Readonly<Record<string, RegExp>> = {
  openai: /\{"error":\{"type":"[a-z_]+","code":"[a-z_]+","message":"[^"]+/,
  responses: /\{"error":\{"type":"[a-z_]+","code":"[a-z_]+","message":"[^"]+/,
  anthropic: /\{"type":"error","error":\{"type":"[a-z_]+","message":"[^"]+/,
  gemini: /\{"error":\{"code":5\d\d,"message":"[^"]+/,
  ollama: /\{"error":"[^"]+/,
};
const ENDS =
  /\[DONE\]|"message_stop"|"finishReason"|"done":true|"finish_reason":"|response\.completed/;

function assertTold({ caller, stream }: Case, answer: Answer): void {
  if (answer.status !== 200) {
    assert.ok([502, 504].includes(answer.status), String(answer.status));
    assert.equal(answer.end, 'clean');
    assert.match(answer.headers['content-type'] ?? '', /^application\/json/);
    assert.match(answer.text, TELLS[caller] ?? /$^/);
    return;
  }
  assert.ok(stream, 'a whole answer has its own status');
  assert.equal(answer.end, 'cut', 'an unclean end');
  assert.match(answer.text, TELLS[caller] ?? /$^/);
  assert.doesNotMatch(answer.text, ENDS);
}

function assertHeard(one: Case, answer: Answer): void {
  assert.equal(answer.status, 200, answer.text);
  assert.equal(answer.end, 'clean');
  const spoken = CALLERS[one.caller];
  // What passes untouched is as odd as it came, and the reader of these tests is strict.
  const isBare = one.isUntouched && (one.kind === 'no-mark' || one.kind === 'crlf');
  if (isBare) for (const word of WORDS) assert.ok(answer.text.includes(word), answer.text);
  else if (one.stream) assert.equal(spoken?.streamed(answer.text).text, TEXT);
  else assert.equal(spoken?.whole(JSON.parse(answer.text)).text, TEXT);
}

function recordOf(answer: Answer): CallRecord {
  const decision = String(answer.headers['x-signalbox-decision-id']);
  const records = settled.get(decision.replace('dec_', 'req_')) ?? [];
  assert.equal(records.length, 1, 'one settlement');
  const [record] = records;
  assert.ok(record !== undefined);
  return record;
}

const isNamed = (fault: string | undefined, expected: string): boolean =>
  fault === expected || (expected === 'malformed' && fault === 'body_error');

const titleOf = ({ kind, upstream, caller, stream }: Case): string =>
  `${kind} of ${upstream}, ${caller}, ${stream ? 'streamed' : 'whole'}`;

describe('an upstream that answers badly', () => {
  it('leaves nothing held, and nobody is called whom it names', () => {
    assert.deepEqual(gateway.node.house.live.pools.budgets.open(), []);
    assert.equal(settled.size, CASES.length + AROUND.length);
    assert.equal(server.followed(), 0);
  });

  for (const one of CASES) {
    it(`is told as it is, or heard in full: ${titleOf(one)}`, () => {
      const answer = answers.get(one);
      assert.ok(answer !== undefined);
      const record = recordOf(answer);
      const [attempt] = record.attempts;
      assert.equal(record.attempts.length, 1);
      if (one.expected === 'answered') {
        assertHeard(one, answer);
        assert.equal(record.ending, 'answered');
        const claimed = one.kind === 'other-model' ? 'another-one' : modelOf(one);
        assert.equal(attempt?.modelClaimed, claimed);
        assert.equal(attempt?.modelAsked, modelOf(one));
        return;
      }
      assertTold(one, answer);
      assert.ok(isNamed(attempt?.fault, one.expected), attempt?.fault);
      assert.equal(attempt?.outcome, 'failed');
      assert.match(String(record.code), /^upstream_(failed|timeout)$/);
    });
  }
});

describe('an upstream that answers badly in front of a good one', () => {
  for (const one of AROUND) {
    it(`is gone around: ${titleOf(one)}`, () => {
      const answer = answers.get(one);
      assert.ok(answer !== undefined);
      assertHeard(one, answer);
      const { attempts, ending, fallback } = recordOf(answer);
      assert.deepEqual([ending, fallback], ['answered', true]);
      assert.deepEqual(
        attempts.map(({ outcome }) => outcome),
        ['failed', 'answered'],
      );
      assert.ok(isNamed(attempts[0]?.fault, one.expected), attempts[0]?.fault);
    });
  }
});
