// The headers that mean something to a gateway. A test holds the names to those in the sources.

export type HeaderRow = {
  readonly name: string;
  readonly takes: string;
  readonly meaning: string;
};

const row = (name: string, takes: string, meaning: string): HeaderRow => ({ name, takes, meaning });

export const REQUEST_HEADERS: readonly HeaderRow[] = [
  row('authorization', '`Bearer sbx_…`', 'The key.'),
  row('x-api-key', '`sbx_…`', 'The key, where there is no `authorization`.'),
  row('x-goog-api-key', '`sbx_…`', 'The same.'),
  row('content-type', '`application/json`', 'Anything else that is no JSON is 415.'),
  row(
    'idempotency-key',
    '1-255 printable ASCII without spaces',
    'For this key of yours, 24 hours, in memory. While the first call runs, and with another body, a second is 409. ' +
      'After that it is a new call whose record names the first. Answers are not stored.',
  ),
  row(
    'traceparent',
    'W3C',
    'Its trace goes on to the upstream, below a span of ours where spans are exported, and as it came where none are. ' +
      'The trace id stands in the record.',
  ),
  row('te', '`trailers`', 'What a stream knows only at its end comes as trailers.'),
  row('openai-beta', 'any', 'Goes on to the upstream.'),
  row(
    'x-signalbox-session',
    '1-128 printable ASCII',
    'The piece of work that the call belongs to. Kept as a keyed hash. Without it: `metadata.session_id` of the body, ' +
      'else a hash of key, system prompt, tools and first user message.',
  ),
  row('x-signalbox-agent', '1-128 printable ASCII', 'The program that calls. Rules match on it.'),
  row('x-signalbox-subject', '1-128 printable ASCII', 'Whom it is about. Read, and kept nowhere.'),
  row(
    'x-signalbox-step',
    '`a-z 0-9 _ . : -`, up to 64',
    'The class of the step, such as `classify` or `plan`. Rules match on it, and [`auto` begins on its tier](../concepts/routing.md). Without it: `metadata.step` of the body, else `baggage`.',
  ),
  row(
    'baggage',
    'W3C',
    'Where nothing else says the step: `signalbox.step`, else `gen_ai.operation.name`.',
  ),
  row(
    'x-signalbox-sensitivity',
    '`label` or `label(kind,…)`',
    'Raises the label; never lowers it. Labels: `public`, `internal`, `personal`, `regulated`; also `low`, `medium`, `high`.',
  ),
  row(
    'x-signalbox-latency-budget-ms',
    'whole number, then `;steps=N`, `;tools=MS`, `;network=MS`',
    "What is left of the caller's time, how many calls have to fit into it, this one among them (else 1), what tools take between them altogether, and the way between the caller and here of each. Recorded; nothing is tried again after it, and a policy may have an answer begun in time.",
  ),
  row(
    'x-signalbox-mode',
    '`interactive` `background` `streaming`',
    'Who waits for the answer of a call of `auto`, and how: [where it begins](../concepts/routing.md#who-waits).',
  ),
  row(
    'x-signalbox-queue',
    '`allow`',
    'While all routes are down: 202 and a `location` to fetch the answer from, instead of waiting on the connection.',
  ),
  row('x-signalbox-summary', '`1`', 'A stream ends with a comment that holds cost and timing.'),
  row(
    'x-signalbox-tags',
    '`name=value,…`, up to 8',
    'Stand in the record. A key may fix some and demand others.',
  ),
  row(
    'x-signalbox-source',
    '`hr-share,medical-report`, up to 8',
    "Where the call's data comes from, and what documents it holds: those that the tenant names under `sensitive.sources` raise the label.",
  ),
  row(
    'x-signalbox-consent',
    'the id or the name of one',
    'A consent of the tenant: it lets the call go as far as it says. 403 `policy_denied` when the tenant has none of that name, or it is not in force, or about another subject.',
  ),
  row('x-signalbox-criticality', 'any', 'Accepted; nothing depends on it yet.'),
  row(
    'x-signalbox-declared-tools',
    '`search,read_file`, up to 128',
    'Tools that the answer may call, and no other; empty: none. What calls another is 502 `output_rejected`, and an offered tool that the provider runs itself and that is not among them 403 `policy_denied`.',
  ),
];

export const RESPONSE_HEADERS: readonly HeaderRow[] = [
  row(
    'x-signalbox-decision-id',
    '`dec_…`',
    'Of every answer to a call whose key is known. What `signalbox explain` takes.',
  ),
  row('x-signalbox-tier', '`1` `2` `3`', 'Where it ran.'),
  row('x-signalbox-endpoint', 'name', 'The endpoint that answered.'),
  row('x-signalbox-model', 'name', 'The model that answered, by its own word.'),
  row('x-signalbox-sensitivity', '`label(kind,…)`', 'The label it ran under.'),
  row(
    'x-signalbox-counted',
    '`upstream` `length`',
    'Of a count of tokens: told by the server that would answer, or about four bytes each.',
  ),
  row(
    'x-signalbox-dropped',
    '`name,…`',
    "What the upstream's dialect, or the caller's, could not say; absent when nothing was lost.",
  ),
  row(
    'x-signalbox-rewritten',
    '`system=user`, `tools=prompted`, `format=prompted`, `turns=-4`, …',
    'What of the request was said in the [manner of the model](../concepts/registry.md#manners) that answered; absent when all went on as it came.',
  ),
  row(
    'x-signalbox-fallback',
    'number',
    'Offers that failed before this one, or took too long; absent when none did.',
  ),
  row(
    'x-signalbox-repair',
    '`retry` `escalate` `flagged` `undecided`',
    'What became of an answer that the policy checks; absent when it passed at once.',
  ),
  row(
    'x-signalbox-cascade',
    '`tier=confidence,…`',
    'How sure each tier was that a policy asked (`confidence_min`), 0 to 1, in order.',
  ),
  row(
    'x-signalbox-degradation',
    '`level=N` `latency`',
    'Decided at that level of degradation, 1 to 4; answered by a lower tier, since the latency ' +
      'budget was about to run out.',
  ),
  row(
    'x-signalbox-cost-usd',
    'dollars or `unknown`',
    'Of a whole answer; of a stream as a trailer.',
  ),
  row('x-signalbox-savings-usd', 'dollars', 'Less than the dearest known price of tier 3.'),
  row(
    'x-signalbox-upstream-…',
    'text',
    "The upstream's `x-request-id`, `request-id`, `openai-processing-ms` and `x-ratelimit-*`.",
  ),
  row(
    'server-timing',
    '`queue`, `decide`, `upstream`, `total`, `body`',
    'Milliseconds; `body` until the body had come and was read, which is no part of `decide`. Of every answer to a request, also of pages and refusals (what never became one, like a head that is malformed or too slow, is answered without); of a stream what is known when it begins, and all of it as a trailer.',
  ),
  row('x-should-retry', '`false`', 'The same request will not succeed. Official SDKs obey it.'),
  row('retry-after-ms', 'number', 'When to try again; also as `retry-after` in seconds.'),
  row('location', '`/v1/queued/req_…`', 'With 202: where the answer will be.'),
  row('allow', 'method', 'With 405.'),
];
