// A small client for agents: it asks the gateway, and while that is away a server on this device.
// What it promises:
// - A no of the gateway is final: nothing that was refused is asked for elsewhere.
// - Nothing falls back after the first byte of an answer.
// - The key of the gateway and its headers go to the gateway alone.
// - It comes back by itself, see `reach.ts`.
import {
  type ChatAnswer,
  ChatStream,
  type Explained,
  explainedBy,
  type Reply,
  readAnswer,
  readText,
} from './answer.ts';
import { type Dialled, dial } from './dial.ts';
import { GatewayError, LocalError, REASONS, Unreachable, type Why } from './errors.ts';
import { isObject, type JsonObject, memberOf, parse, textOf } from './json.ts';
import { type ClientOptions, type Settings, sessionHeader, settingsOf } from './options.ts';
import { type Platform, RUNTIME } from './platform.ts';
import { Reach, type Status } from './reach.ts';

/** A body of `/v1/chat/completions`; fields that are not named here pass as they are. */
export type ChatRequest = {
  /** A model, an alias, a need or `auto`, as the gateway knows it. */
  readonly model: string;
  readonly messages: readonly object[];
  readonly stream?: boolean;
  readonly [more: string]: unknown;
};

export type CallOptions = {
  /** Instead of the client's own. */
  readonly session?: string;
  /** For the gateway: `x-signalbox-step`, `x-signalbox-sensitivity`, ... */
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** False: only the gateway may answer. */
  readonly fallback?: boolean;
};

/** How good the answer of a call was. */
export type Feedback = ({ readonly ok: boolean } | { readonly score: number }) & {
  /** Of another tier than the one that answered. */
  readonly tier?: 1 | 2 | 3;
  /** `device`: how sure it was of its own answer. */
  readonly by?: 'caller' | 'device';
};

/** Why an answer came from where it came. */
export type Explanation = {
  readonly via: 'gateway' | 'local';
  /** In one sentence. */
  readonly says: string;
  /** What the gateway has recorded; undefined for local answers, which it has not seen. */
  readonly record: JsonObject | undefined;
};

/** Throws `TypeError` when an option is wrong. */
export const createClient = (options: ClientOptions): Client => new Client(options);

/** A probe that takes longer has found nobody. */
const PROBE_ANSWER_MS_MAX = 2_000;

export class Client {
  readonly #settings: Settings;
  readonly #platform: Platform;
  readonly #reach: Reach;

