// The admin API: finds the route, reads the body within bounds, lets a repeated change happen once,
// and answers in one envelope.
import { no, type Refusal, type RequestId, type Result, refusal, yes } from '@signalbox/contract';
import { type Exchange, StoreFault, type Target } from '@signalbox/ports';
import type { Visitor } from './door/door.ts';
import type { ControlOptions } from './options.ts';
import { Replays, type Turn } from './replays.ts';
import { sendJson, sendRefusal } from './reply.ts';
import type { Answer, Asked, From, Route } from './routes/route.ts';

const BODY_BYTES_MAX = 65_536;
const BODY_MS = 10_000;
const JSON_TYPE = /^application\/json\s*(;|$)/i;
const BUSY_RETRY_MS = 1_000;

export type Call = {
  readonly exchange: Exchange;
  readonly target: Target;
  readonly visitor: Visitor;
  readonly own: URL;
  readonly id: RequestId;
};

type Found = { readonly route: Route; readonly name: string };
type Matcher = { readonly route: Route; readonly pattern: RegExp };

export class Api {
  readonly #matchers: readonly Matcher[];
  readonly #options: ControlOptions;
  readonly #replays: Replays;

  constructor(options: ControlOptions, routes: readonly Route[]) {
    this.#options = options;
    this.#replays = new Replays(options.clock, options.keys);
    this.#matchers = routes.map((route) => ({ route, pattern: patternOf(route.path) }));
  }

  /** Answers, whatever happens. */
  async serve(call: Call): Promise<void> {
    const { exchange, id } = call;
    try {
      const found = this.#find(exchange.head.method, call.target.path);
      if (!found.ok) return sendRefusal(exchange, found.refusal, id, this.#allow(call));
      const answer = await this.#answer(found.value, call);
      if (!answer.ok) return sendRefusal(exchange, answer.refusal, id);
      if (answer.value === undefined) return;
      const { status, body, headers = [] } = answer.value;
      sendJson(exchange, status, body, headers);
    } catch (error) {
      sendRefusal(exchange, this.#faultOf(error, id), id);
    }
  }

  #find(method: string, path: string): Result<Found, Refusal> {
    const wanted = method === 'HEAD' ? 'GET' : method;
    const there = this.#matchers.filter((one) => one.pattern.test(path));
    if (there.length === 0) return no(refusal('route_unknown', 'There is nothing at this path.'));
    const fits = there.find((one) => one.route.method === wanted);
    if (fits === undefined || (method === 'HEAD' && fits.route.kind === 'stream')) {
      const message = `This path does not take ${method.slice(0, 16)}.`;
      return no(refusal('method_not_allowed', message));
    }
    const name = decoded(fits.pattern.exec(path)?.[1] ?? '');
    if (name === undefined) return no(refusal('route_unknown', 'Nothing has this name.'));
    return yes({ route: fits.route, name });
  }

  #allow({ target }: Call): readonly string[] {
    const there = this.#matchers.filter((one) => one.pattern.test(target.path));
    return there.length === 0 ? [] : ['allow', there.map((one) => one.route.method).join(', ')];
  }

  async #answer(found: Found, call: Call): Promise<Result<Answer | undefined, Refusal>> {
    const { exchange, target } = call;
    const { route, name } = found;
    if (!mayAsk(call.visitor, route)) return no(NOT_FOR[call.visitor.role]);
    const query = readQuery(target.query);
    if (!query.ok) return query;
    const text = await bodyText(exchange, route);
    if (!text.ok) return text;
    const body = text.value === undefined ? yes(undefined) : readJson(text.value);
    if (!body.ok) return body;
    const { head } = exchange;
    const header = (one: string): string | undefined => head.header(one);
    const asked: Asked = { name, query: query.value, body: body.value, header };
    const what = `${route.method} ${target.path}?${target.query}\n${text.value ?? ''}`;
    return this.#once(route, asked, { from: { ...call, head }, what });
  }

  /** Under an idempotency key a change happens once. */
  async #once(
    route: Route,
    asked: Asked,
    { from, what }: { readonly from: From; readonly what: string },
  ): Promise<Result<Answer | undefined, Refusal>> {
    const key = route.method === 'POST' ? asked.header('idempotency-key') : undefined;
    if (key === undefined) return route.serve(asked, from);
    const turn: Turn = this.#replays.begin(key, what, from.visitor.tenant ?? '');
    if (turn.kind === 'refused') return no(turn.refusal);
    if (turn.kind === 'again') return yes(turn.answer);
    let answer: Answer | undefined;
    try {
      const served = await route.serve(asked, from);
      if (served.ok) answer = served.value;
      return served;
    } finally {
      turn.done(answer);
    }
  }

  /** What went wrong goes to the log by name; the caller learns its id. */
  #faultOf(error: unknown, id: RequestId): Refusal {
    if (error instanceof StoreFault) {
      const message = 'The records cannot be read now.';
      return refusal('shed', message, { retryAfterMs: BUSY_RETRY_MS });
    }
    const name = error instanceof Error ? error.name : typeof error;
    const message = error instanceof Error ? error.message : '';
    this.#options.sink.log('error', 'admin-failed', { request: id, name, message });
    return refusal('internal', 'The server failed to answer; nothing was changed by halves.');
  }
}

