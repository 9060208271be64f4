// What a client is made with, checked once.
import { looksLocal } from './local-url.ts';
import type { Platform } from './platform.ts';
import type { Status } from './reach.ts';

export type ClientOptions = {
  /** Where the gateway is, e.g. `http://127.0.0.1:4141`; with or without `/v1`. */
  readonly gatewayUrl: string;
  /** For the gateway alone: it is never sent anywhere else. */
  readonly key: string;
  /** Answers while the gateway is away; without it such calls fail with `Unreachable`. */
  readonly local?: LocalOptions;
  /** The piece of work that all calls belong to, unless one says otherwise. */
  readonly session?: string;
  /** Sent to the gateway with every call, e.g. `x-signalbox-agent`. */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * How long an answer may take to begin; default 60,000. Answers that are no streams begin when
   * they are whole.
   */
  readonly firstByteMsMax?: number;
  /** How long the gateway is left alone after it was found away, at first; default 1,000. */
  readonly probeMsFirst?: number;
  /** And at most; default 60,000. */
  readonly probeMsMax?: number;
  /** Told when the gateway goes away, may be tried, and is back. */
  readonly onChange?: (status: Status) => void;
  readonly platform?: Platform;
};

export type LocalOptions = {
  /** Base of an OpenAI-compatible API on this device or in its network: `http://127.0.0.1:11434/v1`. */
  readonly url: string;
  /** The local endpoint's own name of the model: it knows none of the gateway's. */
  readonly model: string;
  /** Of the local endpoint, if it wants one. */
  readonly key?: string;
  /** The address is one's own although its name does not show it. */
  readonly attested?: boolean;
};

export type Settings = {
  readonly gateway: string;
  readonly key: string;
  readonly local: LocalOptions | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly firstByteMsMax: number;
  readonly probeMsFirst: number;
  readonly probeMsMax: number;
};

const FIRST_BYTE_MS_MAX = 60_000;
const PROBE_MS_FIRST = 1_000;
const PROBE_MS_MAX = 60_000;
/** As the gateway takes sessions: 1-128 printable characters. */
const SESSION = /^[\x20-\x7e]{1,128}$/;

/** Throws `TypeError` with the option at fault and what to do. */
export function settingsOf(options: ClientOptions): Settings {
  const { gatewayUrl, key, local, session, headers = {} } = options;
  const gateway = baseOf('gatewayUrl', gatewayUrl).replace(/\/v1$/, '');
  if (key === '') throw new TypeError('key: is empty; take one from `signalbox key create`');
  const probeMsFirst = positive('probeMsFirst', options.probeMsFirst ?? PROBE_MS_FIRST);
  return {
    gateway,
    key,
    local: local === undefined ? undefined : { ...local, url: localBase(local) },
    headers: { ...headers, ...sessionHeader(session) },
    firstByteMsMax: positive('firstByteMsMax', options.firstByteMsMax ?? FIRST_BYTE_MS_MAX),
    probeMsFirst,
    probeMsMax: Math.max(probeMsFirst, positive('probeMsMax', options.probeMsMax ?? PROBE_MS_MAX)),
  };
}

export function sessionHeader(session: string | undefined): Readonly<Record<string, string>> {
  if (session === undefined) return {};
  if (SESSION.test(session)) return { 'x-signalbox-session': session };
  throw new TypeError('session: must be 1 to 128 printable ASCII characters');
}

function localBase(local: LocalOptions): string {
  if (local.model === '') throw new TypeError("local.model: is empty; name a local server's model");
  const url = baseOf('local.url', local.url);
  if (local.attested === true || looksLocal(new URL(url).hostname)) return url;
  throw new TypeError(
    'local.url: is a public address; name a server of your own, or say `attested: true` if it is',
  );
}

function baseOf(name: string, text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new TypeError(`${name}: must be an address such as http://127.0.0.1:4141`);
  }
  if (url.search !== '' || url.hash !== '' || url.username !== '') {
    throw new TypeError(`${name}: must have no name, query or fragment`);
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

function positive(name: string, ms: number): number {
  if (Number.isFinite(ms) && ms > 0) return ms;
  throw new TypeError(`${name}: must be a number of milliseconds above 0`);
}