  constructor(options: ClientOptions) {
    this.#settings = settingsOf(options);
    this.#platform = options.platform ?? RUNTIME;
    const { probeMsFirst: firstMs, probeMsMax: maxMs } = this.#settings;
    this.#reach = new Reach(this.#platform, () => this.#probe(), {
      waits: { firstMs, maxMs },
      changed: (status) => options.onChange?.(status),
    });
  }

  /**
   * Asks for a chat completion.
   * Throws `GatewayError` for a refusal, `LocalError` when the local endpoint fails too,
   * `Unreachable` when there is none, `Broken` when an answer breaks off.
   */
  chat(
    request: ChatRequest & { readonly stream: true },
    options?: CallOptions,
  ): Promise<ChatStream>;
  chat(
    request: ChatRequest & { readonly stream?: false },
    options?: CallOptions,
  ): Promise<ChatAnswer>;
  async chat(request: ChatRequest, options: CallOptions = {}): Promise<ChatAnswer | ChatStream> {
    const reply = await this.#reply(request, options);
    return request.stream === true ? new ChatStream(reply) : readAnswer(reply);
  }

  /** Of an answer, or of a decision by its id; asks the gateway for its record. */
  async explain(
    what: string | (Pick<ChatAnswer | ChatStream, 'via'> & Explainable),
    options: Pick<CallOptions, 'signal'> = {},
  ): Promise<Explanation> {
    if (typeof what !== 'string' && what.via === 'local') {
      const { local } = this.#settings;
      const says = `${REASONS[what.why ?? 'away']}, so ${local?.model} at ${local?.url} answered`;
      return { via: 'local', says, record: undefined };
    }
    const explained = typeof what === 'string' ? undefined : what.explained;
    const decision = typeof what === 'string' ? what : explained?.decision;
    if (decision === undefined) {
      return { via: 'gateway', says: 'the gateway named no decision', record: undefined };
    }
    const path = `/v1/decisions/${encodeURIComponent(decision)}`;
    const dialled = await this.#dial({ path, options });
    if (dialled.kind === 'gone') throw new Unreachable(dialled.why, detail(dialled));
    if (dialled.kind === 'refused') throw refusalOf(dialled);
    const record = parse(await readText(dialled.begun));
    const says = sentenceOf(decision, explained);
    return { via: 'gateway', says, record: isObject(record) ? record : undefined };
  }

  /**
   * Says how good an answer was, for the gateway's records and its learning. False: it was a local
   * one, or had no decision; the gateway knows nothing of it. Throws as `explain` does.
   */
  async feedback(
    what: string | (Pick<ChatAnswer | ChatStream, 'via'> & Explainable),
    said: Feedback,
    options: Pick<CallOptions, 'signal'> = {},
  ): Promise<boolean> {
    const decision = typeof what === 'string' ? what : what.explained?.decision;
    if (decision === undefined) return false;
    const body = JSON.stringify({ decision, ...said });
    const dialled = await this.#dial({ path: '/v1/feedback', body, options });
    if (dialled.kind === 'gone') throw new Unreachable(dialled.why, detail(dialled));
    if (dialled.kind === 'refused') throw refusalOf(dialled);
    await readText(dialled.begun);
    return true;
  }

  /** What is known of the gateway. */
  status(): Status {
    return this.#reach.status();
  }

  /** Stops looking for a gateway that is away. */
  close(): void {
    this.#reach.close();
  }

  async #reply(request: ChatRequest, options: CallOptions): Promise<Reply> {
    const mayStay = this.#settings.local !== undefined && options.fallback !== false;
    if (!this.#reach.may() && mayStay) return this.#local(request, options, 'away');
    const dialled = await this.#ask(request, options);
    if (dialled.kind === 'gone') {
      if (mayStay) return this.#local(request, options, dialled.why);
      throw new Unreachable(dialled.why, detail(dialled));
    }
    if (dialled.kind === 'refused') throw refusalOf(dialled);
    const { begun } = dialled;
    return { via: 'gateway', explained: explainedBy(begun.response.headers), begun };
  }

  /** Asks the gateway, and tells what was learnt of it. */
  async #ask(request: ChatRequest, options: CallOptions): Promise<Dialled> {
    const path = '/v1/chat/completions';
    try {
      const body = JSON.stringify(request);
      let dialled = await this.#dial({ path, body, options });
      // A pooled connection that the gateway closed while it was idle looks the same from here.
      if (dialled.kind === 'gone' && dialled.why === 'connection' && (await this.#reach.look())) {
        dialled = await this.#dial({ path, body, options });
      }
      if (dialled.kind === 'gone') this.#reach.gone(dialled.why);
      else this.#reach.answered();
      return dialled;
    } catch (cause) {
      this.#reach.untold();
      throw cause;
    }
  }

  #dial({
    path,
    body,
    options,
  }: {
    readonly path: string;
    readonly body?: string;
    readonly options: CallOptions;
  }): Promise<Dialled> {
    const { gateway, key, headers, firstByteMsMax } = this.#settings;
    return dial(this.#platform, {
      url: `${gateway}${path}`,
      headers: {
        ...lowered(headers),
        ...lowered(options.headers),
        ...sessionHeader(options.session),
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body }),
      signal: options.signal,
      firstByteMsMax,
    });
  }

  /** Only what a local server needs: the body with its own model, and its own key. */
  async #local(request: ChatRequest, { signal }: CallOptions, why: Why): Promise<Reply> {
    const { local } = this.#settings;
    if (local === undefined) throw new Unreachable(why);
    const { url, model, key } = local;
    const dialled = await dial(this.#platform, {
      url: `${url}/chat/completions`,
      headers: {
        'content-type': 'application/json',
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      },
      body: JSON.stringify({ ...request, model }),
      signal,
      firstByteMsMax: undefined,
    });
    if (dialled.kind === 'gone') throw new LocalError(why, undefined, dialled.detail);
    if (dialled.kind === 'refused') {
      const said = textOf(memberOf(dialled.body, 'error'), 'message') ?? '';
      throw new LocalError(why, dialled.response.status, said);
    }
    return { via: 'local', why, begun: dialled.begun };
  }

  /** Without a key: until it answers nobody knows who it is. */
  async #probe(): Promise<boolean> {
    const dialled = await dial(this.#platform, {
      url: `${this.#settings.gateway}/healthz`,
      headers: {},
      signal: undefined,
      firstByteMsMax: PROBE_ANSWER_MS_MAX,
    });
    if (dialled.kind !== 'answered') return false;
    const body = parse(await readText(dialled.begun).catch(() => ''));
    return textOf(body, 'status') === 'alive';
  }
}

type Explainable = { readonly explained?: Explained | undefined; readonly why?: Why | undefined };

/** One name, one header. */
const lowered = (headers: CallOptions['headers'] = {}): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

const detail = ({ detail: said }: Extract<Dialled, { kind: 'gone' }>): string =>
  said === '' ? '' : ` (${said})`;

function refusalOf({ response, body }: Extract<Dialled, { kind: 'refused' }>): GatewayError {
  const told = response.headers.get('retry-after-ms');
  const ms = told === null ? Number.NaN : Number(told);
  return new GatewayError(response.status, body, Number.isFinite(ms) ? ms : undefined);
}

function sentenceOf(decision: string, explained: Explained | undefined): string {
  if (explained?.tier === undefined) return `decision ${decision}`;
  const { model, endpoint, tier, costUsd } = explained;
  const cost = costUsd === undefined ? '' : ` for $${costUsd}`;
  return `${model} at ${endpoint} (tier ${tier}) answered${cost}, decision ${decision}`;
}