function mayAsk({ role }: Visitor, route: Route): boolean {
  const { method, forTenants, forFinance, forAll } = route;
  if (forAll === true) return true;
  switch (role) {
    case 'operator':
      return true;
    case 'admin':
      return forTenants === true;
    case 'auditor':
      return forTenants === true && method === 'GET';
    case 'finance':
      return forFinance === true;
  }
}

const OPERATORS = refusal('not_entitled', 'This path is for the operator.', {
  hint: 'A key of a tenant with the scope `admin` manages what is of that tenant alone.',
});
const NOT_FOR: Readonly<Record<Visitor['role'], Refusal>> = {
  operator: OPERATORS,
  admin: OPERATORS,
  auditor: refusal('not_entitled', 'A key with the scope `audit` reads what is of its tenant.', {
    hint: 'A key of the tenant with the scope `admin` changes it; the rest is for the operator.',
  }),
  finance: refusal('not_entitled', 'A key with the scope `finance` reads sums of money alone.', {
    hint: 'They stand in `GET /admin/v1/overview`; a key with the scope `audit` reads more.',
  }),
};

/** One name may hold slashes, as those of models and endpoints do. */
function patternOf(path: string): RegExp {
  const [before = '', after = ''] = path.split('{name}').map(escaped);
  return path.includes('{name}')
    ? new RegExp(`^${before}(.+)${after}$`)
    : new RegExp(`^${before}$`);
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function readQuery(text: string): Result<Readonly<Record<string, string>>, Refusal> {
  const query: Record<string, string> = {};
  for (const [key, value] of new URLSearchParams(text)) {
    if (Object.hasOwn(query, key) || key === '__proto__') {
      const message = `The query says \`${key.slice(0, 64)}\` more than once.`;
      return no(refusal('body_invalid', message, { param: key.slice(0, 64) }));
    }
    query[key] = value;
  }
  return yes(query);
}

/** Undefined: the route takes no body. */
async function bodyText(
  exchange: Exchange,
  route: Route,
): Promise<Result<string | undefined, Refusal>> {
  if (route.body === undefined) return yes(undefined);
  if (!JSON_TYPE.test(exchange.head.header('content-type') ?? '')) {
    return no(refusal('content_type_unsupported', 'The body must be `application/json`.'));
  }
  const read = await exchange.readBody(BODY_BYTES_MAX, BODY_MS);
  if (read === 'too-large') {
    const hint = 'Documents are small; send one at a time.';
    const message = `The body has more than ${BODY_BYTES_MAX} bytes.`;
    return no(refusal('body_too_large', message, { hint }));
  }
  if (read === 'timeout' || read === 'left') {
    return no(refusal('body_invalid', 'The body did not come in time.'));
  }
  try {
    return yes(new TextDecoder('utf-8', { fatal: true }).decode(read));
  } catch {
    return no(refusal('body_invalid', 'The body is not valid UTF-8.'));
  }
}

function readJson(text: string): Result<unknown, Refusal> {
  try {
    return yes(JSON.parse(text));
  } catch {
    return no(refusal('body_invalid', 'The body is not valid JSON.'));
  }
}
