// Who may come in. Every request to the console and to the admin API passes here before anything
// else is looked at.
//
// It refuses a Host that is not ours (a name that an attacker points at this address), an Origin
// that is not ours, a page of another site that asks with the browser's cookie, and a change that
// comes with a cookie from a page that does not say where it is from. It admits the admin key as a
// Bearer, a key of a tenant by its scopes for that tenant, and the cookie of a session
// that a one-time login link of either has opened: a session is what its key is, and ends with it.
// It never says why a key or a cookie was wrong, and keeps neither.
import { no, type Refusal, type Result, refusal, type TenantName, yes } from '@signalbox/contract';
import type { Head } from '@signalbox/ports';
import { type TokenPorts, Tokens } from './tokens.ts';

export const LOGIN_LINK_MS: number = 10 * 60_000;
export const SESSION_MS: number = 12 * 60 * 60_000;
const LINKS_MAX = 32;
const SESSIONS_MAX = 256;
const COOKIES_BYTES_MAX = 8_192;
const KEY_BYTES_MAX = 512;

/** `auditor` reads what an admin of the tenant reads; `finance` reads sums of money. */
export type TenantRole = 'admin' | 'auditor' | 'finance';
/** Who came with a key of a tenant that has a scope for this API. */
export type TenantKey = {
  readonly tenant: TenantName;
  /** Its name. */
  readonly key: string;
  readonly role: TenantRole;
  /** Whether the same key would still be let in as that, from that address. */
  holds(address: string): boolean;
};

export type DoorOptions = TokenPorts & {
  readonly adminKeyHolds: (text: string) => boolean;
  readonly origins: () => readonly string[];
  readonly tenantOf?: (keyText: string, address: string) => TenantKey | undefined;
};

/** Who asks. `stillIn` answers anew: a session ends, an admin key does not. */
export type Visitor = {
  readonly by: 'admin-key' | 'session' | 'tenant-key';
  /** For whom alone it speaks; undefined: the operator, for everybody. */
  readonly tenant: TenantName | undefined;
  readonly role: 'operator' | TenantRole;
  /** What a session of its own will stand on; undefined: the operator. */
  readonly key: TenantKey | undefined;
  /** For the record of what was done: `operator`, or the name of the key. */
  readonly name: string;
  stillIn(): boolean;
};

type Identified = Pick<Visitor, 'tenant' | 'role' | 'key' | 'name'>;

const OPERATOR: Identified = {
  tenant: undefined,
  role: 'operator',
  key: undefined,
  name: 'operator',
};

const identityOf = (key: TenantKey | undefined): Identified =>
  key === undefined ? OPERATOR : { tenant: key.tenant, role: key.role, key, name: key.key };
const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD']);
/** What a browser says of a page that is ours, or of a person who typed the address. */
const OWN_SITE: ReadonlySet<string> = new Set(['same-origin', 'none']);

export class Door {
  readonly #options: DoorOptions;
  readonly #links: Tokens<TenantKey | undefined>;
  readonly #sessions: Tokens<TenantKey | undefined>;

  constructor(options: DoorOptions) {
    this.#options = options;
    const links = { purpose: 'console-link', lifeMs: LOGIN_LINK_MS, tokensMax: LINKS_MAX };
    const sessions = { purpose: 'console-session', lifeMs: SESSION_MS, tokensMax: SESSIONS_MAX };
    this.#links = new Tokens(options, links);
    this.#sessions = new Tokens(options, sessions);
  }

  /** A link that opens the console once. @param key undefined: for the operator. */
  loginLink(key: TenantKey | undefined): string {
    const [origin = ''] = this.#options.origins();
    return `${origin}/login?token=${this.#links.mint(key)}`;
  }

  /** The origin that the request was sent to, when it is ours and came from nowhere else. */
  knock(head: Head): Result<URL, Refusal> {
    const host = head.header('host')?.toLowerCase();
    const origins = this.#options.origins().map((one) => new URL(one));
    const own = origins.find((one) => one.host === host);
    if (own === undefined) return no(WRONG_HOST);
    const from = head.header('origin');
    if (from !== undefined && !origins.some((one) => one.origin === from)) return no(WRONG_ORIGIN);
    return yes(own);
  }

  /** Admits whoever proves to be the operator, or brings a key of a tenant for this. */
  admit(head: Head, own: URL): Result<Visitor, Refusal> {
    const bearer = bearerOf(head);
    if (bearer !== undefined) {
      if (this.#options.adminKeyHolds(bearer)) {
        return yes({ by: 'admin-key', ...OPERATOR, stillIn: () => true });
      }
      const key = this.#options.tenantOf?.(bearer, head.address);
      if (key === undefined) return no(WRONG_KEY);
      const stillIn = (): boolean => key.holds(head.address);
      return yes({ by: 'tenant-key', ...identityOf(key), stillIn });
    }
    const session = cookieOf(head, cookieName(own));
    if (session === undefined) return no(NO_KEY);
    const opened = this.#sessions.held(session);
    const stillIn = (): boolean =>
      this.#sessions.held(session) !== undefined && (opened?.by?.holds(head.address) ?? true);
    if (opened === undefined || !stillIn()) return no(SESSION_OVER);
    const site = head.header('sec-fetch-site');
    if (site !== undefined && !OWN_SITE.has(site)) return no(WRONG_ORIGIN);
    if (!SAFE.has(head.method) && head.header('origin') === undefined) return no(NO_ORIGIN);
    return yes({ by: 'session', ...identityOf(opened.by), stillIn });
  }

  /** The cookie of a new session, once a link; undefined: the link was used or is too old. */
  redeem(token: string, own: URL, address: string): string | undefined {
    const link = this.#links.spend(token);
    if (link === undefined || link.by?.holds(address) === false) return undefined;
    return cookieText(own, this.#sessions.mint(link.by), SESSION_MS);
  }

  /** Ends the session of the request; the cookie that forgets it. */
  leave(head: Head, own: URL): string {
    const session = cookieOf(head, cookieName(own));
    if (session !== undefined) this.#sessions.revoke(session);
    return cookieText(own, '', 0);
  }
}

/** Cookies know no ports: two servers on one machine would sign each other out. */
const cookieName = (own: URL): string => `signalbox_${own.port === '' ? 'session' : own.port}`;

function cookieText(own: URL, value: string, lifeMs: number): string {
  const secure = own.protocol === 'https:' ? '; Secure' : '';
  const age = `Max-Age=${Math.floor(lifeMs / 1000)}`;
  return `${cookieName(own)}=${value}; Path=/; ${age}; HttpOnly; SameSite=Strict${secure}`;
}

function cookieOf(head: Head, name: string): string | undefined {
  const text = head.header('cookie');
  if (text === undefined || text.length > COOKIES_BYTES_MAX) return undefined;
  for (const pair of text.split(';')) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return undefined;
}

function bearerOf(head: Head): string | undefined {
  const text = head.header('authorization');
  if (text === undefined || !/^bearer /i.test(text)) return undefined;
  const key = text.slice('bearer '.length).trim();
  return key.length > KEY_BYTES_MAX ? '' : key;
}

const WRONG_HOST = refusal('origin_denied', 'This server does not answer under that host name.', {
  hint: 'Open the address that the server printed, or add yours to where it is reached.',
  param: 'host',
});
const WRONG_ORIGIN = refusal('origin_denied', 'Pages of other sites may not ask this server.', {
  hint: 'Ask from the console itself, or from a program with the admin key.',
  param: 'origin',
});
const NO_ORIGIN = refusal('origin_denied', 'A change with a cookie must say where it comes from.', {
  hint: 'Send the header `origin`, or use the admin key.',
  param: 'origin',
});
const NO_KEY = refusal('key_missing', 'This needs the admin key.', {
  hint: 'Send it as `authorization: Bearer`, or open a login link in a browser.',
});
const WRONG_KEY = refusal('key_invalid', 'This is not the admin key.', {
  hint:
    'The server keeps it in the file `admin.key` of its data folder; for a tenant, a key of that ' +
    'tenant with the scope `admin`, `audit` or `finance`.',
});
const SESSION_OVER = refusal('key_expired', 'This session has ended.', {
  hint: 'Sign in again, or open a new login link: `signalbox console` prints one.',
});
